//! `tally sizing`: what each size would have meant, from a store that nobody writes to.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{path, tally};

const CATALOG: &str = r#"version = "1"
[seller.s]
name = "S"
country = "DK"
org_number = "1"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
[service.mail]
types = ["mail"]
title = "Mail"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
sizing = { target = "4" }
price = [ { from = "2026-01-01", ladder = [
  { size = "100", amount = { SEK = "50.00" } },
  { size = "500", amount = { SEK = "200.00" } },
  { size = "1000", amount = { SEK = "350.00" } },
] } ]
[plan.mail]
model = "package"
services = ["mail"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "10", amount = { SEK = "5.00" } } ]
"#;

/// Two customers: 100 text messages every tenth day of a year, and one letter.
fn journal() -> TempDir {
    let dir = journal_of(CATALOG);
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-12-31T12:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    dir
}

fn journal_of(catalog: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, lines: Vec<String>| {
        fs::create_dir_all(dir.path().join("in").join(name)).unwrap();
        fs::write(dir.path().join("in").join(name).join("0.ndjson"), lines.join("\n") + "\n").unwrap();
    };
    let event = |id: &str, kind: &str, customer: &str, time: &str, data: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"//s","type":"{kind}","subject":"{customer}","time":"{time}","data":{data}}}"#
        )
    };
    let customer = |id: &str| {
        let data = format!(r#"{{"name":"Name {id}","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}}"#);
        event(id, "tally.customer.v1", id, "2026-01-01T00:00:00Z", &data)
    };
    put("usage-control", vec![customer("SE-2"), customer("SE-1")]);
    let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let sms = (0..36_u64).map(|place| {
        let time = format!("{}T12:00:00Z", start + chrono::Days::new(place * 10));
        event(&format!("{place}"), "sms", "SE-1", &time, r#"{"quantity":100}"#)
    });
    put("usage-events", sms.chain([event("m", "mail", "SE-2", "2026-12-20T12:00:00Z", "{}")]).collect());
    fs::write(dir.path().join("catalog.toml"), catalog).unwrap();
    dir
}

fn asked(dir: &TempDir, args: &[&str]) -> Value {
    let said = tally(&[&["sizing", "--json", "--journal", path(dir.path())], args].concat());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

/// 3600 in the 350 days from the first use to the last are 3754 a year.
#[test]
fn each_size_has_its_purchases_and_cost() {
    let dir = journal();
    let answer = asked(&dir, &[]);
    let sms = json!({"plan": "sms", "yearly_use": "3754", "target": 4, "present": "1000", "chosen": "1000", "currency": "SEK", "sizes": [
        {"size": "100", "purchases_per_year": "38", "cost_per_year": "1900.00"},
        {"size": "500", "purchases_per_year": "8", "cost_per_year": "1600.00"},
        {"size": "1000", "purchases_per_year": "4", "cost_per_year": "1400.00"},
    ]});
    assert_eq!(answer["schema"], "tally/sizing/1");
    assert_eq!(answer["customers"][0]["customer"], "SE-1");
    assert_eq!(answer["customers"][0]["plans"], json!([sms]));
    let mail = json!({"plan": "mail", "yearly_use": null, "target": 4, "present": "10", "chosen": null, "currency": "SEK",
        "sizes": [{"size": "10", "purchases_per_year": null, "cost_per_year": null}]});
    let second = json!({"customer": "SE-2", "name": "Name SE-2", "records": 1, "days": 11, "invoices_per_year": null, "plans": [mail]});
    assert_eq!(answer["customers"][1], second);
    // Another target, one plan, one customer.
    let narrow = asked(&dir, &["--target", "8", "--plan", "sms", "--customer", "SE-1"]);
    assert_eq!(narrow["customers"].as_array().unwrap().len(), 1);
    assert_eq!(narrow["customers"][0]["plans"][0]["chosen"], "500");
    assert_eq!(asked(&dir, &["--plan", "mail", "--customer", "SE-1"])["customers"], json!([]));
}

#[test]
fn people_get_a_table() {
    let dir = journal();
    let said = tally(&["sizing", "--journal", path(dir.path()), "--customer", "SE-1"]);
    assert_eq!(
        said.stdout,
        "SE-1 Name SE-1: 7 records in 364 days, 7 invoices a year\n  \
         plan  use a year   size  bought a year   cost a year\n  \
         ──────────────────────────────────────────────────────────────────────────────────────────\n  \
         sms        3 754    100             38  1 900.00 SEK\n  \
         sms        3 754    500              8  1 600.00 SEK\n  \
         sms        3 754  1 000              4  1 400.00 SEK  present, chosen for at most 4 a year\n"
    );
}

#[test]
fn refusals_say_what_to_do() {
    let dir = journal();
    let check = |args: &[&str], code: i32, expect: &[&str]| {
        let said = tally(args);
        assert_eq!(said.code, Some(code), "{args:?}");
        expect.iter().for_each(|part| assert!(said.stderr.contains(part), "{part:?} is not in {}", said.stderr));
    };
    let journal = path(dir.path());
    check(&["sizing", "--journal", journal, "--plan", "smss"], 1, &["no plan of packages is called `smss`", "mail, sms"]);
    check(&["sizing", "--journal", journal, "--customer", "SE-9"], 1, &["does not know the customer SE-9"]);
    check(&["sizing", "--journal", journal, "--target", "0"], 2, &["--target"]);
    check(&["sizing"], 2, &["--journal", "--config"]);
    check(&["sizing", "--journal", journal, "--catalog", "/no/such/catalog.toml"], 2, &["/no/such/catalog.toml"]);
}

/// What was bought on a day that is not over waits in the state, and the next run issues it once.
#[test]
fn two_runs_give_the_bundles_that_one_gives() {
    let run = |until: &[&str]| {
        let dir = journal_of(&CATALOG.replace("sizing = ", "bundle = \"day\"\nsizing = "));
        for until in until {
            let said = tally(&["run", "--journal", path(dir.path()), "--until", until]);
            assert_eq!(said.code, Some(0), "{}", said.stderr);
        }
        fs::read_to_string(dir.path().join("out/billing-records.ndjson")).unwrap()
    };
    let once = run(&["2026-12-31T12:00:00Z"]);
    assert_eq!(once.lines().count(), 8, "{once}");
    assert!(once.lines().next().is_some_and(|first| first.contains(r#""issued_at":"2026-01-01T23:00:00.000Z""#)), "{once}");
    assert_eq!(run(&["2026-01-01T12:30:00Z", "2026-04-11T12:00:00Z", "2026-04-11T22:00:00Z", "2026-12-31T12:00:00Z"]), once);
}
