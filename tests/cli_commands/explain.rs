//! `tally explain`: every amount of a record in words, and the events behind it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::examples::{EXAMPLES, ran, records, records_file};
use super::{path, tally};

const LANGUAGES: [&str; 4] = ["sv", "da", "fi", "en"];

fn explain(dir: &Path, number: &str, more: &[&str]) -> String {
    let said = tally(&[&["explain", number, "--journal", path(dir)], more].concat());
    assert_eq!(said.code, Some(0), "{number} {more:?}: {} {}", said.stdout, said.stderr);
    said.stdout
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// The digits of a number, whatever separates them.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[test]
fn every_amount_of_every_example_is_explained_in_every_language() {
    for name in EXAMPLES {
        let dir = ran(name);
        for record in records(dir.path()) {
            let number = text(&record, "number");
            let pages: Vec<String> = LANGUAGES.iter().map(|lang| explain(dir.path(), number, &["--events", "--lang", lang])).collect();
            for page in &pages {
                let all = digits(page);
                for line in record["lines"].as_array().unwrap() {
                    assert!(all.contains(&digits(text(line, "net_amount"))), "{number}: {page}");
                    assert!(page.contains(text(&line["lineage"], "digest").trim_start_matches("sha256:")), "{number}: {page}");
                }
                assert!(all.contains(&digits(text(&record["totals"], "gross"))), "{number}: {page}");
            }
            assert!(pages.iter().enumerate().all(|(at, page)| !pages[..at].contains(page)), "{number}: two languages are the same");
        }
    }
}

#[test]
fn the_pages_read_well() {
    let check = |example: &str, number: &str, lang: &str| {
        let dir = ran(example);
        insta::assert_snapshot!(format!("explained_{example}_{lang}"), explain(dir.path(), number, &["--events", "--lang", lang]));
    };
    check("packages", "SE-0180-000003", "sv");
    check("quarterly-lookups", "DK-0101-000001", "da");
    check("archive", "SE-0180-000002", "fi");
    check("late-correction", "DK-0101-000002", "en");
}

/// One customer with tiers, a minimum and a late event: `[(time, recorded, quantity)]` of a quarter.
fn tiered(uses: &[(&str, &str, u32)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, lines: Vec<String>| {
        fs::create_dir_all(dir.path().join("in").join(name)).unwrap();
        fs::write(dir.path().join("in").join(name).join("0.ndjson"), lines.join("\n") + "\n").unwrap();
    };
    put("usage-control", vec![
        r#"{"specversion":"1.0","id":"1","source":"//a","type":"tally.customer.v1","subject":"FI-1","time":"2026-01-01T00:00:00Z","data":{"name":"Yksi","country":"FI","timezone":"Europe/Helsinki","currency":"EUR","from":"2025-01-01"}}"#.to_owned(),
    ]);
    let event = |(place, (time, recorded, quantity)): (usize, &(&str, &str, u32))| {
        format!(
            r#"{{"specversion":"1.0","id":"{place}","source":"//s","type":"x.used","subject":"FI-1","time":"{time}","recordedtime":"{recorded}","data":{{"quantity":{quantity}}}}}"#
        )
    };
    put("usage-events", uses.iter().enumerate().map(event).collect());
    let catalog = r#"
version = "1"
[close]
allowed_lateness = "P5D"
[dedupe]
horizon = "P35D"
[time]
max_future_skew = "PT1H"
[seller.one]
name = "Yksi Oy"
country = "FI"
org_number = "1234567-8"
vat_number = "FI12345678"
endpoint = { scheme = "0216", id = "003712345678" }
[service.look]
types = ["x.used"]
title = "Haku"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "one"
vat = { category = "S", rate = "25.5" }
minimum = { EUR = "20.00" }
price = [ { from = "2026-01-01", mode = "MODE", tiers = [ { up_to = "10", unit = { EUR = "0.333" } }, { unit = { EUR = "0.25" } } ] } ]
"#;
    fs::write(dir.path().join("catalog.toml"), catalog.replace("MODE", "volume")).unwrap();
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-08-01T00:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    dir
}

#[test]
fn tiers_minimum_and_what_late_use_gives_back() {
    let dir = tiered(&[("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z", 7), ("2026-03-30T00:00:00Z", "2026-04-20T00:00:00Z", 8)]);
    insta::assert_snapshot!("explained_minimum", explain(dir.path(), "FI-1-000001", &["--events"]));
    insta::assert_snapshot!("explained_volume_correction", explain(dir.path(), "FI-1-000002", &["--events"]));
}

/// Known names of figures get words, others stay as they are.
#[test]
fn figures_are_named_where_there_are_words() {
    let dir = ran("quarterly-lookups");
    let file = records_file(dir.path());
    let told = fs::read_to_string(&file).unwrap();
    assert!(told.contains(r#""basis":{"calls":"4"}"#), "{told}");
    let basis = r#""basis":{"active_pupils":"1600","allowance":"1500","measured_on":"2026-02-14","parrots":"7"}"#;
    fs::write(&file, told.replacen(r#""basis":{"calls":"4"}"#, basis, 1)).unwrap();
    let check = |lang: &str, expect: &[&str]| {
        let page = explain(dir.path(), "DK-0101-000001", &["--lang", lang]);
        expect.iter().for_each(|part| assert!(page.contains(part), "{part:?} is not in {page}"));
    };
    check("sv", &["Aktiva elever: 1 600", "Ingår utan avgift: 1 500", "Mätt den: 2026-02-14", "parrots: 7", "av underlaget nedan"]);
    check("da", &["Aktive elever: 1.600", "Målt den: 14.02.2026", "parrots: 7"]);
    check("fi", &["Aktiiviset oppilaat: 1 600", "Mittauspäivä: 14.2.2026"]);
    check("en", &["Active pupils: 1,600", "Included without charge: 1,500", "Measured on: 14 February 2026"]);
}

#[test]
fn a_record_that_was_corrected_says_by_which() {
    let dir = ran("late-correction");
    let page = explain(dir.path(), "DK-0101-000001", &[]);
    assert!(page.contains("Corrected by") && page.contains("DK-0101-000002, issued 5 July 2026 22:00:00 UTC"), "{page}");
}

#[test]
fn events_that_do_not_match_are_told() {
    let dir = ran("late-correction");
    let file = dir.path().join("in/usage-events/0.ndjson");
    fs::write(&file, fs::read_to_string(&file).unwrap().replacen("\"quantity\": 100", "\"quantity\": 101", 1)).unwrap();
    let said = tally(&["explain", "DK-0101-000001", "--journal", path(dir.path()), "--events"]);
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.contains("MISMATCH: 2 events are found, 2 were charged"), "{}", said.stdout);
}

/// A generated year has copies, test events, suspense and releases: all lines are told exactly.
#[test]
fn the_events_of_a_generated_year_are_those_that_were_charged() {
    let dir = tempfile::tempdir().unwrap();
    let said = tally(&["demo", "--dir", path(dir.path()), "--events", "3000", "--seed", "11"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let all = records(dir.path());
    assert!(all.len() > 50, "{}", all.len());
    for record in all.iter().step_by(5) {
        explain(dir.path(), text(record, "number"), &["--events"]);
    }
}

#[test]
fn refusals_say_what_to_do() {
    let dir = ran("packages");
    let check = |args: &[&str], code: i32, expect: &[&str]| {
        let said = tally(args);
        assert_eq!(said.code, Some(code), "{args:?}");
        expect.iter().for_each(|part| assert!(said.stderr.contains(part), "{part:?} is not in {}", said.stderr));
    };
    let journal = path(dir.path());
    check(&["explain", "SE-0180-4", "--journal", journal], 1, &["the last one of SE-0180", "did you mean SE-0180-000004?"]);
    check(&["explain", "SE-0180-000009", "--journal", journal], 1, &["there is no record SE-0180-000009", "the last one of SE-0180"]);
    check(
        &["explain", "SE-0181-000002", "--journal", journal],
        1,
        &["no customer whose records begin like that", "did you mean SE-0180-000002?"],
    );
    check(&["explain", "SE-0180-000001", "--journal", "/no/such/place"], 1, &["is no journal"]);
    check(&["explain", "SE-0180-000001", "--journal", journal, "--lang", "no"], 2, &["sv", "da", "fi", "en"]);
    check(&["explain", "SE-0180-000001"], 2, &["--journal", "--config"]);
    fs::write(records_file(dir.path()), "").unwrap();
    check(&["explain", "SE-0180-000001", "--journal", journal], 1, &["there are no records"]);
    fs::remove_file(records_file(dir.path())).unwrap();
    check(&["explain", "SE-0180-000001", "--journal", journal], 1, &["run the journal first"]);
}
