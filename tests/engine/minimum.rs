//! The least amount of a year, billed by shorter periods; and minimums that change.

use crate::given;
use crate::show::{check as check_run, records, run_alike};

fn plan(settings: &str) -> String {
    format!(
        r#"
[service.a]
types = ["a"]
title = "A"
unit = "C62"
[plan.p]
model = "metered"
services = ["a"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
price = [ {{ from = "2025-01-01", unit = {{ SEK = "1.00" }} }} ]
{settings}
"#
    )
}

fn check(settings: &str, customer: &str, lines: &str, until: &str, expect: &str) {
    let customer = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 {customer}");
    check_run(&plan(settings), &format!("{customer}\n{lines}"), until, expect);
}

const YEARLY: &str = "period = \"quarter\"\nminimum = { SEK = \"90.00\" }\nminimum_per = \"year\"";

#[test]
fn what_is_missing_in_the_year_is_charged_with_its_last_period() {
    check(
        YEARLY,
        "",
        "1 a 2026-02-01 {\"quantity\":30}\n2 a 2026-08-01 {\"quantity\":20}",
        "2028-02-01",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 30 x 1.00
        K-000002 quarterly 2026-10-05T22:00 [2026-07-01..2026-09-30]: a 20 x 1.00
        K-000003 quarterly 2027-01-05T23:00 [2026-10-01..2026-12-31]: minimum 1 x 40.00",
    );
}

#[test]
fn a_year_begins_where_the_plan_says() {
    check(
        &format!("{YEARLY}\nstarts = \"02-01\""),
        "",
        "1 a 2026-01-15 {\"quantity\":30}\n2 a 2026-12-01 {\"quantity\":100}",
        "2027-02-10",
        "counted counted
        K-000001 quarterly 2026-02-05T23:00 [2025-11-01..2026-01-31]: a 30 x 1.00, minimum 1 x 60.00
        K-000002 quarterly 2027-02-05T23:00 [2026-11-01..2027-01-31]: a 100 x 1.00",
    );
}

/// Late use of any period gives back what the year no longer lacks.
#[test]
fn corrections_give_the_years_minimum_back() {
    check(
        YEARLY,
        "",
        "1 a 2026-11-15 {\"quantity\":30}
        2 a 2026-12-20@2027-01-10 {\"quantity\":50}
        3 a 2026-12-31@2027-01-11 {\"quantity\":40}",
        "2027-05-01",
        "counted counted counted
        K-000001 quarterly 2027-01-05T23:00 [2026-10-01..2026-12-31]: a 30 x 1.00, minimum 1 x 60.00
        K-000002 correction 2027-04-05T22:00 corrects 1: a 90 x 1.00 [2026-10-01..2026-12-31], minimum -1 x 60.00 [2026-10-01..2026-12-31]",
    );
    check(
        YEARLY,
        "",
        "1 a 2026-09-20 {\"quantity\":30}
        tick 2027-01-06
        2 a 2026-12-31@2027-01-11 {\"quantity\":40}",
        "2027-05-01",
        "counted counted
        K-000001 quarterly 2026-10-05T22:00 [2026-07-01..2026-09-30]: a 30 x 1.00
        K-000002 quarterly 2027-01-05T23:00 [2026-10-01..2026-12-31]: minimum 1 x 60.00
        K-000003 correction 2027-04-05T22:00 corrects 2: a 40 x 1.00 [2026-10-01..2026-12-31], minimum -1 x 40.00 [2026-10-01..2026-12-31]",
    );
}

/// Use that arrives after the whole year was closed: first of one of its earlier quarters.
#[test]
fn late_use_of_an_earlier_period_charges_or_gives_back_the_minimum_of_the_closed_year() {
    let month = "period = \"month\"\nminimum = { SEK = \"90.00\" }\nminimum_per = \"year\"\nallowed_lateness = \"PT0S\"";
    check(
        month,
        "",
        "tick 2027-01-02\n1 a 2026-11-30@2027-01-03 {\"quantity\":30}\n2 a 2026-11-30@2027-01-04 {\"quantity\":10}",
        "2027-03-01",
        "counted counted
        K-000001 correction 2027-01-31T23:00: a 40 x 1.00 [2026-11-01..2026-11-30], minimum 1 x 50.00 [2026-12-01..2026-12-31]",
    );
}

#[test]
fn a_year_without_use_has_its_minimum_where_that_is_published() {
    check(
        YEARLY,
        "zero",
        "",
        "2027-02-01",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 0 x 1.00
        K-000002 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: a 0 x 1.00
        K-000003 quarterly 2026-10-05T22:00 [2026-07-01..2026-09-30]: a 0 x 1.00
        K-000004 quarterly 2027-01-05T23:00 [2026-10-01..2026-12-31]: a 0 x 1.00, minimum 1 x 90.00",
    );
    check(YEARLY, "", "", "2027-02-01", "");
}

#[test]
fn the_minimum_in_force_on_the_first_day_applies() {
    check(
        "period = \"month\"\nminimum = [ { from = \"2026-02-01\", amount = { SEK = \"10.00\" } }, { from = \"2026-03-01\", amount = { SEK = \"0.00\" } } ]",
        "",
        "1 a 2026-01-10\n2 a 2026-02-10\n3 a 2026-03-10",
        "2026-04-10",
        "counted counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 1 x 1.00
        K-000002 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: a 1 x 1.00, minimum 1 x 9.00
        K-000003 periodic 2026-04-05T22:00 [2026-03-01..2026-03-31]: a 1 x 1.00",
    );
}

#[test]
fn the_line_names_the_year() {
    let lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n1 a 2026-11-01 {\"quantity\":30}";
    let run = run_alike(&given::catalog(&plan(YEARLY)), &given::journal(lines, "2027-02-01"));
    let basis: Vec<String> = records(&run)[0].lines[1].basis.iter().map(|(name, figure)| format!("{name}={figure}")).collect();
    assert_eq!(basis, ["minimum=90.00", "minimum_from=2026-01-01", "minimum_to=2026-12-31", "charged_by_use=30.00"]);
}
