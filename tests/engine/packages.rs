//! Packages: bought as they begin to be consumed.

use crate::show::check as check_run;

const SERVICE: &str = r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
bill_on = ["delivered"]
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
low_balance = "2"
price = [
  { from = "2026-01-01", size = "10", amount = { SEK = "35.00" } },
  { from = "2026-07-01", size = "20", amount = { SEK = "64.00" } },
]
"#;

/// `day[@recorded] quantity` per event, all delivered.
fn check(uses: &[&str], expect: &str) {
    let event = |(place, one): (usize, &&str)| {
        let (day, quantity) = one.split_once(' ').expect("day and quantity");
        format!(r#"e{place} sms {day} {{"outcome":"delivered","quantity":"{quantity}"}}"#)
    };
    let events: Vec<String> = uses.iter().enumerate().map(event).collect();
    let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{}", events.join("\n"));
    check_run(SERVICE, &lines, "2026-12-31", expect);
}

#[test]
fn a_package_is_bought_by_its_first_unit_never_by_the_last_one_before() {
    check(
        &["2026-02-01 10", "2026-02-02 0", "2026-02-03 1"],
        "counted counted counted
        K-000001 package_purchase 2026-02-01T12:00 [2026-02-01..2026-02-01]: sms 10 x 35.00 #1 1-10
        notice 2026-02-01T12:00 low_balance sms 1 left 0
        K-000002 package_purchase 2026-02-03T12:00 [2026-02-03..2026-02-03]: sms 10 x 35.00 #2 11-20",
    );
}

#[test]
fn nothing_used_buys_nothing() {
    check(&["2026-02-01 0"], "counted");
}

#[test]
fn one_event_buys_as_many_packages_as_it_needs() {
    check(
        &["2026-02-01 25"],
        "counted
        K-000001 package_purchase 2026-02-01T12:00 [2026-02-01..2026-02-01]: sms 10 x 35.00 #1 1-10, sms 10 x 35.00 #2 11-20, sms 10 x 35.00 #3 21-30",
    );
}

#[test]
fn the_size_changes_only_at_a_package_boundary() {
    check(
        &["2026-06-30T21:59:59Z 5", "2026-06-30T22:00:00Z 5", "2026-07-02 1", "2026-07-03 20"],
        "counted counted counted counted
        K-000001 package_purchase 2026-06-30T21:59 [2026-06-30..2026-06-30]: sms 10 x 35.00 #1 1-10
        notice 2026-06-30T22:00 low_balance sms 1 left 0
        K-000002 package_purchase 2026-07-02T12:00 [2026-07-02..2026-07-02]: sms 20 x 64.00 #2 11-30
        K-000003 package_purchase 2026-07-03T12:00 [2026-07-03..2026-07-03]: sms 20 x 64.00 #3 31-50",
    );
}

/// A late event of the old price's time buys at the old size and amount.
#[test]
fn the_price_is_that_of_the_event_time_not_of_the_arrival() {
    check(
        &["2026-07-02 20", "2026-06-30@2026-07-03 1"],
        "counted counted
        K-000001 package_purchase 2026-07-02T12:00 [2026-07-02..2026-07-02]: sms 20 x 64.00 #1 1-20
        notice 2026-07-02T12:00 low_balance sms 1 left 0
        K-000002 package_purchase 2026-07-03T12:00 [2026-06-30..2026-06-30]: sms 10 x 35.00 #2 21-30",
    );
}

#[test]
fn a_low_balance_is_told_once_per_package() {
    check(
        &["2026-02-01 7", "2026-02-02 1", "2026-02-03 1", "2026-02-04 1", "2026-02-05 8.5", "2026-02-06 1"],
        "counted counted counted counted counted counted
        K-000001 package_purchase 2026-02-01T12:00 [2026-02-01..2026-02-01]: sms 10 x 35.00 #1 1-10
        notice 2026-02-02T12:00 low_balance sms 1 left 2
        K-000002 package_purchase 2026-02-05T12:00 [2026-02-05..2026-02-05]: sms 10 x 35.00 #2 11-20
        notice 2026-02-05T12:00 low_balance sms 2 left 1.5",
    );
}

#[test]
fn decimals_count_exactly() {
    check(
        &["2026-02-01 0.1", "2026-02-01 0.2", "2026-02-01 9.7", "2026-02-01 0.000000001"],
        "counted counted counted counted
        K-000001 package_purchase 2026-02-01T12:00 [2026-02-01..2026-02-01]: sms 10 x 35.00 #1 1-10
        notice 2026-02-01T12:00 low_balance sms 1 left 0
        K-000002 package_purchase 2026-02-01T12:00 [2026-02-01..2026-02-01]: sms 10 x 35.00 #2 11-20",
    );
}

/// Its record would fit into no message. It is its own fault, so a mended copy counts.
#[test]
fn an_event_that_buys_more_than_a_thousand_packages_is_refused() {
    let run = |uses: &[&str], verdicts: &str| {
        let event = |one: &&str| format!(r#"e sms 2026-02-01 {{"outcome":"delivered","quantity":{one}}}"#);
        let events: Vec<String> = uses.iter().map(event).collect();
        let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{}", events.join("\n"));
        let run = crate::show::run_alike(&crate::given::catalog(SERVICE), &crate::given::journal(&lines, "2026-12-31"));
        assert_eq!(crate::show::shown(&run)[0], verdicts);
        crate::show::records(&run).iter().map(|record| record.lines.len()).collect::<Vec<_>>()
    };
    assert_eq!(run(&["10000"], "counted"), [1000]);
    assert_eq!(run(&["10000.1", "10"], "bad_quantity counted"), [1]);
    assert_eq!(run(&["999999999999999999"], "bad_quantity"), [0_usize; 0]);
}

/// The lineage of a purchase is cumulative: all events that the pool has counted so far.
#[test]
fn lineage_counts_what_the_pool_has_counted() {
    let lines = r#"customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        a sms 2026-02-01 {"outcome":"delivered","quantity":10}
        b sms 2026-02-01 {"outcome":"failed","quantity":10}
        c sms 2026-02-01 {"quantity":10}
        d sms 2026-02-01 {"outcome":"delivered","quantity":0}
        e sms 2026-02-01 {"outcome":"delivered","quantity":11}"#;
    let run = crate::show::run_alike(&crate::given::catalog(SERVICE), &crate::given::journal(lines, "2026-12-31"));
    let events: Vec<Vec<u64>> =
        crate::show::records(&run).iter().map(|record| record.lines.iter().map(|line| line.lineage.events).collect()).collect();
    assert_eq!(events, [vec![1], vec![3, 3]]);
}
