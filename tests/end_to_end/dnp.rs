//! A Swedish journal: the morning of a national exam (REQUIREMENTS E7, E13). Three municipalities log in all at once, which
//! was told and is expected; one system goes mad and reports a burst; its brake trips by itself, two people release it when
//! the exam is over. The program is killed with -9 all the way.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

use super::program::{assert_same_outputs, copy_inputs, good, kill, lines, run_journal, tally};

const CATALOG: &str = r#"
version = "2026.1"
[close]
allowed_lateness = "P5D"
[dedupe]
horizon = "P60D"
[seller.sambruk]
name = "Sambruk"
country = "SE"
org_number = "8024299999"
[service.login]
types = ["se.sambruk.egil.login"]
title = "Inloggningar"
unit = "C62"
brake = { factor = "3", at_least = "100", history = "P14D" }
[plan.login]
model = "metered"
period = "month"
services = ["login"]
seller = "sambruk"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.25" } } ]
"#;

const MUNICIPALITIES: [&str; 3] = ["SE-0180", "SE-0580", "SE-1480"];
const USUAL: usize = 60;
/// In the minutes after eight: many times the usual day.
const STORM: usize = 700;
/// Of one municipality, after the storm.
const BURST: usize = 2500;
/// When the burst begins, in Swedish time the exam's morning.
const EXAM_ENDS: &str = "2026-03-03T00:00:00Z";
const AFTER_MARCH: &str = "2026-04-10T00:00:00Z";

fn event(id: &str, kind: &str, subject: &str, time: &str, data: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"//egil","type":"{kind}","subject":"{subject}","time":"{time}","data":{data}}}"#)
}

fn control() -> String {
    let mut text = String::new();
    for id in MUNICIPALITIES {
        let data = format!(r#"{{"name":"{id}","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2026-01-01"}}"#);
        let _ = writeln!(text, "{}", event(&format!("c-{id}"), "tally.customer.v1", id, "2026-01-01T00:00:00Z", &data));
    }
    // The exam is told weeks before: February's records wait until it is over, and ten times the usual use is expected.
    let data = r#"{"from":"2026-03-01T00:00:00Z","to":"2026-03-07T00:00:00Z","expected":"10","actor":"drift-3","reason":"DNP åk 9"}"#;
    let _ = writeln!(text, "{}", event("f-1", "tally.freeze.v1", "dnp-2026-03", "2026-02-01T00:00:00Z", data));
    text
}

fn usage() -> String {
    let mut text = String::new();
    let mut login = |id: String, customer: &str, time: String| {
        let _ = writeln!(text, "{}", event(&id, "se.sambruk.egil.login", customer, &time, r#"{"outcome":"completed"}"#));
    };
    for day in 16..=28 {
        for number in 0..USUAL {
            let customer = MUNICIPALITIES[number % 3];
            login(format!("u-{day}-{number}"), customer, format!("2026-02-{day}T08:{:02}:{:02}Z", number / 60, number % 60));
        }
    }
    // 08:00 in Sweden.
    for number in 0..STORM {
        let customer = MUNICIPALITIES[number % 3];
        login(format!("storm-{number}"), customer, format!("2026-03-02T07:{:02}:{:02}Z", number / 60, number % 60));
    }
    for number in 0..BURST {
        login(format!("burst-{number}"), MUNICIPALITIES[0], format!("2026-03-02T08:{:02}:{:02}.{:03}Z", 0, number / 100, number % 1000));
    }
    for number in 0..30 {
        login(format!("after-{number}"), MUNICIPALITIES[number % 3], format!("2026-03-02T12:00:{number:02}Z"));
    }
    text
}

fn journal() -> TempDir {
    let dir = tempdir().unwrap();
    let put = |lane: &str, text: &str| {
        fs::create_dir_all(dir.path().join("in").join(lane)).unwrap();
        fs::write(dir.path().join("in").join(lane).join("0.ndjson"), text).unwrap();
    };
    put("usage-control", &control());
    put("usage-events", &usage());
    fs::write(dir.path().join("catalog.toml"), CATALOG).unwrap();
    dir
}

fn release(dir: &Path, more: &[&str]) -> std::process::Output {
    let args = ["brake", "off", "--customer", "SE-0180", "--service", "login", "--actor", "drift-3", "--reason", "fel i EGIL, avstämt"];
    tally().args(args).args(["--at", "2026-03-03T09:00:00Z", "--journal"]).arg(dir).args(more).output().unwrap()
}

/// Killed again and again at random instants, then left to end.
fn run_killed(dir: &Path, until: &str, seed: u64) {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..6 {
        let mut child = run_journal(dir, until).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.random_range(20..300)));
        kill(&mut child);
    }
    good(&run_journal(dir, until).output().unwrap());
}

fn status(dir: &Path) -> Value {
    let said = tally().args(["brake", "status", "--json", "--journal"]).arg(dir).output().unwrap();
    serde_json::from_str(&good(&said)).unwrap()
}

/// Logins that are billed to each municipality.
fn billed(dir: &Path) -> Vec<(String, u64)> {
    let records = lines(&dir.join("out/billing-records.ndjson"));
    let of = |customer: &str| {
        let own = records.iter().filter(|record| record["customer"] == customer);
        let lines = own.flat_map(|record| record["lines"].as_array().unwrap());
        lines.map(|line| line["quantity"].as_str().unwrap().parse::<u64>().unwrap()).sum()
    };
    MUNICIPALITIES.iter().map(|customer| ((*customer).to_owned(), of(customer))).collect()
}

#[test]
fn e7_e13_an_exam_morning_with_a_mad_burst_brake_and_release() {
    let (calm, killed) = (journal(), journal());
    good(&run_journal(calm.path(), EXAM_ENDS).output().unwrap());
    run_killed(killed.path(), EXAM_ENDS, 1);

    // The storm passed, the burst did not: it waits, and nobody else is touched.
    for dir in [calm.path(), killed.path()] {
        let seen = status(dir);
        let brake = &seen["brakes"][0];
        assert_eq!((&brake["customer"], &brake["service"], &brake["cause"]), (&"SE-0180".into(), &"login".into(), &"usage".into()));
        assert_eq!((seen["brakes"].as_array().unwrap().len(), &seen["freezes"][0]["id"]), (1, &"dnp-2026-03".into()));
        let waiting = seen["waiting"].as_array().unwrap();
        assert_eq!((waiting.len(), &waiting[0]["customer"]), (1, &"SE-0180".into()));
        assert!(waiting[0]["events"].as_u64().unwrap() > 1700, "{seen}");
    }

    let said = good(&tally().args(["brake", "status", "--journal"]).arg(calm.path()).output().unwrap());
    assert!(said.contains("Release it: tally brake off --customer SE-0180 --service login --actor WHO --approver WHO"), "{said}");

    // One person alone may not, two may.
    assert!(release(calm.path(), &["--approver", "drift-3"]).status.code() == Some(2), "the approver is the actor");
    good(&release(calm.path(), &["--approver", "chef-1"]));
    copy_control(calm.path(), killed.path());
    good(&run_journal(calm.path(), AFTER_MARCH).output().unwrap());
    run_killed(killed.path(), AFTER_MARCH, 2);
    assert_same_outputs(calm.path(), killed.path(), "an exam morning");
    assert_eq!(status(killed.path())["brakes"], Value::Array(Vec::new()));

    // Nothing was lost, nothing twice.
    let usual = 13 * USUAL as u64 / 3 + 10;
    let storm = STORM as u64 / 3;
    let expect = [usual + storm + 1 + BURST as u64, usual + storm, usual + storm];
    assert_eq!(billed(killed.path()).into_iter().map(|(_, sum)| sum).collect::<Vec<_>>(), expect);
    assert_told(killed.path());
}

/// The order was given once, so both journals have the same.
fn copy_control(from: &Path, to: &Path) {
    let other = tempdir().unwrap();
    copy_inputs(from, other.path());
    for file in fs::read_dir(other.path().join("in/usage-control")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join("in/usage-control").join(file.file_name())).unwrap();
    }
}

/// What the notices say, in order; and that February was closed at the end of the freeze window.
fn assert_told(dir: &Path) {
    let notices = lines(&dir.join("out/usage-notices.ndjson"));
    let kinds: Vec<&str> = notices.iter().map(|notice| notice["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["freeze_began", "brake_tripped", "brake_off", "freeze_ended"]);
    let records = lines(&dir.join("out/billing-records.ndjson"));
    let february = records.iter().filter(|record| record["period"]["from"] == "2026-02-01");
    let issued: Vec<&Value> = february.map(|record| &record["issued_at"]).collect();
    assert_eq!(issued, vec!["2026-03-07T00:00:00.000Z"; 3]);
}
