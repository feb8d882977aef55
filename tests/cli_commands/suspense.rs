//! `tally suspense` and `tally gaps`: what waits and is missing, and what people decide about it.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Said, path, tally};

const CATALOG: &str = r#"version = "1"
[sequence]
patience = "PT1H"
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
[service.look]
types = ["look"]
title = "Look"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.50" } } ]
"#;

const WHO: [&str; 4] = ["--actor", "anna", "--reason", "agreed with the customer"];

struct Place(TempDir);

fn event(id: &str, kind: &str, customer: &str, time: &str, more: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"//s","type":"{kind}","subject":"{customer}","time":"{time}"{more}}}"#)
}

/// One customer is known. Two events of another wait for it, one for its service, and two are wrong in themselves.
fn place() -> Place {
    let place = Place(tempfile::tempdir().unwrap());
    let facts = r#","data":{"name":"Ett","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}"#;
    place.put("in/usage-control", "0.ndjson", &[event("c", "tally.customer.v1", "SE-1", "2026-01-01T00:00:00Z", facts)]);
    place.put(
        "in/usage-events",
        "0.ndjson",
        &[
            event("secret-1", "look", "SE-9", "2026-01-10T10:00:00Z", r#","data":{"quantity":2.5,"person":"0123456789abcdef"}"#),
            event("secret-2", "look", "SE-9", "2026-02-20T10:00:00Z", r#","sequence":"7""#),
            event("b", "odd", "SE-1", "2026-02-20T11:00:00Z", r#","sequence":"9""#),
            event("wrong", "look", "SE-1", "2026-02-21T10:00:00Z", r#","data":{"quantity":"1e3"}"#),
            event("early", "look", "SE-1", "2026-02-25T10:00:00Z", r#","recordedtime":"2026-02-22T00:00:00Z""#),
            event("good", "look", "SE-1", "2026-02-22T10:00:00Z", ""),
        ],
    );
    fs::write(place.0.path().join("catalog.toml"), CATALOG).unwrap();
    place.run("2026-02-25T00:00:00Z");
    place
}

impl Place {
    fn put(&self, folder: &str, file: &str, lines: &[String]) {
        fs::create_dir_all(self.0.path().join(folder)).unwrap();
        fs::write(self.0.path().join(folder).join(file), lines.join("\n") + "\n").unwrap();
    }

    fn run(&self, until: &str) -> Value {
        let said = tally(&["run", "--journal", path(self.0.path()), "--until", until]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        serde_json::from_str(&said.stdout).unwrap()
    }

    fn suspense(&self, args: &[&str]) -> Said {
        tally(&[&["suspense", args[0], "--journal", path(self.0.path())], &args[1..]].concat())
    }

    fn list(&self, more: &[&str]) -> Value {
        let said = self.suspense(&[&["list", "--json"], more].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        serde_json::from_str(&said.stdout).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        fs::read_to_string(self.file(name)).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn what_waits_is_listed_with_its_cure() {
    let place = place();
    let said = place.suspense(&["list"]);
    for part in [
        "unknown_customer       2               3.5 C62  2026-01-10T10:00:00",
        "unknown_service        1           1 (no unit)  2026-02-20T11:00:00",
        "unknown_customer: send tally.customer.v1",
        "30..90 days       1               2.5 C62",
        "\"odd\"",
        "5 suspended (verdict sums): 3 wait, 2 are so for their own fault. 0 were written off.",
    ] {
        assert!(said.stdout.contains(part), "{part:?} is not in\n{}", said.stdout);
    }
    let all = place.list(&[]);
    assert_eq!((&all["events"], &all["quantity"], &all["sums"]["suspended"]), (&3.into(), &Value::Null, &5.into()));
    let quantities = [(Value::Null, "1"), ("C62".into(), "3.5")].map(|(unit, quantity)| json!({"unit": unit, "quantity": quantity}));
    assert_eq!(all["quantities"], json!(quantities), "units have no common sum");
    assert_eq!(place.list(&["--customer", "SE-9"])["quantity"], "3.5");
    let check = |more: &[&str], events: u64| assert_eq!(place.list(more)["events"], events, "{more:?}");
    check(&["--customer", "SE-9"], 2);
    check(&["--customer", "SE-9", "--from", "2026-02-01T00:00:00Z"], 1);
    check(&["--suspended-for", "unknown_service"], 1);
    check(&["--service", "look", "--to", "2026-02-01T00:00:00Z"], 1);
    check(&["--type", "odd"], 1);
    check(&["--source", "//s", "--event", "b", "--event", "secret-2"], 2);
    check(&["--source", "//t"], 0);
    assert_eq!(place.suspense(&["list", "--suspended-for", "boredom"]).code, Some(2));
}

#[test]
fn a_sample_shows_nobodys_data() {
    let place = place();
    let said = place.suspense(&["sample", "--count", "1"]);
    let samples: Vec<Value> = said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(samples.len(), 2, "{}", said.stdout);
    let one = samples.iter().find(|one| one["customer"] == "SE-9").unwrap();
    assert_eq!((&one["id"], &one["data"]["person"], &one["data"]["quantity"]), (&"se… (8 bytes)".into(), &"…".into(), &2.5.into()));
    assert!(!said.stdout.contains("secret") && !said.stdout.contains("0123456789abcdef"), "{}", said.stdout);
}

#[test]
fn two_people_give_up_what_waits() {
    let place = place();
    let approved = [&["write-off", "--customer", "SE-9", "--approver", "bo"], &WHO[..]].concat();
    let unasked = place.suspense(&approved);
    assert_eq!(unasked.code, Some(2), "{}", unasked.stderr);
    assert!(unasked.stdout.contains("unknown_customer") && unasked.stderr.contains("--yes"), "{}\n{}", unasked.stdout, unasked.stderr);
    let alone = place.suspense(&[&["write-off", "--customer", "SE-9", "--approver", "anna", "--yes"], &WHO[..]].concat());
    assert!(alone.code == Some(2) && alone.stderr.contains("two people"), "{}", alone.stderr);
    let done = place.suspense(&[&approved[..], &["--from", "2026-02-01T00:00:00Z", "--yes"]].concat());
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let sums = place.run("2026-02-26T00:00:00Z");
    assert_eq!((&sums["suspended"], &sums["written_off"], &sums["inputs"]), (&4.into(), &1.into(), &6.into()));
    let told: Vec<Value> = place.lines("out/usage-suspense.ndjson").into_iter().filter(|one| one["state"] == "written_off").collect();
    assert_eq!((told.len(), &told[0]["event_id"]["id"], &told[0]["written_off"]["approver"]), (1, &"secret-2".into(), &"bo".into()));
    let all = place.list(&[]);
    assert_eq!((&all["events"], &all["sums"]["written_off"]), (&2.into(), &1.into()));
    let verified = tally(&["verify", "--journal", path(place.0.path())]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
}

#[test]
fn refused_events_are_sent_again_with_their_provenance() {
    let place = place();
    let again = [&["recycle", "--own-fault"], &WHO[..]].concat();
    // What only the event itself says chooses too.
    let chosen = |more: &[&str]| {
        let said = place.suspense(&[&again[..], more, &["--out", path(&place.file("chosen.ndjson"))]].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        fs::read_to_string(place.file("chosen.ndjson")).unwrap().lines().count()
    };
    let counts =
        [&[][..], &["--service", "look"], &["--service", "odd"], &["--type", "odd"], &["--from", "2026-02-22T00:00:00Z"]].map(chosen);
    assert_eq!(counts, [2, 2, 0, 0, 1]);
    let drafts = place.file("drafts.ndjson");
    let out = place.suspense(&[&again[..], &["--suspended-for", "bad_quantity", "--out", path(&drafts)]].concat());
    assert_eq!(out.code, Some(0), "{}", out.stderr);
    let mended = fs::read_to_string(&drafts).unwrap().replace("1e3", "1000");
    assert!(mended.contains(r#""recycledfrom":"usage-events/0/3""#), "{mended}");
    fs::write(&drafts, mended).unwrap();
    let sent = place.suspense(&[&again[..], &["--mended", path(&drafts), "--yes"]].concat());
    assert_eq!(sent.code, Some(0), "{}", sent.stderr);
    let early = place.suspense(&[&again[..], &["--suspended-for", "in_future", "--yes"]].concat());
    assert_eq!(early.code, Some(0), "{}", early.stderr);
    let control: Vec<Value> = fs::read_dir(place.file("in/usage-control"))
        .unwrap()
        .flat_map(|file| {
            let name = format!("in/usage-control/{}", file.unwrap().file_name().into_string().unwrap());
            place.lines(&name)
        })
        .collect();
    assert!(control.iter().any(|one| one["type"] == "tally.recycle.v1" && one["data"]["actor"] == "anna"));
    // What said its own log time keeps it: it is in the future of that still.
    let sums = place.run("2026-02-26T00:00:00Z");
    assert_eq!((&sums["counted"], &sums["inputs"], &sums["suspended"]), (&2.into(), &8.into(), &6.into()));
}

#[test]
fn waiting_events_are_tried_again_by_hand() {
    let place = place();
    let done = place.suspense(&[&["recycle", "--customer", "SE-9", "--yes"], &WHO[..]].concat());
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(place.run("2026-02-26T00:00:00Z")["suspended"], 5);
    let none = place.suspense(&[&["recycle", "--customer", "SE-7", "--yes"], &WHO[..]].concat());
    assert_eq!(none.code, Some(2), "{}", none.stderr);
}

#[test]
fn missing_numbers_are_shown_and_told() {
    let place = place();
    let said = tally(&["gaps", "--journal", path(place.0.path())]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("//s         7     9        1  8"), "{}", said.stdout);
    let told = place.lines("out/usage-notices.ndjson");
    assert_eq!(
        (told.len(), &told[0]["kind"], &told[0]["first"], &told[0]["at"]),
        (1, &"gap_detected".into(), &"8".into(), &"2026-02-20T12:00:00.000Z".into())
    );
    let json: Value = serde_json::from_str(&tally(&["gaps", "--journal", path(place.0.path()), "--json"]).stdout).unwrap();
    assert_eq!(json["sources"][0]["gaps"][0]["last"], "8");
}
