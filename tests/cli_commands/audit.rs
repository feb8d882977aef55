//! `tally audit`: who did what, when and why, out of the control log.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{Said, path, tally};

fn event(id: &str, kind: &str, subject: &str, time: &str, data: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"//admin","type":"{kind}","subject":"{subject}","time":"{time}","data":{data}}}"#)
}

const FACTS: &str = r#"{"name":"Ett","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}"#;

/// A log with all that can be in one, read by tally.
fn journal() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let lines = [
        event("c-1", "tally.customer.v1", "SE-1", "2026-01-01T08:00:00Z", FACTS),
        event(
            "a-1",
            "tally.activation.v1",
            "SE-1",
            "2026-01-02T08:00:00Z",
            r#"{"service":"sms","from":"2026-01-01T00:00:00Z","actor":"anna","approver":"bo","reason":"agreed 7/1"}"#,
        ),
        event(
            "a-2",
            "tally.activation.v1",
            "SE-1",
            "2026-01-03T08:00:00Z",
            r#"{"service":"sms","from":"soon","actor":"carl","reason":"hurry"}"#,
        ),
        event("n-1", "tally.from_tomorrow.v3", "SE-2", "2026-01-04T08:00:00Z", r#"{"what":"ever","actor":"anna"}"#),
        "{ no event".to_owned(),
        event(
            "r-1",
            "tally.rerate.v1",
            "SE-9",
            "2026-01-05T08:00:00Z",
            r#"{"plan":"sms","from":"2026-01-01","to":"2026-02-01","actor":"dora","reason":"price"}"#,
        ),
        event(
            "m-1",
            "tally.merger.v1",
            "SE-3",
            "2026-01-06T08:00:00Z",
            r#"{"into":"SE-1","from":"2026-07-01T00:00:00Z","actor":"dora","reason":"law"}"#,
        ),
        event("t-1", "tally.tick.v1", "", "2026-01-07T08:00:00Z", "{}").replace(r#""subject":"","#, ""),
    ];
    fs::create_dir_all(dir.path().join("in/usage-control")).unwrap();
    fs::create_dir_all(dir.path().join("in/usage-events")).unwrap();
    fs::write(dir.path().join("in/usage-control/0.ndjson"), lines.join("\n") + "\n").unwrap();
    fs::write(dir.path().join("catalog.toml"), tally::generate::CATALOG).unwrap();
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-02-01T00:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    dir
}

fn audit(dir: &Path, more: &[&str]) -> Said {
    tally(&[&["audit", "--journal", path(dir)], more].concat())
}

/// Ids, in order; `-` for what has none.
fn ids(said: &Said) -> String {
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let id = |event: &Value| event["id"].as_str().unwrap_or("-").to_owned();
    document["events"].as_array().unwrap().iter().map(id).collect::<Vec<_>>().join(" ")
}

#[test]
fn e15_every_event_is_told_in_order_and_in_words() {
    let dir = journal();
    let said = audit(dir.path(), &[]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let check = |line: usize, parts: &[&str]| {
        let line = said.stdout.lines().nth(line + 2).unwrap();
        parts.iter().for_each(|part| assert!(line.contains(part), "{part:?} is not in {line}"));
    };
    check(
        0,
        &[
            "2026-01-01T08:00:00.000Z",
            "by source //admin",
            "told the facts of the customer Ett from 2026-01-01",
            "SE-1",
            "//admin c-1",
            "0@0",
        ],
    );
    check(1, &["anna, agreed by bo", "activated sms from 2026-01-01T00:00:00Z", "agreed 7/1"]);
    check(2, &["carl", "REFUSED (bad_data): `data.from` is \"soon\"", "hurry"]);
    check(3, &["anna", "from tomorrow: what ever (a type that this version does not know)", "REFUSED (bad_data)"]);
    check(4, &["something that is no event", "REFUSED (undecodable)", "0@4"]);
    check(5, &["dora", "charged sms again from 2026-01-01 to 2026-02-01", "REFUSED (rerate_refused)"]);
    check(6, &["dora", "merged the customer into SE-1", "REFUSED (bad_data)"]);
    check(7, &["by source //admin", "moved the clock"]);
    assert!(said.stdout.ends_with("8 events.\n"), "{}", said.stdout);
}

#[test]
fn filters_and_json() {
    let dir = journal();
    let check = |args: &[&str], expect: &str| {
        let said = audit(dir.path(), &[args, &["--json"]].concat());
        assert_eq!((said.code, ids(&said).as_str()), (Some(0), expect), "{args:?} {}", said.stderr);
    };
    check(&[], "c-1 a-1 a-2 n-1 - r-1 m-1 t-1");
    // That it was merged into it, is about it too.
    check(&["--customer", "SE-1"], "c-1 a-1 a-2 m-1");
    check(&["--actor", "anna"], "a-1 n-1");
    check(&["--actor", "bo"], "a-1");
    check(&["--type", "tally.activation.v1", "--actor", "carl"], "a-2");
    check(&["--type", "rerate"], "r-1");
    check(&["--from", "2026-01-03T08:00:00Z", "--to", "2026-01-05"], "a-2 n-1 -");
    check(&["--customer", "SE-7"], "");
    assert!(audit(dir.path(), &["--customer", "SE-7"]).stdout.contains("Nobody has done anything"));
    let refused = audit(dir.path(), &["--from", "soon"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("2026-07-01T00:00:00Z"), "{}", refused.stderr);
    let document: Value = serde_json::from_str(&audit(dir.path(), &["--actor", "bo", "--json"]).stdout).unwrap();
    assert_eq!(document["schema"], "tally/audit/1");
    let event = &document["events"][0];
    assert_eq!((&event["actor"], &event["approver"], &event["reason"]), (&"anna".into(), &"bo".into(), &"agreed 7/1".into()));
    assert_eq!(event["copies"], serde_json::json!([{"partition": 0, "offset": 1}]));
    assert_eq!((&event["refused"], &event["missing"]), (&Value::Null, &serde_json::json!([])));
}

/// Before anything has run, the log alone tells.
#[test]
fn a_log_that_nobody_has_read_yet() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("in/usage-control")).unwrap();
    let file = dir.path().join("facts.toml");
    let text = "actor = \"anna\"\nreason = \"new\"\n[[event]]\ntype = \"tally.activation.v1\"\nsubject = \"SE-1\"\nservice = \"sms\"\nfrom = 2026-01-01T00:00:00Z\n";
    fs::write(&file, text).unwrap();
    assert_eq!(tally(&["control", "apply", path(&file), "--journal", path(dir.path())]).code, Some(0));
    let said = audit(dir.path(), &[]);
    assert!(said.stdout.contains("anna") && said.stdout.contains("activated sms") && said.stdout.contains("1 event."), "{}", said.stdout);
    assert!(tally(&["audit"]).code == Some(2));
}

/// An answer that comes when there is nothing to answer any more is told as what it was: without effect.
#[test]
fn e15_an_answer_that_changes_nothing_is_marked() {
    let dir = tempfile::tempdir().unwrap();
    let of_agreement = r#""agreement":"A","version":1,"actor":"anna","reason":"#;
    let lines = [
        event("c-1", "tally.customer.v1", "SE-1", "2026-01-01T08:00:00Z", FACTS),
        event(
            "q-1",
            "tally.agreement_request.v1",
            "SE-1",
            "2026-01-02T08:00:00Z",
            &format!(r#"{{{of_agreement}"ask","supplier":"sup","system":"sys","services":["sms"]}}"#),
        ),
        event(
            "y-1",
            "tally.agreement_answer.v1",
            "SE-1",
            "2026-01-03T08:00:00Z",
            &format!(r#"{{{of_agreement}"no","answer":"ended","to":"2026-01-03T08:00:00Z"}}"#),
        ),
        event(
            "y-2",
            "tally.agreement_answer.v1",
            "SE-1",
            "2026-01-04T08:00:00Z",
            &format!(r#"{{{of_agreement}"yes","answer":"approved"}}"#),
        ),
    ];
    fs::create_dir_all(dir.path().join("in/usage-control")).unwrap();
    fs::write(dir.path().join("in/usage-control/0.ndjson"), lines.join("\n") + "\n").unwrap();
    fs::write(dir.path().join("catalog.toml"), tally::generate::CATALOG).unwrap();
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-02-01T00:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let said = audit(dir.path(), &["--type", "agreement_answer"]);
    let row = |line: usize| said.stdout.lines().nth(line + 2).unwrap().to_owned();
    assert!(
        row(0).contains("answered the agreement A version 1: ended") && row(0).contains("WITHOUT EFFECT (agreement_answer_ignored)"),
        "{}",
        said.stdout
    );
    assert!(row(1).contains("approved") && !row(1).contains("WITHOUT EFFECT"), "{}", said.stdout);
}

/// What is appended with an earlier log time acts where it stands, and is told there.
#[test]
fn e15_the_order_is_that_of_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let activation = r#"{"service":"sms","from":"2026-01-01T00:00:00Z"}"#;
    let lines = [("first", "2026-03-01"), ("back", "2026-01-01"), ("last", "2026-03-01")];
    let lines = lines.map(|(id, day)| event(id, "tally.activation.v1", id, &format!("{day}T08:00:00Z"), activation));
    fs::create_dir_all(dir.path().join("in/usage-control")).unwrap();
    fs::write(dir.path().join("in/usage-control/0.ndjson"), lines.join("\n") + "\n").unwrap();
    assert_eq!(ids(&audit(dir.path(), &["--json"])), "first back last");
}
