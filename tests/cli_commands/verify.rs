//! `tally verify`: what was published is what the log gives, and whatever is changed is named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::examples::{EXAMPLES, ran, records_file};
use super::{Said, path, tally};

fn verify(dir: &Path, more: &[&str]) -> (Said, Value) {
    let said = tally(&[&["verify", "--json", "--journal", path(dir)], more].concat());
    let document = serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", said.stdout, said.stderr));
    (said, document)
}

/// Every file with its bytes and the time of its last change.
fn everything(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                return everything(&path);
            }
            let changed = fs::metadata(&path).unwrap().modified().unwrap();
            BTreeMap::from([(path.clone(), (fs::read(&path).unwrap(), changed))])
        })
        .collect()
}

#[test]
fn every_example_is_equal_and_nothing_is_touched() {
    for name in EXAMPLES {
        let dir = ran(name);
        let before = everything(dir.path());
        let (said, document) = verify(dir.path(), &[]);
        assert_eq!(said.code, Some(0), "{name}: {document:#}");
        assert_eq!(document["equal"], true);
        assert_eq!(document["log"]["unread_bytes"], 0);
        let records = fs::read_to_string(records_file(dir.path())).unwrap().lines().count();
        assert_eq!(document["log"]["outputs"][0]["equal"], records, "{document:#}");
        assert_eq!(document["checked"]["records"], records);
        assert_eq!(everything(dir.path()), before, "{name}");
    }
}

#[test]
fn people_get_a_report() {
    let dir = ran("packages");
    let said = tally(&["verify", "--journal", path(dir.path())]);
    insta::assert_snapshot!(said.stdout.replace(path(dir.path()), "DIR"));
}

/// What a change of the records' text makes of the verification: each difference as `record place member`.
fn tampered(example: &str, change: impl Fn(String) -> String) -> Vec<String> {
    let dir = ran(example);
    let file = records_file(dir.path());
    let before = fs::read_to_string(&file).unwrap();
    let after = change(before.clone());
    assert_ne!(before, after, "nothing was changed");
    fs::write(&file, after).unwrap();
    let (said, document) = verify(dir.path(), &[]);
    assert_eq!(said.code, Some(1), "{document:#}");
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let all = document["first_differences"].as_array().unwrap();
    all.iter().map(|one| format!("{} {}: {}", text(one, "of"), text(one, "place"), text(one, "member"))).collect()
}

#[test]
fn whatever_is_changed_is_named() {
    let check = |example: &str, change: &dyn Fn(String) -> String, expect: &[&str]| {
        let found = tampered(example, change);
        assert_eq!(found, expect, "{example}");
    };
    let amount = |text: String| text.replacen(r#""net_amount":"350.00""#, r#""net_amount":"350.01""#, 1);
    check(
        "packages",
        &amount,
        &[
            "SE-0180-000001 billing-records: lines[0].net_amount",
            "SE-0180-000001 amounts: lines[0].net_amount",
            "SE-0180-000001 amounts: totals.net",
            "SE-0180-000001 amounts: totals.vat[0].taxable",
        ],
    );
    let without_second = |text: String| text.lines().enumerate().filter(|(at, _)| *at != 1).map(|(_, line)| format!("{line}\n")).collect();
    check(
        "packages",
        &without_second,
        &[
            "SE-0180-000002 billing-records: (line)",
            "SE-0180-000003 numbers have no gap: number",
            "SE-0180-000003 packages follow each other: lines[0].package.ordinal",
            "SE-0180-000003 packages follow each other: lines[0].package.first_unit",
            "SE-0180-000003 packages follow each other: lines[0].package.last_unit",
        ],
    );
    let twice = |text: String| text.clone() + text.lines().last().unwrap() + "\n";
    check(
        "quarterly-lookups",
        &twice,
        &["DK-0101-000002 billing-records: (line)", "DK-0101-000002 numbers have no gap: number", "DK-0101-000002 ids are unique: id"],
    );
    let digest = |text: String| {
        let at = text.find("\"digest\":\"sha256:").unwrap() + 17;
        let (from, to) = (&text[at..at + 64], "0123456789abcdef".repeat(4));
        text.replacen(from, &to, 1)
    };
    check("late-correction", &digest, &["DK-0101-000001 billing-records: lines[0].lineage.digest"]);
    let preceding =
        |text: String| text.replacen(r#""preceding":[{"number":"DK-0101-000001""#, r#""preceding":[{"number":"DK-0101-000009""#, 1);
    check(
        "late-correction",
        &preceding,
        &["DK-0101-000002 billing-records: preceding[0].number", "DK-0101-000002 corrected records exist: preceding[0]"],
    );
    let number = |text: String| text.replacen("\"number\":\"SE-0180-000002\"", "\"number\":\"SE-0180-000009\"", 1);
    check("archive", &number, &["SE-0180-000002 billing-records: number", "SE-0180-000009 numbers have no gap: number"]);
    let space = |text: String| text.replacen("\"lines\":", "\"lines\": ", 1);
    check("archive", &space, &["SE-0180-000001 billing-records: (line)"]);
    check(
        "archive",
        &|text: String| text.replacen('{', "[", 1),
        &["SE-0180-000001 billing-records: (line)", "line 1 readable: (line)", "SE-0180-000002 numbers have no gap: number"],
    );
}

#[test]
fn another_catalog_is_named_unless_it_is_given_too() {
    let dir = ran("quarterly-lookups");
    let old = dir.path().join("catalog.toml");
    let new = dir.path().join("new.toml");
    fs::write(&new, fs::read_to_string(&old).unwrap().replace("version = \"2026.1\"", "version = \"2026.2\"")).unwrap();
    let (said, document) = verify(dir.path(), &["--catalog", path(&new)]);
    assert_eq!(said.code, Some(1));
    assert_eq!(document["first_differences"][0]["member"], "catalog.digest");
    let (said, document) = verify(dir.path(), &["--catalog", path(&new), "--catalog", path(&old)]);
    assert_eq!(said.code, Some(0), "{document:#}");
    assert_eq!(document["log"]["outputs"][0]["earlier_catalog"], 2);
}

#[test]
fn inputs_that_were_changed_show_in_what_they_give() {
    let dir = ran("late-correction");
    let file = dir.path().join("in/usage-events/0.ndjson");
    let changed = fs::read_to_string(&file).unwrap().replacen("\"quantity\": 100", "\"quantity\": 101", 1);
    fs::write(&file, changed).unwrap();
    let (said, document) = verify(dir.path(), &[]);
    assert_eq!(said.code, Some(1));
    let first = &document["first_differences"][0];
    assert_eq!((&first["of"], &first["member"]), (&"DK-0101-000001".into(), &"lines[0].lineage.digest".into()), "{document:#}");
}

/// Lines that came after the last commit are not looked at, in a file that was read or in a new one.
#[test]
fn input_that_was_not_read_yet_is_left_out() {
    let dir = ran("late-correction");
    let usage = dir.path().join("in/usage-events");
    let first = fs::read_to_string(usage.join("0.ndjson")).unwrap();
    let late = first.lines().last().unwrap().replace("opslag-4", "opslag-5").replace("2026-05-20T", "2026-07-20T") + "\n";
    fs::write(usage.join("0.ndjson"), first + &late).unwrap();
    fs::write(usage.join("1.ndjson"), late.replace("opslag-5", "opslag-6")).unwrap();
    let (said, document) = verify(dir.path(), &[]);
    assert_eq!(said.code, Some(0), "{document:#}");
    assert_eq!((&document["log"]["read"]["usage"], &document["log"]["unread_bytes"]), (&5.into(), &(2 * late.len()).into()));
    // Once it is read, it is part of what is verified.
    assert_eq!(tally(&["run", "--journal", path(dir.path()), "--until", "2026-08-01T00:00:00Z"]).code, Some(0));
    let (said, document) = verify(dir.path(), &[]);
    assert_eq!((said.code, &document["log"]["read"]["usage"]), (Some(0), &7.into()), "{document:#}");
}

/// A generated year, published while it is verified: what was committed is equal at any time.
#[test]
fn a_journal_that_is_being_worked_on_can_be_verified() {
    let dir = tempfile::tempdir().unwrap();
    let settings = tally::generate::Settings { events: 30_000, customers: 8, year: 2025, seed: 3, skew: 1.1, tick_at_ms: None };
    let mut target = tally::generate::JournalTarget::create(dir.path()).unwrap();
    tally::generate::generate(&settings, &mut target).unwrap();
    drop(target);
    fs::write(dir.path().join("catalog.toml"), tally::generate::CATALOG).unwrap();
    let mut running = Command::new(env!("CARGO_BIN_EXE_tally"))
        .args(["run", "--commit-interval", "20", "--journal", path(dir.path())])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !records_file(dir.path()).exists() || fs::metadata(records_file(dir.path())).unwrap().len() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let (said, document) = verify(dir.path(), &[]);
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(said.code, Some(0), "{document:#}");
    assert_ne!(document["log"]["read"]["usage"], 0);
    // The killed process may have written what it had not committed: that is told, and nothing else is.
    let (_, document) = verify(dir.path(), &[]);
    let differences = document["first_differences"].as_array().unwrap();
    assert!(differences.iter().all(|one| one["member"] == "(line)" && one["expected"].is_null()), "{document:#}");
    // A run that goes on to the end has written it anew.
    let end = tally(&["run", "--journal", path(dir.path()), "--until", "2026-02-15T00:00:00Z"]);
    assert_eq!(end.code, Some(0), "{}", end.stderr);
    let (said, document) = verify(dir.path(), &[]);
    assert_eq!(said.code, Some(0), "{document:#}");
    assert_eq!(document["log"]["unread_bytes"], 0);
}

#[test]
fn refusals_say_what_to_do() {
    let dir = ran("packages");
    let check = |args: &[&str], code: i32, expect: &[&str]| {
        let said = tally(args);
        assert_eq!(said.code, Some(code), "{args:?} {}", said.stderr);
        expect.iter().for_each(|part| assert!(said.stderr.contains(part), "{part:?} is not in {}", said.stderr));
    };
    check(&["verify"], 2, &["--journal", "--config"]);
    check(&["verify", "--journal", "/no/such/place", "--catalog", path(&dir.path().join("catalog.toml"))], 1, &["is no journal"]);
    fs::remove_dir_all(dir.path().join("state")).unwrap();
    check(&["verify", "--journal", path(dir.path())], 1, &["there is no state directory at", "run the program first"]);
    fs::write(dir.path().join("catalog.toml"), "version = 1").unwrap();
    check(&["verify", "--journal", path(dir.path())], 2, &["catalog.toml"]);
}
