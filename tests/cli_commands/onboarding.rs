//! `tally onboarding`: each gate, open or shut, since when, and what opens it; the ledger of test ids.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{path, tally};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Gate, is it open, since when.
fn gates(document: &Value) -> Vec<(String, bool, String)> {
    let gates = document["services"][0]["gates"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    gates.iter().map(|gate| (text(&gate["gate"]), gate["open"].as_bool().unwrap(), text(&gate["since"]))).collect()
}

#[test]
fn each_gate_is_shown_and_what_opens_it() {
    let dir = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/kanta"), dir.path());
    let journal = path(dir.path());
    let run = |until: &str| assert_eq!(tally(&["run", "--journal", journal, "--until", until]).code, Some(0));
    let said = |args: &[&str]| {
        let said = tally(&[&["onboarding", "--journal", journal], args].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        said.stdout
    };
    let document = |args: &[&str]| serde_json::from_str::<Value>(&said(&[&["FI-091", "--json"], args].concat())).unwrap();

    // After the test, before a good verification.
    run("2026-01-21T09:00:00Z");
    let expect = [
        ("activation", true, "2026-01-19T22:00:00.000Z"),
        ("relation", true, "2026-01-06T22:00:00.000Z"),
        ("description", true, "2025-12-31T22:00:00.000Z"),
        ("details", false, ""),
        ("test", true, "2026-01-20T11:30:00.000Z"),
        ("verification", false, ""),
        ("report", false, ""),
    ];
    let now = document(&[]);
    assert_eq!(gates(&now), expect.map(|(gate, open, since)| (gate.to_owned(), open, since.to_owned())));
    assert_eq!((&now["schema"], &now["services"][0]["open"]), (&"tally/onboarding/1".into(), &false.into()));
    let people = said(&["FI-091"]);
    for part in [
        "FI-091 klientdata at 2026-01-21T09:00:00.000Z: production is shut.",
        "details: the customer's facts are not complete at 2026-01-21T09:00:00.000Z: send buyer_reference (BT-10)",
        "verification: the commissioning test `2026-1` is not verified: document `d-2` differs between the archive and the customer's register.",
        "report        to do",
        "report: the report of the commissioning test `2026-1` is due by 2026-01-22T22:00:00.000Z: send tally.commissioning_report.v1.",
    ] {
        assert!(people.contains(part), "{part:?} is not in\n{people}");
    }

    run("2026-03-10T00:00:00Z");
    let then = document(&[]);
    assert!(gates(&then).iter().all(|(_, open, _)| *open) && then["services"][0]["open"] == true, "{then}");
    let before = document(&["--at", "2026-01-20T06:00:00Z"]);
    assert_eq!(before["services"][0]["open"], false);
    assert!(said(&["FI-091", "--at", "2026-01-20T06:00:00Z"]).contains("use before it is not production"));
    let neighbour = said(&["FI-092"]);
    assert!(neighbour.contains("activation: `klientdata` is not activated"), "{neighbour}");

    let ledger: Value = serde_json::from_str(&said(&["--test-ids", "--json"])).unwrap();
    let rows = ledger["test_ids"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[1]["customer"], &rows[1]["to"]), (2, &"FI-091".into(), &"2026-01-21T22:00:00.000Z".into()));
    assert!(said(&["FI-091", "--test-ids"]).contains("FI-091    klientdata"));
    assert_eq!(said(&["FI-092", "--test-ids"]), "No test id is granted or issued.\n");
    let unknown = tally(&["onboarding", "FI-000", "--journal", journal]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("does not know the customer FI-000"), "{}", unknown.stderr);
}
