//! Metered plans: periods, price segments, tiers, minimum, zero records, and their corrections.

use crate::show::check as check_run;

const CUSTOMER: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01";

/// One plan for the services `a` and `b` with these settings.
fn plan(settings: &str) -> String {
    format!(
        r#"
[service.a]
types = ["a"]
title = "A"
unit = "C62"
[service.b]
types = ["b"]
title = "B"
unit = "C62"
activation = true
[plan.p]
model = "metered"
services = ["b", "a"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
{settings}
"#
    )
}

fn check(settings: &str, events: &str, until: &str, expect: &str) {
    check_run(&plan(settings), &format!("{CUSTOMER}\nactive 2026-01-01 K b 2026-01-01\n{events}"), until, expect);
}

const FLAT: &str = r#"price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]"#;

#[test]
fn periods_have_four_lengths_and_begin_where_the_plan_says() {
    let check = |period: &str, expect: &str| {
        check(&format!("{period}\n{FLAT}"), "e a 2026-03-31T21:59:59Z", "2027-12-31", &format!("counted\n{expect}"));
    };
    check(r#"period = "month""#, "K-000001 periodic 2026-04-05T22:00 [2026-03-01..2026-03-31]: a 1 x 2.00");
    check(r#"period = "quarter""#, "K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x 2.00");
    check(r#"period = "half-year""#, "K-000001 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30]: a 1 x 2.00");
    check(r#"period = "year""#, "K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a 1 x 2.00");
    check("period = \"quarter\"\nstarts = \"02-01\"", "K-000001 quarterly 2026-05-05T22:00 [2026-02-01..2026-04-30]: a 1 x 2.00");
    check(
        "period = \"year\"\nstarts = \"07-01\"",
        "K-000001 annual 2026-07-05T22:00 [2025-07-01..2026-06-30]: a 1 x 2.00 [2026-01-01..2026-06-30]",
    );
    check("period = \"month\"\nstarts = \"01-15\"", "K-000001 periodic 2026-04-19T22:00 [2026-03-15..2026-04-14]: a 1 x 2.00");
    check("period = \"quarter\"\nallowed_lateness = \"PT0S\"", "K-000001 quarterly 2026-03-31T22:00 [2026-01-01..2026-03-31]: a 1 x 2.00");
}

#[test]
fn lines_are_by_service_and_price_segment() {
    let price = r#"period = "quarter"
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } }, { from = "2026-02-15", unit = { SEK = "3.00" } }, { from = "2026-04-01", unit = { SEK = "9.00" } } ]"#;
    check(
        price,
        "1 b 2026-03-01\n2 a 2026-03-01\n3 a 2026-02-14T22:59:59Z\n4 a 2026-02-14T23:00:00Z {\"quantity\":\"1.5\"}",
        "2026-05-01",
        "counted counted counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x 2.00 [2026-01-01..2026-02-14], a 2.5 x 3.00 [2026-02-15..2026-03-31], b 1 x 3.00 [2026-02-15..2026-03-31]",
    );
}

#[test]
fn usage_counts_until_the_close_and_becomes_a_correction_after_it() {
    check(
        &format!("period = \"month\"\n{FLAT}"),
        "1 a 2026-01-31T22:59:59Z\n2 a 2026-01-31@2026-02-05T22:59:59Z\n3 a 2026-01-31@2026-02-05T23:00:00Z\n4 a 2026-02-01@2026-02-10",
        "2026-04-01",
        "counted counted counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 2 x 2.00
        K-000002 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: a 1 x 2.00
        K-000003 correction 2026-03-05T23:00 corrects 1: a 1 x 2.00 [2026-01-01..2026-01-31]",
    );
}

#[test]
fn late_usage_for_a_period_without_record_corrects_nothing_by_name() {
    check(
        &format!("period = \"month\"\n{FLAT}"),
        "tick 2026-02-20\n1 a 2026-01-31@2026-02-20T00:00:01Z",
        "2026-04-01",
        "counted\nK-000001 correction 2026-03-05T23:00: a 1 x 2.00 [2026-01-01..2026-01-31]",
    );
}

fn tiers(mode: &str) -> String {
    format!(
        r#"period = "month"
price = [ {{ from = "2026-01-01", mode = "{mode}", tiers = [ {{ up_to = "10", unit = {{ SEK = "2.00" }} }}, {{ unit = {{ SEK = "1.50" }} }} ] }} ]"#
    )
}

#[test]
fn graduated_tiers_are_a_line_each_and_corrected_in_the_tier_they_fall_into() {
    check(
        &tiers("graduated"),
        "1 a 2026-01-10 {\"quantity\":9}\n2 a 2026-01-11@2026-02-11 {\"quantity\":3}\n3 a 2026-02-12 {\"quantity\":10.5}",
        "2026-04-01",
        "counted counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 9 x 2.00
        K-000002 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: a 10 x 2.00, a 0.5 x 1.50
        K-000003 correction 2026-03-05T23:00 corrects 1: a 1 x 2.00 [2026-01-01..2026-01-31], a 2 x 1.50 [2026-01-01..2026-01-31]",
    );
}

#[test]
fn a_correction_across_a_volume_tier_takes_the_old_price_back() {
    check(
        &tiers("volume"),
        "1 a 2026-01-10 {\"quantity\":10}\n2 a 2026-01-11@2026-02-11\n3 a 2026-01-12@2026-02-12 {\"quantity\":4}",
        "2026-04-01",
        "counted counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 10 x 2.00
        K-000002 correction 2026-03-05T23:00 corrects 1: a -10 x 2.00 [2026-01-01..2026-01-31], a 15 x 1.50 [2026-01-01..2026-01-31]",
    );
}

/// A second correction of the same period starts from what the first one has issued.
#[test]
fn a_period_may_be_corrected_again() {
    check(
        &tiers("volume"),
        "1 a 2026-01-30 {\"quantity\":10}\n2 a 2026-01-30@2026-02-11\n3 a 2026-01-31@2026-03-06",
        "2026-06-01",
        "counted counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 10 x 2.00
        K-000002 correction 2026-03-05T23:00 corrects 1: a -10 x 2.00 [2026-01-01..2026-01-31], a 11 x 1.50 [2026-01-01..2026-01-31]
        K-000003 correction 2026-04-05T22:00 corrects 1: a 1 x 1.50 [2026-01-01..2026-01-31]",
    );
}

fn minimum(zero: bool) -> String {
    format!("period = \"month\"\nzero = {zero}\nminimum = {{ SEK = \"10.00\" }}\n{FLAT}")
}

#[test]
fn a_minimum_is_charged_once_per_period_and_given_back() {
    check(
        &minimum(false),
        "1 a 2026-01-10 {\"quantity\":3}\n2 b 2026-01-10\n3 a 2026-01-30@2026-02-10\n4 a 2026-01-30@2026-02-10 {\"quantity\":4}\n5 a 2026-03-10 {\"quantity\":5}\n6 a 2026-04-10 {\"quantity\":0}",
        "2026-07-01",
        "counted counted counted counted counted counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 3 x 2.00, b 1 x 2.00, minimum 1 x 2.00
        K-000002 correction 2026-03-05T23:00 corrects 1: a 5 x 2.00 [2026-01-01..2026-01-31], minimum -1 x 2.00 [2026-01-01..2026-01-31]
        K-000003 periodic 2026-04-05T22:00 [2026-03-01..2026-03-31]: a 5 x 2.00",
    );
}

/// The minimum of a period without use was charged with its zero record: late usage does not charge it again.
#[test]
fn late_usage_after_a_zero_record_takes_its_minimum_back() {
    check(
        &minimum(true),
        "tick 2026-02-10\n1 a 2026-01-30@2026-02-10T01:00:00Z {\"quantity\":4}",
        "2026-03-06",
        "counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 0 x 2.00, b 0 x 2.00, minimum 1 x 10.00
        K-000002 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: a 0 x 2.00, b 0 x 2.00, minimum 1 x 10.00
        K-000003 correction 2026-03-05T23:00 corrects 1: a 4 x 2.00 [2026-01-01..2026-01-31], minimum -1 x 8.00 [2026-01-01..2026-01-31]",
    );
}

/// Zero records name the services that could have been used: `b` only once it is activated.
#[test]
fn a_period_without_use_is_published_where_the_customer_or_plan_says_so() {
    let settings = format!("period = \"month\"\n{FLAT}");
    let lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 zero
        customer 2026-01-01 L Europe/Stockholm SEK 2026-01-01
        active 2026-02-20 K b 2026-02-20
        1 a 2026-02-10";
    check_run(
        &plan(&settings),
        lines,
        "2026-04-10",
        "counted
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: a 0 x 2.00
        K-000002 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: a 1 x 2.00
        K-000003 periodic 2026-04-05T22:00 [2026-03-01..2026-03-31]: a 0 x 2.00, b 0 x 2.00",
    );
}

/// Periods that had ended before the customer was told are not published.
#[test]
fn zero_records_begin_with_the_period_in_which_the_customer_is_told() {
    let settings = format!("period = \"month\"\nzero = true\n{FLAT}");
    check_run(
        &plan(&settings),
        "customer 2026-02-02 K Europe/Stockholm SEK 2026-01-01",
        "2026-03-06",
        "K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: a 0 x 2.00",
    );
}

/// Rounding is per line, tax on the sum: 0.345 × 3 = 1.035 → 1.04.
#[test]
fn each_line_is_rounded_by_itself() {
    let settings = r#"period = "month"
price = [ { from = "2026-01-01", unit = { SEK = "0.345" } } ]"#;
    let lines =
        format!("{CUSTOMER}\nactive 2026-01-01 K b 2026-01-01\n1 a 2026-01-10 {{\"quantity\":3}}\n2 b 2026-01-10 {{\"quantity\":3}}");
    let run = crate::show::run_alike(&crate::given::catalog(&plan(settings)), &crate::given::journal(&lines, "2026-03-01"));
    let totals = &crate::show::records(&run)[0].totals;
    assert_eq!((totals.net.to_string().as_str(), totals.gross.to_string().as_str()), ("2.08", "2.60"));
}
