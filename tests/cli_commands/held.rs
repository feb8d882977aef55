//! `tally held`: what is due and held back, and why.

use std::fs;

use serde_json::Value;

use super::{path, tally};

const CATALOG: &str = r#"
version = "1"
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
[service.docs]
types = ["docs"]
title = "Documentation"
unit = "4L"
[plan.docs]
model = "capacity"
period = "year"
measured = "10-15"
measure = "snapshot"
included = "100"
services = ["docs"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2024-01-01", unit = { SEK = "0.10" } } ]
"#;

fn event(kind: &str, customer: &str, time: &str, data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{customer}-{time}","source":"//s","type":"{kind}","subject":"{customer}","time":"{time}","data":{data}}}"#
    )
}

/// Three customers store something; of two of them no pupils are known.
#[test]
fn what_is_held_is_listed_until_it_is_released() {
    let dir = tempfile::tempdir().unwrap();
    let put = |lane: &str, file: &str, lines: &[String]| {
        fs::create_dir_all(dir.path().join("in").join(lane)).unwrap();
        fs::write(dir.path().join("in").join(lane).join(file), lines.join("\n") + "\n").unwrap();
    };
    let known = |id: &str| {
        let data = format!(r#"{{"name":"{id}","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2025-01-01"}}"#);
        event("tally.customer.v1", id, "2025-01-01T00:00:00Z", &data)
    };
    let pupils = |id: &str, time: &str| event("tally.head_count.v1", id, time, r#"{"kind":"active_pupils","count":1,"on":"2025-10-15"}"#);
    let stored = |id: &str| event("docs", id, "2025-10-01T00:00:00Z", r#"{"quantity":300000000}"#);
    put("usage-control", "0.ndjson", &[known("A"), known("B"), known("C"), pupils("B", "2025-10-01T00:00:00Z")]);
    put("usage-events", "0.ndjson", &[stored("A"), stored("B"), stored("C")]);
    fs::write(dir.path().join("catalog.toml"), CATALOG).unwrap();
    let journal = path(dir.path());
    let run = |until: &str| assert_eq!(tally(&["run", "--journal", journal, "--until", until]).code, Some(0));
    let held = |args: &[&str]| {
        let said = tally(&[&["held", "--journal", journal], args].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        said.stdout
    };

    run("2025-11-01T00:00:00Z");
    let all = held(&[]);
    for part in
        ["2 records held", "A         docs  2026-01-01   record  2025-10-19T22:00:00", "no count of active pupils is known on 2025-10-15"]
    {
        assert!(all.contains(part), "{part:?} is not in\n{all}");
    }
    let document: Value = serde_json::from_str(&held(&["--json", "--customer", "C"])).unwrap();
    let one = &document["held"][0];
    assert_eq!((document["held"].as_array().unwrap().len(), &one["customer"], &one["what"]), (1, &"C".into(), &"record".into()));
    assert_eq!((&one["plan"], &one["period_from"], &one["currency"]), (&"docs".into(), &"2026-01-01".into(), &"SEK".into()));
    assert!(one["why"].as_str().unwrap().contains("tally.decision.v1 with period_from 2026-01-01"), "{one}");

    put("usage-control", "1.ndjson", &[pupils("A", "2025-11-02T00:00:00Z"), pupils("C", "2025-11-02T00:00:00Z")]);
    run("2025-11-03T00:00:00Z");
    assert_eq!(held(&[]), "Nothing is held.\n");
    let records = fs::read_to_string(dir.path().join("out/billing-records.ndjson")).unwrap();
    assert_eq!(records.lines().count(), 3, "{records}");
}
