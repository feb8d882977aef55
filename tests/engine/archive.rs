//! Archive plans: parts that are older than the plan's age at the reference date, once a year.

use crate::show::check as check_run;

fn plan(settings: &str) -> String {
    format!(
        r#"
[service.part]
types = ["part"]
title = "Parts"
unit = "C62"
[plan.archive]
model = "archive"
period = "year"
services = ["part"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
older_than = "P2Y"
heading = "Arkiv"
{settings}
"#
    )
}

const JANUARY: &str = r#"reference = "01-01"
price = [ { from = "2025-01-01", unit = { SEK = "0.50" } }, { from = "2027-01-01", unit = { SEK = "0.60" } } ]"#;

fn check(settings: &str, events: &str, until: &str, expect: &str) {
    check_run(&plan(settings), &format!("customer 2025-01-01 K Europe/Stockholm SEK 2025-01-01\n{events}"), until, expect);
}

/// `created` of 100 parts, and how many count at 2026-01-01 (midnight in Stockholm).
#[test]
fn older_than_two_years_is_strict() {
    let check = |created: &str, counts: bool| {
        let event = format!(r#"e part 2025-06-01 {{"quantity":100,"created":"{created}"}}"#);
        let record = "K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 100 x 0.50";
        check(JANUARY, &event, "2026-02-01", &format!("counted\n{}", if counts { record } else { "" }));
    };
    check("2023-12-31", true);
    check("2024-01-01", false);
    check("1999-01-01", true);
}

#[test]
fn what_is_culled_before_the_reference_date_is_not_charged() {
    check(
        JANUARY,
        r#"1 part 2025-06-01 {"quantity":100,"created":"2020-05-05"}
        2 part 2025-12-31T22:59:59Z {"quantity":30,"created":"2020-05-05","action":"culled"}
        3 part 2025-12-31T23:00:00Z {"quantity":20,"created":"2020-05-05","action":"culled"}"#,
        "2027-02-01",
        "counted counted counted
        K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 70 x 0.50
        K-000002 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 50 x 0.60",
    );
}

#[test]
fn a_part_counts_again_every_year() {
    check(
        JANUARY,
        r#"1 part 2025-06-01 {"quantity":10,"created":"2020-05-05"}"#,
        "2028-02-01",
        "counted
        K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 10 x 0.50
        K-000002 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 10 x 0.60
        K-000003 annual 2028-01-05T23:00 [2027-01-01..2027-12-31]: part 10 x 0.60",
    );
}

/// More culled than created: held with a notice, tried again daily, issued when it is right.
#[test]
fn a_negative_count_is_held_and_issued_later() {
    check(
        JANUARY,
        r#"1 part 2025-12-01 {"quantity":5,"created":"2020-05-05","action":"culled"}
        2 part 2025-12-31@2026-01-10 {"quantity":8,"created":"2020-05-05"}"#,
        "2026-02-01",
        "counted counted
        notice 2026-01-05T23:00 record_held archive 2026-01-01
        K-000001 annual 2026-01-10T23:00 [2025-01-01..2025-12-31]: part 3 x 0.50",
    );
}

#[test]
fn without_a_price_the_record_is_held() {
    let settings = "reference = \"01-01\"\nprice = [ { from = \"2026-06-01\", unit = { SEK = \"0.50\" } } ]";
    check(
        settings,
        r#"1 part 2025-12-01 {"quantity":5,"created":"2020-05-05"}"#,
        "2027-02-01",
        "counted
        notice 2026-01-05T23:00 record_held archive 2026-01-01
        K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 5 x 0.50",
    );
}

#[test]
fn in_advance_the_year_that_begins_is_charged() {
    let settings = format!("charge = \"advance\"\n{JANUARY}");
    check(
        &settings,
        r#"1 part 2025-12-01 {"quantity":5,"created":"2020-05-05"}"#,
        "2026-02-01",
        "counted\nK-000001 annual 2026-01-05T23:00 [2026-01-01..2026-12-31]: part 5 x 0.50",
    );
}

/// What is told late for a closed reference date is corrected at that date's price, with the next close.
#[test]
fn late_parts_are_corrected_at_the_price_of_their_reference_date() {
    check(
        JANUARY,
        r#"1 part 2025-12-01 {"quantity":5,"created":"2020-05-05"}
        2 part 2025-12-31@2026-01-10 {"quantity":7,"created":"2020-05-05"}
        3 part 2025-12-31@2026-01-11 {"quantity":2,"created":"2020-05-05","action":"culled"}
        4 part 2025-12-31@2026-01-11 {"quantity":9,"created":"2024-05-05"}"#,
        "2027-02-01",
        "counted counted counted counted
        K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 5 x 0.50
        K-000002 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 19 x 0.60
        K-000003 correction 2027-01-05T23:00 corrects 1: part 5 x 0.50 [2025-01-01..2025-12-31]",
    );
}

#[test]
fn late_culling_is_credited() {
    check(
        JANUARY,
        r#"1 part 2025-12-01 {"quantity":5,"created":"2020-05-05"}
        2 part 2025-12-31@2026-01-10 {"quantity":5,"created":"2020-05-05","action":"culled"}"#,
        "2027-02-01",
        "counted counted
        K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 5 x 0.50
        K-000002 correction 2027-01-05T23:00 corrects 1: part -5 x 0.50 [2025-01-01..2025-12-31]",
    );
}
