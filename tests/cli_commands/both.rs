//! One history in a journal and on a broker, with commands that are said to both.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use serde_json::Value;
use tally::engine::route::partition_of;
use tempfile::TempDir;

use super::kafka::broker::{Broker, fresh};
use super::kafka::topic::{Record, read_committed};
use super::{Said, get, path, tally};

pub const PARTITIONS: u32 = 4;
/// Of keys that nobody has told the log yet.
const KEYS_AT: &str = "2025-01-01T00:00:00Z";

/// A journal directory, and a configuration with topics of its own and the same catalog and keys.
pub struct Both {
    dir: TempDir,
    name: String,
    bootstrap: &'static str,
    http: std::net::SocketAddr,
}

impl Both {
    /// With the clock of the events.
    pub fn new(catalog: &str) -> Self {
        Self::with_clock(catalog, "recorded")
    }

    pub fn with_clock(catalog: &str, clock: &str) -> Self {
        let http = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let both = Self { dir: tempfile::tempdir().unwrap(), name: fresh("both"), bootstrap: Broker::shared().bootstrap(), http };
        fs::create_dir_all(both.journal().join("in/usage-events")).unwrap();
        fs::create_dir_all(both.journal().join("in/usage-control")).unwrap();
        fs::write(both.journal().join("catalog.toml"), catalog).unwrap();
        let topic = |key: &str| format!("{key} = \"{}\"\n", both.topic(key));
        let topics: String =
            ["usage_events", "usage_control", "billing_records", "usage_suspense", "usage_notices", "changelog"].map(topic).concat();
        let text = format!(
            "[kafka]\nbootstrap = \"{}\"\ngroup = \"{}\"\ninstance = \"one\"\n\n[topics]\n{topics}partitions = {PARTITIONS}\n\n[run]\nworkers = 2\n\
             state_dir = \"state\"\ncatalog = \"journal/catalog.toml\"\nclock = \"{clock}\"\ncommit_interval = \"50ms\"\n\n[privacy]\nkeys = \"keys\"\n\n\
             [http]\nlisten = \"{http}\"\n",
            both.bootstrap, both.name
        );
        fs::write(both.config(), text).unwrap();
        both.good(&["topics", "create", "--config", path(&both.config())]);
        for place in both.places() {
            let keys = both.keys();
            let init = ["privacy", "keys", "init", "--keys", path(&keys), "--actor", "anna", "--reason", "first", "--at", KEYS_AT];
            both.good(&[&init[..], &[place.0, &place.1]].concat());
        }
        both
    }

    pub fn journal(&self) -> PathBuf {
        self.dir.path().join("journal")
    }

    pub fn config(&self) -> PathBuf {
        self.dir.path().join("tally.toml")
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub fn keys(&self) -> PathBuf {
        self.dir.path().join("keys")
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.dir.path().join(name);
        fs::write(&file, text).unwrap();
        file
    }

    fn topic(&self, key: &str) -> String {
        format!("{}-{key}", self.name)
    }

    fn places(&self) -> [(&'static str, String); 2] {
        [("--journal", path(&self.journal()).to_owned()), ("--config", path(&self.config()).to_owned())]
    }

    pub fn good(&self, args: &[&str]) -> String {
        let said = tally(args);
        assert_eq!(said.code, Some(0), "{args:?}: {} {}", said.stdout, said.stderr);
        said.stdout
    }

    /// What the command says of the journal, and of the broker.
    pub fn said(&self, args: &[&str]) -> [Said; 2] {
        self.places().map(|(option, place)| tally(&[args, &[option, &place]].concat()))
    }

    /// What the command says of both, which is the same, and good.
    pub fn agree(&self, args: &[&str]) -> String {
        let [journal, broker] = self.said(args);
        assert_eq!((journal.code, broker.code), (Some(0), Some(0)), "{args:?}: {} {}", journal.stderr, broker.stderr);
        assert_eq!(journal.stdout, broker.stdout, "{args:?}");
        assert_eq!(broker.stderr.contains("warning"), journal.stderr.contains("warning"), "{args:?}: {}", broker.stderr);
        broker.stdout
    }

    /// The same as JSON.
    pub fn document(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.agree(&[args, &["--json"]].concat())).unwrap()
    }

    /// Control events, to both by the command.
    pub fn control(&self, name: &str, text: &str) {
        let file = self.file(name, text);
        for said in self.said(&["control", "apply", path(&file)]) {
            assert_eq!(said.code, Some(0), "{} {}", said.stdout, said.stderr);
        }
    }

    /// Usage events; on the broker, every seventh one comes in binary mode, and those with these ids come to the wrong partition.
    pub fn usage(&self, lines: &[String], astray: &[&str]) {
        let file = self.journal().join("in/usage-events/0.ndjson");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(file, before + &lines.join("\n") + "\n").unwrap();
        let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", self.bootstrap).create().unwrap();
        let topic = self.topic("usage_events");
        for (number, line) in lines.iter().enumerate() {
            let event: Value = serde_json::from_str(line).unwrap();
            let customer = event["subject"].as_str().unwrap();
            let home = partition_of(customer, PARTITIONS);
            let partition = if astray.contains(&event["id"].as_str().unwrap()) { (home + 1) % PARTITIONS } else { home };
            let record = BaseRecord::to(&topic).partition(i32::try_from(partition).unwrap()).key(customer);
            let (headers, data) = if number % 7 == 6 { binary(&event) } else { (OwnedHeaders::new(), line.clone()) };
            producer.send(record.headers(headers).payload(&data)).unwrap();
        }
        producer.flush(Duration::from_secs(20)).unwrap();
    }

    /// Both are read up to an instant, to which the broker's log is moved by ticks.
    pub fn run(&self, until: &str) {
        let sums = self.good(&["run", "--journal", path(&self.journal()), "--keys", path(&self.keys()), "--until", until]);
        let sums: Value = serde_json::from_str(&sums).unwrap();
        self.run_on_the_broker(&self.config(), until, &sums["inputs"]);
    }

    /// The configuration as it were if no broker answered.
    pub fn config_without_broker(&self) -> PathBuf {
        let text = fs::read_to_string(self.config()).unwrap();
        self.file("alone.toml", &text.replace(self.bootstrap, "127.0.0.1:1"))
    }

    /// Another process of the group, with a state directory of its own, takes over and goes on.
    pub fn another_goes_on(&self, until: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        let config = self.file("another.toml", &text.replace("\"state\"", "\"another\"").replace("\"one\"", "\"two\""));
        self.run_on_the_broker(&config, until, &Value::Null);
    }

    /// Until all clocks are there and, if it is known, so many inputs were read: what went astray comes home last.
    fn run_on_the_broker(&self, config: &Path, until: &str, inputs: &Value) {
        let tick = format!(r#"{{"specversion":"1.0","id":"{until}","source":"//test","type":"tally.tick.v1","time":"{until}"}}"#);
        let file = self.file("tick.ndjson", &(tick + "\n"));
        self.good(&["control", "apply", path(&file), "--config", path(config)]);
        let at = until.replace('Z', ".000Z");
        self.run_until(config, |status| {
            let partitions = status["partitions"].as_array().cloned().unwrap_or_default();
            (inputs.is_null() || status["sums"]["inputs"] == *inputs)
                && partitions.len() == usize::try_from(PARTITIONS).unwrap()
                && partitions.iter().all(|one| one["watermark"] == at)
        });
    }

    /// A process on the broker, until its status says so.
    pub fn run_until(&self, config: &Path, done: impl Fn(&Value) -> bool) {
        let log = fs::File::create(self.dir.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        let mut running = command.args(["run", "--config", path(config)]).stderr(log).stdout(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(120);
        let status = || get(self.http, "/status").and_then(|(_, body)| serde_json::from_str(&body).ok()).unwrap_or_default();
        while !done(&status()) {
            let goes_on = running.try_wait().unwrap().is_none() && Instant::now() < deadline;
            assert!(goes_on, "{}", fs::read_to_string(self.dir.path().join("log")).unwrap());
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(Command::new("kill").arg(running.id().to_string()).status().unwrap().success());
        assert!(running.wait().unwrap().success());
    }

    /// Retention takes all usage of a partition that was read.
    pub fn retention_takes(&self, partition: u32) {
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", self.bootstrap).create().unwrap();
        let mut all = TopicPartitionList::new();
        all.add_partition_offset(&self.topic("usage_events"), i32::try_from(partition).unwrap(), Offset::End).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let done = runtime.block_on(admin.delete_records(&all, &AdminOptions::new())).unwrap();
        done.elements().iter().for_each(|one| one.error().unwrap());
    }

    pub fn records_of(&self, key: &str) -> Vec<Record> {
        read_committed(self.bootstrap, &self.topic(key))
    }
}

/// Attributes as headers, and the data.
fn binary(event: &Value) -> (OwnedHeaders, String) {
    let mut headers = OwnedHeaders::new().insert(Header { key: "content-type", value: Some("application/json") });
    for (name, value) in event.as_object().unwrap().iter().filter(|(name, _)| *name != "data") {
        headers = headers.insert(Header { key: &format!("ce_{name}"), value: Some(value.as_str().unwrap()) });
    }
    (headers, event["data"].to_string())
}
