//! `tally rerate`: what a mended catalog would change, and the corrections that come of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{Said, path, tally};

fn catalog(unit: &str) -> String {
    format!(
        r#"version = "1"
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
vat_number = "SE556000000001"
endpoint = {{ scheme = "0007", id = "5560000000" }}
[service.look]
types = ["look"]
title = "Look"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
price = [ {{ from = "2026-01-01", unit = {{ SEK = "{unit}" }} }} ]
"#
    )
}

struct Place {
    dir: TempDir,
    wrong: PathBuf,
    right: PathBuf,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: String| {
        let file = dir.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        file
    };
    let event = |id: &str, kind: &str, subject: &str, time: &str, data: &str| {
        format!(r#"{{"specversion":"1.0","id":"{id}","source":"//s","type":"{kind}","subject":"{subject}","time":"{time}","data":{data}}}"#)
    };
    let facts = r#"{"name":"Ett","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}"#;
    let known = |id: &str| event(id, "tally.customer.v1", id, "2026-01-01T00:00:00Z", facts) + "\n";
    put("journal/in/usage-control/0.ndjson", ["SE-1", "SE-2", "SE-3"].map(known).concat());
    let look = |id: &str, subject: &str, quantity: &str| event(id, "look", subject, "2026-02-01T10:00:00Z", quantity) + "\n";
    let uses = [look("1", "SE-1", r#"{"quantity":1000}"#), look("2", "SE-2", r#"{"quantity":10}"#)];
    put("journal/in/usage-events/0.ndjson", uses.concat());
    let (wrong, right) = (put("wrong.toml", catalog("0.50")), put("right.toml", catalog("0.60")));
    Place { dir, wrong, right }
}

impl Place {
    fn journal(&self) -> PathBuf {
        self.dir.path().join("journal")
    }

    fn run(&self, catalog: &Path, until: &str) {
        let said = tally(&["run", "--journal", path(&self.journal()), "--catalog", path(catalog), "--until", until]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
    }

    fn rerate(&self, catalog: &Path, more: &[&str]) -> Said {
        let journal = self.journal();
        let span = ["--plan", "look", "--from", "2026-01-15", "--to", "2026-01-15", "--actor", "anna", "--reason", "wrong price"];
        tally(&[&["rerate", "--journal", path(&journal), "--catalog", path(catalog)], &span[..], more].concat())
    }

    fn told(&self) -> usize {
        let files = fs::read_dir(self.journal().join("in/usage-control")).unwrap();
        files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap().matches("tally.rerate.v1").count()).sum()
    }

    fn out(&self, name: &str, kind: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.journal().join("out").join(name)).unwrap();
        let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        all.filter(|one| one["kind"] == kind).collect()
    }
}

#[test]
fn it_shows_asks_tells_and_corrects() {
    let place = place();
    place.run(&place.wrong, "2026-05-01T00:00:00Z");
    let issued = fs::read(place.journal().join("out/billing-records.ndjson")).unwrap();

    let shown = place.rerate(&place.right, &["--yes"]);
    assert_eq!((shown.code, place.told()), (Some(2), 0), "{}", shown.stderr);
    assert!(shown.stderr.contains("another catalog"), "{}", shown.stderr);
    for figures in ["SE-1", "500.00", "600.00", "100.00", "SE-2", "5.00", "6.00", "505.00", "606.00", "101.00"] {
        assert!(shown.stdout.contains(figures), "{figures}: {}", shown.stdout);
    }
    assert!(!shown.stdout.contains("SE-3"), "{}", shown.stdout);

    place.run(&place.right, "2026-05-02T00:00:00Z");
    let unasked = place.rerate(&place.right, &[]);
    assert_eq!((unasked.code, place.told()), (Some(2), 0), "{}", unasked.stderr);
    assert!(unasked.stderr.contains("--yes"), "{}", unasked.stderr);
    let told = place.rerate(&place.right, &["--yes", "--customer", "SE-1"]);
    assert_eq!((told.code, place.told()), (Some(0), 1), "{}", told.stderr);

    place.run(&place.right, "2026-08-01T00:00:00Z");
    let rerated = place.out("usage-notices.ndjson", "rerated");
    let notices: Vec<_> = rerated.iter().map(|one| (one["customer"].as_str(), one["actor"].as_str(), one["periods"].as_u64())).collect();
    assert_eq!(notices, [(Some("SE-1"), Some("anna"), Some(1))]);
    let corrections = place.out("billing-records.ndjson", "correction");
    let nets: Vec<_> = corrections.iter().map(|one| (one["customer"].as_str(), one["totals"]["net"].as_str())).collect();
    assert_eq!(nets, [(Some("SE-1"), Some("100.00"))]);
    let after = fs::read(place.journal().join("out/billing-records.ndjson")).unwrap();
    assert!(after.starts_with(&issued), "an issued record was changed");
    let again = place.rerate(&place.right, &["--yes", "--customer", "SE-1"]);
    assert_eq!((again.code, place.told()), (Some(0), 1), "{}", again.stdout);
    assert!(again.stdout.contains("Nothing would change"), "{}", again.stdout);
}

#[test]
fn a_customer_that_nobody_knows_is_named() {
    let place = place();
    place.run(&place.wrong, "2026-05-01T00:00:00Z");
    let said = place.rerate(&place.right, &["--customer", "SE-9"]);
    assert_eq!(said.code, Some(2), "{}", said.stdout);
    assert!(said.stderr.contains("does not know the customer SE-9"), "{}", said.stderr);
}

/// The log says which catalog is in force, whatever the run's own one is.
#[test]
fn a_catalog_that_was_activated_is_in_force() {
    let place = place();
    let journal = place.journal();
    fs::create_dir_all(journal.join("catalogs")).unwrap();
    fs::copy(&place.right, journal.join("catalogs/right.toml")).unwrap();
    place.run(&place.wrong, "2026-05-01T00:00:00Z");
    let at = ["--actor", "anna", "--reason", "mended", "--at", "2026-05-01T12:00:00Z"];
    let activated = tally(&[&["catalog", "activate", "--catalog", path(&place.right), "--journal", path(&journal)], &at[..]].concat());
    assert_eq!(activated.code, Some(0), "{}", activated.stderr);
    place.run(&place.wrong, "2026-05-02T00:00:00Z");
    let other = place.rerate(&place.wrong, &["--yes"]);
    assert_eq!((other.code, place.told()), (Some(0), 0), "nothing would change: {}", other.stdout);
    let told = place.rerate(&place.right, &["--yes"]);
    assert_eq!((told.code, place.told()), (Some(0), 2), "{}", told.stderr);
    place.run(&place.wrong, "2026-08-01T00:00:00Z");
    let corrections = place.out("billing-records.ndjson", "correction");
    let nets: Vec<_> = corrections.iter().map(|one| (one["customer"].as_str(), one["totals"]["net"].as_str())).collect();
    assert_eq!(nets, [(Some("SE-1"), Some("100.00")), (Some("SE-2"), Some("1.00"))]);
}
