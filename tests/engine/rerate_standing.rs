//! A wrong price list of plans that are charged without use, and of capacity: the span is charged again.

use crate::show::check_mended;

fn plan(model: &str, settings: &str, price: &str) -> String {
    format!(
        r#"
[service.a]
types = ["a"]
title = "A"
unit = "C62"
[plan.p]
model = "{model}"
services = ["a"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
{settings}
price = [ {{ from = "2025-01-01", {price} }} ]
"#
    )
}

/// The catalog is mended on 1 May 2026, and the span from then on is told.
fn check(model: &str, settings: &str, prices: (&str, &str), events: &str, until: &str, expect: &str) {
    let catalogs = (plan(model, settings, prices.0), plan(model, settings, prices.1));
    let events = format!("customer 2025-01-01 K Europe/Stockholm SEK 2025-01-01 inhabitants=100\n{events}");
    check_mended((&catalogs.0, &catalogs.1), "2026-05-01", &events, until, expect);
}

#[test]
fn a_fixed_fee_is_charged_again() {
    check(
        "fixed",
        "period = \"quarter\"",
        ("amount = { SEK = \"50.00\" }", "amount = { SEK = \"60.00\" }"),
        "rerate 2026-05-01 K p 2026-01-01 2026-04-01",
        "2026-08-01",
        "K-000001 quarterly 2025-04-05T22:00 [2025-01-01..2025-03-31]: a 1 x 50.00
        K-000002 quarterly 2025-07-05T22:00 [2025-04-01..2025-06-30]: a 1 x 50.00
        K-000003 quarterly 2025-10-05T22:00 [2025-07-01..2025-09-30]: a 1 x 50.00
        K-000004 quarterly 2026-01-05T23:00 [2025-10-01..2025-12-31]: a 1 x 50.00
        K-000005 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x 50.00
        notice 2026-05-01T00:00 rerated p 1
        K-000006 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: a 1 x 60.00
        K-000007 correction 2026-07-05T22:00 corrects 5: a -1 x 50.00 [2026-01-01..2026-03-31], a 1 x 60.00 [2026-01-01..2026-03-31]",
    );
}

#[test]
fn heads_are_charged_again() {
    check(
        "per_head",
        "period = \"year\"\nhead_count = \"inhabitants\"\ncounted_on = \"01-01\"",
        ("unit = { SEK = \"4.80\" }", "unit = { SEK = \"4.00\" }"),
        "rerate 2026-05-01 K p 2025-01-01 2026-01-01",
        "2027-02-01",
        "K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: a 100 x 4.80
        notice 2026-05-01T00:00 rerated p 1
        K-000002 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: a 100 x 4.00
        K-000003 correction 2027-01-05T23:00 corrects 1: a -100 x 4.80 [2025-01-01..2025-12-31], a 100 x 4.00 [2025-01-01..2025-12-31]",
    );
}

#[test]
fn a_subscription_is_charged_again() {
    check(
        "subscription",
        "period = \"quarter\"",
        ("month = { SEK = \"39.00\" }", "month = { SEK = \"49.00\" }"),
        "rerate 2026-05-01 K p 2026-01-01 2026-04-01",
        "2026-08-01",
        "K-000001 quarterly 2025-04-05T22:00 [2025-01-01..2025-03-31]: a 3 x 39.00
        K-000002 quarterly 2025-07-05T22:00 [2025-04-01..2025-06-30]: a 3 x 39.00
        K-000003 quarterly 2025-10-05T22:00 [2025-07-01..2025-09-30]: a 3 x 39.00
        K-000004 quarterly 2026-01-05T23:00 [2025-10-01..2025-12-31]: a 3 x 39.00
        K-000005 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 3 x 39.00
        notice 2026-05-01T00:00 rerated p 1
        K-000006 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: a 3 x 49.00
        K-000007 correction 2026-07-05T22:00 corrects 5: a -3 x 39.00 [2026-01-01..2026-03-31], a 3 x 49.00 [2026-01-01..2026-03-31]",
    );
}

#[test]
fn capacity_is_charged_again() {
    check(
        "capacity",
        "period = \"year\"\nmeasure = \"snapshot\"\nmeasured = \"10-15\"\nincluded = \"100\"",
        ("unit = { SEK = \"0.10\" }", "unit = { SEK = \"0.20\" }"),
        "pupils 2025-10-01 K 2 2025-10-01
        1 a 2025-10-01 {\"quantity\":300000000}
        rerate 2026-05-01 K p 2026-01-01 2027-01-01",
        "2027-02-01",
        "counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: a 100 x 0.10
        notice 2026-05-01T00:00 rerated p 1
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: a 100 x 0.20
        K-000003 correction 2026-10-19T22:00 corrects 1: a -100 x 0.10 [2026-01-01..2026-12-31], a 100 x 0.20 [2026-01-01..2026-12-31]",
    );
}
