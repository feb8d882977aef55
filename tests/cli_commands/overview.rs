//! `tally overview`: what municipalities and suppliers may see (REQUIREMENTS P6, P10, P15, P16, P19).

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Said, path, tally};

pub const CATALOG: &str = r#"version = "2026.1"
[seller.s]
name = "KOMBIT"
country = "DK"
org_number = "19435075"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
agreement = true
bill_on = ["completed"]
[service.find]
types = ["find"]
title = "Searches"
unit = "C62"
agreement = true
[service.sms]
types = ["sms"]
title = "Messages"
unit = "C62"
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { DKK = "2.00" } }, { from = "2026-04-15", unit = { DKK = "3.00" } } ]
[plan.find]
model = "metered"
period = "month"
services = ["find"]
seller = "s"
vat = { category = "S", rate = "25" }
minimum = { DKK = "100.00" }
price = [ { from = "2026-01-01", mode = "graduated", tiers = [ { up_to = "10", unit = { DKK = "1.00" } }, { unit = { DKK = "0.50" } } ] } ]
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "10", amount = { DKK = "5.00" } } ]
"#;

/// Two suppliers, of which one is a municipality too, and what they ask two municipalities for in one request each.
pub const FACTS: &str = r#"actor = "anna"
reason = "registered"
time = "2026-01-01T00:00:00Z"

[[event]]
type = "tally.customer.v1"
subjects = ["DK-0101", "DK-0751"]
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
subject = "DK-0101"
name = "Københavns Kommune"
roles = ["municipality", "supplier"]
from = 2026-01-01T00:00:00Z

[[event]]
type = "tally.it_system.v1"
subject = "journal"
name = "Journal"
supplier = "sup-1"
sources = ["//journal"]
from = 2026-01-01T00:00:00Z

[[event]]
type = "tally.it_system.v1"
subject = "own"
name = "Egenudviklet"
supplier = "DK-0101"
sources = ["//own"]
from = 2026-01-01T00:00:00Z

[[event]]
type = "tally.agreement_request.v1"
municipalities = ["DK-0101", "DK-0751"]
agreement = "A-1"
version = 1
supplier = "sup-1"
system = "journal"
services = ["look", "find"]

[[event]]
type = "tally.agreement_request.v1"
subject = "DK-0101"
agreement = "B-1"
version = 1
supplier = "DK-0101"
system = "own"
services = ["look"]

[[event]]
type = "tally.agreement_answer.v1"
time = "2026-01-01T00:00:01Z"
subjects = ["DK-0101", "DK-0751"]
agreement = "A-1"
version = 1
answer = "approved"

[[event]]
type = "tally.agreement_answer.v1"
time = "2026-01-01T00:00:01Z"
subject = "DK-0101"
agreement = "B-1"
version = 1
answer = "approved"
"#;

/// source, type, customer, day, how many, outcome.
type Use<'a> = (&'a str, &'a str, &'a str, &'a str, usize, &'a str);

const USES: [Use<'_>; 9] = [
    ("//journal", "look", "DK-0101", "2026-02-10", 5, "completed"),
    ("//own", "look", "DK-0101", "2026-02-11", 2, "completed"),
    ("//journal", "look", "DK-0101", "2026-04-14", 4, "completed"),
    ("//journal", "look", "DK-0101", "2026-04-14", 1, "failed"),
    ("//journal", "look", "DK-0101", "2026-04-15", 3, "completed"),
    ("//own", "look", "DK-0101", "2026-04-16", 7, "failed"),
    ("//journal", "look", "DK-0751", "2026-04-16", 6, "completed"),
    ("//journal", "find", "DK-0751", "2026-04-17", 12, "completed"),
    ("//sms", "sms", "DK-0101", "2026-04-18", 13, "sent"),
];

/// An event for each use.
pub fn lines() -> Vec<String> {
    let event = |(id, (source, kind, customer, day, _, outcome)): (usize, Use<'_>)| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{kind}","subject":"{customer}","time":"{day}T10:00:00Z","data":{{"outcome":"{outcome}"}}}}"#
        )
    };
    USES.into_iter().flat_map(|one| std::iter::repeat_n(one, one.4)).enumerate().map(event).collect()
}

/// Read up to the 20th of April.
fn journal() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("in/usage-events")).unwrap();
    fs::write(dir.path().join("catalog.toml"), CATALOG).unwrap();
    let file = dir.path().join("facts.toml");
    fs::write(&file, FACTS).unwrap();
    let said = tally(&["control", "apply", path(&file), "--journal", path(dir.path())]);
    assert!(said.code == Some(0) && said.stdout.contains("12 events written"), "{} {}", said.stdout, said.stderr);
    fs::write(dir.path().join("in/usage-events/0.ndjson"), lines().join("\n") + "\n").unwrap();
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-04-20T00:00:00Z"]);
    assert!(said.code == Some(0) && said.stdout.contains(r#""counted":53"#), "{} {}", said.stdout, said.stderr);
    dir
}

fn overview(dir: &Path, role: &str, party: &str, more: &[&str]) -> Said {
    tally(&[&["overview", "--as", role, party, "--journal", path(dir)], more].concat())
}

fn document(dir: &Path, role: &str, party: &str, more: &[&str]) -> Value {
    let said = overview(dir, role, party, &[&["--json"], more].concat());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

/// Calls are what was called, look-ups what is charged, and the amount is by the price in force on each day.
#[test]
fn p15_p19_a_municipality_sees_calls_lookups_prices_and_provisional_amounts() {
    let dir = journal();
    let seen = document(dir.path(), "municipality", "DK-0101", &[]);
    let of = |agreement: &str, supplier: &str, system: &str, calls: u64, lookups: &str, amount: &str| {
        json!({"service": "look", "title": "Look-ups", "agreement": agreement, "supplier": supplier, "system": system, "calls": calls,
            "lookups": lookups, "price": "3.00", "amount": amount})
    };
    let expect = json!([{
        "plan": "look", "period": {"from": "2026-04-01", "to": "2026-06-30"}, "currency": "DKK", "provisional": true, "kind": "open", "why": null,
        "items": [of("A-1", "sup-1", "journal", 8, "7", "17.00"), of("B-1", "DK-0101", "own", 7, "0", "0.00")],
    }]);
    assert_eq!(seen["running"], expect, "{:#}", seen["running"]);
    let issued: Vec<_> =
        seen["issued"].as_array().unwrap().iter().map(|line| (&line["agreement"], &line["calls"], &line["amount"])).collect();
    let (a, b, none) = (json!("A-1"), json!("B-1"), Value::Null);
    let (five, two) = (json!("5"), json!("2"));
    let (ten, four, package) = (json!("10.00"), json!("4.00"), json!("5.00"));
    assert_eq!(issued, [(&a, &five, &ten), (&b, &two, &four), (&none, &none, &package), (&none, &none, &package)]);
    let pool = &seen["packages"][0];
    assert_eq!(
        (&pool["bought"], &pool["left"], &pool["calls"], &pool["price"]),
        (&2.into(), &"7".into(), &13.into(), &"5.00 per 10".into())
    );
}

#[test]
fn p15_tiers_and_minimums_are_reckoned_as_the_record_will() {
    let dir = journal();
    let seen = document(dir.path(), "municipality", "DK-0751", &[]);
    let amounts: Vec<_> = seen["running"][0]["items"].as_array().unwrap().iter().map(|item| (&item["title"], &item["amount"])).collect();
    let texts = ["Searches", "11.00", "Minimum charge", "89.00"].map(Value::from);
    assert_eq!(amounts, [(&texts[0], &texts[1]), (&texts[2], &texts[3])], "{:#}", seen["running"]);
    assert_eq!(seen["running"][0]["items"][0]["price"], "1.00 up to 10, then 0.50");
    // What is told as provisional is what is issued in the end, if nothing comes.
    let said = tally(&["run", "--journal", path(dir.path()), "--until", "2026-08-01T00:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let sum = |value: &Value, name: &str| {
        let rows = value.as_array().unwrap().iter().flat_map(|one| one["items"].as_array().cloned().unwrap_or_else(|| vec![one.clone()]));
        rows.map(|row| row[name].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()).sum::<i64>()
    };
    let after = document(dir.path(), "municipality", "DK-0751", &[]);
    assert_eq!(
        (sum(&after["issued"], "amount"), after["running"].as_array().unwrap().len()),
        (sum(&seen["running"], "amount"), 0),
        "{after:#}"
    );
}

#[test]
fn people_get_a_table() {
    let dir = journal();
    let said = overview(dir.path(), "municipality", "DK-0101", &[]);
    let check = |parts: &[&str]| {
        let found = said.stdout.lines().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(found, "no line has {parts:?}: {}", said.stdout);
    };
    check(&["DK-0101 Kommune", "read up to 2026-04-20", "Amounts are without VAT"]);
    check(&["look", "2026-04-01 – 2026-06-30", "sup-1", "journal", "A-1", "8", "7", "3.00", "17.00", "DKK", "provisional"]);
    check(&["DK-0101-000001", "2026-01-01 – 2026-03-31", "look", "5", "2.00", "10.00"]);
    check(&["sms", "2", "13", "7", "5.00 per 10"]);
}

/// A supplier sees the calls of its own systems, charged or not, and nothing that a price moves.
#[test]
fn p16_a_supplier_sees_calls_only_and_only_its_own() {
    let dir = journal();
    let rows = |party: &str, more: &[&str]| -> Vec<String> {
        let seen = document(dir.path(), "supplier", party, more);
        let row = |one: &Value| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            let day = |name: &str| one["period"][name].as_str().unwrap().to_owned();
            format!(
                "{} {} {} {} {}..{} {}",
                text("customer"),
                text("system"),
                text("service"),
                text("agreement"),
                day("from"),
                day("to"),
                one["calls"]
            )
        };
        seen["calls"].as_array().unwrap().iter().map(row).collect()
    };
    let of_april = [
        "DK-0101 journal look A-1 2026-04-01..2026-04-30 8",
        "DK-0751 journal find A-1 2026-04-01..2026-04-30 12",
        "DK-0751 journal look A-1 2026-04-01..2026-04-30 6",
    ];
    assert_eq!(rows("sup-1", &["--from", "2026-04-01", "--to", "2026-04-30"]), of_april);
    assert_eq!(
        rows("sup-1", &["--by", "quarter", "--customer", "DK-0101"]),
        ["DK-0101 journal look A-1 2026-01-01..2026-03-31 5", "DK-0101 journal look A-1 2026-04-01..2026-06-30 8"]
    );
    let days = ["DK-0101 journal look A-1 2026-04-14..2026-04-14 5", "DK-0101 journal look A-1 2026-04-15..2026-04-15 3"];
    assert_eq!(rows("sup-1", &["--by", "day", "--customer", "DK-0101", "--from", "2026-04-01"]), days);
    assert_eq!(rows("sup-1", &["--service", "find", "--system", "journal"]).len(), 1);
    // A municipality that is a supplier too has both views (P6).
    assert_eq!(rows("DK-0101", &[]), ["DK-0101 own look B-1 2026-02-01..2026-02-28 2", "DK-0101 own look B-1 2026-04-01..2026-04-30 7"]);
    // A customer of others is like one that does not exist.
    assert_eq!(rows("DK-0101", &["--customer", "DK-0751"]), rows("DK-0101", &["--customer", "DK-9999"]));
    assert_eq!(rows("DK-0101", &["--service", "find"]), rows("DK-0101", &["--service", "nothing"]));
    for text in [overview(dir.path(), "supplier", "sup-1", &[]).stdout, overview(dir.path(), "supplier", "sup-1", &["--json"]).stdout] {
        let text = text.replace("its own systems", "its systems");
        for word in ["price", "amount", "lookups", "look-ups", "billed", "DKK", "own", "B-1"] {
            assert!(!text.contains(word), "{word} is in {text}");
        }
    }
}

/// The same calls at other prices look the same: a supplier cannot tell the one from the other, by whatever filter.
#[test]
fn p16_no_price_can_be_inferred_by_a_supplier() {
    let (dear, cheap) = (journal(), tempfile::tempdir().unwrap());
    for name in ["in/usage-events", "in/usage-control"] {
        fs::create_dir_all(cheap.path().join(name)).unwrap();
        for file in fs::read_dir(dear.path().join(name)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), cheap.path().join(name).join(file.file_name())).unwrap();
        }
    }
    let catalog = CATALOG
        .replace("2026-04-15\", unit = { DKK = \"3.00\"", "2026-04-16\", unit = { DKK = \"0.10\"")
        .replace("bill_on = [\"completed\"]", "");
    assert_ne!(catalog, CATALOG);
    fs::write(cheap.path().join("catalog.toml"), catalog).unwrap();
    let said = tally(&["run", "--journal", path(cheap.path()), "--until", "2026-04-20T00:00:00Z"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for by in ["day", "month", "quarter"] {
        for more in [&[][..], &["--customer", "DK-0101"], &["--service", "look"], &["--from", "2026-04-15", "--to", "2026-04-15"]] {
            for json in [&[][..], &["--json"]] {
                let asked = [&["--by", by], more, json].concat();
                let (a, b) = (overview(dear.path(), "supplier", "sup-1", &asked), overview(cheap.path(), "supplier", "sup-1", &asked));
                assert_eq!((a.code, a.stdout), (Some(0), b.stdout), "{asked:?}");
            }
        }
    }
}

#[test]
fn refusals_say_what_to_do() {
    let dir = journal();
    let check = |role: &str, party: &str, more: &[&str], code: i32, expect: &str| {
        let said = overview(dir.path(), role, party, more);
        assert!(said.code == Some(code) && said.stderr.contains(expect), "{party} {more:?}: {:?} {}", said.code, said.stderr);
        assert_eq!(said.stdout, "");
    };
    check("municipality", "DK-0999", &[], 1, "does not know the customer DK-0999");
    check("supplier", "sup-9", &[], 2, "no supplier sup-9 is registered");
    check("supplier", "DK-0751", &[], 2, "no supplier DK-0751 is registered");
    check("supplier", "sup-1", &["--system", "own"], 2, "sup-1 has no system own");
    check("supplier", "sup-1", &["--system", "nothing"], 2, "sup-1 has no system nothing");
    check("supplier", "sup-1", &["--by", "hour"], 2, "day, month, quarter");
    check("supplier", "sup-1", &["--records", "2"], 2, "--records is not for this role");
    check("municipality", "DK-0101", &["--by", "day"], 2, "is not for this role");
    fs::write(dir.path().join("catalog.toml"), CATALOG.replace("2026.1", "2026.2")).unwrap();
    check("municipality", "DK-0101", &[], 2, "is not among those of the run; name it with --catalog");
    fs::write(dir.path().join("right.toml"), CATALOG).unwrap();
    let right = dir.path().join("right.toml");
    assert_eq!(overview(dir.path(), "municipality", "DK-0101", &["--catalog", path(&right)]).code, Some(0));
}
