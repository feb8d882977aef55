//! Kafka mode on a real broker: the same journal, loaded into four partitions and worked on by two
//! threads, gives the records of journal mode, whatever happens to process and state.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tally::kafka::{Settings, Target};
use tempfile::{TempDir, tempdir};

use super::catalogs::{SWITCHED, before, switched};
use super::kafka::broker::Broker;
use super::kafka::topic::read_committed;
use super::naive::compare::assert_same_records;
use super::program::{AFTER_2025, copy_all, generated, good, kill, lines, run_journal, tally, terminate, until};

const PARTITIONS: u32 = 4;

/// A journal that was run, and the same inputs in Kafka.
struct Scene {
    dir: TempDir,
    settings: Settings,
    expected: Vec<Value>,
}

impl Scene {
    fn new(name: &str, events: u64) -> Self {
        let dir = tempdir().unwrap();
        let journal = dir.path().join("journal");
        generated(&journal, events, 21);
        good(&run_journal(&journal, AFTER_2025).output().unwrap());
        let expected = lines(&journal.join("out/billing-records.ndjson"));
        let settings = Broker::shared().topics(name, PARTITIONS);
        let scene = Self { dir, settings, expected };
        scene.load(&journal, |_| true);
        scene.tick();
        scene.configure("");
        scene
    }

    /// A year with two catalogs, of which the second one is not in Kafka's log yet.
    fn with_two_catalogs(name: &str, events: u64) -> Self {
        let dir = tempdir().unwrap();
        let journal = dir.path().join("journal");
        switched(&journal, events);
        good(&run_journal(&journal, AFTER_2025).output().unwrap());
        let expected = lines(&journal.join("out/billing-records.ndjson"));
        let settings = Broker::shared().topics(name, PARTITIONS);
        let scene = Self { dir, settings, expected };
        scene.load(&journal, |line| before(line, SWITCHED));
        scene.configure("[catalog]\ndirectory = \"journal/catalogs\"\n");
        scene
    }

    /// The usage, and the control events that pass, a catalog's apart: that one goes to all partitions.
    fn load(&self, journal: &Path, passes: impl Fn(&str) -> bool) {
        let topics = &self.settings.topics;
        let control = all_lines(&journal.join("in/usage-control"));
        self.send(&topics.control, control.lines().filter(|line| !line.contains("tally.catalog.v1") && passes(line)));
        self.send(&topics.usage, all_lines(&journal.join("in/usage-events")).lines());
    }

    fn send<'a>(&self, topic: &str, lines: impl Iterator<Item = &'a str>) {
        let target = Target::connect(&self.settings).unwrap();
        for line in lines {
            target.send(topic, None, subject(line).as_bytes(), line.as_bytes(), None).unwrap();
        }
        target.flush().unwrap();
    }

    /// The last control event of every partition.
    fn tick(&self) {
        let target = Target::connect(&self.settings).unwrap();
        for partition in 0..PARTITIONS {
            let tick =
                format!(r#"{{"specversion":"1.0","id":"end-{partition}","source":"//test","type":"tally.tick.v1","time":"{AFTER_2025}"}}"#);
            target.send(&self.settings.topics.control, Some(partition), b"", tick.as_bytes(), None).unwrap();
        }
        target.flush().unwrap();
    }

    fn config(&self) -> PathBuf {
        self.dir.path().join("tally.toml")
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn configure(&self, more: &str) {
        let Settings { bootstrap, group, topics, .. } = &self.settings;
        let text = format!(
            r#"
            [kafka]
            bootstrap = "{bootstrap}"
            group = "{group}"
            instance = "one"
            [topics]
            usage_events = "{}"
            usage_control = "{}"
            billing_records = "{}"
            usage_suspense = "{}"
            usage_notices = "{}"
            changelog = "{}"
            partitions = {PARTITIONS}
            [run]
            workers = 2
            state_dir = "state"
            catalog = "journal/catalog.toml"
            commit_interval = "50ms"
            clock = "recorded"
            {more}"#,
            topics.usage, topics.control, topics.records, topics.suspense, topics.notices, topics.changelog
        );
        fs::write(self.config(), text).unwrap();
    }

    fn start(&self) -> Child {
        self.command().spawn().unwrap()
    }

    fn command(&self) -> Command {
        let mut command = tally();
        command.arg("run").arg("--config").arg(self.config()).stderr(Stdio::inherit());
        command
    }

    fn run_for(&self, time: Duration) {
        let mut child = self.start();
        std::thread::sleep(time);
        kill(&mut child);
    }

    fn records(&self) -> Vec<Value> {
        let read = read_committed(self.settings.bootstrap.as_str(), &self.settings.topics.records);
        read.iter().map(|record| serde_json::from_str(&record.text()).unwrap()).collect()
    }

    /// What is in the topics is what the log gives, whatever happened on the way.
    fn verify(&self) {
        let said = good(&tally().args(["verify", "--json", "--config"]).arg(self.config()).output().unwrap());
        let report: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&report["recomputed"], &report["equal"]), (&true.into(), &true.into()), "{report:#}");
        assert_eq!(report["log"]["outputs"][0]["equal"], self.expected.len(), "{report:#}");
    }

    /// A record that nobody computed, and one that was there before.
    fn a_forged_record_is_named(&self) {
        let target = Target::connect(&self.settings).unwrap();
        let last = self.records().pop().unwrap();
        target.send(&self.settings.topics.records, Some(0), b"", last.to_string().as_bytes(), None).unwrap();
        target.flush().unwrap();
        let output = tally().args(["verify", "--json", "--config"]).arg(self.config()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let first = &report["first_differences"][0];
        assert_eq!((&first["of"], &first["member"], &first["expected"]), (&last["number"], &"(line)".into(), &Value::Null), "{report:#}");
    }

    /// Runs to the end, stops cleanly, and compares record by record.
    fn finish(&self) {
        let mut child = self.start();
        until("the last record", || self.records().len() >= self.expected.len());
        terminate(&child);
        assert!(child.wait().unwrap().success());
        let order = |records: &[Value]| -> Vec<Value> {
            let by_number: BTreeMap<String, Value> =
                records.iter().map(|record| (record["number"].as_str().unwrap().to_owned(), record.clone())).collect();
            assert_eq!(by_number.len(), records.len(), "a record was published twice");
            by_number.into_values().collect()
        };
        let (expected, actual) = (order(&self.expected), order(&self.records()));
        assert_same_records(&expected, &actual);
        self.verify();
        let digests = |records: &[Value]| -> Vec<(Value, Vec<Value>)> {
            let of = |record: &Value| record["lines"].as_array().unwrap().iter().map(|line| line["lineage"]["digest"].clone()).collect();
            records.iter().map(|record| (record["id"].clone(), of(record))).collect()
        };
        assert_eq!(digests(&expected), digests(&actual));
    }
}

/// All lines of a lane, its files in name order.
fn all_lines(dir: &Path) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// The customer of a line, for its key; of a line without one, anything.
fn subject(line: &str) -> String {
    let event: Value = serde_json::from_str(line).unwrap_or_default();
    event["subject"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn killed_and_continued() {
    let scene = Scene::new("killed", 60_000);
    for millis in [300, 900, 1500, 600, 2000] {
        scene.run_for(Duration::from_millis(millis));
    }
    scene.finish();
}

#[test]
fn state_directory_lost() {
    let scene = Scene::new("lost", 30_000);
    for _ in 0..2 {
        scene.run_for(Duration::from_millis(1500));
        fs::remove_dir_all(scene.state()).unwrap();
    }
    scene.finish();
    scene.a_forged_record_is_named();
}

#[test]
fn state_directory_replaced_by_an_older_copy() {
    let scene = Scene::new("older", 60_000);
    let copy = scene.dir.path().join("copy");
    scene.run_for(Duration::from_millis(1200));
    copy_all(&scene.state(), &copy);
    scene.run_for(Duration::from_millis(1500));
    fs::remove_dir_all(scene.state()).unwrap();
    copy_all(&copy, &scene.state());
    scene.finish();
}

#[test]
fn killed_at_every_step_of_the_commit() {
    let scene = Scene::new("steps", 30_000);
    for point in tally::pipeline::crash::Point::ALL {
        let at = format!("{}:2", point.name());
        let mut child = scene.command().env("TALLY_CRASH_AT", &at).spawn().unwrap();
        // A point that is not passed twice does not kill.
        for _ in 0..60 {
            std::thread::sleep(Duration::from_millis(50));
            if child.try_wait().unwrap().is_some() {
                break;
            }
        }
        kill(&mut child);
    }
    scene.finish();
}

/// Activated by the command on all partitions, before any of them has read so far: with a recorded clock, its place
/// among the usage would else be a matter of chance.
#[test]
fn a_catalog_takes_effect_on_every_partition() {
    let scene = Scene::with_two_catalogs("catalogs", 30_000);
    let said = |arguments: &[&str]| {
        let mut command = tally();
        good(&command.arg("catalog").args(arguments).arg("--config").arg(scene.config()).output().unwrap())
    };
    let shelf = scene.dir.path().join("journal/catalogs/raised.toml");
    let activate = ["activate", "--actor", "anna", "--reason", "decision 12/2025", "--at", SWITCHED, "--catalog", shelf.to_str().unwrap()];
    let told = said(&activate);
    assert!(told.contains("is in the log of 4 partitions"), "{told}");
    let control = all_lines(&scene.dir.path().join("journal/in/usage-control"));
    scene
        .send(&scene.settings.topics.control, control.lines().filter(|line| !before(line, SWITCHED) && !line.contains("tally.catalog.v1")));
    scene.tick();
    for millis in [1200, 1800, 2600] {
        scene.run_for(Duration::from_millis(millis));
    }
    scene.finish();
    let listed: Value = serde_json::from_str(&said(&["list", "--json"])).unwrap();
    let in_force = listed["catalogs"][1]["in_force"].as_array().unwrap();
    let expected: Vec<Value> =
        (0..PARTITIONS).map(|one| serde_json::json!({"partition": one, "since": "2025-07-11T09:00:00.000Z"})).collect();
    assert_eq!(in_force, &expected, "{listed}");
}
