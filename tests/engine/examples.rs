//! The example journals give the expected records and verdicts.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tally::domain::verdict::Sums;
use tally::wire::encode;

use crate::given;
use crate::lanes::Journal;
use crate::naive::compare::{assert_same_records, read_records};
use crate::naive::merge::read_lines;
use crate::show::{records, run_alike};

fn check(name: &str) {
    let dir: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples").join(name);
    let text = |file: &str| fs::read_to_string(dir.join(file)).expect("the example is there");
    let until = given::instant(text("until.txt").trim());
    let journal = Journal {
        usage: read_lines(&dir.join("in/usage-events")),
        control: read_lines(&dir.join("in/usage-control")),
        until,
        latest: until,
    };
    let run = run_alike(&given::parse(&text("catalog.toml")), &journal);
    let found: Vec<Value> = records(&run).into_iter().map(|record| parsed(&encode::record(record).value)).collect();
    assert_same_records(&read_records(&dir.join("expected/billing-records.ndjson")), &found);
    assert_eq!(parsed(text("expected/verdicts.json").as_bytes()), sums(run.sums));
}

pub fn parsed(text: &[u8]) -> Value {
    serde_json::from_slice(text).expect("JSON")
}

/// As `tally run --until` prints them.
pub fn sums(sums: Sums) -> Value {
    let mut all = json!({"inputs": sums.inputs, "counted": sums.counted, "duplicate": sums.duplicate, "test": sums.test, "suspended": sums.suspended,
        "undecodable": sums.undecodable, "records": sums.records, "notices": sums.notices});
    if sums.written_off > 0 {
        all["written_off"] = sums.written_off.into();
    }
    all
}

#[test]
fn the_example_journals_give_the_expected_records_and_verdicts() {
    for name in ["packages", "quarterly-lookups", "late-correction", "calendar-edge", "archive", "capacity", "agreements"] {
        check(name);
    }
}
