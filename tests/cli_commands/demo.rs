//! `tally demo`: what it shows is what the files say, and it touches nobody's files.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::{path, tally};

#[test]
fn what_is_shown_is_what_the_records_say() {
    let dir = tempfile::tempdir().unwrap();
    let said = tally(&["demo", "--dir", path(dir.path()), "--events", "20000", "--seed", "7"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for title in ["verdicts", "Packages bought", "Charged per customer", "One of the records", "How fast", "Where the files are", "next"] {
        assert!(said.stdout.contains(title), "{title} is missing in\n{}", said.stdout);
    }
    let all = said.stdout.lines().find(|line| line.trim_start().starts_with("all  ")).unwrap();
    assert!(all.contains("20 000"), "{all}");
    // Each currency's sum, made here in hundredths.
    let records = fs::read_to_string(dir.path().join("out/billing-records.ndjson")).unwrap();
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for record in records.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let net = record["totals"]["net"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        *sums.entry(record["currency"].as_str().unwrap().to_owned()).or_default() += net;
    }
    assert_eq!(sums.len(), 3);
    for (currency, sum) in sums {
        let line = said.stdout.lines().find(|line| line.contains(&format!(" in {currency}"))).unwrap();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        assert!(digits(line).ends_with(&digits(&sum.to_string())), "{currency} {sum}: {line}");
    }
}

#[test]
fn the_same_seed_gives_the_same_year_in_the_same_place() {
    let dir = tempfile::tempdir().unwrap();
    let records = |seed: &str| {
        let said = tally(&["demo", "--dir", path(dir.path()), "--events", "3000", "--seed", seed]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        fs::read(dir.path().join("out/billing-records.ndjson")).unwrap()
    };
    let first = records("1");
    assert_ne!(first, records("2"));
    assert_eq!(first, records("1"));
}

#[test]
fn somebody_elses_directory_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    fs::write(dir.path().join("in/precious.ndjson"), "{}\n").unwrap();
    let said = tally(&["demo", "--dir", path(dir.path())]);
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("is not empty") && said.stderr.contains("--dir DIR"), "{}", said.stderr);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
