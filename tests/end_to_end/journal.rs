//! Embedded mode, undisturbed: the examples, a generated year against the naive model, locks, stops.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tempfile::tempdir;

use super::naive;
use super::naive::compare::{assert_same_records, read_records};
use super::program::{AFTER_2025, OUTPUTS, assert_same_outputs, copy_inputs, generated, good, lines, run_journal, tally, terminate, until};
use super::schema;

fn check_example(name: &str) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples").join(name);
    let dir = tempdir().unwrap();
    copy_inputs(&example, dir.path());
    let end = fs::read_to_string(example.join("until.txt")).unwrap();
    let sums = good(&run_journal(dir.path(), end.trim()).output().unwrap());
    let expected: Value = serde_json::from_str(&fs::read_to_string(example.join("expected/verdicts.json")).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&sums).unwrap(), expected);
    let records = |dir: &Path| read_records(&dir.join("billing-records.ndjson"));
    assert_same_records(&records(&example.join("expected")), &records(&dir.path().join("out")));
}

#[test]
fn the_examples_give_the_expected_records_and_verdicts() {
    ["packages", "quarterly-lookups", "archive", "calendar-edge", "late-correction", "capacity", "agreements"]
        .into_iter()
        .for_each(check_example);
}

#[test]
fn a_generated_year_gives_what_the_naive_model_gives() {
    let dir = tempdir().unwrap();
    generated(dir.path(), 40_000, 7);
    let sums = good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    let expected = naive::run_journal(dir.path(), &dir.path().join("catalog.toml"), naive::calendar::instant(AFTER_2025));
    let out = dir.path().join("out");
    assert_same_records(&expected.records, &lines(&out.join("billing-records.ndjson")));
    assert_eq!(serde_json::from_str::<Value>(&sums).unwrap(), expected.sums());
    assert_same_suspense(&expected.suspense, &lines(&out.join("usage-suspense.ndjson")));
    assert_obey_their_schemas(dir.path());
}

fn assert_obey_their_schemas(dir: &Path) {
    let published = ["billing-record", "suspense", "notice"].into_iter().zip(OUTPUTS);
    for (schema, file) in published {
        let faults =
            lines(&dir.join(format!("out/{file}.ndjson"))).iter().flat_map(|line| schema::faults(schema, line)).collect::<Vec<_>>();
        assert_eq!(faults, Vec::<String>::new(), "{file}");
    }
    let told = fs::read_dir(dir.join("in/usage-control")).unwrap().flat_map(|file| lines(&file.unwrap().path()));
    assert_eq!(told.flat_map(|event| schema::faults("control-event", &event)).collect::<Vec<_>>(), Vec::<String>::new());
}

/// By event id, reason and state; the model gives no reason for a release, and redacts no id.
fn assert_same_suspense(expected: &[naive::Suspense], actual: &[Value]) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = |value: &Value| {
        let state = text(&value["state"]);
        let reason = if state == "released" { String::new() } else { text(&value["reason"]) };
        (text(&value["event_id"]["id"]), reason, state)
    };
    let modelled = |one: &naive::Suspense| (one.id.clone(), one.reason.to_owned(), one.state.to_owned());
    let mut actual: Vec<_> = actual.iter().map(told).filter(|(id, ..)| !id.is_empty()).collect();
    let mut expected: Vec<_> = expected.iter().map(modelled).filter(|(id, ..)| !id.is_empty()).collect();
    actual.sort();
    expected.retain(|one| one.1 != "personal_data" || actual.binary_search(one).is_ok());
    expected.sort();
    let differing = expected.iter().zip(&actual).find(|(one, other)| one != other);
    assert!(expected == actual, "{} and {} entries, first difference {differing:?}", expected.len(), actual.len());
}

#[test]
fn two_runs_give_what_one_would_have() {
    let (once, twice) = (tempdir().unwrap(), tempdir().unwrap());
    generated(once.path(), 5_000, 3);
    copy_inputs(once.path(), twice.path());
    good(&run_journal(once.path(), AFTER_2025).output().unwrap());
    for end in ["2025-03-31T22:00:00Z", "2025-04-05T22:00:00Z", "2025-08-17T06:30:00.5Z", AFTER_2025] {
        good(&run_journal(twice.path(), end).output().unwrap());
    }
    assert_same_outputs(once.path(), twice.path(), "in four runs");
}

#[test]
fn a_second_process_is_refused_and_a_signal_stops_cleanly() {
    let dir = tempdir().unwrap();
    generated(dir.path(), 2_000, 5);
    let mut first = tally().arg("run").arg("--journal").arg(dir.path()).stderr(Stdio::null()).spawn().unwrap();
    let lock = dir.path().join("state/lock");
    let records = dir.path().join("out/billing-records.ndjson");
    until("the first records", || fs::metadata(&records).is_ok_and(|file| file.len() > 0));
    let second = run_journal(dir.path(), AFTER_2025).output().unwrap();
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{told}");
    assert!(lock.exists() && told.contains(&first.id().to_string()), "{told}");
    terminate(&first);
    assert!(first.wait().unwrap().success());
}

#[test]
fn bad_use_is_told_apart_from_failure() {
    let dir = tempdir().unwrap();
    let check = |arguments: &[&str], code: i32, says: &str| {
        let output = tally().args(arguments).current_dir(dir.path()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(says), "{arguments:?}: {told}");
    };
    fs::create_dir_all(dir.path().join("empty")).unwrap();
    fs::write(dir.path().join("good.toml"), tally::generate::CATALOG).unwrap();
    fs::write(dir.path().join("bad.toml"), "version = 1\n").unwrap();
    check(&["run"], 2, "--config <FILE>|--journal <DIR>");
    check(&["run", "--journal", "empty", "--catalog", "good.toml", "--until", "yesterday"], 2, "2026-07-01T00:00:00Z");
    check(&["run", "--journal", "empty", "--catalog", "bad.toml", "--until", "2026-01-01T00:00:00Z"], 2, "bad.toml");
    check(&["run", "--journal", "empty", "--catalog", "good.toml", "--until", "2026-01-01T00:00:00Z"], 1, "is no journal");
    check(&["run", "--config", "absent.toml"], 2, "absent.toml");
}
