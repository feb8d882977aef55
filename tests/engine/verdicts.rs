//! Every input has exactly one verdict, for the first of the reasons of CONTRACT 9 that applies.

use crate::given;
use crate::harness::{Schedule, run};
use crate::show::{self, run_alike};
use tally::domain::suspense::Original;
use tally::engine::input::Effect;

const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
activation = true
bill_on = ["delivered"]
[service.part]
types = ["part"]
title = "Parts"
unit = "C62"
[service.free]
types = ["free"]
title = "In no plan"
unit = "C62"
[plan.sms]
model = "metered"
period = "quarter"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-02-01", unit = { SEK = "1.00" } } ]
[plan.archive]
model = "archive"
period = "year"
services = ["part"]
seller = "s"
vat = { category = "S", rate = "25" }
older_than = "P2Y"
reference = "01-01"
heading = "Arkiv"
price = [ { from = "2026-01-01", unit = { SEK = "0.05" } } ]
"#;

const WORLD: &str = "
customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
customer 2026-01-01 E Europe/Helsinki EUR 2026-01-01
active 2026-01-01 K sms 2026-01-10 2026-06-01
active 2026-01-01 E sms 2026-01-10
";

/// The verdict on the last of these events.
fn check(events: &str, expect: &str) {
    let run = run_alike(&given::catalog(PLANS), &given::journal(&format!("{WORLD}{events}"), "2026-07-01"));
    let last = run.verdicts.last_key_value().map(|(_, verdict)| show::verdict(*verdict));
    assert_eq!(last.as_deref(), Some(expect), "{events}");
    assert!(run.sums.add_up() && run.sums.inputs == run.verdicts.len() as u64, "{:?}", run.sums);
}

#[test]
fn each_reason_alone() {
    check(r#"a sms 2026-02-10 {"outcome":"delivered"}"#, "counted");
    check(r#"a sms 2026-02-10 {"outcome":"failed"}"#, "counted");
    check("a sms 2026-02-10", "counted");
    check("raw {", "undecodable");
    check(r#"a sms 2026-02-10 {"quantity":true}"#, "undecodable");
    check(r#"a sms 2026-02-10 {"quantity":"1e3"}"#, "bad_quantity");
    check(r#"a sms 2026-02-10 {"quantity":-1}"#, "bad_quantity");
    check(r#"a sms 2026-02-10 {"environment":"staging"}"#, "bad_data");
    check("a part 2026-02-10", "bad_data");
    check(r#"a part 2026-02-10 {"created":"2026-02-30"}"#, "bad_data");
    check(r#"a part 2026-02-10 {"created":"2026-02-01","action":"lost"}"#, "bad_data");
    check(r#"a sms 2026-02-10 {"note":"121212-1212"}"#, "personal_data");
    check("a sms 2026-02-10 121212-1212", "personal_data");
    check("a sms 2026-02-10T13:00:00.001Z@2026-02-10", "in_future");
    check("a sms 2026-02-10T13:00:00Z@2026-02-10", "counted");
    check("a sms 2026-09-01", "in_future");
    check("a sms 2026-02-10@2026-03-17T12:00:00Z", "counted");
    check("a sms 2026-02-10@2026-03-17T12:00:00.001Z", "too_old");
    check("a sms 2026-02-10\na sms 2026-02-10", "duplicate");
    check(r#"a sms 2026-02-10 {"environment":"test"}"#, "test");
    check("a unheard 2026-02-10", "unknown_service");
    check("a sms 2026-02-10 X", "unknown_customer");
    check("a sms 2025-12-31", "unknown_customer");
    check("a sms 2026-01-09", "not_activated");
    check("a sms 2026-06-01", "not_activated");
    check(r#"a sms 2026-01-20 {"outcome":"delivered"}"#, "no_price");
    check(r#"a sms 2026-02-10 E {"outcome":"delivered"}"#, "no_price");
    check("a free 2026-02-10", "no_price");
}

/// Of two reasons the earlier one is told.
#[test]
fn reasons_have_an_order() {
    check(r#"a part 2026-02-10 {"quantity":-1}"#, "bad_quantity");
    check(r#"a part 2026-02-10 {"note":"121212-1212"}"#, "bad_data");
    check(r#"a sms 2026-02-12@2026-02-10 {"note":"121212-1212"}"#, "personal_data");
    check("tick 2026-05-01\na sms 2026-02-12@2026-02-10", "in_future");
    check("a sms 2026-02-10\na sms 2026-02-10@2026-03-20", "too_old");
    check("a sms 2026-02-10\na sms 2026-02-10 {\"environment\":\"test\"}", "duplicate");
    check(r#"a unheard 2026-02-10 {"environment":"test"}"#, "test");
    check("a unheard 2026-02-10 X", "unknown_service");
    check("a sms 2026-01-09 X", "unknown_customer");
    check(r#"a sms 2026-01-09 {"outcome":"delivered"}"#, "not_activated");
}

/// Its own fault: a mended copy counts, and another bad copy is suspended again. Waiting: a second
/// copy is a duplicate.
#[test]
fn ids_are_remembered_unless_the_event_itself_is_bad() {
    let twice = |first: &str, second: &str, expect: &str| check(&format!("{first}\n{second}"), expect);
    for bad in [r#"{"quantity":-1}"#, r#"{"environment":"?"}"#, r#"{"note":"121212-1212"}"#] {
        twice(&format!("a sms 2026-02-10 {bad}"), "a sms 2026-02-10", "counted");
    }
    twice(r#"a sms 2026-02-10 {"quantity":-1}"#, r#"a sms 2026-02-10 {"quantity":-1}"#, "bad_quantity");
    twice("a sms 2026-02-12@2026-02-10", "a sms 2026-02-10", "counted");
    twice("a sms 2026-02-10@2026-03-20", "a sms 2026-03-20", "counted");
    twice("a sms 2026-01-09", "a sms 2026-02-10", "duplicate");
    twice(r#"a sms 2026-02-10 {"environment":"test"}"#, "a sms 2026-02-10", "duplicate");
    twice("a sms 2026-02-10 X", "a sms 2026-02-10 X", "duplicate");
}

/// An input of a clock that is far ahead moves nothing, nor does one that cannot be read.
#[test]
fn implausible_and_undecodable_inputs_move_nothing() {
    let lines = format!("{WORLD}raw {{\na sms 2026-09-01\nb sms 2026-02-10");
    let run = run(&given::catalog(PLANS), &given::journal(&lines, "2026-02-11"), &Schedule::calm());
    let verdicts: Vec<String> = run.verdicts.values().copied().map(show::verdict).collect();
    assert_eq!(verdicts, ["undecodable", "in_future", "counted"]);
}

/// What a suspense record says of an event that holds a personal number (CONTRACT 8: redacted).
#[test]
fn personal_numbers_are_not_repeated() {
    let check = |event: &str, customer: Option<&str>, has_id: bool| {
        let run = run_alike(&given::catalog(PLANS), &given::journal(event, "2026-07-01"));
        let told = run.effects.iter().find_map(|effect| if let Effect::Suspense(it) = effect { Some(it) } else { None });
        let told = told.expect("it is suspended");
        assert_eq!((told.customer.as_deref(), told.event_id.is_some(), &told.original), (customer, has_id, &Original::Redacted), "{event}");
        assert!(!format!("{told:?}").contains("121212"), "{told:?}");
    };
    check(r#"a sms 2026-02-10 {"note":"121212-1212"}"#, Some("K"), true);
    check("a sms 2026-02-10 121212-1212", None, true);
    check("121212-1212 sms 2026-02-10", None, false);
}

/// A bad control event changes nothing, is told, and is not in the verdict sums; a mended copy takes effect.
#[test]
fn a_bad_control_event_is_refused() {
    let check = |bad: &str, reason: &str| {
        let lines = format!("{bad}\n{WORLD}a sms 2026-02-10");
        let run = run_alike(&given::catalog(PLANS), &given::journal(&lines, "2026-07-01"));
        assert_eq!(show::shown(&run), ["counted".to_owned(), show::shown(&run)[1].clone()], "{bad}");
        assert!(show::shown(&run)[1].ends_with(&format!("control_refused {reason}")), "{bad}");
        let suspense = run.effects.iter().filter(|effect| matches!(effect, Effect::Suspense(_))).count();
        assert_eq!((suspense, run.sums.inputs, run.sums.suspended, run.sums.notices), (1, 1, 0, 1), "{bad}");
    };
    check("control {", "undecodable");
    check("customer 2026-01-01 K Europe/Nowhere SEK 2026-01-01", "bad_data");
    check("customer 2026-01-01 K Europe/Stockholm XXX 2026-01-01", "bad_data");
    check(
        r#"control {"specversion":"1.0","id":"x","source":"s","type":"tally.what.v1","subject":"K","time":"2026-01-01T00:00:00Z"}"#,
        "bad_data",
    );
    check("customer 2026-09-01 K Europe/Stockholm SEK 2026-09-01", "in_future");
}
