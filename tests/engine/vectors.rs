//! The cross-cutting edge cases of REQUIREMENTS 1E that concern packages, metered plans and archives,
//! by their numbers there.

use chrono::NaiveDate;
use tally::domain::state::{StateKey, StateValue};
use tally::domain::zone::Zone;

use crate::given;
use crate::show::{check, records, run_alike};

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
activation = true
[service.part]
types = ["part"]
title = "Parts"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2024-01-01", unit = { SEK = "2.70", EUR = "0.27", DKK = "2.70" } }, { from = "2024-03-01", unit = { SEK = "3.20", EUR = "0.32", DKK = "3.20" } } ]
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2024-01-01", size = "10", amount = { SEK = "35.00" } }, { from = "2026-07-01", size = "20", amount = { SEK = "64.00" } } ]
[plan.archive]
model = "archive"
period = "year"
services = ["part"]
seller = "s"
vat = { category = "S", rate = "25" }
older_than = "P2Y"
reference = "01-01"
heading = "Arkiv"
price = [ { from = "2024-01-01", unit = { SEK = "0.50" } } ]
"#;

const STOCKHOLM: &str = "customer 2024-01-01 K Europe/Stockholm SEK 2024-01-01";

#[test]
fn vector_01_one_instant_is_q2_in_helsinki_and_q1_in_stockholm_and_copenhagen() {
    check(
        PLANS,
        "customer 2026-01-01 H Europe/Helsinki EUR 2026-01-01
        customer 2026-01-01 S Europe/Stockholm SEK 2026-01-01
        customer 2026-01-01 C Europe/Copenhagen DKK 2026-01-01
        1 look 2026-03-31T21:30:00Z H
        2 look 2026-03-31T21:30:00Z S
        3 look 2026-03-31T21:30:00Z C",
        "2026-08-01",
        "counted counted counted
        C-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 1 x 3.20
        S-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 1 x 3.20
        H-000001 quarterly 2026-07-05T21:00 [2026-04-01..2026-06-30]: look 1 x 0.32",
    );
}

/// The hours of a service's local day that were used, from the store.
fn hours(lines: &str, day: &str, until: &str) -> Vec<u8> {
    let run = run_alike(&given::catalog(PLANS), &given::journal(&format!("{STOCKHOLM}\n{lines}"), until));
    let day: NaiveDate = day.parse().expect("a date");
    let window = run.store.iter().find_map(|(key, value)| match (key, value) {
        (StateKey::Day(_, _, date), StateValue::Day(window)) if *date == day => Some(window),
        _ => None,
    });
    window.expect("the day was used").hours.iter().map(|hour| hour.hour).collect()
}

#[test]
fn vector_02_a_day_of_23_hours_ends_a_quarter() {
    for year in [2024, 2030] {
        let events = format!("1 look {year}-03-31T21:59:59Z {{\"quantity\":2}}\n2 look {year}-03-31T22:00:00Z");
        let from = if year == 2024 { " [2024-03-01..2024-03-31]" } else { "" };
        let expect = format!(
            "counted counted
            K-000001 quarterly {year}-04-05T22:00 [{year}-01-01..{year}-03-31]: look 2 x 3.20{from}
            K-000002 quarterly {year}-07-05T22:00 [{year}-04-01..{year}-06-30]: look 1 x 3.20"
        );
        check(PLANS, &format!("{STOCKHOLM}\n{events}"), &format!("{year}-08-01"), &expect);
        assert_eq!(hours(&events, &format!("{year}-03-31"), &format!("{year}-08-01")), [22], "the last of 23");
    }
    assert_eq!(hours("1 look 2027-10-30T22:00:00Z\n2 look 2027-10-31T22:59:59Z", "2027-10-31", "2028-02-01"), [0, 24], "25 hours");
}

#[test]
fn vector_03_local_half_past_two_comes_twice_and_needs_its_offset() {
    assert_eq!(hours("1 look 2026-10-25T00:30:00Z\n2 look 2026-10-25T01:30:00Z", "2026-10-25", "2026-10-26"), [2, 3]);
    check(PLANS, &format!("{STOCKHOLM}\n1 look 2026-10-25T02:30:00"), "2026-10-26", "undecodable");
}

#[test]
fn vector_04_every_record_names_its_time_zone_database() {
    let lines = format!("{STOCKHOLM}\nactive 2024-01-01 K sms 2024-01-01\n1 look 2026-01-01\n2 sms 2026-01-01");
    let run = run_alike(&given::catalog(PLANS), &given::journal(&lines, "2026-08-01"));
    let named: Vec<&str> = records(&run).iter().map(|record| record.tzdb).collect();
    assert_eq!(named, [Zone::database_version(); 2]);
}

/// Each day is in the zone and currency that the customer has on it; the period has a record of each.
#[test]
fn vector_05_a_customer_changes_zone_inside_a_period() {
    check(
        PLANS,
        &format!(
            "{STOCKHOLM}
            customer 2026-01-05 K Europe/Helsinki EUR 2026-02-15
            1 look 2026-02-14T21:59:59Z
            2 look 2026-02-14T22:00:00Z
            3 look 2026-03-31T21:30:00Z"
        ),
        "2026-08-01",
        "counted counted counted
        K-000001 quarterly 2026-04-05T21:00 [2026-01-01..2026-03-31]: look 1 x 0.32
        K-000002 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 1 x 3.20
        K-000003 quarterly 2026-07-05T21:00 [2026-04-01..2026-06-30]: look 1 x 0.32",
    );
}

/// Reference dates follow the customer: those that were put on the agenda before the move too.
#[test]
fn vector_05_a_customer_moves_between_archive_reference_dates() {
    check(
        &PLANS.replace("{ SEK = \"0.50\" }", "{ SEK = \"0.50\", EUR = \"0.05\" }"),
        &format!(
            "{STOCKHOLM}
            1 part 2025-06-01 {{\"quantity\":9,\"created\":\"2020-01-01\"}}
            customer 2025-07-01 K Europe/Helsinki EUR 2025-08-01
            2 part 2025-12-31T22:00:00Z {{\"quantity\":5,\"created\":\"2020-01-01\"}}"
        ),
        "2026-02-01",
        "counted counted
        K-000001 annual 2026-01-05T22:00 [2025-01-01..2025-12-31]: part 9 x 0.05",
    );
}

#[test]
fn vector_06_a_late_event_becomes_a_line_with_its_own_period_in_the_next_record() {
    check(
        PLANS,
        &format!("{STOCKHOLM}\n1 look 2026-03-30 {{\"quantity\":5}}\n2 look 2026-03-31@2026-04-20\n3 look 2026-04-20"),
        "2026-08-01",
        "counted counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 5 x 3.20
        K-000002 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: look 1 x 3.20
        K-000003 correction 2026-07-05T22:00 corrects 1: look 1 x 3.20 [2026-01-01..2026-03-31]",
    );
}

/// Here no use is below zero. What is taken back where a service allows it (`retraction.rs`) is given back to
/// the pool or credited: no package is ever un-bought.
#[test]
fn vector_07_nothing_lowers_usage_below_a_bought_package() {
    check(
        PLANS,
        &format!(
            "{STOCKHOLM}\nactive 2024-01-01 K sms 2024-01-01\n1 sms 2026-02-01 {{\"quantity\":11}}\n2 sms 2026-02-02 {{\"quantity\":-5}}"
        ),
        "2026-08-01",
        "counted bad_quantity
        K-000001 package_purchase 2026-02-01T12:00 [2026-02-01..2026-02-01]: sms 10 x 35.00 #1 1-10, sms 10 x 35.00 #2 11-20",
    );
}

#[test]
fn vector_08_a_retroactive_permission_releases_in_event_time_order_at_the_price_of_the_day() {
    check(
        PLANS,
        &format!(
            "{STOCKHOLM}
            b sms 2026-07-01 {{\"quantity\":12}}
            a sms 2026-06-30@2026-07-02 {{\"quantity\":3}}
            active 2026-07-10 K sms 2026-06-01"
        ),
        "2026-08-01",
        "not_activated not_activated
        K-000001 package_purchase 2026-07-10T00:00 [2026-06-30..2026-06-30]: sms 10 x 35.00 #1 1-10
        released a
        K-000002 package_purchase 2026-07-10T00:00 [2026-07-01..2026-07-01]: sms 20 x 64.00 #2 11-30
        released b",
    );
}

#[test]
fn vector_09_a_quarter_without_use_has_a_zero_record_or_none() {
    let metered = PLANS.split("[plan.sms]").next().unwrap_or_default().to_owned();
    check(&metered, "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01", "2026-04-10", "");
    check(
        &metered,
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 zero",
        "2026-04-10",
        "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 0 x 3.20",
    );
}

/// Culled before the reference instant, told after it: in time it counts, after the close it is a credit.
#[test]
fn vector_11_culling_races_the_reference_instant() {
    let check = |recorded: &str, expect: &str| {
        let events = format!(
            "1 part 2025-12-01 {{\"quantity\":9,\"created\":\"2020-01-01\"}}
            2 part 2025-12-31T22:59:59Z@{recorded} {{\"quantity\":4,\"created\":\"2020-01-01\",\"action\":\"culled\"}}"
        );
        check(PLANS, &format!("{STOCKHOLM}\n{events}"), "2027-01-31", &format!("counted counted\n{expect}"));
    };
    check(
        "2026-01-05T22:59:59Z",
        "K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 5 x 0.50
        K-000002 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 5 x 0.50",
    );
    check(
        "2026-01-05T23:00:00Z",
        "K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 9 x 0.50
        K-000002 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 5 x 0.50
        K-000003 correction 2027-01-05T23:00 corrects 1: part -4 x 0.50 [2025-01-01..2025-12-31]",
    );
}

/// A yearly amount does not depend on the days of the year.
#[test]
fn vector_14_a_leap_year_costs_what_any_year_costs() {
    let yearly = PLANS.replace("period = \"quarter\"", "period = \"year\"\nminimum = { SEK = \"100.00\" }");
    check(
        &yearly,
        &format!("{STOCKHOLM}\n1 look 2024-02-29\n2 look 2025-02-28"),
        "2026-02-01",
        "counted counted
        K-000001 annual 2025-01-05T23:00 [2024-01-01..2024-12-31]: look 1 x 2.70 [2024-01-01..2024-02-29], minimum 1 x 97.30
        K-000002 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: look 1 x 3.20, minimum 1 x 96.80",
    );
}

/// 29 February 2024 + two years is 28 February 2026: older on 1 March, not on the 28th itself.
#[test]
fn vector_15_two_years_after_29_february() {
    let check = |reference: &str, expect: &str| {
        let plans = PLANS.replace("reference = \"01-01\"", &format!("reference = \"{reference}\""));
        let event = "1 part 2026-01-01 {\"quantity\":7,\"created\":\"2024-02-29\"}";
        check(&plans, &format!("{STOCKHOLM}\n{event}"), "2026-04-01", &format!("counted\n{expect}"));
    };
    check("02-28", "");
    check("03-01", "K-000001 annual 2026-03-05T23:00 [2025-03-01..2026-02-28]: part 7 x 0.50");
}

#[test]
fn vector_17_a_price_change_inside_a_quarter_makes_two_segments_by_event_time() {
    check(
        PLANS,
        &format!("{STOCKHOLM}\n1 look 2024-02-29T22:59:59Z@2024-03-02\n2 look 2024-02-29T23:00:00Z@2024-03-01"),
        "2024-05-01",
        "counted counted
        K-000001 quarterly 2024-04-05T22:00 [2024-01-01..2024-03-31]: look 1 x 2.70 [2024-01-01..2024-02-29], look 1 x 3.20 [2024-03-01..2024-03-31]",
    );
}

#[test]
fn vector_18_each_package_has_price_and_size_of_the_event_that_buys_it() {
    check(
        PLANS,
        &format!(
            "{STOCKHOLM}\nactive 2024-01-01 K sms 2024-01-01
            1 sms 2026-06-30 {{\"quantity\":15}}
            2 sms 2026-07-01 {{\"quantity\":30}}"
        ),
        "2026-08-01",
        "counted counted
        K-000001 package_purchase 2026-06-30T12:00 [2026-06-30..2026-06-30]: sms 10 x 35.00 #1 1-10, sms 10 x 35.00 #2 11-20
        K-000002 package_purchase 2026-07-01T12:00 [2026-07-01..2026-07-01]: sms 20 x 64.00 #3 21-40, sms 20 x 64.00 #4 41-60",
    );
}

#[test]
fn vector_19_a_clock_may_be_ahead_by_the_allowed_skew() {
    let check = |time: &str, verdict: &str| {
        check(PLANS, &format!("{STOCKHOLM}\n1 look {time}@2026-02-01T12:00:00Z"), "2026-02-02", verdict);
    };
    check("2026-02-01T13:00:00Z", "counted");
    check("2026-02-01T13:00:00.000000001Z", "in_future");
}

#[test]
fn vector_20_a_tombstone_is_undecodable() {
    check(PLANS, &format!("{STOCKHOLM}\nraw"), "2026-02-02", "undecodable");
}
