//! Statutory fees outside of VAT never share a record with anything else (EN 16931 BR-O-11, BR-O-12),
//! and plans with a due date of their own not with those of another.

use std::collections::BTreeSet;

use crate::given;
use crate::show::{check as check_run, records, run_alike};

const PLANS: &str = r#"
[service.fee]
types = ["fee"]
title = "Statutory fee"
unit = "C62"
[service.use]
types = ["use"]
title = "Use"
unit = "C62"
[plan.fee]
model = "per_head"
head_count = "inhabitants"
counted_on = "01-01"
period = "half-year"
services = ["fee"]
seller = "s"
vat = { category = "O", rate = "0" }
price = [ { from = "2026-01-01", unit = { SEK = "1.00" } } ]
[plan.use]
model = "metered"
period = "half-year"
services = ["use"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
"#;

const LINES: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 inhabitants=100
    1 use 2026-06-30
    heads 2026-07-20 K inhabitants 110 2026-01-01
    2 use 2026-06-30@2026-07-20
    3 use 2026-12-01";

#[test]
fn a_fee_outside_of_vat_has_records_and_corrections_of_its_own() {
    check_run(
        PLANS,
        LINES,
        "2027-02-01",
        "counted counted counted
        K-000001 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30]: use 1 x 2.00
        K-000002 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30]: fee 1 x 50.00
        K-000003 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31]: use 1 x 2.00
        K-000004 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31]: fee 1 x 55.00
        K-000005 correction 2027-01-05T23:00 corrects 1: use 1 x 2.00 [2026-01-01..2026-06-30]
        K-000006 correction 2027-01-05T23:00 corrects 2: fee 1 x 5.00 [2026-01-01..2026-06-30]",
    );
    let run = run_alike(&given::catalog(PLANS), &given::journal(LINES, "2027-02-01"));
    let records = records(&run);
    let categories = |place: usize| -> Vec<&str> { records[place].totals.vat.iter().map(|one| one.vat.category.as_str()).collect() };
    assert!((0..6).all(|place| categories(place) == [if place % 2 == 0 { "S" } else { "O" }]));
    let ids: BTreeSet<u128> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids.len(), records.len());
}

/// Each due date is a record; a correction has none, and names the record of its own plan.
#[test]
fn plans_with_other_due_dates_have_records_of_their_own() {
    let plans = PLANS
        .replace("category = \"O\", rate = \"0\"", "category = \"S\", rate = \"25\"")
        .replace("services = [\"fee\"]", "due = \"P3M\"\nservices = [\"fee\"]");
    check_run(
        &plans,
        LINES,
        "2027-02-01",
        "counted counted counted
        K-000001 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30]: use 1 x 2.00
        K-000002 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30] due 2026-09-30: fee 1 x 50.00
        K-000003 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31]: use 1 x 2.00
        K-000004 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31] due 2027-03-31: fee 1 x 55.00
        K-000005 correction 2027-01-05T23:00 corrects 1+2: fee 1 x 5.00 [2026-01-01..2026-06-30], use 1 x 2.00 [2026-01-01..2026-06-30]",
    );
}

/// A plan without a line in a period names the record that it would have been part of, by its due date.
#[test]
fn late_use_names_the_record_with_its_own_due_date() {
    let plans = PLANS
        .replace("category = \"O\", rate = \"0\"", "category = \"S\", rate = \"25\"")
        .replace("services = [\"fee\"]", "due = \"P3M\"\nservices = [\"fee\"]");
    check_run(
        &plans,
        "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 inhabitants=100\ntick 2026-07-10\n2 use 2026-06-30@2026-07-20",
        "2027-02-01",
        "counted
        K-000001 periodic 2026-07-05T22:00 [2026-01-01..2026-06-30] due 2026-09-30: fee 1 x 50.00
        K-000002 periodic 2027-01-05T23:00 [2026-07-01..2026-12-31] due 2027-03-31: fee 1 x 50.00
        K-000003 correction 2027-01-05T23:00: use 1 x 2.00 [2026-01-01..2026-06-30]",
    );
}
