//! What was counted is taken back: by the id of an event, or by a negative quantity.

use crate::show;

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "Look-up"
unit = "C62"
retractable = true
[service.find]
types = ["find"]
title = "Find"
unit = "C62"
negative = true
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
retractable = true
negative = true
activation = true
[service.back]
types = ["back"]
title = "SMS"
unit = "C62"
retractable = true
negative = true
[service.arch]
types = ["arch"]
title = "Archive"
unit = "C62"
retractable = true
negative = true
[plan.look]
model = "metered"
period = "month"
services = ["look", "find"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "10", amount = { SEK = "35.00" } } ]
[plan.back]
model = "package"
on_return = "credit"
services = ["back"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "10", amount = { SEK = "35.00" } }, { from = "2026-02-10", size = "20", amount = { SEK = "60.00" } } ]
[plan.arch]
model = "archive"
period = "year"
services = ["arch"]
seller = "s"
vat = { category = "S", rate = "25" }
older_than = "P2Y"
reference = "04-01"
heading = "Arkiv"
price = [ { from = "2026-01-01", unit = { SEK = "0.05" } } ]
"#;

const CUSTOMER: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\nactive 2026-01-01 K sms 2026-01-01\n";

fn check(lines: &str, until: &str, expect: &str) {
    show::check(PLANS, &format!("{CUSTOMER}{lines}"), until, expect);
}

/// The detail of the only refused retraction.
fn why(lines: &str) -> String {
    let journal = crate::given::journal(&format!("{CUSTOMER}{lines}"), "2026-02-20");
    let run = show::run_alike(&crate::given::catalog(PLANS), &journal);
    let details = run.effects.iter().filter_map(|effect| match effect {
        tally::engine::input::Effect::Suspense(it) => Some(it.detail.clone()),
        _ => None,
    });
    details.collect::<Vec<_>>().join("; ")
}

#[test]
fn an_event_is_taken_back_once() {
    check(
        r#"e1 look 2026-02-02 {"quantity":3}
        e2 look 2026-02-03 {"quantity":5}
        r1 look 2026-02-02@2026-02-04 {"quantity":3,"retracts":"e1"}
        r1 look 2026-02-02@2026-02-04 {"quantity":3,"retracts":"e1"}
        r2 look 2026-02-02@2026-02-05 {"quantity":3,"retracts":"e1"}
        e1 look 2026-02-02@2026-02-05 {"quantity":3}"#,
        "2026-04-01",
        "counted counted counted duplicate nothing_to_retract duplicate
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: look 5 x 2.00",
    );
}

#[test]
fn what_was_billed_is_corrected() {
    check(
        r#"e1 look 2026-02-20 {"quantity":3}
        e2 look 2026-02-20 {"quantity":5}
        r1 look 2026-02-20@2026-03-10 {"quantity":3,"retracts":"e1"}"#,
        "2026-05-01",
        "counted counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: look 8 x 2.00
        K-000002 correction 2026-04-05T22:00 corrects 1: look -3 x 2.00 [2026-02-01..2026-02-28]",
    );
}

#[test]
fn all_of_a_period_taken_back_is_no_record() {
    check(
        r#"e1 look 2026-02-02 {}
        r1 look 2026-02-02@2026-02-04 {"retracts":"e1"}"#,
        "2026-05-01",
        "counted counted",
    );
}

#[test]
fn it_must_say_exactly_what_was_counted() {
    let one = |retraction: &str| why(&format!("e1 look 2026-02-02 {{\"quantity\":3,\"outcome\":\"ok\"}}\nr1 {retraction}"));
    let differs = "event `e1` of this source cannot be taken back: it was seen, but was not counted with the same type, time, quantity, outcome and person";
    assert_eq!(one(r#"look 2026-02-02@2026-02-04 {"quantity":3,"outcome":"ok","retracts":"e1"}"#), "");
    assert_eq!(one(r#"look 2026-02-02@2026-02-04 {"quantity":"3.0","outcome":"ok","retracts":"e1"}"#), "");
    assert_eq!(one(r#"look 2026-02-02@2026-02-04 {"quantity":2,"outcome":"ok","retracts":"e1"}"#), differs);
    assert_eq!(one(r#"look 2026-02-02@2026-02-04 {"quantity":3,"retracts":"e1"}"#), differs);
    assert_eq!(one(r#"look 2026-02-03@2026-02-04 {"quantity":3,"outcome":"ok","retracts":"e1"}"#), differs);
    assert_eq!(one(r#"sms 2026-02-02@2026-02-04 {"quantity":3,"outcome":"ok","retracts":"e1"}"#), differs);
    assert_eq!(
        one(r#"look 2026-02-02@2026-02-04 {"quantity":3,"outcome":"ok","retracts":"e9"}"#),
        "event `e9` of this source cannot be taken back: no such event was seen within the dedupe horizon"
    );
}

#[test]
fn faults_of_a_retraction() {
    let check = |line: &str, expect: &str| {
        let lines = format!("e1 look 2026-02-02 {{}}\nf1 find 2026-02-02 {{}}\nr1 {line}");
        let journal = crate::given::journal(&format!("{CUSTOMER}{lines}"), "2026-02-20");
        let run = show::run_alike(&crate::given::catalog(PLANS), &journal);
        assert_eq!(run.verdicts.values().copied().map(show::verdict).next_back().as_deref(), Some(expect), "{line}");
    };
    check(r#"look 2026-02-02@2026-02-03 {"retracts":"e1"}"#, "counted");
    check(r#"look 2026-02-02@2026-02-03 {"retracts":""}"#, "bad_data");
    check(&format!(r#"look 2026-02-02@2026-02-03 {{"retracts":"{}"}}"#, "x".repeat(257)), "bad_data");
    check(r#"look 2026-02-02@2026-02-03 {"retracts":"r1"}"#, "nothing_to_retract");
    check(r#"look 2026-02-02@2026-02-03 {"retracts":"e1","quantity":-1}"#, "bad_quantity");
    check(r#"sms 2026-02-02@2026-02-03 {"retracts":"e1","quantity":-1}"#, "bad_quantity");
    check(r#"find 2026-02-02@2026-02-03 {"retracts":"f1"}"#, "bad_data");
    check(r#"look 2026-02-02@2026-02-03 {"retracts":"e1","environment":"test"}"#, "test");
    check(r#"look 2026-02-02@2026-02-03 {"retracts":null}"#, "undecodable");
}

/// A mended retraction has the same id: what had nothing to take back is not remembered.
#[test]
fn a_retraction_that_came_too_early_can_be_sent_again() {
    check(
        r#"r1 look 2026-02-02 {"retracts":"e1"}
        e1 look 2026-02-02@2026-02-03 {}
        r1 look 2026-02-02@2026-02-04 {"retracts":"e1"}"#,
        "2026-05-01",
        "nothing_to_retract counted counted",
    );
}

#[test]
fn a_retraction_cannot_be_taken_back() {
    check(
        r#"e1 look 2026-02-02 {}
        r1 look 2026-02-02 {"retracts":"e1"}
        r2 look 2026-02-02 {"retracts":"r1"}"#,
        "2026-05-01",
        "counted counted nothing_to_retract",
    );
}

/// Both wait for the activation, and are released in the order in which they came.
#[test]
fn what_waited_can_be_taken_back_when_it_was_counted() {
    let lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        e1 sms 2026-02-02 {\"quantity\":3}
        r1 sms 2026-02-02@2026-02-03 {\"quantity\":3,\"retracts\":\"e1\"}
        e2 sms 2026-02-04 {\"quantity\":2}
        active 2026-04-20 K sms 2026-01-01
        r2 sms 2026-02-04@2026-04-21 {\"quantity\":2,\"retracts\":\"e2\"}";
    show::check(
        PLANS,
        lines,
        "2026-05-01",
        "not_activated not_activated not_activated too_old
        K-000001 package_purchase 2026-04-20T00:00 [2026-02-02..2026-02-02]: sms 10 x 35.00 #1 1-10
        released e1
        released r1
        released e2",
    );
}

/// What was released is remembered like what was counted at once.
#[test]
fn what_was_released_can_be_taken_back() {
    let lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        e1 sms 2026-02-02 {\"quantity\":8}
        active 2026-02-10 K sms 2026-01-01
        r1 sms 2026-02-02@2026-02-11 {\"quantity\":8,\"retracts\":\"e1\"}
        r2 sms 2026-02-02@2026-02-11 {\"quantity\":8,\"retracts\":\"e1\"}
        e2 sms 2026-02-12 {\"quantity\":10}";
    show::check(
        PLANS,
        lines,
        "2026-05-01",
        "not_activated counted nothing_to_retract counted
        K-000001 package_purchase 2026-02-10T00:00 [2026-02-02..2026-02-02]: sms 10 x 35.00 #1 1-10
        released e1",
    );
}

/// It waited too, and came before what it names: told once more, for good; the id stays known.
#[test]
fn a_waiting_retraction_of_nothing_is_told_once_more() {
    let lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        r1 sms 2026-02-02 {\"retracts\":\"e1\"}
        e1 sms 2026-02-02@2026-02-03 {}
        active 2026-02-10 K sms 2026-01-01
        r1 sms 2026-02-02@2026-02-11 {\"retracts\":\"e1\"}
        r2 sms 2026-02-02@2026-02-11 {\"retracts\":\"e1\"}";
    let run = show::run_alike(&crate::given::catalog(PLANS), &crate::given::journal(lines, "2026-05-01"));
    let told = run.effects.iter().filter_map(|effect| match effect {
        tally::engine::input::Effect::Suspense(it) => Some((it.event_id.as_ref().map(|id| id.1.as_str()), it.reason.as_str())),
        _ => None,
    });
    let (r1, e1) = (Some("r1"), Some("e1"));
    let expect = [(r1, "not_activated"), (e1, "not_activated"), (r1, "nothing_to_retract"), (e1, "not_activated")];
    assert_eq!(told.collect::<Vec<_>>(), expect);
    let sums = (run.sums.counted, run.sums.duplicate, run.sums.suspended);
    assert_eq!(sums, (2, 1, 1), "e1 and r2; the second r1; the first r1");
}

#[test]
fn units_come_back_to_the_pool_and_no_package_is_unbought() {
    check(
        r#"e1 sms 2026-02-02 {"quantity":8}
        e2 sms 2026-02-03 {"quantity":8}
        r1 sms 2026-02-02@2026-02-04 {"quantity":8,"retracts":"e1"}
        e3 sms 2026-02-05 {"quantity":12}
        e4 sms 2026-02-06 {"quantity":-2}
        e5 sms 2026-02-07 {"quantity":3}"#,
        "2026-05-01",
        "counted counted counted counted counted counted
        K-000001 package_purchase 2026-02-02T12:00 [2026-02-02..2026-02-02]: sms 10 x 35.00 #1 1-10
        K-000002 package_purchase 2026-02-03T12:00 [2026-02-03..2026-02-03]: sms 10 x 35.00 #2 11-20
        K-000003 package_purchase 2026-02-07T12:00 [2026-02-07..2026-02-07]: sms 10 x 35.00 #3 21-30",
    );
}

/// Credited at the price of the last package, which its record names; the units stay used.
#[test]
fn units_that_come_back_are_credited_instead_where_the_plan_says_so() {
    check(
        r#"e1 back 2026-02-02 {"quantity":8}
        r1 back 2026-02-02@2026-02-03 {"quantity":8,"retracts":"e1"}
        e2 back 2026-02-12 {"quantity":4}
        e3 back 2026-02-13 {"quantity":-3}"#,
        "2026-05-01",
        "counted counted counted counted
        K-000001 package_purchase 2026-02-02T12:00 [2026-02-02..2026-02-02]: back 10 x 35.00 #1 1-10
        K-000002 correction 2026-02-03T12:00 corrects 1: back -8 x 35.00 [2026-02-02..2026-02-02]
        K-000003 package_purchase 2026-02-12T12:00 [2026-02-12..2026-02-12]: back 20 x 60.00 #2 11-30
        K-000004 correction 2026-02-13T12:00 corrects 3: back -3 x 60.00 [2026-02-13..2026-02-13]",
    );
    check(r#"e1 back 2026-02-02 {"quantity":-3}"#, "2026-05-01", "nothing_to_retract");
}

#[test]
fn a_credit_is_a_share_of_the_package() {
    let lines = format!("{CUSTOMER}e1 back 2026-02-02 {{\"quantity\":8}}\ne2 back 2026-02-03 {{\"quantity\":-3}}");
    let run = show::run_alike(&crate::given::catalog(PLANS), &crate::given::journal(&lines, "2026-03-01"));
    let records = show::records(&run);
    let line = &records[1].lines[0];
    assert_eq!((line.base_quantity.to_string(), line.net.to_string()), ("10".to_owned(), "-10.50".to_owned()));
    assert_eq!((records[1].totals.net.to_string(), records[1].totals.gross.to_string()), ("-10.50".to_owned(), "-13.13".to_owned()));
    let basis = [("units_returned", "3".to_owned()), ("package_size", "10".to_owned()), ("package_amount", "35.00".to_owned())];
    assert_eq!(line.basis, basis);
}

#[test]
fn parts_of_an_archive_come_back_at_the_same_reference_dates() {
    check(
        r#"e1 arch 2026-02-02 {"quantity":100,"created":"2020-01-01"}
        e2 arch 2026-02-02 {"quantity":30,"created":"2020-01-01","action":"culled"}
        r2 arch 2026-02-02@2026-02-04 {"quantity":30,"created":"2020-01-01","action":"culled","retracts":"e2"}
        e3 arch 2026-03-20 {"quantity":7,"created":"2020-01-01"}
        r3 arch 2026-03-20@2026-04-08 {"quantity":7,"created":"2020-01-01","retracts":"e3"}"#,
        "2027-04-20",
        "counted counted counted counted counted
        K-000001 annual 2026-04-05T22:00 [2025-04-01..2026-03-31]: arch 107 x 0.05
        K-000002 annual 2027-04-05T22:00 [2026-04-01..2027-03-31]: arch 100 x 0.05
        K-000003 correction 2027-04-05T22:00 corrects 1: arch -7 x 0.05 [2025-04-01..2026-03-31]",
    );
}

#[test]
fn negative_quantities_only_where_a_service_allows_them() {
    check(
        r#"e1 find 2026-02-02 {"quantity":5}
        e2 find 2026-02-03 {"quantity":-2}
        e3 find 2026-02-03 {"quantity":"-0.5"}
        e4 look 2026-02-03 {"quantity":-2}
        e5 unheard 2026-02-03 {"quantity":-2}
        e6 find 2026-02-03 {"quantity":-0}"#,
        "2026-04-01",
        "counted counted counted bad_quantity bad_quantity bad_quantity
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: find 2.5 x 2.00",
    );
}

/// A period that nets to less than nothing has a negative line, never a negative price.
#[test]
fn more_given_back_than_used() {
    check(
        r#"e1 find 2026-02-02 {"quantity":5}
        e2 find 2026-02-03 {"quantity":-7}"#,
        "2026-04-01",
        "counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: find -2 x 2.00",
    );
}
