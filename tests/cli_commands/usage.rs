//! `tally usage`: windows of a customer's local time, from a store that nobody writes to.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tally::store::StateDirectory;
use tempfile::TempDir;

use super::{path, tally};

fn event(number: usize, time: &str, quantity: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{number}","source":"//s","type":"se.unikum.sms.sent","subject":"SE-1","time":"{time}","data":{{"quantity":{quantity},"outcome":"delivered"}}}}"#
    )
}

/// A journal of one customer, run to its end.
fn journal(uses: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, lines: &[String]| {
        fs::create_dir_all(dir.path().join("in").join(name)).unwrap();
        fs::write(dir.path().join("in").join(name).join("0.ndjson"), lines.join("\n") + "\n").unwrap();
    };
    let control = |kind: &str, data: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{kind}","source":"//a","type":"tally.{kind}.v1","subject":"SE-1","time":"2026-01-01T00:00:00Z","data":{data}}}"#
        )
    };
    let customer = r#"{"name":"Ett","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2025-01-01","buyer_reference":"ekonomi","endpoint":{"scheme":"0007","id":"2029990021"}}"#;
    let activation = r#"{"service":"sms","from":"2025-01-01T00:00:00Z"}"#;
    put("usage-control", &[control("customer", customer), control("activation", activation)]);
    let events: Vec<String> = uses.iter().enumerate().map(|(number, (time, quantity))| event(number, time, quantity)).collect();
    put("usage-events", &events);
    fs::write(dir.path().join("catalog.toml"), tally::generate::CATALOG).unwrap();
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-12-01T00:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains(&format!(r#""counted":{}"#, uses.len())), "{}", said.stdout);
    dir
}

fn windows(dir: &Path, args: &[&str]) -> Vec<(String, String, String, u64, String)> {
    let said = tally(&[&["usage", "SE-1", "--json", "--journal", path(dir)], args].concat());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let window = |one: &Value| {
        (text(&one["local"]), text(&one["start"]), text(&one["end"]), one["events"].as_u64().unwrap(), text(&one["quantity"]))
    };
    document["windows"].as_array().unwrap().iter().map(window).collect()
}

fn row(local: &str, start: &str, end: &str, events: u64, quantity: &str) -> (String, String, String, u64, String) {
    (local.into(), start.into(), end.into(), events, quantity.into())
}

#[test]
fn the_hour_that_comes_twice_is_two_hours() {
    let dir = journal(&[("2026-10-25T00:30:00Z", "1"), ("2026-10-25T01:30:00Z", "2"), ("2026-10-25T01:40:00Z", "0.5")]);
    let expect = [
        row("2026-10-25 02:00+02:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", 1, "1"),
        row("2026-10-25 02:00+01:00", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", 2, "2.5"),
    ];
    assert_eq!(windows(dir.path(), &["--by", "hour"]), expect);
    assert_eq!(windows(dir.path(), &["--by", "day"]), [row("2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 3, "3.5")]);
}

#[test]
fn a_day_of_23_hours_and_the_quarters_local_bound() {
    // 21:30Z on the last day of March is still the first quarter in Stockholm, 22:00Z is not.
    let dir = journal(&[("2026-03-29T01:30:00Z", "1"), ("2026-03-31T21:30:00Z", "2"), ("2026-03-31T22:00:00Z", "4")]);
    let expect = [
        row("2026 Q1", "2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z", 2, "3"),
        row("2026 Q2", "2026-03-31T22:00:00Z", "2026-06-30T22:00:00Z", 1, "4"),
    ];
    assert_eq!(windows(dir.path(), &["--by", "quarter"]), expect);
    let spring = [row("2026-03-29 03:00+02:00", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z", 1, "1")];
    assert_eq!(windows(dir.path(), &["--by", "hour", "--to", "2026-03-30"]), spring);
    assert_eq!(windows(dir.path(), &["--from", "2026-03-29", "--to", "2026-03-29"])[0].2, "2026-03-29T22:00:00Z");
    assert_eq!(windows(dir.path(), &["--from", "2026-05-01"]), []);
}

#[test]
fn people_get_a_table() {
    let dir = journal(&[("2026-03-29T01:30:00Z", "1000"), ("2026-03-29T05:30:00Z", "234")]);
    let said = tally(&["usage", "SE-1", "--state", path(&dir.path().join("state"))]);
    let expect = "SE-1 Ett, local time of Europe/Stockholm; read up to 2026-12-01T00:00:00.000Z.\n\nsms\n  \
                  day         events  quantity  billed\n  ────────────────────────────────────\n  2026-03-29       2     1 234   1 234\n";
    assert_eq!(said.stdout, expect);
}

#[test]
fn refusals_say_what_to_do() {
    let dir = journal(&[("2026-03-29T01:30:00Z", "1")]);
    let check = |args: &[&str], code: i32, expect: &[&str]| {
        let said = tally(args);
        assert_eq!(said.code, Some(code), "{args:?}");
        expect.iter().for_each(|part| assert!(said.stderr.contains(part), "{part:?} is not in {}", said.stderr));
    };
    let journal = path(dir.path());
    check(&["usage", "SE-2", "--journal", journal], 1, &["does not know the customer SE-2", "Check the spelling"]);
    check(&["usage", "SE-1", "--journal", "/no/such/place"], 1, &["there is no state directory at /no/such/place/state"]);
    check(&["usage", "SE-1"], 2, &["--journal", "--state", "--config"]);
    check(&["usage", "SE-1", "--journal", journal, "--by", "year"], 2, &["hour", "day", "quarter"]);
    let held = StateDirectory::lock(&dir.path().join("state")).unwrap();
    check(&["usage", "SE-1", "--journal", journal], 1, &["is locked", &std::process::id().to_string()]);
    drop(held);
    assert_eq!(tally(&["usage", "SE-1", "--journal", journal]).code, Some(0));
}
