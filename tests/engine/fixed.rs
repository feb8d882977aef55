//! Fixed plans: a fee per period, by group of customers, whatever the days of the period.

use crate::show::check as check_run;

const MEMBERSHIP: &str = r#"
[service.member]
types = ["member"]
title = "Membership"
unit = "C62"
[plan.p]
model = "fixed"
services = ["member"]
seller = "s"
vat = { category = "S", rate = "25" }
period = "year"
"#;

fn check(settings: &str, lines: &str, until: &str, expect: &str) {
    check_run(&format!("{MEMBERSHIP}{settings}"), lines, until, expect);
}

/// REQUIREMENTS vector 14: 365 or 366 days, the fee is the same.
#[test]
fn leap_years_cost_the_same() {
    check(
        r#"price = [ { from = "2023-01-01", amount = { SEK = "365.00" } } ]"#,
        "customer 2023-01-01 K Europe/Stockholm SEK 2023-01-01",
        "2025-02-01",
        "K-000001 annual 2024-01-05T23:00 [2023-01-01..2023-12-31]: member 1 x 365.00
        K-000002 annual 2025-01-05T23:00 [2024-01-01..2024-12-31]: member 1 x 365.00",
    );
}

#[test]
fn the_group_of_the_first_day_decides() {
    check(
        r#"price = [ { from = "2026-01-01", group = "small", amount = { SEK = "5000.00" } }, { from = "2026-01-01", group = "large", amount = { SEK = "50000.00" } } ]"#,
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 group=small
        customer 2026-01-01 K Europe/Stockholm SEK 2026-05-01 group=large
        customer 2026-01-01 L Europe/Stockholm SEK 2026-01-01",
        "2028-02-01",
        "K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: member 1 x 5000.00
        K-000002 annual 2028-01-05T23:00 [2027-01-01..2027-12-31]: member 1 x 50000.00",
    );
}

/// The group was told wrongly: the old fee is taken back, the right one charged.
#[test]
fn a_group_that_is_told_again_corrects_closed_years() {
    check(
        r#"price = [ { from = "2026-01-01", amount = { SEK = "5000.00" } }, { from = "2026-01-01", group = "large", amount = { SEK = "50000.00" } } ]"#,
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        customer 2027-03-01 K Europe/Stockholm SEK 2026-01-01 group=large",
        "2028-02-01",
        "K-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: member 1 x 5000.00
        K-000002 annual 2028-01-05T23:00 [2027-01-01..2027-12-31]: member 1 x 50000.00
        K-000003 correction 2028-01-05T23:00 corrects 1: member -1 x 5000.00 [2026-01-01..2026-12-31], member 1 x 50000.00 [2026-01-01..2026-12-31]",
    );
}

/// A plan for several services is one line, about the whole plan.
#[test]
fn several_services_are_one_fee() {
    let plans = MEMBERSHIP.replace("services = [\"member\"]", "services = [\"member\", \"other\"]\nheading = \"All of it\"");
    let other = "[service.other]\ntypes = [\"other\"]\ntitle = \"O\"\nunit = \"C62\"\n";
    check_run(
        &format!("{other}{plans}price = [ {{ from = \"2026-01-01\", amount = {{ SEK = \"7.00\" }} }} ]"),
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n1 other 2026-02-01\n2 member 2026-02-02",
        "2027-02-01",
        "counted counted\nK-000001 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: p 1 x 7.00",
    );
}
