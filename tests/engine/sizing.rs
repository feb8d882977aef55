//! The size of the next package, chosen from a ladder; packages of a day in one record.

use crate::given;
use crate::show::{check as check_run, records, run_alike};

/// With what follows `price`, and other keys of the plan.
fn plans(keys: &str, price: &str) -> String {
    format!(
        r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
[service.mms]
types = ["mms"]
title = "MMS"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms", "mms"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
{keys}
price = [ {price} ]
"#
    )
}

const LADDER: &str = r#"{ from = "2025-01-01", ladder = [
    { size = "10", amount = { SEK = "30.00" } },
    { size = "20", amount = { SEK = "50.00" } },
    { size = "50", amount = { SEK = "100.00" } },
  ] }"#;

const SIZING: &str = r#"sizing = { target = "4", start = "20" }"#;

/// `day[@recorded] [service] quantity` per event of a customer in Stockholm.
fn lines(uses: &[&str]) -> String {
    let event = |(place, one): (usize, &&str)| {
        let words: Vec<&str> = one.split_whitespace().collect();
        let service = if words.len() == 3 { words[1] } else { "sms" };
        format!(r#"e{place} {service} {} {{"quantity":{}}}"#, words[0], words[words.len() - 1])
    };
    let events: Vec<String> = uses.iter().enumerate().map(event).collect();
    format!("customer 2025-01-01 K Europe/Stockholm SEK 2025-01-01\n{}", events.join("\n"))
}

fn check(keys: &str, price: &str, uses: &[&str], expect: &str) {
    let counted = vec!["counted"; uses.len()].join(" ");
    check_run(&plans(keys, price), &lines(uses), "2027-12-31", &format!("{counted}\n{expect}"));
}

#[test]
fn the_first_packages_have_the_start_size_until_there_is_history() {
    check(
        SIZING,
        LADDER,
        &["2026-01-01 1", "2026-01-28 30"],
        "K-000001 package_purchase 2026-01-01T12:00 [2026-01-01..2026-01-01]: sms 20 x 50.00 #1 1-20
         K-000002 package_purchase 2026-01-28T12:00 [2026-01-28..2026-01-28]: sms 20 x 50.00 #2 21-40",
    );
    check(
        r#"sizing = { target = "4" }"#,
        LADDER,
        &["2026-01-01 1"],
        "K-000001 package_purchase 2026-01-01T12:00 [2026-01-01..2026-01-01]: sms 10 x 30.00 #1 1-10",
    );
}

/// 28 days after the first use, 9 units are 117 a year: more than 4 packages of 20, by more than 20 %.
#[test]
fn a_larger_size_begins_with_the_next_package() {
    check(
        SIZING,
        LADDER,
        &["2026-01-01 8", "2026-01-29 1", "2026-02-01 12"],
        "K-000001 package_purchase 2026-01-01T12:00 [2026-01-01..2026-01-01]: sms 20 x 50.00 #1 1-20
         K-000002 package_purchase 2026-02-01T12:00 [2026-02-01..2026-02-01]: sms 50 x 100.00 #2 21-70
         notice 2026-02-01T12:00 package_size_changed sms 20 -> 50 from 2: 247 a year, too_many_purchases",
    );
}

/// At most 40 units a year fit the size 10; 32 are 20 % less.
#[test]
fn a_smaller_size_only_beyond_the_hysteresis() {
    let falls = |units: u32, expect: &str| {
        let use_of = format!("2025-06-01 {units}");
        let rest = format!("2026-06-02 {}", 60 - units);
        let run =
            run_alike(&given::catalog(&plans(SIZING, LADDER)), &given::journal(&lines(&["2025-03-01 0", &use_of, &rest]), "2027-01-01"));
        let bought: Vec<String> = records(&run).iter().flat_map(|record| &record.lines).map(|line| line.quantity.to_string()).collect();
        assert_eq!(bought.join(" "), expect, "{units}");
    };
    falls(33, "20 20 20");
    falls(32, "20 20 20");
    falls(31, "20 20 10 10");
    falls(20, "20 10 10 10 10");
}

#[test]
fn a_line_says_what_its_size_was_chosen_from() {
    let journal = given::journal(&lines(&["2026-01-01 9", "2026-02-01 12"]), "2026-12-31");
    let run = run_alike(&given::catalog(&plans(SIZING, LADDER)), &journal);
    let basis =
        |figures: &[(&'static str, String)]| figures.iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(" ");
    let told: Vec<String> = records(&run).iter().flat_map(|record| &record.lines).map(|line| basis(&line.basis)).collect();
    assert_eq!(told, ["target=4 size_reason=start", "yearly_use=247 target=4 size_reason=too_many_purchases"]);
}

#[test]
fn a_size_that_is_gone_is_followed_by_the_nearest_larger_one() {
    let next =
        r#"{ from = "2026-01-10", ladder = [ { size = "15", amount = { SEK = "40.00" } }, { size = "25", amount = { SEK = "60.00" } } ] }"#;
    check(
        r#"sizing = { target = "4" }"#,
        &format!("{LADDER}, {next}").replace("size = \"10\"", "size = \"16\""),
        &["2026-01-01 16", "2026-01-11 1"],
        "K-000001 package_purchase 2026-01-01T12:00 [2026-01-01..2026-01-01]: sms 16 x 30.00 #1 1-16
         K-000002 package_purchase 2026-01-11T12:00 [2026-01-11..2026-01-11]: sms 25 x 60.00 #2 17-41
         notice 2026-01-11T12:00 package_size_changed sms 16 -> 25 from 2: ? a year, size_gone",
    );
}

/// Before there was a ladder, the pool had kept its use: it is known at once.
#[test]
fn history_is_kept_before_there_is_a_ladder() {
    let fixed = r#"{ from = "2025-01-01", size = "10", amount = { SEK = "30.00" } }"#;
    let ladder = LADDER.replace("2025-01-01", "2026-03-01");
    check(
        SIZING,
        &format!("{fixed}, {ladder}"),
        &["2026-01-05 10", "2026-02-05 10", "2026-03-02 10"],
        "K-000001 package_purchase 2026-01-05T12:00 [2026-01-05..2026-01-05]: sms 10 x 30.00 #1 1-10
         K-000002 package_purchase 2026-02-05T12:00 [2026-02-05..2026-02-05]: sms 10 x 30.00 #2 11-20
         K-000003 package_purchase 2026-03-02T12:00 [2026-03-02..2026-03-02]: sms 50 x 100.00 #3 21-70
         notice 2026-03-02T12:00 package_size_changed sms 10 -> 50 from 3: 196 a year, too_many_purchases",
    );
}

/// The bound counts packages of the size that the event itself leads to.
#[test]
fn a_thousand_packages_are_counted_in_the_size_that_is_chosen() {
    let run = |uses: &[&str]| {
        let run = run_alike(&given::catalog(&plans(SIZING, LADDER)), &given::journal(&lines(uses), "2026-12-31"));
        let sizes = |record: &&tally::domain::record::BillingRecord| format!("{}x{}", record.lines.len(), record.lines[0].quantity);
        let verdicts: Vec<String> = run.verdicts.values().copied().map(crate::show::verdict).collect();
        (verdicts.join(" "), records(&run).iter().map(sizes).collect::<Vec<_>>().join(" "))
    };
    let told = |verdicts: &str, records: &str| (verdicts.to_owned(), records.to_owned());
    assert_eq!(run(&["2026-01-01 20000"]), told("counted", "1000x20"));
    assert_eq!(run(&["2026-01-01 20001"]), told("bad_quantity", ""));
    // With history, such a burst leads to the largest size.
    assert_eq!(run(&["2026-01-01 1", "2026-02-01 50019"]), told("counted counted", "1x20 1000x50"));
    assert_eq!(run(&["2026-01-01 1", "2026-02-01 50020"]), told("counted bad_quantity", "1x20"));
}

const FIXED: &str = r#"{ from = "2026-01-01", size = "10", amount = { SEK = "35.00" } }"#;
const DAY: &str = "bundle = \"day\"\nlow_balance = \"2\"";

/// In Stockholm the day ends at 22:00Z in summer; the balance is told at once.
#[test]
fn purchases_of_a_day_are_one_record_when_it_is_over() {
    check(
        DAY,
        FIXED,
        &["2026-06-01T06:00:00Z 8", "2026-06-01T07:00:00Z mms 13", "2026-06-01T21:59:59Z 1", "2026-06-01T22:00:00Z 9"],
        "notice 2026-06-01T06:00 low_balance sms 1 left 2
         K-000001 package_purchase 2026-06-01T22:00 [2026-06-01..2026-06-01]: sms 10 x 35.00 #1 1-10, mms 10 x 35.00 #2 11-20, mms 10 x 35.00 #3 21-30
         K-000002 package_purchase 2026-06-02T22:00 [2026-06-02..2026-06-02]: sms 10 x 35.00 #4 31-40",
    );
}

/// A bundle takes no more packages than an event: what would not fit into a message is issued in parts.
#[test]
fn a_bundle_that_is_full_is_issued_at_once() {
    let uses = ["2026-06-01T06:00:00Z 9990", "2026-06-01T07:00:00Z 10", "2026-06-01T08:00:00Z 10", "2026-06-01T09:00:00Z 10"];
    let run = run_alike(&given::catalog(&plans(DAY, FIXED)), &given::journal(&lines(&uses), "2026-06-30"));
    let shown = |record: &&tally::domain::record::BillingRecord| {
        let first = record.lines[0].package.expect("a package").ordinal;
        format!("{} lines from {first} at {}", record.lines.len(), record.issued_at)
    };
    let expect = ["1000 lines from 1 at 2026-06-01T08:00:00.000Z", "2 lines from 1001 at 2026-06-01T22:00:00.000Z"];
    assert_eq!(records(&run).iter().map(shown).collect::<Vec<_>>(), expect);
}

/// The order of what falls due together: by seller, currency, kind; each plan has a record of its own.
#[test]
fn bundles_are_numbered_among_the_records_that_fall_due_with_them() {
    let services: String =
        ["a", "b", "m", "y"].map(|name| format!("[service.{name}]\ntypes = [\"{name}\"]\ntitle = \"{name}\"\nunit = \"C62\"\n")).concat();
    let plan = |name: &str, keys: &str| {
        format!("[plan.{name}]\nservices = [\"{name}\"]\nseller = \"s\"\nvat = {{ category = \"S\", rate = \"25\" }}\n{keys}\n")
    };
    let price = "price = [ { from = \"2026-01-01\", unit = { SEK = \"1.00\" } } ]";
    let package = format!("model = \"package\"\nbundle = \"day\"\nprice = [ {FIXED} ]");
    let plans = [
        services,
        plan("a", &package),
        plan("b", &package),
        plan("m", &format!("model = \"metered\"\nperiod = \"quarter\"\nallowed_lateness = \"P0D\"\n{price}")),
        plan("y", &format!("model = \"metered\"\nperiod = \"year\"\nstarts = \"07-01\"\nallowed_lateness = \"P0D\"\n{price}")),
    ];
    let uses = ["m", "y", "b", "a"].map(|name| format!("{name} {name} 2026-06-30 {{}}")).join("\n");
    check_run(
        &plans.concat(),
        &format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{uses}"),
        "2026-08-01",
        "counted counted counted counted
         K-000001 annual 2026-06-30T22:00 [2025-07-01..2026-06-30]: y 1 x 1.00 [2026-01-01..2026-06-30]
         K-000002 package_purchase 2026-06-30T22:00 [2026-06-30..2026-06-30]: a 10 x 35.00 #1 1-10
         K-000003 package_purchase 2026-06-30T22:00 [2026-06-30..2026-06-30]: b 10 x 35.00 #1 1-10
         K-000004 quarterly 2026-06-30T22:00 [2026-04-01..2026-06-30]: m 1 x 1.00",
    );
}

/// What is told after its day is over is issued with the day that it is told on.
#[test]
fn a_late_purchase_waits_for_the_end_of_the_day_of_its_arrival() {
    check(
        DAY,
        FIXED,
        &["2026-06-01 5", "2026-06-01@2026-06-03 12", "2026-06-02@2026-06-03 10", "2026-06-03 10"],
        "K-000001 package_purchase 2026-06-01T22:00 [2026-06-01..2026-06-01]: sms 10 x 35.00 #1 1-10
         K-000002 package_purchase 2026-06-03T22:00 [2026-06-01..2026-06-01]: sms 10 x 35.00 #2 11-20
         K-000003 package_purchase 2026-06-03T22:00 [2026-06-02..2026-06-02]: sms 10 x 35.00 #3 21-30
         K-000004 package_purchase 2026-06-03T22:00 [2026-06-03..2026-06-03]: sms 10 x 35.00 #4 31-40",
    );
}
