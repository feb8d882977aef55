//! Prices by group of customers: a group's own price goes before the one for all.

use crate::show::check;

const PLANS: &str = r#"
[service.a]
types = ["a"]
title = "A"
unit = "C62"
[service.p]
types = ["p"]
title = "P"
unit = "C62"
[plan.a]
model = "metered"
period = "quarter"
services = ["a"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [
  { from = "2026-01-01", unit = { SEK = "2.00" } },
  { from = "2026-02-01", group = "small", unit = { SEK = "1.00" } },
  { from = "2026-03-01", unit = { SEK = "3.00" } },
]
[plan.p]
model = "package"
services = ["p"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [
  { from = "2026-01-01", size = "10", amount = { SEK = "20.00" } },
  { from = "2026-01-01", group = "small", size = "5", amount = { SEK = "9.00" } },
  { from = "2026-01-01", group = "large", size = "100", amount = { DKK = "150.00" } },
]
"#;

fn customer(id: &str, from: &str, group: Option<&str>) -> String {
    let group = group.map_or(String::new(), |group| format!(r#","group":"{group}""#));
    let data = format!(r#"{{"name":"{id}","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"{from}"{group}}}"#);
    format!(
        r#"control {{"specversion":"1.0","id":"{id}{from}","source":"s","type":"tally.customer.v1","subject":"{id}","time":"2026-01-01T00:00:00Z","data":{data}}}"#
    )
}

#[test]
fn a_group_has_its_own_price_from_its_first_day_on() {
    let lines = [
        customer("K", "2026-01-01", Some("small")),
        customer("L", "2026-01-01", None),
        "1 a 2026-01-15 K\n2 a 2026-02-15 K\n3 a 2026-03-15 K\n4 a 2026-02-15@2026-03-16 L\n5 a 2026-03-15@2026-03-16 L".to_owned(),
    ];
    check(
        PLANS,
        &lines.join("\n"),
        "2026-05-01",
        "counted counted counted counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x 2.00 [2026-01-01..2026-01-31], a 2 x 1.00 [2026-02-01..2026-03-31]
        L-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x 2.00 [2026-01-01..2026-02-28], a 1 x 3.00 [2026-03-01..2026-03-31]",
    );
}

/// Use on a day is charged to the group that the customer is in on that day.
#[test]
fn a_customer_that_changes_group_pays_by_day() {
    let lines = [
        customer("K", "2026-01-01", None),
        customer("K", "2026-03-10", Some("small")),
        "1 a 2026-03-09 K\n2 a 2026-03-10 K\n3 p 2026-03-09 K\n4 p 2026-03-10 K {\"quantity\":10}".to_owned(),
    ];
    check(
        PLANS,
        &lines.join("\n"),
        "2026-05-01",
        "counted counted counted counted
        K-000001 package_purchase 2026-03-10T12:00 [2026-03-09..2026-03-09]: p 10 x 20.00 #1 1-10
        K-000002 package_purchase 2026-03-10T12:00 [2026-03-10..2026-03-10]: p 5 x 9.00 #2 11-15
        K-000003 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: a 1 x 1.00 [2026-02-01..2026-03-31], a 1 x 3.00 [2026-03-01..2026-03-31]",
    );
}

/// The group's price is the one that counts, even if it lacks the customer's currency.
#[test]
fn a_group_without_a_price_in_the_currency_waits_for_one() {
    let lines = [customer("K", "2026-01-01", Some("large")), "1 p 2026-03-09 K".to_owned()];
    check(PLANS, &lines.join("\n"), "2026-05-01", "no_price");
}
