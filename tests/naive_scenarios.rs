//! Hand-computed cases for what the example journals do not show: tiers, minimum, zero records, waiting events, bad input.

mod naive;

use std::fmt::Write;

use naive::catalog::Catalog;
use naive::{Input, Outcome};
use serde_json::Value;

const HEAD: &str = r#"
version = "1"
[service.a]
types = ["a"]
[service.b]
types = ["b"]
activation = true
"#;

const CUSTOMER: &str = r#"{"specversion":"1.0","id":"c","source":"s","type":"tally.customer.v1","subject":"K","time":"2026-01-02T00:00:00Z",
"data":{"name":"K","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}}"#;

/// `id service time log-time data`, the log time being `-` where it is the event's own time.
fn usage(text: &str) -> Vec<u8> {
    let [id, service, time, log, data] = text.splitn(5, ' ').collect::<Vec<_>>().try_into().unwrap();
    let recorded = if log == "-" { String::new() } else { format!(r#""recordedtime":"{log}T12:00:00Z","#) };
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"{service}","subject":"K","time":"{time}T12:00:00Z",{recorded}"data":{data}}}"#
    )
    .into_bytes()
}

fn run(plans: &str, control: &[&str], events: &[&str], until: &str) -> Outcome {
    let until = naive::calendar::instant(&format!("{until}T00:00:00Z")).unwrap();
    let one_line = |text: &&str| text.replace('\n', "").into_bytes();
    naive::run(&Input {
        usage: events.iter().map(|text| usage(text)).collect(),
        control: control.iter().map(one_line).collect(),
        catalog: Catalog::parse(&format!("{HEAD}{plans}")),
        others: Vec::new(),
        until: Some(until),
        wall: until,
    })
}

/// `kind day: service quantity x price, ...`
fn summary(record: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("minimum").to_owned();
    let mut out = format!("{} {}:", text(&record["kind"]), &text(&record["issued_at"])[..10]);
    for line in record["lines"].as_array().unwrap() {
        let (service, quantity, price) = (text(&line["service"]), text(&line["quantity"]), text(&line["unit_price"]));
        write!(out, " {service} {quantity} x {price},").unwrap();
    }
    out.trim_end_matches(',').to_owned()
}

fn check(outcome: &Outcome, expect: &[&str]) {
    let got: Vec<String> = outcome.records.iter().map(summary).collect();
    assert_eq!(got, expect);
}

const TIERS: &str = r#"
[plan.p]
model = "metered"
period = "month"
services = ["a"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", mode = "MODE", tiers = [ { up_to = "10", unit = { SEK = "2.00" } }, { unit = { SEK = "1.50" } } ] } ]
"#;

#[test]
fn graduated_tiers_make_a_line_each() {
    let events = ["1 a 2026-01-10 - {\"quantity\":10}", "2 a 2026-02-10 - {\"quantity\":10.5}", "3 a 2026-01-11 2026-02-11 {}"];
    let outcome = run(&TIERS.replace("MODE", "graduated"), &[CUSTOMER], &events, "2026-04-01");
    check(
        &outcome,
        &["periodic 2026-02-05: a 10 x 2.00", "periodic 2026-03-05: a 10 x 2.00, a 0.5 x 1.50", "correction 2026-03-05: a 1 x 1.50"],
    );
}

#[test]
fn a_correction_across_a_volume_tier_takes_the_old_price_back() {
    let events = ["1 a 2026-01-10 - {\"quantity\":10}", "2 a 2026-01-11 2026-02-11 {}"];
    let outcome = run(&TIERS.replace("MODE", "volume"), &[CUSTOMER], &events, "2026-04-01");
    check(&outcome, &["periodic 2026-02-05: a 10 x 2.00", "correction 2026-03-05: a -10 x 2.00, a 11 x 1.50"]);
    assert_eq!(outcome.records[1]["preceding"][0]["number"], "K-000001");
    assert_eq!(outcome.records[1]["totals"]["gross"], "-4.38"); // -20.00 + 16.50 = -3.50, VAT -0.875
}

const MINIMUM: &str = r#"
[plan.p]
model = "metered"
period = "half-year"
starts = "02-01"
services = ["a", "b"]
seller = "s"
ZERO
vat = { category = "S", rate = "25" }
minimum = { SEK = "100.00" }
price = [ { from = "2026-01-01", unit = { SEK = "30.00" } } ]
"#;

#[test]
fn a_minimum_is_a_line_that_a_correction_gives_back() {
    let events = ["1 a 2026-02-10 - {}", "2 a 2026-07-31 2026-08-10 {\"quantity\":\"2\"}", "3 a 2026-07-31 2026-08-10 {\"quantity\":2}"];
    let outcome = run(&MINIMUM.replace("ZERO", ""), &[CUSTOMER], &events, "2027-03-01");
    check(&outcome, &["periodic 2026-08-05: a 1 x 30.00, minimum 1 x 70.00", "correction 2027-02-05: a 4 x 30.00, minimum -1 x 70.00"]);
}

#[test]
fn zero_records_name_services_that_could_have_been_used() {
    let outcome = run(&MINIMUM.replace("ZERO", "zero = true"), &[CUSTOMER], &["1 a 2026-02-10 - {}"], "2027-03-01");
    check(
        &outcome,
        &[
            "periodic 2026-02-05: a 0 x 30.00, minimum 1 x 100.00",
            "periodic 2026-08-05: a 1 x 30.00, minimum 1 x 70.00",
            "periodic 2027-02-05: a 0 x 30.00, minimum 1 x 100.00",
        ],
    );
}

#[test]
fn waiting_events_are_released_in_event_order_and_may_be_late() {
    let activation = r#"{"specversion":"1.0","id":"x","source":"s","type":"tally.activation.v1","subject":"K","time":"2026-08-10T00:00:00Z",
        "data":{"service":"b","from":"2026-07-30T00:00:00Z"}}"#;
    let events =
        ["1 b 2026-07-29 - {}", "2 b 2026-08-01 - {\"quantity\":5}", "3 b 2026-07-31 2026-08-02 {}", "3 b 2026-07-31 2026-08-02 {}"];
    let outcome = run(&MINIMUM.replace("ZERO", ""), &[CUSTOMER, activation], &events, "2027-03-01");
    check(&outcome, &["periodic 2027-02-05: b 5 x 30.00", "correction 2027-02-05: b 1 x 30.00, minimum 1 x 70.00"]);
    let released: Vec<&str> = outcome.suspense.iter().filter(|s| s.state == "released").map(|s| s.id.as_str()).collect();
    assert_eq!(released, ["3", "2"]);
    let v = &outcome.verdicts;
    assert_eq!((v.inputs, v.counted, v.duplicate, v.suspended), (4, 2, 1, 1));
}

#[test]
fn every_bad_event_has_its_reason() {
    let plans = MINIMUM.replace("ZERO", "");
    let check = |event: &str, expect: &str| {
        let outcome = run(&plans, &[CUSTOMER], &[event], "2026-07-01");
        let reason = outcome.suspense.first().map_or("counted", |s| s.reason);
        assert_eq!(reason, expect, "{event}");
    };
    check("1 a 2026-03-01 - {}", "counted");
    check("1 a 2026-03-01 - {\"quantity\":\"007\"}", "bad_quantity");
    check("1 a 2026-03-01 - {\"quantity\":1e3}", "bad_quantity");
    check("1 a 2026-03-01 - {\"quantity\":-1}", "bad_quantity");
    check("1 a 2026-03-01 - {\"quantity\":1234567890123456789}", "bad_quantity");
    check("1 a 2026-03-01 - {\"quantity\":true}", "undecodable");
    check("1 a 2026-03-01 - {\"quantity\":null}", "undecodable");
    check("1 a 2026-03-01 - {\"quantity\":1,\"quantity\":1}", "undecodable");
    check("1 a 2026-03-01 - {\"deep\":[{\"x\":1,\"x\":2}]}", "undecodable");
    check("1 a 2026-03-01 - {\"deep\":[{\"x\":\"131052-308T\"}]}", "personal_data");
    check("1 a 2026-03-01 - {\"note\":\"for 121212-1212\"}", "personal_data");
    check("1 a 2026-03-01 - {\"environment\":\"staging\"}", "bad_data");
    check("1 a 2026-03-02 2026-03-01 {}", "in_future");
    check("1 a 2026-09-01 - {}", "in_future"); // beyond --until and the wall clock
    check("1 a 2026-01-20 2026-03-01 {}", "too_old");
    check("1 c 2026-03-01 - {}", "unknown_service");
    check("1 a 2025-12-01 - {}", "unknown_customer");
    check("1 b 2026-03-01 - {}", "not_activated");
}

#[test]
fn a_bad_control_event_is_refused_and_a_mended_copy_counts() {
    let plans = MINIMUM.replace("ZERO", "");
    let check = |old: &str, new: &str, expect: &str| {
        assert!(CUSTOMER.contains(old));
        let bad = CUSTOMER.replace(old, new);
        let outcome = run(&plans, &[&bad, CUSTOMER], &["1 a 2026-03-01 - {}"], "2026-07-01");
        assert_eq!(outcome.suspense.first().map(|s| s.reason), Some(expect), "{new}");
        assert_eq!((outcome.notices[0].kind, outcome.verdicts.counted), ("control_refused", 1), "{new}");
    };
    check("Europe/Stockholm", "Europe/Nowhere", "bad_data");
    check("\"SEK\"", "\"XXX\"", "bad_data");
    check("\"2026-01-01\"", "\"2026-02-30\"", "bad_data");
    check("tally.customer.v1", "tally.custom.v1", "bad_data");
    check("\"name\":\"K\"", "\"name\":1", "undecodable");
    check("\"name\":\"K\",", "", "undecodable");
    check("\"specversion\":\"1.0\"", "\"specversion\":\"0.3\"", "undecodable");
}

const ARCHIVE: &str = r#"
[plan.p]
model = "archive"
services = ["a"]
seller = "s"
older_than = "P2Y"
reference = "07-01"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.50" } } ]
"#;

#[test]
fn late_archive_parts_are_corrected_at_the_price_of_their_reference_date() {
    let events = [
        "1 a 2026-02-01 - {\"quantity\":100,\"created\":\"2020-02-29\"}",
        "2 a 2026-06-30 2026-07-20 {\"quantity\":7,\"created\":\"2024-06-30\"}",
        "3 a 2026-06-30 2026-07-21 {\"quantity\":9,\"created\":\"2024-07-01\"}",
        "4 a 2027-01-01 - {\"quantity\":30,\"created\":\"2020-01-01\",\"action\":\"culled\"}",
    ];
    let outcome = run(ARCHIVE, &[CUSTOMER], &events, "2027-08-01");
    check(&outcome, &["annual 2026-07-05: a 100 x 0.50", "annual 2027-07-05: a 86 x 0.50", "correction 2027-07-05: a 7 x 0.50"]);
}

#[test]
fn archive_below_zero_is_held() {
    let events = ["1 a 2026-02-01 - {\"created\":\"2020-01-01\",\"action\":\"culled\"}"];
    let outcome = run(ARCHIVE, &[CUSTOMER], &events, "2026-08-01");
    check(&outcome, &[]);
    assert_eq!(outcome.notices[0].kind, "record_held");
}
