//! A Danish supplier from registration to the quarterly record and the overviews (`tests/data/examples/agreements`),
//! killed with -9 on the way.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tally::pipeline::crash::Point;
use tempfile::{TempDir, tempdir};

use super::naive::compare::{assert_same_records, read_records};
use super::program::{assert_same_outputs, copy_inputs, good, run_journal, tally};

const UNTIL: &str = "2026-07-10T00:00:00Z";

/// The supplier is registered, a request waits, the first quarter is closed, the last agreement has ended.
const STEPS: [&str; 5] = ["2026-01-04T12:00:00Z", "2026-01-06T00:00:00Z", "2026-04-06T00:00:00Z", "2026-06-02T00:00:00Z", UNTIL];

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples/agreements")
}

fn copied() -> TempDir {
    let dir = tempdir().unwrap();
    copy_inputs(&data(), dir.path());
    dir
}

fn overview(dir: &Path, role: &str, party: &str) -> Value {
    let output = tally().args(["overview", "--json", "--as", role, party, "--journal"]).arg(dir).output().unwrap();
    serde_json::from_str(&good(&output)).unwrap()
}

#[test]
fn p1_p14_from_registration_to_the_quarterly_record_killed_on_the_way() {
    let expected = read_records(&data().join("expected/billing-records.ndjson"));
    let undisturbed = copied();
    good(&run_journal(undisturbed.path(), UNTIL).output().unwrap());
    for point in Point::ALL {
        let dir = copied();
        for (step, until) in STEPS.into_iter().enumerate() {
            let at = format!("{}:{}", point.name(), 1 + step % 2);
            run_journal(dir.path(), until).env("TALLY_CRASH_AT", &at).stderr(Stdio::null()).status().unwrap();
        }
        good(&run_journal(dir.path(), UNTIL).output().unwrap());
        assert_same_records(&expected, &read_records(&dir.path().join("out/billing-records.ndjson")));
        assert_same_outputs(undisturbed.path(), dir.path(), point.name());
    }
}

/// In the middle of the second quarter: what runs up for the municipality, and calls alone for the supplier.
#[test]
fn p15_p16_overviews_in_the_middle_of_a_quarter() {
    let dir = copied();
    good(&run_journal(dir.path(), "2026-06-02T00:00:00Z").output().unwrap());
    let seen = overview(dir.path(), "municipality", "DK-0101");
    let items = |running: &Value| running["items"].as_array().unwrap().clone();
    let open: Vec<Value> = seen["running"].as_array().unwrap().iter().filter(|one| one["kind"] == "open").flat_map(items).collect();
    let shown = |one: &Value| json!([one["service"], one["agreement"], one["system"], one["lookups"], one["amount"]]);
    assert_eq!(open.iter().map(shown).collect::<Vec<_>>(), [json!(["sf6004", "SA-17", "fag-a", "5", "2.03"])], "{seen:#}");
    assert!(seen["running"].as_array().unwrap().iter().all(|one| one["provisional"] == true), "{seen:#}");
    let calls = overview(dir.path(), "supplier", "lev-a").to_string();
    assert!(calls.contains("sf6004") && calls.contains("fag-a") && !calls.contains("kk-it"), "{calls}");
    assert!(!["amount", "price", "lookups", "DKK"].iter().any(|word| calls.contains(word)), "{calls}");
}
