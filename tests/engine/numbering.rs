//! Numbers are gap-free per customer and in a fixed order; corrections name what they correct.

use std::collections::BTreeSet;

use crate::given;
use crate::show::{check as check_run, records, run_alike};

const PLANS: &str = r#"
[seller.a]
name = "Earlier AB"
country = "SE"
org_number = "5560000001"
vat_number = "SE556000000101"
endpoint = { scheme = "0007", id = "5560000001" }
[service.one]
types = ["one"]
title = "1"
unit = "C62"
[service.two]
types = ["two"]
title = "2"
unit = "C62"
[service.year]
types = ["year"]
title = "Y"
unit = "C62"
[service.other]
types = ["other"]
title = "O"
unit = "C62"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
[plan.one]
model = "metered"
period = "quarter"
services = ["one"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "1.00", EUR = "0.10" } } ]
[plan.two]
model = "metered"
period = "quarter"
services = ["two"]
seller = "s"
vat = { category = "S", rate = "12" }
price = [ { from = "2025-01-01", unit = { SEK = "2.00" } } ]
[plan.year]
model = "metered"
period = "year"
services = ["year"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "3.00" } } ]
[plan.other]
model = "metered"
period = "quarter"
services = ["other"]
seller = "a"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "4.00" } } ]
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", size = "10", amount = { SEK = "35.00" } } ]
"#;

const CUSTOMER: &str = "customer 2025-10-01 K Europe/Stockholm SEK 2025-01-01";

fn check(events: &str, until: &str, expect: &str) {
    check_run(PLANS, &format!("{CUSTOMER}\n{events}"), until, expect);
}

#[test]
fn what_falls_due_together_is_numbered_by_seller_currency_kind_then_corrections_then_purchases() {
    check(
        "1 one 2025-12-01
        2 two 2025-12-01
        3 year 2025-12-01
        4 other 2025-12-01
        5 one 2025-09-30@2025-12-02T00:00:00Z
        5 one 2025-11-30@2025-12-02T00:00:00Z
        6 sms 2026-01-05T23:00:00Z",
        "2026-02-01",
        "counted counted counted counted too_old counted counted
        K-000001 quarterly 2026-01-05T23:00 [2025-10-01..2025-12-31]: other 1 x 4.00
        K-000002 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: year 1 x 3.00
        K-000003 quarterly 2026-01-05T23:00 [2025-10-01..2025-12-31]: one 2 x 1.00, two 1 x 2.00
        K-000004 package_purchase 2026-01-05T23:00 [2026-01-06..2026-01-06]: sms 10 x 35.00 #1 1-10",
    );
}

/// One correction per seller and currency names every record that it corrects, once each.
#[test]
fn a_correction_names_every_record_that_it_corrects() {
    check(
        "1 one 2025-12-30
        2 year 2025-12-30
        3 two 2025-12-31@2026-01-10
        4 one 2025-12-31@2026-01-11
        5 one 2026-01-20",
        "2026-04-10",
        "counted counted counted counted counted
        K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: year 1 x 3.00
        K-000002 quarterly 2026-01-05T23:00 [2025-10-01..2025-12-31]: one 1 x 1.00
        K-000003 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: one 1 x 1.00
        K-000004 correction 2026-04-05T22:00 corrects 2: one 1 x 1.00 [2025-10-01..2025-12-31], two 1 x 2.00 [2025-10-01..2025-12-31]",
    );
}

/// Use that comes to nothing is closed without a record, and leaves no gap in the numbers.
#[test]
fn a_record_without_lines_takes_no_number() {
    check(
        "1 one 2025-12-01 {\"quantity\":0}
        2 one 2026-02-01",
        "2026-04-10",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: one 1 x 1.00",
    );
}

/// Each customer has numbers of its own; ids are all different and the same in every run.
#[test]
fn numbers_are_per_customer_and_ids_are_unique() {
    let lines = format!(
        "{CUSTOMER}\ncustomer 2025-10-01 L Europe/Helsinki EUR 2025-01-01\n1 one 2025-12-01\n2 one 2025-12-01 L\n3 sms 2025-12-02\n4 sms 2025-12-03 {{\"quantity\":10}}"
    );
    let run = run_alike(&given::catalog(PLANS), &given::journal(&lines, "2026-02-01"));
    let numbers: Vec<String> = records(&run).iter().map(|record| record.number.to_string()).collect();
    assert_eq!(numbers, ["K-000001", "K-000002", "L-000001", "K-000003"]);
    let ids: BTreeSet<u128> = records(&run).iter().map(|record| record.id).collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn tax_is_by_category_and_rate_on_the_sum() {
    let lines = format!("{CUSTOMER}\n1 one 2025-12-01 {{\"quantity\":\"0.5\"}}\n2 two 2025-12-01");
    let run = run_alike(&given::catalog(PLANS), &given::journal(&lines, "2026-02-01"));
    let totals = &records(&run)[0].totals;
    let vat: Vec<String> = totals.vat.iter().map(|one| format!("{} {} {}", one.vat.rate, one.taxable, one.amount)).collect();
    assert_eq!(vat, ["12 2.00 0.24", "25 0.50 0.13"]);
    assert_eq!((totals.net.to_string().as_str(), totals.gross.to_string().as_str()), ("2.50", "2.87"));
}
