//! It-systems: use from others waits, whatever the order in which they are told (REQUIREMENTS P3, P5, P7).

use crate::show::check as check_run;

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
registered = true
[plan.look]
model = "metered"
period = "month"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
"#;

const WORLD: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
customer 2026-01-01 L Europe/Stockholm SEK 2026-01-01
";

fn check(lines: &str, expect: &str) {
    check_run(PLANS, &format!("{WORLD}{lines}"), "2026-03-01", expect);
}

#[test]
fn p3_use_of_a_registered_system_is_counted() {
    check(
        "system 2026-01-01 journal s 2026-01-01 2026-01-20
        1 look 2026-01-19
        2 look 2026-01-21",
        "counted unknown_system
        notice 2026-01-21T12:00 security_alarm unknown_system s 2026-01-21
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// Out of order across topics: it waits, it is not refused.
#[test]
fn p3_a_registration_that_comes_late_releases_what_waits_of_all_customers() {
    check(
        "2 look 2026-01-19 L
        1 look 2026-01-18 K
        3 look 2026-01-17 K
        system 2026-01-25 journal s 2026-01-18",
        "unknown_system unknown_system unknown_system
        notice 2026-01-19T12:00 security_alarm unknown_system s 2026-01-19
        notice 2026-01-19T12:00 security_alarm unknown_system s 2026-01-19
        released 1
        released 2
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00
        L-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// Whose use it is cannot be told, so it is never guessed.
#[test]
fn p7_a_source_of_two_systems_waits_until_one_is_ended() {
    check(
        "system 2026-01-01 a s 2026-01-01
        system 2026-01-02 b s 2026-01-10
        1 look 2026-01-09
        2 look 2026-01-19
        system 2026-01-25 a s 2026-01-01 2026-01-10",
        "counted unknown_system
        notice 2026-01-19T12:00 security_alarm unknown_system s 2026-01-19
        released 2
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 2 x 2.00",
    );
}
