//! `tally export`: which records become files, and what is said of the others. That the files are valid
//! invoices is tested in `peppol`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{path, tally};

/// A journal of one customer whose facts have these members too, and that used something.
pub fn journal(members: &str) -> TempDir {
    journal_with(members, tally::generate::CATALOG)
}

fn journal_with(members: &str, catalog: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |lane: &str, lines: &[String]| {
        fs::create_dir_all(dir.path().join("in").join(lane)).unwrap();
        fs::write(dir.path().join("in").join(lane).join("0.ndjson"), lines.join("\n") + "\n").unwrap();
    };
    let customer = format!(
        r#"{{"specversion":"1.0","id":"c","source":"//a","type":"tally.customer.v1","subject":"SE/1","time":"2026-01-01T00:00:00Z","data":{{"name":"Ett","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2025-01-01"{members}}}}}"#
    );
    let use_of = |id: &str, quantity: u32| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"//s","type":"se.unikum.spar.validation","subject":"SE/1","time":"2026-02-01T00:00:00Z","data":{{"quantity":{quantity}}}}}"#
        )
    };
    put("usage-control", &[customer]);
    put("usage-events", &[use_of("1", 1), use_of("2", 500)]);
    fs::write(dir.path().join("catalog.toml"), catalog).unwrap();
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-03-01T00:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    dir
}

pub const COMPLETE: &str = r#","buyer_reference":"ekonomi","org_number":"2029990021","endpoint":{"scheme":"0007","id":"2029990021"}"#;

const WRONG: &str = r#","endpoint":{"scheme":"0007","id":"2029990029"}"#;

fn export(journal: &Path, more: &[&str]) -> super::Said {
    tally(&[&["export", "--format", "peppol-bis-3", "--journal", path(journal)], more].concat())
}

#[test]
fn one_record_is_written_to_the_standard_output() {
    let dir = journal(COMPLETE);
    let said = export(dir.path(), &["SE/1-000002"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(said.stdout.starts_with("<?xml") && said.stdout.ends_with("</Invoice>\n"), "{}", said.stdout);
    assert!(said.stdout.contains("<cbc:ID>SE/1-000002</cbc:ID>"), "{}", said.stdout);
}

#[test]
fn several_records_are_files_in_a_directory() {
    let dir = journal(COMPLETE);
    let out = dir.path().join("new/invoices");
    let said = export(dir.path(), &["--all"]);
    assert!(said.code == Some(2) && said.stderr.contains("--out invoices"), "{}", said.stderr);
    let said = export(dir.path(), &["--all", "--out", path(&out)]);
    assert!(said.code == Some(0) && said.stderr.contains("2 records exported to"), "{}", said.stderr);
    let mut names: Vec<String> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["SE%2F1-000001.xml", "SE%2F1-000002.xml"]);
    // What is there already is written anew, with the same bytes.
    let before = fs::read(out.join(&names[0])).unwrap();
    assert_eq!(export(dir.path(), &["SE/1-000001", "--out", path(&out)]).code, Some(0));
    assert_eq!(fs::read(out.join(&names[0])).unwrap(), before);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    // Nobody asks for invoices, so that there are records that cannot be one.
    let careless = tally::generate::CATALOG.replace("invoice = \"peppol-bis-3\"", "");
    let dir = journal_with(WRONG, &careless);
    assert_eq!(fs::read_to_string(dir.path().join("out/usage-notices.ndjson")).unwrap(), "");
    let out = dir.path().join("invoices");
    let said = export(dir.path(), &["SE/1-000001", "SE/1-000009", "nobody", "--out", path(&out)]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    for says in [
        "SE/1-000001: BT-49 is wrong: \"2029990029\" is not ten digits",
        "SE/1-000001: BT-10 is missing: the buyer's reference",
        "SE/1-000009: no record in",
        "nobody: no record in",
        "0 records exported",
    ] {
        assert!(said.stderr.contains(says), "{says}: {}", said.stderr);
    }
    assert!(!out.exists());
}

#[test]
fn where_invoices_are_asked_for_it_is_told_when_the_customer_comes() {
    let dir = journal(WRONG);
    let notices = fs::read_to_string(dir.path().join("out/usage-notices.ndjson")).unwrap();
    let notice: Value = serde_json::from_str(notices.lines().next().unwrap()).unwrap();
    let missing = &notice["missing"];
    assert_eq!(
        (&notice["kind"], &notice["customer"], &notice["at"]),
        (&"customer_incomplete".into(), &"SE/1".into(), &"2026-01-01T00:00:00.000Z".into())
    );
    let told = |index: usize| ["seller", "term", "member"].map(|name| missing[index][name].as_str().unwrap());
    assert_eq!(told(0), ["ehalsomyndigheten", "BT-10", "buyer_reference"]);
    assert_eq!(told(3), ["unikum", "BT-49", "endpoint"]);
    assert!(missing[3]["send"].as_str().unwrap().contains("2029990029"), "{notice}");
}

#[test]
fn places_and_numbers_must_be_named() {
    let check = |args: &[&str], code: i32, says: &str| {
        let said = tally(&[&["export", "--format", "peppol-bis-3"], args].concat());
        assert!(said.code == Some(code) && said.stderr.contains(says), "{args:?}: {:?} {}", said.code, said.stderr);
    };
    let empty = tempfile::tempdir().unwrap();
    check(&["--journal", path(empty.path()), "X-000001"], 1, "is it a journal");
    check(&["--journal", path(empty.path())], 2, "NUMBER");
    check(&["X-000001"], 2, "--journal <DIR>|--config <FILE>");
    check(&["--journal", ".", "--all", "X-000001"], 2, "cannot be used with");
    check(&["--config", "absent.toml", "X-000001"], 2, "absent.toml");
}
