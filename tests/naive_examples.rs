//! The naive model yields the expected records and verdict sums of the example journals.

mod naive;

use std::fs;
use std::path::{Path, PathBuf};

use naive::compare::{assert_same_records, read_records};
use serde_json::Value;

fn check(name: &str) {
    let dir: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples").join(name);
    let until = fs::read_to_string(dir.join("until.txt")).unwrap();
    let until = naive::calendar::instant(until.trim()).unwrap();
    let outcome = naive::run_journal(&dir, &dir.join("catalog.toml"), Some(until));
    assert_same_records(&read_records(&dir.join("expected/billing-records.ndjson")), &outcome.records);
    let sums: Value = serde_json::from_str(&fs::read_to_string(dir.join("expected/verdicts.json")).unwrap()).unwrap();
    assert_eq!(sums, outcome.sums());
}

#[test]
fn packages_are_bought_as_they_begin_to_be_consumed() {
    check("packages");
}

#[test]
fn late_usage_becomes_a_correction() {
    check("late-correction");
}

#[test]
fn one_instant_lies_in_two_quarters() {
    check("calendar-edge");
}

#[test]
fn a_price_change_splits_the_line() {
    check("quarterly-lookups");
}

#[test]
fn each_agreement_has_lines_of_its_own() {
    check("agreements");
}

#[test]
fn capacity_beyond_the_allowance_of_the_pupils_is_charged_before_the_year() {
    check("capacity");
}

#[test]
fn archive_counts_parts_older_than_two_years() {
    check("archive");
}
