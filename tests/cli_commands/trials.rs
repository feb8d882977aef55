//! Trying a service (REQUIREMENTS P4, P17): a supplier and a municipality see their tests, which cost nothing; a log of the test
//! environment bills nothing, and stays what it is.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Said, path, tally};

const CATALOG: &str = r#"version = "2026.1"
[seller.s]
name = "KOMBIT"
country = "DK"
org_number = "19435075"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
registered = true
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { DKK = "2.00" } } ]
[service.access]
types = ["access"]
title = "Access"
unit = "C62"
[plan.fee]
model = "fixed"
period = "quarter"
services = ["access"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", amount = { DKK = "500.00" } } ]
"#;

const FACTS: &str = r#"actor = "anna"
reason = "to try it"
time = "2026-01-01T00:00:00Z"

[[event]]
type = "tally.customer.v1"
subject = "DK-0101"
name = "Kommune"
country = "DK"
timezone = "Europe/Copenhagen"
currency = "DKK"
from = 2026-01-01

[[event]]
type = "tally.party.v1"
subject = "sup-1"
name = "Fagsystem A/S"
roles = ["supplier"]
from = 2026-01-01T00:00:00Z

[[event]]
type = "tally.party.v1"
subject = "sup-2"
name = "Andet A/S"
roles = ["supplier"]
from = 2026-01-01T00:00:00Z

[[event]]
type = "tally.trial.v1"
subject = "journal"
supplier = "sup-1"
sources = ["//journal"]
certificates = [{ issuer = "CA", serial = "01" }]
from = 2026-01-01T00:00:00Z
to = 2026-07-01T00:00:00Z
"#;

/// Id, source, local noon, more of its data.
const USES: [(&str, &str, &str, &str); 5] = [
    ("1", "//journal", "2026-02-10", r#"{"environment":"test","quantity":3}"#),
    ("2", "//journal", "2026-05-10", r#"{"environment":"test"}"#),
    ("3", "//gateway", "2026-05-10", r#"{"environment":"test","certificate":{"issuer":"CA","serial":"01"}}"#),
    ("4", "//gateway", "2026-05-11", r#"{"environment":"test"}"#),
    ("5", "//journal", "2026-05-12", "{}"),
];

fn run(dir: &Path, catalog: &str) -> Said {
    fs::write(dir.join("catalog.toml"), catalog).unwrap();
    tally(&["run", "--journal", path(dir), "--until", "2026-06-01T00:00:00Z"])
}

/// Read up to June.
fn journal(catalog: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("in/usage-events")).unwrap();
    fs::write(dir.path().join("catalog.toml"), catalog).unwrap();
    let file = dir.path().join("facts.toml");
    fs::write(&file, FACTS).unwrap();
    let said = tally(&["control", "apply", path(&file), "--journal", path(dir.path())]);
    assert!(said.code == Some(0) && said.stdout.contains("4 events written"), "{} {}", said.stdout, said.stderr);
    let event = |(id, source, day, data): (&str, &str, &str, &str)| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"look","subject":"DK-0101","time":"{day}T11:00:00Z","data":{data}}}"#
        ) + "\n"
    };
    fs::write(dir.path().join("in/usage-events/0.ndjson"), USES.map(event).concat()).unwrap();
    let said = run(dir.path(), catalog);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    dir
}

fn document(args: &[&str], dir: &Path) -> Value {
    let said = tally(&[args, &["--json", "--journal", path(dir)]].concat());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

fn verdicts(said: &Said) -> [u64; 4] {
    let sums: Value = serde_json::from_str(said.stdout.trim()).unwrap();
    ["test", "suspended", "counted", "records"].map(|name| sums[name].as_u64().unwrap())
}

#[test]
fn p17_a_supplier_and_a_municipality_see_their_tests() {
    let catalog = CATALOG.split("[service.access]").next().unwrap();
    let dir = journal(catalog);
    assert_eq!(verdicts(&run(dir.path(), catalog)), [4, 1, 0, 0], "the last one says that it is production");
    let of = |service: &str, system: Value, period: (&str, &str), calls: u64, quantity: &str| json!({"service": service, "system": system, "period": {"from": period.0, "to": period.1}, "calls": calls, "quantity": quantity});
    let (first, second) = (("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30"));
    let expect = json!([
        of("look", Value::Null, second, 1, "1"),
        of("look", "journal".into(), first, 1, "3"),
        of("look", "journal".into(), second, 2, "2"),
    ]);
    let seen = document(&["overview", "--as", "municipality", "DK-0101"], dir.path());
    assert_eq!((&seen["tests"], &seen["running"], &seen["issued"]), (&expect, &json!([]), &json!([])));
    let text = tally(&["overview", "--as", "municipality", "DK-0101", "--journal", path(dir.path())]).stdout;
    assert!(text.contains("Tests, which cost nothing") && text.contains("not known"), "{text}");

    let usage = document(&["usage", "DK-0101", "--from", "2026-05-10", "--to", "2026-05-10"], dir.path());
    let day = json!([{"service": "look", "system": "journal", "local": "2026-05-10", "events": 2, "quantity": "2"}]);
    assert_eq!((&usage["tests"], &usage["windows"]), (&day, &json!([])));
    let text = tally(&["usage", "DK-0101", "--by", "quarter", "--journal", path(dir.path())]).stdout;
    assert!(text.contains("Tests, which cost nothing and are in no other number") && text.contains("2026 Q1"), "{text}");
}

/// Its own only, whether or not anybody has agreed to anything.
#[test]
fn p16_p17_a_supplier_sees_its_own_tests_only() {
    let dir = journal(CATALOG.split("[service.access]").next().unwrap());
    let rows =
        |party: &str, more: &[&str]| document(&[&["overview", "--as", "supplier", party], more].concat(), dir.path())["tests"].clone();
    let row = |from: &str, to: &str, calls: u64| json!({"customer": "DK-0101", "system": "journal", "service": "look", "period": {"from": from, "to": to}, "calls": calls});
    assert_eq!(rows("sup-1", &[]), json!([row("2026-02-01", "2026-02-28", 1), row("2026-05-01", "2026-05-31", 2)]));
    assert_eq!(rows("sup-1", &["--system", "journal", "--by", "day", "--from", "2026-03-01"]), json!([row("2026-05-10", "2026-05-10", 2)]));
    assert_eq!(rows("sup-1", &["--service", "other"]), json!([]));
    assert_eq!(rows("sup-2", &[]), json!([]));
    let text = tally(&["overview", "--as", "supplier", "sup-1", "--journal", path(dir.path())]).stdout;
    assert!(text.contains("Nothing was called.") && text.contains("Tests, which cost nothing"), "{text}");
}

#[test]
fn p4_a_journal_of_the_test_environment_bills_nothing_and_stays_one() {
    let of_tests = CATALOG.replace("version = \"2026.1\"", "version = \"2026.1\"\nenvironment = \"test\"");
    let dir = journal(&of_tests);
    assert_eq!(verdicts(&run(dir.path(), &of_tests)), [5, 0, 0, 0]);
    assert_eq!(fs::read_to_string(dir.path().join("out/billing-records.ndjson")).unwrap_or_default(), "");
    let seen = document(&["overview", "--as", "municipality", "DK-0101"], dir.path());
    assert_eq!((&seen["running"], &seen["packages"], &seen["issued"]), (&json!([]), &json!([]), &json!([])), "the fee neither");
    let verified = tally(&["verify", "--journal", path(dir.path())]);
    assert_eq!(verified.code, Some(0), "{} {}", verified.stdout, verified.stderr);
    let said = run(dir.path(), CATALOG);
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stderr.contains("the log is of the external test environment"), "{}", said.stderr);
    assert_eq!(run(dir.path(), &of_tests).code, Some(0), "nothing was lost");
    fs::create_dir_all(dir.path().join("catalogs")).unwrap();
    let other = dir.path().join("catalogs/production.toml");
    fs::write(&other, CATALOG).unwrap();
    let activate = ["catalog", "activate", "--catalog", path(&other), "--journal", path(dir.path()), "--actor", "anna", "--reason", "r"];
    let refused = tally(&activate);
    assert!(refused.code == Some(2) && refused.stderr.contains("of the other environment"), "{}", refused.stderr);
    let checked = tally(&["check", "--catalog", path(&dir.path().join("catalog.toml"))]);
    assert!(checked.stdout.contains("nothing is ever charged from it"), "{}", checked.stdout);
}
