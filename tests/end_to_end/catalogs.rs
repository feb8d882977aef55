//! A new catalog takes effect in the middle of a year: activated by the command, killed around it, replayed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rand::RngExt as _;
use rand::SeedableRng as _;
use serde_json::Value;
use tally::pipeline::crash::Point;
use tempfile::tempdir;

use super::naive;
use super::naive::compare::assert_same_records;
use super::program::{AFTER_2025, assert_same_outputs, copy_inputs, generated, good, kill, lines, run_journal, tally, terminate, until};

pub const SWITCHED: &str = "2025-07-11T09:00:00Z";

/// Look-ups in the Danish register cost more from August on.
fn raised() -> String {
    let (before, from_may) =
        (r#"{ from = "2026-07-01", unit = { DKK = "0.385" } }"#, r#"{ from = "2025-08-01", unit = { DKK = "0.50" } }"#);
    let catalog = tally::generate::CATALOG;
    assert!(catalog.contains(before), "the generated catalog has no such price any more");
    catalog.replacen(before, from_may, 1).replacen("version = \"", "version = \"raised-", 1)
}

/// A generated year whose log puts the raised catalog in force in July: the control events of later are
/// in a file behind its own.
pub fn switched(dir: &Path, events: u64) {
    generated(dir, events, 13);
    fs::create_dir_all(dir.join("catalogs")).unwrap();
    fs::write(dir.join("catalogs/raised.toml"), raised()).unwrap();
    let control = dir.join("in/usage-control/0.ndjson");
    let told = fs::read_to_string(&control).unwrap();
    let (earlier, later): (Vec<&str>, Vec<&str>) = told.split_inclusive('\n').partition(|line| before(line, SWITCHED));
    fs::write(&control, earlier.concat()).unwrap();
    good(&activate(dir, &dir.join("catalogs/raised.toml"), SWITCHED).output().unwrap());
    fs::write(dir.join("in/usage-control/1.ndjson"), later.concat()).unwrap();
}

/// Whether a control event was recorded before an instant.
pub fn before(line: &str, instant: &str) -> bool {
    let event: Value = serde_json::from_str(line).unwrap();
    event["time"].as_str().unwrap() < instant
}

fn activate(dir: &Path, catalog: &Path, at: &str) -> Command {
    let mut command = tally();
    command.args(["catalog", "activate", "--actor", "anna", "--reason", "decision 12/2025", "--at", at, "--journal"]);
    command.arg(dir).arg("--catalog").arg(catalog);
    command
}

/// The versions of the catalogs that the records name, each once, in order.
fn versions(dir: &Path) -> Vec<String> {
    let mut versions: Vec<String> = Vec::new();
    for record in lines(&dir.join("out/billing-records.ndjson")) {
        let version = record["catalog"]["version"].as_str().unwrap().to_owned();
        if versions.last() != Some(&version) {
            versions.push(version);
        }
    }
    versions
}

#[test]
fn a_year_with_two_catalogs_gives_what_the_naive_model_gives() {
    let dir = tempdir().unwrap();
    switched(dir.path(), 20_000);
    let sums = good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    let expected = naive::run_journal(dir.path(), &dir.path().join("catalog.toml"), naive::calendar::instant(AFTER_2025));
    assert_same_records(&expected.records, &lines(&dir.path().join("out/billing-records.ndjson")));
    assert_eq!(serde_json::from_str::<Value>(&sums).unwrap(), expected.sums());
    let found = versions(dir.path());
    assert!(found.len() == 2 && found[1].starts_with("raised-"), "{found:?}");
}

#[test]
fn killed_around_the_switch_the_outputs_are_the_same() {
    let expected = tempdir().unwrap();
    switched(expected.path(), 20_000);
    good(&run_journal(expected.path(), AFTER_2025).output().unwrap());
    let dir = tempdir().unwrap();
    copy_inputs(expected.path(), dir.path());
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(2);
    for _ in 0..10 {
        let mut child = run_journal(dir.path(), AFTER_2025).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.random_range(5..250)));
        kill(&mut child);
    }
    for point in Point::ALL {
        let at = format!("{}:2", point.name());
        run_journal(dir.path(), AFTER_2025).env("TALLY_CRASH_AT", at).stderr(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    }
    good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    assert_same_outputs(expected.path(), dir.path(), "killed around the switch");
    // What the log says wins over the catalog that a later run begins with.
    fs::write(dir.path().join("catalog.toml"), tally::generate::CATALOG.replacen("version = \"", "version = \"other-", 1)).unwrap();
    good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    assert_same_outputs(expected.path(), dir.path(), "begun with another catalog");
}

#[test]
fn an_unknown_catalog_stops_clearly_and_goes_on_once_it_is_there() {
    let (expected, dir) = (tempdir().unwrap(), tempdir().unwrap());
    switched(expected.path(), 5_000);
    good(&run_journal(expected.path(), AFTER_2025).output().unwrap());
    copy_inputs(expected.path(), dir.path());
    let (shelf, aside) = (dir.path().join("catalogs/raised.toml"), dir.path().join("aside.toml"));
    fs::rename(&shelf, &aside).unwrap();
    for _ in 0..2 {
        let stopped = run_journal(dir.path(), AFTER_2025).output().unwrap();
        let told = String::from_utf8_lossy(&stopped.stderr).replace(['│', '×'], " ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(stopped.status.code(), Some(1), "{told}");
        for says in ["sha256:", "of usage-control", "none of the 0 good catalogs", "put it there", "Nothing was skipped"] {
            assert!(told.contains(says), "{says:?} is not in {told}");
        }
    }
    fs::rename(&aside, &shelf).unwrap();
    good(&run_journal(dir.path(), AFTER_2025).output().unwrap());
    assert_same_outputs(expected.path(), dir.path(), "after the catalog came");
    // Gone again: it is said again, though the event was read before.
    fs::rename(&shelf, &aside).unwrap();
    let stopped = run_journal(dir.path(), "2026-03-01T00:00:00Z").output().unwrap();
    assert_eq!(stopped.status.code(), Some(1));
    let list = tally().args(["catalog", "list", "--journal"]).arg(dir.path()).output().unwrap();
    assert!(good(&list).contains("MISSING"), "{}", good(&list));
    assert!(String::from_utf8_lossy(&stopped.stderr).contains("since offset"), "{}", String::from_utf8_lossy(&stopped.stderr));
}

#[test]
fn a_running_tally_takes_a_catalog_that_came_after_its_start() {
    let dir = tempdir().unwrap();
    generated(dir.path(), 2_000, 5);
    fs::create_dir_all(dir.path().join("catalogs")).unwrap();
    let log = dir.path().join("log");
    let mut running = tally();
    running.args(["run", "--journal"]).arg(dir.path()).env("TALLY_LOG", "info").stderr(fs::File::create(&log).unwrap());
    let mut child = running.spawn().unwrap();
    let records = dir.path().join("out/billing-records.ndjson");
    until("the first records", || fs::metadata(&records).is_ok_and(|file| file.len() > 0));
    let shelf = dir.path().join("catalogs/raised.toml");
    fs::write(&shelf, raised()).unwrap();
    good(&activate(dir.path(), &shelf, "2026-01-02T09:00:00Z").output().unwrap());
    let told = || fs::read_to_string(&log).unwrap().contains("this catalog is in force");
    until("the catalog in force", || told() || child.try_wait().unwrap().is_some());
    assert!(told(), "{}", fs::read_to_string(&log).unwrap());
    let list = |what: &str| {
        good(&tally().args(["catalog", "list", "--json", "--journal"]).arg(dir.path()).output().unwrap_or_else(|_| panic!("{what}")))
    };
    let in_use: Value = serde_json::from_str(&list("while it runs")).unwrap();
    assert!(in_use["catalogs"][1]["in_force"].is_null(), "{in_use}");
    terminate(&child);
    assert!(child.wait().unwrap().success());
    let listed: Value = serde_json::from_str(&list("after it ended")).unwrap();
    let row = &listed["catalogs"][1];
    assert!(row["version"].as_str().unwrap().starts_with("raised-") && row["initial"] == false, "{listed}");
    assert_eq!(row["in_force"][0]["since"], "2026-01-02T09:00:00.000Z", "{listed}");
    assert_eq!(listed["catalogs"][0]["in_force"], serde_json::json!([]), "{listed}");
}

#[test]
fn an_activation_that_tally_would_stop_at_is_refused() {
    let dir = tempdir().unwrap();
    generated(dir.path(), 100, 5);
    let list = good(&tally().args(["catalog", "list", "--journal"]).arg(dir.path()).output().unwrap());
    assert!(list.contains("at the start"), "{list}");
    let (outside, shelf) = (dir.path().join("new.toml"), dir.path().join("catalogs/new.toml"));
    fs::write(&outside, raised()).unwrap();
    let check = |catalog: &Path, at: &str, code: i32, says: &str| {
        let output = activate(dir.path(), catalog, at).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.code() == Some(code) && told.contains(says), "{told}");
    };
    let controls = || fs::read_dir(dir.path().join("in/usage-control")).unwrap().count();
    let before = controls();
    check(&outside, "2025-04-11T09:00:00Z", 2, "make it and restart tally once");
    fs::create_dir_all(dir.path().join("catalogs")).unwrap();
    check(&outside, "2025-04-11T09:00:00Z", 2, "is not in");
    fs::write(&shelf, raised()).unwrap();
    check(&outside, "2099-04-11T09:00:00Z", 2, "has not come yet");
    check(&outside, "yesterday", 2, "2026-07-01T00:00:00Z");
    assert_eq!(controls(), before);
    check(&outside, "2025-04-11T09:00:00Z", 0, "is in the log of 1 partition");
    check(&shelf, "2025-04-12T09:00:00Z", 0, "is in the log of 1 partition");
    assert_eq!(controls(), before + 2);
    fs::write(dir.path().join("catalogs/bad.toml"), "version = 1\n").unwrap();
    check(&shelf, "2025-04-12T09:00:00Z", 2, "bad.toml");
    let run = run_journal(dir.path(), AFTER_2025).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
}

/// Inputs that were read together with the event are decoded by the new catalog too.
#[test]
fn what_is_read_ahead_obeys_the_new_catalog() {
    let dir = tempdir().unwrap();
    let put = |path: &str, text: &str| {
        fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
        fs::write(dir.path().join(path), text).unwrap();
    };
    let initial = tally::generate::CATALOG.replacen("personal_numbers = \"on\"", "personal_numbers = \"off\"", 1);
    put("catalog.toml", &initial);
    put("catalogs/strict.toml", tally::generate::CATALOG);
    put(
        "in/usage-control/0.ndjson",
        "{\"specversion\":\"1.0\",\"id\":\"c\",\"source\":\"//a\",\"type\":\"tally.customer.v1\",\"subject\":\"SE-1\",\"time\":\"2025-01-01T00:00:00Z\",\
         \"data\":{\"name\":\"Ett\",\"country\":\"SE\",\"timezone\":\"Europe/Stockholm\",\"currency\":\"SEK\",\"from\":\"2025-01-01\"}}\n",
    );
    let event = |id: &str, day: &str| {
        format!(
            "{{\"specversion\":\"1.0\",\"id\":\"{id}\",\"source\":\"//s\",\"type\":\"se.unikum.archive.part\",\"subject\":\"SE-1\",\"time\":\"{day}T08:00:00Z\",\
             \"data\":{{\"created\":\"2024-05-05\",\"note\":\"19811228-9874\"}}}}\n"
        )
    };
    put("in/usage-events/0.ndjson", &[event("before", "2025-02-01"), event("after", "2025-02-03")].concat());
    good(&activate(dir.path(), &dir.path().join("catalogs/strict.toml"), "2025-02-02T00:00:00Z").output().unwrap());
    good(&run_journal(dir.path(), "2025-03-01T00:00:00Z").output().unwrap());
    let told: Vec<(String, String)> = lines(&dir.path().join("out/usage-suspense.ndjson"))
        .iter()
        .map(|one| (one["event_id"]["id"].as_str().unwrap().to_owned(), one["reason"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(told, [("after".to_owned(), "personal_data".to_owned())]);
}

/// While no event has named a catalog, the one that a run begins with is in force at once: as if the prices had always been known.
#[test]
fn a_run_that_begins_with_another_catalog_takes_it_at_once() {
    let dir = tempdir().unwrap();
    let put = |path: &str, text: &str| {
        fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
        fs::write(dir.path().join(path), text).unwrap();
    };
    let with = |name: &str| {
        format!(
            "version = \"{name}\"\n[seller.a]\nname = \"A\"\ncountry = \"SE\"\norg_number = \"5560000000\"\n[service.{name}]\ntypes = [\"{name}\"]\n\
             title = \"{name}\"\nunit = \"C62\"\n[plan.{name}]\nmodel = \"package\"\nservices = [\"{name}\"]\nseller = \"a\"\n\
             vat = {{ category = \"S\", rate = \"25\" }}\nprice = [ {{ from = \"2025-01-01\", size = \"10\", amount = {{ SEK = \"5.00\" }} }} ]\n"
        )
    };
    put("catalog.toml", &with("other"));
    put(
        "in/usage-control/0.ndjson",
        "{\"specversion\":\"1.0\",\"id\":\"c\",\"source\":\"//a\",\"type\":\"tally.customer.v1\",\"subject\":\"SE-1\",\"time\":\"2025-01-01T00:00:00Z\",\
         \"data\":{\"name\":\"Ett\",\"country\":\"SE\",\"timezone\":\"Europe/Stockholm\",\"currency\":\"SEK\",\"from\":\"2025-01-01\"}}\n",
    );
    let event = "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"//s\",\"type\":\"fax\",\"subject\":\"SE-1\",\"time\":\"2025-02-01T08:00:00Z\"}\n";
    put("in/usage-events/0.ndjson", event);
    let sums = good(&run_journal(dir.path(), "2025-03-01T00:00:00Z").output().unwrap());
    assert!(sums.contains("\"suspended\":1") && sums.contains("\"records\":0"), "{sums}");
    put("catalog.toml", &with("fax"));
    let sums = good(&run_journal(dir.path(), "2025-03-01T00:00:00Z").output().unwrap());
    assert!(sums.contains("\"counted\":1") && sums.contains("\"records\":1"), "{sums}");
    let records = lines(&dir.path().join("out/billing-records.ndjson"));
    assert_eq!((records.len(), &records[0]["catalog"]["version"]), (1, &Value::from("fax")));
}
