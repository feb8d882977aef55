//! A wrong price list: the mended catalog is put in force, and a span is charged again.

use crate::show::{check as check_run, check_mended};

const JANUARY: &str = r#"price = [ { from = "2026-01-01", unit = { SEK = "0.50" } } ]"#;
const DEARER: &str = r#"price = [ { from = "2026-01-01", unit = { SEK = "0.60" } } ]"#;
const FEBRUARY: &str = r#"price = [ { from = "2026-01-01", unit = { SEK = "0.50" } }, { from = "2026-02-01", unit = { SEK = "0.70" } } ]"#;

fn metered(settings: &str) -> String {
    format!(
        r#"
[service.look]
types = ["look"]
title = "Look"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
{settings}
"#
    )
}

fn archive(price: &str) -> String {
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
reference = "01-01"
price = [ {{ from = "2025-01-01", unit = {{ SEK = "{price}" }} }} ]
"#
    )
}

const KNOWN: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n";

/// The catalog is mended on 1 May; the first quarter was charged on 5 April.
fn check(before: &str, after: &str, events: &str, expect: &str) {
    check_mended((&metered(before), &metered(after)), "2026-05-01", &format!("{KNOWN}{events}"), "2026-08-01", expect);
}

#[test]
fn a_mended_price_takes_the_old_one_back() {
    check(
        JANUARY,
        DEARER,
        "1 look 2026-01-10 K {\"quantity\":100}
        rerate 2026-05-01 K look 2026-01-01 2026-02-01",
        "counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 100 x 0.50
        notice 2026-05-01T00:00 rerated look 1
        K-000002 correction 2026-07-05T22:00 corrects 1: look -100 x 0.50 [2026-01-01..2026-03-31], look 100 x 0.60 [2026-01-01..2026-03-31]",
    );
}

#[test]
fn without_it_an_issued_record_stands() {
    check(
        JANUARY,
        DEARER,
        "1 look 2026-01-10 K {\"quantity\":100}
        2 look 2026-05-10 K {\"quantity\":10}",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 100 x 0.50
        K-000002 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: look 10 x 0.60",
    );
}

/// The days on which it was used decide which part of it is charged at which price.
#[test]
fn a_price_that_began_earlier_than_the_catalog_said_divides_the_period() {
    check(
        JANUARY,
        FEBRUARY,
        "1 look 2026-01-10 K {\"quantity\":100}
        2 look 2026-02-10 K {\"quantity\":7}
        rerate 2026-05-01 K look 2026-01-01 2026-04-01",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 107 x 0.50
        notice 2026-05-01T00:00 rerated look 1
        K-000002 correction 2026-07-05T22:00 corrects 1: look -7 x 0.50 [2026-01-01..2026-01-31], look 7 x 0.70 [2026-02-01..2026-03-31]",
    );
}

#[test]
fn two_prices_that_should_have_been_one_become_one() {
    check(
        FEBRUARY,
        JANUARY,
        "1 look 2026-01-10 K {\"quantity\":100}
        2 look 2026-02-10 K {\"quantity\":7}
        rerate 2026-05-01 K look 2026-01-01 2026-04-01",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 100 x 0.50 [2026-01-01..2026-01-31], look 7 x 0.70 [2026-02-01..2026-03-31]
        notice 2026-05-01T00:00 rerated look 1
        K-000002 correction 2026-07-05T22:00 corrects 1: look 7 x 0.50 [2026-01-01..2026-03-31], look -7 x 0.70 [2026-02-01..2026-03-31]",
    );
}

/// What was used before the catalog was mended, in a period that is open, is sorted anew; nothing is corrected.
#[test]
fn an_open_period_is_sorted_anew() {
    let may = r#"price = [ { from = "2026-01-01", unit = { SEK = "0.50" } }, { from = "2026-04-15", unit = { SEK = "0.70" } } ]"#;
    check(
        JANUARY,
        may,
        "1 look 2026-04-10 K {\"quantity\":100}
        2 look 2026-04-20 K {\"quantity\":7}
        rerate 2026-05-01 K look 2026-04-01 2026-07-01",
        "counted counted
        notice 2026-05-01T00:00 rerated look 0
        K-000001 quarterly 2026-07-05T22:00 [2026-04-01..2026-06-30]: look 100 x 0.50 [2026-04-01..2026-04-14], look 7 x 0.70 [2026-04-15..2026-06-30]",
    );
}

/// Told twice, or with what came late in between, the net effect is that of once.
#[test]
fn telling_it_twice_changes_nothing() {
    check(
        JANUARY,
        DEARER,
        "1 look 2026-03-30 K {\"quantity\":100}
        rerate 2026-05-01 K look 2026-01-01 2026-04-01
        2 look 2026-03-31@2026-05-02 K {\"quantity\":1}
        rerate 2026-05-03 K look 2026-01-01 2026-04-01",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 100 x 0.50
        notice 2026-05-01T00:00 rerated look 1
        notice 2026-05-03T00:00 rerated look 1
        K-000002 correction 2026-07-05T22:00 corrects 1: look -100 x 0.50 [2026-01-01..2026-03-31], look 101 x 0.60 [2026-01-01..2026-03-31]",
    );
}

#[test]
fn a_minimum_is_reckoned_again_too() {
    let with = |price: &str| format!("minimum = {{ SEK = \"60.00\" }}\n{price}");
    check(
        &with(JANUARY),
        &with(DEARER),
        "1 look 2026-01-10 K {\"quantity\":90}
        rerate 2026-05-01 K look 2026-01-01 2026-04-01",
        "counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 90 x 0.50, minimum 1 x 15.00
        notice 2026-05-01T00:00 rerated look 1
        K-000002 correction 2026-07-05T22:00 corrects 1: look -90 x 0.50 [2026-01-01..2026-03-31], look 90 x 0.60 [2026-01-01..2026-03-31], minimum -1 x 9.00 [2026-01-01..2026-03-31]",
    );
}

#[test]
fn an_archive_year_is_reckoned_again() {
    check_mended(
        (&archive("0.50"), &archive("0.40")),
        "2026-03-01",
        "customer 2025-01-01 K Europe/Stockholm SEK 2025-01-01
        1 part 2025-12-20 K {\"quantity\":100,\"created\":\"2020-05-05\"}
        2 part 2025-12-31@2026-01-10 K {\"quantity\":10,\"created\":\"2020-05-05\",\"action\":\"culled\"}
        rerate 2026-03-01 K archive 2025-12-31 2026-01-01",
        "2027-02-01",
        "counted counted
        K-000001 annual 2026-01-05T23:00 [2025-01-01..2025-12-31]: part 100 x 0.50
        notice 2026-03-01T00:00 rerated archive 1
        K-000002 annual 2027-01-05T23:00 [2026-01-01..2026-12-31]: part 90 x 0.40
        K-000003 correction 2027-01-05T23:00 corrects 1: part -100 x 0.50 [2025-01-01..2025-12-31], part 90 x 0.40 [2025-01-01..2025-12-31]",
    );
}

#[test]
fn what_cannot_be_reckoned_again_is_refused() {
    let packages = r#"
[service.sms]
types = ["sms"]
title = "sms"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "10", amount = { SEK = "35.00" } } ]
"#;
    let check = |event: &str, expect: &str| check_run(packages, &format!("{KNOWN}{event}"), "2026-06-01", expect);
    check("rerate 2026-05-01 K sms 2026-01-01 2026-04-01", "notice 2026-05-01T00:00 rerate_refused sms");
    check("rerate 2026-05-01 K other 2026-01-01 2026-04-01", "notice 2026-05-01T00:00 rerate_refused other");
    check("rerate 2026-05-01 L sms 2026-01-01 2026-04-01", "notice 2026-05-01T00:00 rerate_refused sms");
    check("rerate 2026-05-01 K sms 2026-04-01 2026-04-01", "notice 2026-05-01T00:00 control_refused bad_data");
}

/// A version of the customer that is told late charges what it would have charged from the beginning.
#[test]
fn a_group_or_currency_told_late_is_charged_from_its_first_day() {
    let groups = metered(
        r#"price = [ { from = "2026-01-01", unit = { SEK = "0.50", EUR = "0.05" } }, { from = "2026-01-01", group = "small", unit = { SEK = "0.20" } } ]"#,
    );
    let check = |event: &str, expect: &str| {
        let uses = "1 look 2026-01-10 K {\"quantity\":100}\n2 look 2026-02-10 K {\"quantity\":7}\n";
        check_run(&groups, &format!("{KNOWN}{uses}{event}"), "2026-08-01", expect);
    };
    check(
        "customer 2026-05-01 K Europe/Stockholm SEK 2026-02-01 group=small",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 107 x 0.50
        K-000002 correction 2026-07-05T22:00 corrects 1: look -7 x 0.50 [2026-01-01..2026-03-31], look 7 x 0.20 [2026-01-01..2026-03-31]",
    );
    check(
        "customer 2026-05-01 K Europe/Stockholm EUR 2026-02-01",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 107 x 0.50
        K-000002 correction 2026-07-05T22:00: look 7 x 0.05 [2026-01-01..2026-03-31]
        K-000003 correction 2026-07-05T22:00 corrects 1: look -7 x 0.50 [2026-01-01..2026-03-31]",
    );
    // In the open quarter nothing was charged yet.
    check(
        "customer 2026-03-01 K Europe/Stockholm SEK 2026-02-01 group=small",
        "counted counted
        K-000001 quarterly 2026-04-05T22:00 [2026-01-01..2026-03-31]: look 100 x 0.50, look 7 x 0.20",
    );
}
