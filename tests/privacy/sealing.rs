//! Sealing: what goes in comes out, the same bytes always, and nothing where a key was shredded.

use std::sync::Arc;

use proptest::prelude::*;
use tally::domain::parked::Origin;
use tally::domain::suspense::{Original, Sealed};
use tally::wire::keys::{KeyRing, Sealer, Shredded, Unopened, open, seal};

use crate::ring::{act, at, customer, person, ring};

fn origin(offset: u64) -> Origin {
    Origin { topic: "usage-events".to_owned(), partition: 3, offset }
}

fn sealed(ring: &KeyRing, customer: Option<&str>, person: Option<&str>) -> Sealed {
    seal(ring.version(1).unwrap(), customer, person, &origin(1), b"an event")
}

proptest! {
    #[test]
    fn what_is_sealed_is_opened_by_its_ring_and_by_no_shredded_one(
        bytes in prop::collection::vec(any::<u8>(), 0..200), who in prop::option::of("[a-c]{1,2}"), whom in prop::option::of("[a-c]{16}"),
        offset in any::<u64>()
    ) {
        let ring = ring();
        let seal = |ring: &KeyRing| seal(ring.version(1).unwrap(), who.as_deref(), whom.as_deref(), &origin(offset), &bytes);
        let sealed = seal(&ring);
        prop_assert_eq!(&seal(&ring), &sealed);
        prop_assert_eq!(open(&ring, who.as_deref(), &origin(offset), &sealed), Ok(bytes.clone()));
        let mut gone = ring.clone();
        gone.shred(who.clone().map_or(Shredded::Unread, Shredded::Customer), act()).unwrap();
        prop_assert_eq!(open(&gone, who.as_deref(), &origin(offset), &sealed), Err(Unopened::Shredded));
        prop_assert_eq!(seal(&gone).value, None);
    }
}

#[test]
fn whose_keys_open_what() {
    let check = |what: Shredded, expect: [bool; 5]| {
        let mut gone = ring();
        gone.shred(what.clone(), act()).unwrap();
        let all = [(Some("A"), None), (Some("A"), Some("x")), (Some("A"), Some("y")), (Some("B"), Some("x")), (None, None)];
        let found = all.map(|(customer, person)| open(&gone, customer, &origin(1), &sealed(&ring(), customer, person)).is_ok());
        assert_eq!(found, expect, "{what:?}");
    };
    check(customer("A"), [false, false, false, true, true]);
    check(person("A", "x"), [true, false, true, true, true]);
    check(Shredded::Unread, [true, true, true, true, false]);
    check(Shredded::Version { number: 1, only_pseudonyms: true }, [true; 5]);
    check(Shredded::Version { number: 2, only_pseudonyms: false }, [true; 5]);
    check(Shredded::Version { number: 1, only_pseudonyms: false }, [false; 5]);
}

#[test]
fn what_was_changed_or_moved_is_not_opened() {
    let ring = ring();
    let good = sealed(&ring, Some("A"), Some("x"));
    let check = |customer: Option<&str>, origin: Origin, sealed: Sealed, expect: Unopened| {
        assert_eq!(open(&ring, customer, &origin, &sealed), Err(expect), "{customer:?} {origin:?} {sealed:?}");
    };
    check(Some("B"), origin(1), good.clone(), Unopened::Damaged);
    check(None, origin(1), good.clone(), Unopened::Damaged);
    check(Some("A"), origin(2), good.clone(), Unopened::Damaged);
    check(Some("A"), origin(1), Sealed { version: 2, ..good.clone() }, Unopened::Damaged);
    check(Some("A"), origin(1), Sealed { person: None, ..good.clone() }, Unopened::Damaged);
    check(Some("A"), origin(1), Sealed { version: 9, ..good.clone() }, Unopened::UnknownVersion(9));
    check(Some("A"), origin(1), Sealed { value: None, ..good.clone() }, Unopened::Shredded);
    let mut flipped = good.clone();
    *flipped.value.as_mut().unwrap().last_mut().unwrap() ^= 1;
    check(Some("A"), origin(1), flipped, Unopened::Damaged);
}

#[test]
fn log_time_chooses_the_version() {
    let mut sealer = Sealer::new(Arc::new(ring()));
    let clear = Original::Clear(b"an event".to_vec());
    let mut check = |day: Option<i64>, expect: Option<u32>| {
        let found = sealer.seal(&clear, day.map(at), Some("A"), None, &origin(1));
        let version = if let Original::Sealed(sealed) = &found { Some(sealed.version) } else { None };
        assert_eq!(version, expect, "{day:?}");
        // What is sealed stays as it is, whatever the time.
        assert_eq!(sealer.seal(&found, Some(at(10)), Some("A"), None, &origin(1)) == found, version.is_some(), "{day:?}");
    };
    check(Some(-1), None);
    check(Some(0), Some(1));
    check(Some(10), Some(2));
    check(None, Some(1));
    assert_eq!(sealer.seal(&Original::Redacted, Some(at(1)), None, None, &origin(1)), Original::Redacted);
    assert_eq!(Sealer::new(Arc::default()).seal(&clear, Some(at(1)), Some("A"), None, &origin(1)), clear);
}

#[test]
fn many_keys_are_found_as_one() {
    let ring = Arc::new(ring());
    let mut sealer = Sealer::new(Arc::clone(&ring));
    for number in (0..1500).chain(0..3) {
        let customer = format!("C{number}");
        let clear = Original::Clear(vec![7; 10]);
        let found = sealer.seal(&clear, Some(at(1)), Some(&customer), None, &origin(number));
        let alone = seal(ring.version(1).unwrap(), Some(&customer), None, &origin(number), &[7; 10]);
        assert_eq!(found, Original::Sealed(alone));
    }
}
