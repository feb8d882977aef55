//! Subscriptions: each calendar month in which the service is activated for a moment is charged whole.

use crate::given;
use crate::show::{check as check_run, records, run_alike};

fn plan(settings: &str) -> String {
    format!(
        r#"
[service.a]
types = ["a"]
title = "A"
unit = "C62"
activation = true
[plan.p]
model = "subscription"
services = ["a"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
{settings}
"#
    )
}

const QUARTERLY: &str = "period = \"quarter\"\nprice = [ { from = \"2026-01-01\", month = { SEK = \"39.00\" } } ]";

fn check(settings: &str, lines: &str, until: &str, expect: &str) {
    let customer = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01";
    check_run(&plan(settings), &format!("{customer}\n{lines}"), until, expect);
}

/// Months are the customer's: 31 January 23:00 UTC is February in Stockholm. A span is half-open.
#[test]
fn a_started_month_is_a_month() {
    let check = |from_to: &str, months: u32| {
        let expect = format!("K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a {months} x 39.00");
        check(QUARTERLY, &format!("active 2026-01-01 K a {from_to}"), "2026-04-06", &expect);
    };
    check("2026-01-01 2026-04-01", 3);
    check("2026-03-31T21:59:59Z", 1);
    check("2026-01-31T22:59:59Z 2026-02-01", 2);
    check("2026-01-31T23:00:00Z 2026-02-01", 1);
    check("2026-01-10 2026-01-31T23:00:00Z", 1);
    check("2026-01-10 2026-01-31T23:00:01Z", 2);
}

/// REQUIREMENTS vectors 1 and 2: the same instant is April in Helsinki and March in Stockholm, where the
/// last day of March 2024 has 23 hours.
#[test]
fn the_month_is_that_of_the_customers_zone() {
    let check = |zone: &str, year: u32, from: &str, hour: u32| {
        let plans = plan(&format!("period = \"quarter\"\nprice = [ {{ from = \"{year}-01-01\", month = {{ SEK = \"39.00\" }} }} ]"));
        let lines = format!("customer {year}-01-01 K {zone} SEK {year}-01-01\nactive {year}-01-01 K a {year}-03-31T{from}Z {year}-05-01");
        let expect = format!(
            "K-000001 quarterly {year}-04-05T{hour}:00 [{year}-01-01..{year}-03-31]: a 1 x 39.00
            K-000002 quarterly {year}-07-05T{hour}:00 [{year}-04-01..{year}-06-30]: a 2 x 39.00"
        );
        check_run(&plans, &lines, &format!("{year}-07-06"), &expect);
    };
    // Until 02:00 or 03:00 of 1 May: April and a moment of May.
    check("Europe/Stockholm", 2026, "21:30:00", 22);
    check("Europe/Stockholm", 2024, "21:59:59", 22);
    check("Europe/Copenhagen", 2030, "21:59:59", 22);
    check("Europe/Helsinki", 2026, "20:59:59", 21);
}

#[test]
fn a_moment_after_midnight_is_the_next_month() {
    let lines = "customer 2026-01-01 K Europe/Helsinki SEK 2026-01-01\nactive 2026-01-01 K a 2026-03-31T21:30:00Z 2026-04-01";
    check_run(&plan(QUARTERLY), lines, "2026-07-06", "K-000001 quarterly 2026-07-05T21:00 [2026-04-01..2026-06-30]: a 1 x 39.00");
}

#[test]
fn a_month_is_charged_once_however_often_it_is_begun() {
    check(
        QUARTERLY,
        "active 2026-01-01 K a 2026-01-01 2026-01-05\nactive 2026-01-20 K a 2026-01-20 2026-02-03\nactive 2026-02-10 K a 2026-02-10 2026-02-11",
        "2026-04-06",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 2 x 39.00",
    );
}

#[test]
fn the_price_of_the_months_first_day_is_the_months_price() {
    check(
        "period = \"quarter\"\nprice = [ { from = \"2026-01-01\", month = { SEK = \"39.00\" } }, { from = \"2026-02-10\", month = { SEK = \"45.00\" } } ]",
        "active 2026-01-01 K a 2026-01-01",
        "2026-04-06",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 2 x 39.00 [2026-01-01..2026-02-28], a 1 x 45.00 [2026-03-01..2026-03-31]",
    );
}

#[test]
fn activations_told_late_correct_closed_periods() {
    check(
        QUARTERLY,
        "active 2026-01-01 K a 2026-02-15\nactive 2026-05-01 K a 2026-01-15 2026-01-20\nactive 2026-05-02 K a 2026-02-15 2026-02-20",
        "2026-07-06",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 2 x 39.00",
    );
    check(
        QUARTERLY,
        "active 2026-01-01 K a 2026-02-15\nactive 2026-05-02 K a 2026-02-15 2026-02-20",
        "2026-07-06",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 2 x 39.00
        K-000002 correction 2026-07-05T22:00 corrects 1: a -1 x 39.00 [2026-01-01..2026-03-31]",
    );
    check(
        QUARTERLY,
        "active 2026-05-01 K a 2026-01-31",
        "2026-07-06",
        "K-000001 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: a 3 x 39.00
        K-000002 correction 2026-07-05T22:00: a 3 x 39.00 [2026-01-01..2026-03-31]",
    );
}

/// Before its first day a customer is not known, and charged nothing.
#[test]
fn months_before_the_customer_are_not_charged() {
    check_run(
        &plan(QUARTERLY),
        "active 2026-01-01 K a 2026-01-01\ncustomer 2026-01-01 K Europe/Stockholm SEK 2026-02-15",
        "2026-04-06",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 2 x 39.00",
    );
}

#[test]
fn in_advance_is_charged_what_is_activated_then() {
    check(
        &format!("{QUARTERLY}\ncharge = \"advance\""),
        "active 2026-01-01 K a 2026-01-01 2026-05-10",
        "2026-07-06",
        "K-000001 quarterly 2026-01-05T23:00 [2026-01-01..2026-03-31]: a 3 x 39.00
        K-000002 quarterly 2026-04-05T22:00 [2026-04-01..2026-06-30]: a 2 x 39.00",
    );
}

#[test]
fn the_line_names_its_months() {
    let lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\nactive 2026-01-01 K a 2026-01-01 2026-01-02\nactive 2026-01-01 K a 2026-03-01";
    let run = run_alike(&given::catalog(&plan(QUARTERLY)), &given::journal(lines, "2026-04-06"));
    let line = &records(&run)[0].lines[0];
    assert_eq!((line.basis.as_slice(), line.unit.as_str()), ([("months", "2026-01 2026-03".to_owned())].as_slice(), "MON"));
}
