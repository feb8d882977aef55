//! What a new catalog would change against an old one, as a table of edits.

use std::process::Command;

use chrono::NaiveDate;
use serde_json::Value;
use tally::cli::check::changes::{Change, between};
use tally::cli::check::show;
use tally::domain::catalog::Catalog;
use tally::wire::catalog::{SourceFile, read};

const OLD: &str = r#"version = "1"
[seller.a]
name = "A AB"
country = "SE"
org_number = "5560000000"
[seller.b]
name = "B AB"
country = "SE"
org_number = "5560000001"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
activation = true
bill_on = ["delivered"]
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
[service.part]
types = ["part"]
title = "Parts"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "a"
vat = { category = "S", rate = "25" }
low_balance = "100"
price = [ { from = "2024-01-01", size = "1000", amount = { SEK = "350.00" } } ]
[plan.look]
model = "metered"
period = "quarter"
services = ["look"]
seller = "a"
vat = { category = "S", rate = "25" }
minimum = { SEK = "100.00" }
price = [
  { from = "2024-01-01", unit = { SEK = "2.70", EUR = "0.27" } },
  { from = "2024-06-01", mode = "graduated", tiers = [ { up_to = "10", unit = { SEK = "3.00" } }, { unit = { SEK = "2.00" } } ] },
]
[plan.part]
model = "archive"
period = "year"
services = ["part"]
seller = "a"
vat = { category = "S", rate = "25" }
older_than = "P2Y"
reference = "01-01"
heading = "Arkiv"
price = [ { from = "2024-01-01", unit = { SEK = "0" } } ]
"#;

fn catalog(text: &str) -> Catalog {
    let file = SourceFile { name: "catalog.toml".to_owned(), text: text.to_owned() };
    read(&[file]).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn changed(edits: &[(&str, &str)]) -> (Catalog, Catalog, Vec<Change>) {
    let mut text = OLD.to_owned();
    for (written, instead) in edits {
        assert!(text.contains(written), "{written:?} is not there any more");
        text = text.replacen(written, instead, 1);
    }
    let (old, new) = (catalog(OLD), catalog(&text));
    let changes = between(&old, &new, NaiveDate::from_ymd_opt(2024, 2, 20).expect("a date"));
    (old, new, changes)
}

/// One edit, and the lines between the first one and the advice.
fn check(written: &str, instead: &str, expect: &[&str]) {
    let (old, new, changes) = changed(&[(written, instead)]);
    let text = show::text(&old, &new, &changes);
    let is_advice = |line: &str| line.contains("needs a rerate") || line.starts_with("~:");
    let found: Vec<&str> = text.lines().skip(1).filter(|line| !is_advice(line)).collect();
    assert_eq!(found, expect, "{written:?} -> {instead:?}");
    assert_eq!(text.contains("needs a rerate"), expect.iter().any(|line| line.starts_with('!')), "{text}");
    assert_eq!(text.contains("another name"), expect.iter().any(|line| line.starts_with('~')), "{text}");
}

#[test]
fn prices_are_told_by_date_currency_and_percent() {
    check(
        r#"{ from = "2024-06-01""#,
        r#"{ from = "2024-03-01", unit = { SEK = "3.20", EUR = "0.27" } }, { from = "2024-06-01""#,
        &["  plan look: price in SEK from 2024-03-01: 2.70 -> 3.20 (+18.52 %)"],
    );
    check(r#"SEK = "2.70""#, r#"SEK = "2.43""#, &["! plan look: price in SEK from 2024-01-01: 2.70 -> 2.43 (-10.00 %)"]);
    check(r#", EUR = "0.27""#, "", &["! plan look: price in EUR from 2024-01-01: gone (was 0.27)"]);
    check(r#", EUR = "0.27""#, r#", EUR = "0.27", DKK = "2.70""#, &["! plan look: price in DKK from 2024-01-01: 2.70 (new)"]);
    check(r#"unit = { SEK = "0" }"#, r#"unit = { SEK = "0.05" }"#, &["! plan part: price in SEK from 2024-01-01: 0 -> 0.05"]);
    check(
        r#"unit = { SEK = "3.00" }"#,
        r#"unit = { SEK = "3.01" }"#,
        &["  plan look: price of tier 1 in SEK from 2024-06-01: 3.00 -> 3.01 (+0.33 %)"],
    );
    check(r#"up_to = "10""#, r#"up_to = "12.5""#, &["  plan look: tier 1 goes up to from 2024-06-01: 10 -> 12.5 (+25.00 %)"]);
    check(
        "graduated",
        "volume",
        &[
            "  plan look: tiers from 2024-06-01: each unit at the price of its own tier (graduated) -> all units at the price of the last tier reached (volume)",
        ],
    );
}

/// The day on which it takes effect has been, today too: use of it may be counted.
#[test]
fn what_reaches_back_is_marked() {
    let add =
        |from: &str| format!(r#"amount = {{ SEK = "350.00" }} }}, {{ from = "{from}", size = "1000", amount = {{ SEK = "351.00" }} }}"#);
    let written = r#"amount = { SEK = "350.00" } }"#;
    check(written, &add("2024-02-20"), &["! plan sms: price of a package in SEK from 2024-02-20: 350.00 -> 351.00 (+0.29 %)"]);
    check(written, &add("2024-02-21"), &["  plan sms: price of a package in SEK from 2024-02-21: 350.00 -> 351.00 (+0.29 %)"]);
}

/// Use was counted by the date of its price: without it the record would be held, even if another entry says the same.
#[test]
fn a_date_that_is_gone_is_told() {
    let (twice, once) = (
        OLD.replacen(
            r#"amount = { SEK = "350.00" } }"#,
            r#"amount = { SEK = "350.00" } }, { from = "2024-02-01", size = "1000", amount = { SEK = "350.00" } }"#,
            1,
        ),
        catalog(OLD),
    );
    let twice = catalog(&twice);
    let changes = between(&twice, &once, NaiveDate::from_ymd_opt(2024, 2, 20).expect("a date"));
    let text = show::text(&twice, &once, &changes);
    assert!(text.contains("! plan sms: the price list's entry from 2024-02-01: gone (was there)"), "{text}");
    let back = between(&once, &twice, NaiveDate::from_ymd_opt(2024, 2, 20).expect("a date"));
    assert_eq!(back, [], "an entry that says the same changes nothing");
}

#[test]
fn rules_of_every_model_are_told() {
    check(r#"size = "1000""#, r#"size = "500""#, &["! plan sms: size of a package from 2024-01-01: 1000 -> 500 (-50.00 %)"]);
    check(r#"low_balance = "100""#, r#"low_balance = "50""#, &["  plan sms: notice of a low balance at: 100 -> 50 (-50.00 %)"]);
    check("low_balance = \"100\"\n", "", &["  plan sms: notice of a low balance at: gone (was 100)"]);
    check(r#"SEK = "100.00""#, r#"SEK = "120.00""#, &["  plan look: minimum in SEK: 100.00 -> 120.00 (+20.00 %)"]);
    check(
        r#"period = "quarter""#,
        "period = \"half-year\"\nstarts = \"07-01\"",
        &["~ plan look: period: quarter -> half-year", "~ plan look: periods begin on: 01-01 -> 07-01"],
    );
    check(r#"older_than = "P2Y""#, r#"older_than = "P1Y6M""#, &["~ plan part: counts what is older than: P2Y -> P1Y6M"]);
    check(r#"reference = "01-01""#, r#"reference = "04-01""#, &["~ plan part: counted on: 01-01 -> 04-01"]);
    check(r#"heading = "Arkiv""#, "heading = \"Arkiv\"\ncharge = \"advance\"", &["~ plan part: charged in advance: no -> yes"]);
    check(r#"rate = "25""#, r#"rate = "12""#, &["  plan sms: VAT: S 25 % -> S 12 %"]);
    check("minimum", "allowed_lateness = \"P10D\"\nminimum", &["  plan look: allowed lateness: P5D -> P10D"]);
    check("minimum", "zero = true\nminimum", &["  plan look: records of nothing used: no -> yes"]);
}

#[test]
fn what_comes_goes_and_moves_is_told() {
    check("version = \"1\"", "version = \"2\"", &["  catalog: version: 1 -> 2"]);
    check("version = \"1\"", "version = \"1\"\n[dedupe]\nhorizon = \"P60DT12H\"", &["  catalog: horizon of repeats: P35D -> P60DT12H"]);
    check(
        "version = \"1\"",
        "version = \"1\"\n[time]\nmax_future_skew = \"PT90M\"",
        &["  catalog: allowed skew of clocks: PT1H -> PT1H30M"],
    );
    check(
        "version = \"1\"",
        "version = \"1\"\n[privacy]\npersonal_numbers = \"off\"",
        &["  catalog: personal numbers are looked for: yes -> no"],
    );
    check(
        "version = \"1\"",
        "version = \"1\"\nenvironment = \"test\"",
        &["  catalog: environment of its log: production -> test: nothing is charged"],
    );
    check("[seller.b]\n", "[seller.c]\n", &["  seller b: removed", "  seller c: added"]);
    check(r#"name = "A AB""#, r#"name = "A Group AB""#, &["  seller a: name: A AB -> A Group AB"]);
    check("services = [\"look\"]\nseller = \"a\"", "services = [\"look\"]\nseller = \"b\"", &["  plan look: seller: a -> b"]);
    let tree = "[service.tree]\ntypes = [\"tree\"]\ntitle = \"Trees\"\nunit = \"C62\"\n[plan.sms]";
    check("[plan.sms]", tree, &["  service tree: added"]);
    let (old, new, changes) = changed(&[
        ("services = [\"look\"]", "services = [\"look\", \"part\"]"),
        ("[plan.part]", "[plan.tree]"),
        ("services = [\"part\"]\nseller", "services = [\"tree\"]\nseller"),
        ("[plan.sms]", tree),
    ]);
    let text = show::text(&old, &new, &changes);
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(
        found,
        [
            "Catalog 1 makes 4 changes against 1.",
            "  service part: charged by plan: part -> look",
            "  service tree: added",
            "  plan part: removed",
            "  plan tree: added",
        ]
    );
}

#[test]
fn programs_get_json() {
    let dir = tempfile::tempdir().expect("a directory");
    let (old, new, bad) = (dir.path().join("old.toml"), dir.path().join("new.toml"), dir.path().join("bad.toml"));
    std::fs::write(&old, OLD).expect("written");
    std::fs::write(&new, OLD.replacen("2.70", "3.20", 1)).expect("written");
    std::fs::write(&bad, "version = 1\n").expect("written");
    let run = |against: &std::path::Path, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        command.arg("check").arg("--catalog").arg(&new).arg("--against").arg(against).args(more).output().expect("it runs")
    };
    let document: Value = serde_json::from_slice(&run(&old, &["--json"]).stdout).expect("JSON");
    assert_eq!(document["needs_rerate"], true);
    let expect = serde_json::json!([{"kind": "plan", "name": "look", "what": "changed", "item": "price in SEK", "from": "2024-01-01",
        "old": "2.70", "new": "3.20", "percent": "18.52", "past": true}]);
    assert_eq!(document["changes"], expect);
    let same = run(&new, &[]);
    assert_eq!((same.status.code(), String::from_utf8_lossy(&same.stdout).as_ref()), (Some(0), "Catalog 1 changes nothing against 1.\n"));
    let faulty = run(&bad, &[]);
    assert_eq!(faulty.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&faulty.stderr).contains("bad.toml"));
}
