//! `tally control`: events from files into the log of a journal, each once and where it belongs.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{Said, path, tally};

/// A customer and two activations, for people.
const SHORT: &str = r#"actor = "anna"
reason = "decision 12/2026"

[[event]]
type = "tally.customer.v1"
subject = "SE-0180"
name = "Stockholms kommun"
country = "SE"
timezone = "Europe/Stockholm"
currency = "SEK"
from = 2026-01-01

[[event]]
type = "tally.activation.v1"
subjects = ["SE-0180", "SE-1480"]
service = "sms"
from = 2026-01-01T00:00:00Z
"#;

fn journal() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("in/usage-control")).unwrap();
    dir
}

fn put(dir: &Path, name: &str, text: &str) -> String {
    let file = dir.join(name);
    fs::write(&file, text).unwrap();
    path(&file).to_owned()
}

fn apply(dir: &Path, file: &str, more: &[&str]) -> Said {
    tally(&[&["control", "apply", file, "--journal", path(dir)], more].concat())
}

/// All that stands in the control lane, by the names of its files.
fn log(dir: &Path) -> Vec<(String, Value)> {
    let mut files: Vec<_> = fs::read_dir(dir.join("in/usage-control")).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "ndjson"));
    files.sort();
    let lines = |file: &std::path::PathBuf| {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(file).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "{name} is whole");
        text.lines().map(|line| (name.clone(), serde_json::from_str(line).unwrap())).collect::<Vec<_>>()
    };
    files.iter().flat_map(lines).collect()
}

#[test]
fn p18_a_short_form_becomes_whole_events_and_is_written_once() {
    let dir = journal();
    fs::write(dir.path().join("in/usage-control/2026-01.ndjson"), "").unwrap();
    let file = put(dir.path(), "facts.toml", SHORT);
    let said = apply(dir.path(), &file, &["--at", "2026-01-02T08:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("3 events written") && said.stdout.contains("2026-01~control-000001.ndjson"), "{}", said.stdout);
    let told = log(dir.path());
    let seen: Vec<_> = told.iter().map(|(_, event)| (event["type"].as_str().unwrap(), event["subject"].as_str().unwrap())).collect();
    assert_eq!(seen, [("tally.customer.v1", "SE-0180"), ("tally.activation.v1", "SE-0180"), ("tally.activation.v1", "SE-1480")]);
    let expect = serde_json::json!({"actor": "anna", "reason": "decision 12/2026", "service": "sms", "from": "2026-01-01T00:00:00Z"});
    assert_eq!((&told[2].1["data"], &told[2].1["time"]), (&expect, &Value::from("2026-01-02T08:00:00.000Z")));
    assert_eq!((&told[2].1["source"], &told[2].1["specversion"]), (&Value::from("//tally/control"), &Value::from("1.0")));
    // Told again, at whatever time and beside something new: only what is new is written.
    let again = apply(dir.path(), &file, &[]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stdout.contains("0 events written; 3 in the log already"), "{}", again.stdout);
    let more = put(dir.path(), "more.toml", &SHORT.replace("\"SE-1480\"]", "\"SE-1480\", \"SE-1280\"]"));
    let said = apply(dir.path(), &more, &["--json"]);
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(document["sums"], serde_json::json!({"new": 1, "completed": 0, "known": 3}), "{document}");
    assert_eq!(document["file"], "2026-01~control-000002.ndjson");
    assert_eq!(log(dir.path()).len(), 4);
}

#[test]
fn json_lines_and_the_standard_input_say_the_same() {
    let dir = journal();
    let toml = put(dir.path(), "facts.toml", SHORT);
    assert_eq!(apply(dir.path(), &toml, &[]).code, Some(0));
    let written = log(dir.path());
    let json = r#"{"actor": "anna", "reason": "decision 12/2026", "event": [
        {"type": "tally.customer.v1", "subject": "SE-0180", "name": "Stockholms kommun", "country": "SE", "timezone": "Europe/Stockholm",
         "currency": "SEK", "from": "2026-01-01"},
        {"type": "tally.activation.v1", "subjects": ["SE-0180", "SE-1480"], "service": "sms", "data": {"from": "2026-01-01T00:00:00Z"}}]}"#;
    let lines: String = written.iter().map(|(_, event)| format!("{event}\n")).collect();
    let known = "0 events written; 3 in the log already";
    for (name, text) in [("facts.json", json), ("facts.ndjson", &lines)] {
        let said = apply(dir.path(), &put(dir.path(), name, text), &[]);
        assert!(said.code == Some(0) && said.stdout.contains(known), "{name}: {} {}", said.stdout, said.stderr);
    }
    for text in [SHORT, json, &lines] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        command.args(["control", "apply", "-", "--journal", path(dir.path())]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(known), "{text}");
    }
    assert_eq!(log(dir.path()), written);
}

#[test]
fn p10_a_request_to_several_municipalities_is_one_event_for_each() {
    let dir = journal();
    let data = r#""agreement":"A","version":1,"supplier":"sup-1","system":"sys-1","services":["sf1500"],"actor":"a","reason":"r""#;
    let line = |id: &str, municipalities: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"//sup","type":"tally.agreement_request.v1","subject":"sup-1","time":"2026-01-01T00:00:00Z","data":{{"municipalities":{municipalities},{data}}}}}"#
        ) + "\n"
    };
    let file = put(dir.path(), "request.ndjson", &line("r-1", r#"["DK-0101","DK-0751"]"#));
    for expect in ["2 events written", "0 events written; 2 in the log already"] {
        let said = apply(dir.path(), &file, &[]);
        assert!(said.code == Some(0) && said.stdout.contains(expect), "{} {}", said.stdout, said.stderr);
    }
    let told = log(dir.path());
    let seen: Vec<_> = told.iter().map(|(_, event)| (event["id"].as_str().unwrap(), event["subject"].as_str().unwrap())).collect();
    assert_eq!(seen, [("r-1-DK-0101", "DK-0101"), ("r-1-DK-0751", "DK-0751")]);
    let expect: Value = serde_json::from_str(&format!("{{{data}}}")).unwrap();
    assert!(told.iter().all(|(_, event)| event["data"] == expect), "{told:?}");
    // What is wrong with it is wrong for all of them, and told once.
    let wrong = put(dir.path(), "wrong.ndjson", &line("r-2", r#"["DK-0101","DK-0751"]"#).replace("[\"sf1500\"]", "[]"));
    let said = apply(dir.path(), &wrong, &[]);
    assert!(said.code == Some(2) && said.stderr.contains("wrong.ndjson:1:1") && said.stderr.contains("1 fault"), "{}", said.stderr);
}

/// Wrong files: what is said, where. Nothing is written.
#[test]
fn faults_are_named_by_file_and_line_all_at_once() {
    let dir = journal();
    let head = "actor = \"anna\"\nreason = \"because\"\n";
    let event = |members: &str| format!("{head}[[event]]\n{members}");
    let activation = "type = \"tally.activation.v1\"\nsubject = \"SE-1\"\nservice = \"sms\"\n";
    let good = r#"{"specversion":"1.0","id":"1","source":"//s","type":"tally.activation.v1","subject":"SE-1","time":"2026-01-01T00:00:00Z","data":{"service":"sms","from":"2026-01-01T00:00:00Z"}}"#;
    let check = |name: &str, text: &str, expect: &[&str]| {
        let file = put(dir.path(), name, text);
        for action in ["apply", "check"] {
            let said = tally(&["control", action, &file, "--journal", path(dir.path())]);
            assert_eq!(said.code, Some(2), "{name}: {} {}", said.stdout, said.stderr);
            expect.iter().for_each(|part| assert!(said.stderr.contains(part), "{part:?} is not in {}", said.stderr));
            assert!(said.stderr.contains("Nothing was written"), "{}", said.stderr);
        }
        assert_eq!(log(dir.path()), []);
    };
    check("a.toml", &event(&format!("{activation}from = \"soon\"\n")), &["a.toml:7:1: `data.from` is \"soon\", not an instant"]);
    check("b.toml", &event("type = \"tally.activation.v1\"\nsubject = \"SE-1\"\n"), &["b.toml:3", "`data.service` is missing"]);
    check(
        "c.toml",
        &event("type = \"tally.activationn.v1\"\nsubject = \"SE-1\"\n"),
        &["c.toml:4:1", "`tally.activation.v1`, if that is meant"],
    );
    check("d.toml", &event("subject = \"SE-1\"\n"), &["d.toml:3", "`type` is missing"]);
    check("e.toml", "[[event]]\ntype = \"tally.tick.v1\"\nfrom = 1\nfrom = 2\n", &["e.toml:4:1", "given twice"]);
    check("f.toml", "wer = \"anna\"\n", &["f.toml:1:1: unknown key `wer`", "there is no event in it"]);
    check("g.toml", &format!("[[event]]\n{activation}"), &["`actor` is missing", "`reason` is missing"]);
    check("h.toml", &event(&format!("{activation}approver = \"anna\"\n")), &["h.toml:7:1: `actor` and `approver` are the same person"]);
    check("i.toml", &event(&format!("{activation}approver = \"19121212-1212\"\n")), &["i.toml:7:1", "holds a personal number"]);
    check("j.toml", &event(&format!("{activation}subjects = [\"SE-2\"]\n")), &["j.toml:7:1", "both given"]);
    check("k.toml", &event("type = \"tally.catalog.v1\"\n"), &["tally catalog activate"]);
    check("l.ndjson", &format!("{good}\nnot json\n\n{}\n", good.replace("\"sms\"", "7")), &["l.ndjson:2:1", "l.ndjson:4:1", "2 faults"]);
    check(
        "m.ndjson",
        &format!("{good}\n{}\n", good.replace("sms", "fax")),
        &["m.ndjson:2:1", "also that of another event, at", "m.ndjson:1"],
    );
    check("n.json", "{\"event\": [{\"type\": 7}]}", &["n.json:1:21: `type` is not a text", "`actor` is missing", "3 faults"]);
    check("o.json", "{\"event\": 7}", &["o.json:1", "`event` is not a list"]);
    check("p.json", "", &["p.json:1:1"]);
    let (a, b) = (put(dir.path(), "a.toml", &event("type = \"x\"\n")), put(dir.path(), "b.toml", &event("type = \"y\"\n")));
    let both = tally(&["control", "apply", &a, &b, "--journal", path(dir.path())]);
    assert!(both.stderr.contains("a.toml:4:1") && both.stderr.contains("b.toml:4:1"), "{}", both.stderr);
    let missing = tally(&["control", "apply", "/no/such.toml", "--journal", path(dir.path())]);
    assert!(missing.code == Some(2) && missing.stderr.contains("cannot read /no/such.toml"), "{}", missing.stderr);
    let nowhere = tally(&["control", "apply", &put(dir.path(), "z.toml", SHORT)]);
    assert!(nowhere.code == Some(2) && nowhere.stderr.contains("--journal DIR"), "{}", nowhere.stderr);
}

#[test]
fn an_id_that_stands_for_something_else_is_refused() {
    let dir = journal();
    let own = SHORT.replace("service = \"sms\"", "id = \"mine\"\nservice = \"sms\"");
    assert_eq!(apply(dir.path(), &put(dir.path(), "a.toml", &own), &[]).code, Some(0));
    let said = apply(dir.path(), &put(dir.path(), "b.toml", &own.replace("\"sms\"", "\"fax\"")), &[]);
    assert_eq!((said.code, log(dir.path()).len()), (Some(2), 3), "{}", said.stdout);
    assert!(said.stderr.contains("\"mine-SE-0180\" stands in the log for another event, at offset 1"), "{}", said.stderr);
}

/// What was said, then said otherwise, and is to be said again as at first, needs an id of its own.
#[test]
fn what_was_overtaken_is_not_silently_left_out() {
    let dir = journal();
    let first = put(dir.path(), "first.toml", SHORT);
    let other = put(dir.path(), "other.toml", &SHORT.replace("Stockholms kommun", "Stockholm"));
    for file in [&first, &other] {
        assert_eq!(apply(dir.path(), file, &[]).code, Some(0));
    }
    let said = apply(dir.path(), &first, &[]);
    assert!(said.stderr.contains("behind it stands") && said.stderr.contains("an `id` of its own"), "{}", said.stderr);
    let again = put(dir.path(), "again.toml", &SHORT.replace("name = ", "id = \"again\"\nname = "));
    let said = apply(dir.path(), &again, &[]);
    assert!(said.stdout.contains("1 event written; 2 in the log already"), "{}", said.stdout);
}

#[test]
fn a_dry_run_says_where_and_writes_nothing() {
    let dir = journal();
    let file = put(dir.path(), "facts.toml", &format!("{SHORT}\n[[event]]\ntype = \"tally.tick.v1\"\n"));
    let check = |args: &[&str], expect: &[&str]| {
        let said = tally(&[&["control"], args].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        expect.iter().for_each(|part| assert!(said.stdout.contains(part), "{part:?} is not in {}", said.stdout));
    };
    check(
        &["apply", &file, "--dry-run", "--journal", path(dir.path())],
        &["partition 0", "every partition (1)", "4 events to be written", "Nothing was written"],
    );
    check(&["check", &file], &["its customer's partition", "every partition", "4 events good"]);
    assert_eq!(log(dir.path()), []);
}

/// Killed at any moment, the file is there whole or not at all; said again, all of it is there once.
#[test]
fn killed_in_between_it_is_whole_or_not_there() {
    let dir = journal();
    let subjects: Vec<String> = (0..20_000).map(|number| format!("\"SE-{number}\"")).collect();
    let text = format!(
        "actor = \"a\"\nreason = \"r\"\n[[event]]\ntype = \"tally.activation.v1\"\nservice = \"sms\"\nfrom = 2026-01-01T00:00:00Z\nsubjects = [{}]\n",
        subjects.join(",")
    );
    let file = put(dir.path(), "many.toml", &text);
    for pause in [0, 20, 60, 100, 150, 200, 300, 400] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        command.args(["control", "apply", &file, "--journal", path(dir.path())]).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        let there = log(dir.path()).len();
        assert!(there == 0 || there == 20_000, "{there}");
    }
    assert_eq!(apply(dir.path(), &file, &[]).code, Some(0));
    let told = log(dir.path());
    let subjects: std::collections::BTreeSet<_> = told.iter().map(|(_, event)| event["subject"].to_string()).collect();
    assert_eq!((told.len(), subjects.len()), (20_000, 20_000));
}
