//! A good event allocates nothing: counted, not assumed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use crate::{structured, with_data, with_members};

thread_local! {
    static TAKEN: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: hands every call on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN.with(|taken| taken.set(taken.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations while the event is decoded.
fn taken(value: &str) -> u64 {
    let before = TAKEN.with(Cell::get);
    let event = structured(value).expect("a good event");
    let taken = TAKEN.with(Cell::get) - before;
    drop(event);
    taken
}

#[test]
fn a_good_event_is_borrowed_whole() {
    for value in [
        with_members(""),
        with_data(r#"{"quantity":2.5,"outcome":"delivered","environment":"test","created":"2024-01-01","action":"culled"}"#),
        with_data(r#"{"quantity":"12","more":{"deep":[1,null,true,"text"]}}"#),
        with_data(r#"{"characters":161,"encoding":"gsm7","person":"0123456789abcdef","part":"familj","retracts":"e-0"}"#),
        with_data(r#"{"quantity":"-2.5","characters":"161"}"#),
        with_data(r#"{"certificate":{"issuer":"CN=Test CA","serial":"4c:01","more":[1]}}"#),
        with_members(r#","sequence":17,"recordedtime":"2026-02-02T08:00:01Z","datacontenttype":"application/json","traceparent":"00-1""#),
    ] {
        assert_eq!(taken(&value), 0, "{value}");
    }
}

#[test]
fn the_count_sees_an_escape_that_is_copied() {
    assert!(taken(&with_data(r#"{"outcome":"d\u00e9livr\u00e9"}"#)) > 0);
}
