//! Commands against a real broker.

use std::collections::BTreeMap;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use serde_json::Value;

use super::examples::{ran, records_file};
use super::kafka::broker::{Broker, fresh};
use super::kafka::topic::read_committed;
use super::{get, path, tally};

/// A configuration with topics of its own.
fn configuration(dir: &Path, bootstrap: &str, partitions: u32, listen: &str) -> String {
    let name = fresh("cli");
    let topic = |key: &str| format!("{key} = \"{name}-{key}\"\n");
    let topics: String =
        ["usage_events", "usage_control", "billing_records", "usage_suspense", "usage_notices", "changelog"].map(topic).concat();
    let file = dir.join("tally.toml");
    let text = format!(
        "[kafka]\nbootstrap = \"{bootstrap}\"\ngroup = \"{name}\"\ninstance = \"one\"\n\n[topics]\n{topics}partitions = {partitions}\n\n\
         [run]\nworkers = 1\nstate_dir = \"state\"\ncatalog = \"catalog.toml\"\ngive_up_after = \"20s\"\n\n[http]\nlisten = \"{listen}\"\n"
    );
    fs::write(&file, text).unwrap();
    fs::write(dir.join("catalog.toml"), tally::generate::CATALOG).unwrap();
    path(&file).to_owned()
}

#[test]
fn topics_are_created_once_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    let config = configuration(dir.path(), Broker::shared().bootstrap(), 3, "127.0.0.1:0");
    let check = |action: &str, code: i32, stdout: &str, stderr: &str| {
        let said = tally(&["topics", action, "--config", &config]);
        assert!(said.stdout.contains(stdout) && said.stderr.contains(stderr), "{action}: {} {}", said.stdout, said.stderr);
        assert_eq!(said.code, Some(code), "{action}");
    };
    check("check", 2, "", "does not exist. Create it with `tally topics create`");
    check("create", 0, "6 topics created", "");
    check("create", 0, "0 topics created", "");
    check("check", 0, "are good, with 3 partitions", "");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("partitions = 3", "partitions = 5")).unwrap();
    check("check", 2, "", "write partitions = 3");
    fs::write(&config, text.replace("[run]", "[run]\nclock = \"recorded\"")).unwrap();
    check("check", 2, "", "message.timestamp.type");
    fs::write(&config, "[run]\nworkers = 1\n").unwrap();
    check("check", 2, "", "has no [kafka]");
}

#[test]
fn a_running_process_tells_that_it_is_ready() {
    let dir = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = configuration(dir.path(), Broker::shared().bootstrap(), 2, &free.to_string());
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let log = fs::File::create(dir.path().join("log")).unwrap();
    let command = ["run", "--config", &config];
    let mut running = Command::new(env!("CARGO_BIN_EXE_tally")).args(command).stderr(log).stdout(Stdio::null()).spawn().unwrap();
    let ready = wait_until_ready(free, &mut running);
    let metrics = get(free, "/metrics").map(|(_, body)| body).unwrap_or_default();
    let status = get(free, "/status").map(|(_, body)| body).unwrap_or_default();
    let refused = tally(&["usage", "SE-0180", "--config", &config]);
    let stopped = Command::new("kill").arg(running.id().to_string()).status().unwrap();
    let ended = running.wait().unwrap();
    assert!(ready, "{}", fs::read_to_string(dir.path().join("log")).unwrap());
    assert!(metrics.contains("tally_usage_events{partition=\"1\",verdict=\"counted\"} 0"), "{metrics}");
    assert!(status.contains("\"health\":\"ready\""), "{status}");
    assert!(status.contains("\"catalog\":{\"digest\":\"sha256:"), "{status}");
    assert!(refused.code == Some(1) && refused.stderr.contains("is locked"), "{}", refused.stderr);
    assert!(stopped.success() && ended.code() == Some(0), "{ended:?}");
}

fn wait_until_ready(address: SocketAddr, running: &mut Child) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline && running.try_wait().unwrap().is_none() {
        let status = get(address, "/status").map(|(_, body)| body).unwrap_or_default();
        let owned = serde_json::from_str::<Value>(&status).ok().and_then(|status| status["partitions"].as_array().map(Vec::len));
        if owned == Some(2) {
            return get(address, "/health").is_some_and(|(head, _)| head.starts_with("HTTP/1.1 200"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    false
}

#[test]
fn a_benchmark_measures_all_events_and_leaves_nothing_behind() {
    let broker = Broker::shared();
    let args = ["--events", "20000", "--rate", "5000", "--seconds", "2", "--partitions", "2", "--workers", "2", "--json"];
    let said = tally(&[&["bench", "--bootstrap", broker.bootstrap()], args.as_slice()].concat());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let report: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&report["throughput"]["events"], &report["latency"]["events"]), (&20_000.into(), &10_000.into()));
    assert_eq!(report["verdicts"]["inputs"], 30_000);
    assert!(report["throughput"]["events_per_second"].as_u64() > Some(1_000), "{report}");
    let (p50, max) = (report["latency"]["ms"]["p50"].as_f64().unwrap(), report["latency"]["ms"]["max"].as_f64().unwrap());
    assert!(p50 > 0.0 && p50 <= max && max < 60_000.0, "{report}");
    assert_eq!(topics_of_benchmarks(broker.bootstrap()), Vec::<String>::new());
}

fn topics_of_benchmarks(bootstrap: &str) -> Vec<String> {
    let client: BaseConsumer = ClientConfig::new().set("bootstrap.servers", bootstrap).create().unwrap();
    let metadata = client.fetch_metadata(None, Duration::from_secs(10)).unwrap();
    metadata.topics().iter().map(|topic| topic.name().to_owned()).filter(|name| name.starts_with("tally-bench")).collect()
}

/// The records of a journal, published to Kafka, are explained alike and checked by themselves.
#[test]
fn records_of_a_topic_are_explained_and_checked() {
    let (dir, journal) = (tempfile::tempdir().unwrap(), ran("late-correction"));
    let broker = Broker::shared();
    let config = configuration(dir.path(), broker.bootstrap(), 2, "127.0.0.1:0");
    fs::copy(journal.path().join("catalog.toml"), dir.path().join("catalog.toml")).unwrap();
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let records = fs::read_to_string(records_file(journal.path())).unwrap();
    let text = fs::read_to_string(&config).unwrap();
    let topic = text.lines().find_map(|line| line.strip_prefix("billing_records = ")).unwrap().trim_matches('"');
    let publish = |record: &str| {
        let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", broker.bootstrap()).create().unwrap();
        producer.send(BaseRecord::to(topic).partition(1).key("DK-0101").payload(record)).unwrap();
        producer.flush(Duration::from_secs(20)).unwrap();
    };
    records.lines().for_each(publish);
    for number in ["DK-0101-000001", "DK-0101-000002"] {
        let said = tally(&["explain", number, "--config", &config, "--lang", "da"]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert_eq!(said.stdout, tally(&["explain", number, "--journal", path(journal.path()), "--lang", "da"]).stdout);
    }
    // No process has committed anything, so there is no log to fold: the records are checked by themselves.
    let said = tally(&["verify", "--config", &config]);
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    assert!(said.stdout.contains("records 2, customers 1") && said.stdout.contains("the group has no commit of it"), "{}", said.stdout);
    publish(records.lines().last().unwrap());
    let said = tally(&["verify", "--config", &config, "--json"]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let report: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(report["differences"], 2, "{report:#}");
    assert_eq!(report["first_differences"][1]["place"], "ids are unique");
}

/// By the broker's clock, which nobody can set back: its timestamps are in the log, and give the same again.
#[test]
fn what_the_brokers_clock_decided_is_verified() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::shared();
    let config = configuration(dir.path(), broker.bootstrap(), 2, "127.0.0.1:0");
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let text = fs::read_to_string(&config).unwrap();
    let topic = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).unwrap().trim_matches('"').to_owned();
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", broker.bootstrap()).set("partitioner", "murmur2_random").create().unwrap();
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let send = |topic: &str, kind: &str, id: u32, customer: &str, data: &str| {
        let event = format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"//s","type":"{kind}","subject":"{customer}","time":"{now}","data":{data}}}"#
        );
        producer.send(BaseRecord::to(topic).key(customer).payload(&event)).unwrap();
    };
    for number in 0..6 {
        let customer = format!("SE-{number}");
        let facts = r#"{"name":"Ett","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"2025-01-01","org_number":"2120000142","endpoint":{"scheme":"0007","id":"2120000142"},"buyer_reference":"1"}"#;
        send(&topic("usage_control"), "tally.customer.v1", 1, &customer, facts);
        send(&topic("usage_control"), "tally.activation.v1", 2, &customer, r#"{"service":"sms","from":"2025-01-01T00:00:00Z"}"#);
        send(&topic("usage_events"), "se.unikum.sms.sent", number, &customer, r#"{"quantity":2500,"outcome":"delivered"}"#);
        send(&topic("usage_events"), "nobody.knows.this", 100 + number, &customer, "{}");
    }
    producer.flush(Duration::from_secs(20)).unwrap();
    let mut running = Command::new(env!("CARGO_BIN_EXE_tally")).args(["run", "--config", &config]).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while read_committed(broker.bootstrap(), &topic("billing_records")).len() < 6 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(100));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    let said = tally(&["verify", "--config", &config, "--json"]);
    let report: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.stderr));
    assert_eq!((said.code, &report["recomputed"]), (Some(0), &true.into()), "{report:#}");
    assert_eq!((&report["log"]["outputs"][0]["equal"], &report["log"]["read"]["usage"]), (&6.into(), &12.into()), "{report:#}");
}

#[test]
fn a_broker_that_is_not_there_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let config = configuration(dir.path(), "127.0.0.1:1", 1, "127.0.0.1:0");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("20s", "1s")).unwrap();
    let said = tally(&["topics", "check", "--config", &config]);
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("127.0.0.1:1"), "{}", said.stderr);
}

#[test]
fn records_are_exported_from_their_topic() {
    let dir = super::export::journal(super::export::COMPLETE);
    let config = configuration(dir.path(), Broker::shared().bootstrap(), 3, "127.0.0.1:0");
    let absent = tally(&["export", "--format", "peppol-bis-3", "--config", &config, "SE/1-000001"]);
    assert!(absent.code == Some(1) && absent.stderr.contains("Create it with `tally topics create`"), "{}", absent.stderr);
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let records = fs::read_to_string(dir.path().join("out/billing-records.ndjson")).unwrap();
    let topic = fs::read_to_string(&config).unwrap().lines().find_map(|line| line.strip_prefix("billing_records = ").map(str::to_owned));
    publish(Broker::shared().bootstrap(), topic.unwrap().trim_matches('"'), &records);
    let out = dir.path().join("invoices");
    let said = tally(&["export", "--format", "peppol-bis-3", "--config", &config, "--all", "--out", path(&out)]);
    assert!(said.code == Some(0) && said.stderr.contains("2 records exported"), "{}", said.stderr);
    let said = tally(&["export", "--format", "peppol-bis-3", "--journal", path(dir.path()), "SE/1-000002"]);
    assert_eq!(said.stdout, fs::read_to_string(out.join("SE%2F1-000002.xml")).unwrap());
    let unknown = tally(&["export", "--format", "peppol-bis-3", "--config", &config, "SE/1-000003"]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("no record in the topic"), "{}", unknown.stderr);
}

fn publish(bootstrap: &str, topic: &str, records: &str) {
    let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", bootstrap).create().unwrap();
    for record in records.lines() {
        producer.send(BaseRecord::<(), str>::to(topic).payload(record)).unwrap();
    }
    producer.flush(Duration::from_secs(30)).unwrap();
}

/// The name of a topic in a configuration.
fn topic_of(config: &str, key: &str) -> String {
    let text = fs::read_to_string(config).unwrap();
    text.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).unwrap().trim_matches('"').to_owned()
}

/// The committed control events of each partition, by what tells them apart.
fn control_log(bootstrap: &str, topic: &str) -> BTreeMap<u32, Vec<(String, String)>> {
    let mut log: BTreeMap<u32, Vec<(String, String)>> = BTreeMap::new();
    for record in read_committed(bootstrap, topic) {
        let event: Value = serde_json::from_str(&record.text()).unwrap();
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        log.entry(record.partition).or_default().push((text("type"), text("subject")));
    }
    log
}

/// Each event stands once, a customer's on its partition and the others on all, however often the command was killed.
#[test]
fn control_events_are_written_once_each_whatever_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::shared();
    let config = configuration(dir.path(), broker.bootstrap(), 4, "127.0.0.1:0");
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let subjects: Vec<String> = (0..3_000).map(|number| format!("\"SE-{number}\"")).collect();
    let text = format!(
        "actor = \"anna\"\nreason = \"because\"\n[[event]]\ntype = \"tally.tick.v1\"\n[[event]]\ntype = \"tally.activation.v1\"\n\
         service = \"sms\"\nfrom = 2026-01-01T00:00:00Z\nsubjects = [{}]\n",
        subjects.join(",")
    );
    let file = dir.path().join("facts.toml");
    fs::write(&file, text).unwrap();
    let command = ["control", "apply", path(&file), "--config", &config];
    for pause in [100, 200, 300, 400, 600, 800] {
        let mut child =
            Command::new(env!("CARGO_BIN_EXE_tally")).args(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    for expect in ["written", "0 events written; 3001 in the log already"] {
        let said = tally(&command);
        assert!(said.code == Some(0) && said.stdout.contains(expect), "{} {}", said.stdout, said.stderr);
    }
    let log = control_log(broker.bootstrap(), &topic_of(&config, "usage_control"));
    let mut customers: Vec<String> = Vec::new();
    for partition in 0..4 {
        let told = &log[&partition];
        assert_eq!(told.iter().filter(|(kind, _)| kind == "tally.tick.v1").count(), 1, "on partition {partition}");
        for (_, customer) in told.iter().filter(|(kind, _)| kind == "tally.activation.v1") {
            assert_eq!(tally::engine::route::partition_of(customer, 4), partition);
            customers.push(customer.clone());
        }
    }
    customers.sort();
    customers.dedup();
    assert_eq!((customers.len(), log.values().map(Vec::len).sum::<usize>()), (3_000, 3_004));
}

/// A copy that stands on some partitions only is completed with the same bytes.
#[test]
fn an_event_that_some_partitions_lack_is_completed() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::shared();
    let config = configuration(dir.path(), broker.bootstrap(), 3, "127.0.0.1:0");
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let topic = topic_of(&config, "usage_control");
    let event =
        r#"{"specversion":"1.0","id":"t-1","source":"//s","type":"tally.tick.v1","time":"2026-01-01T00:00:00Z","data":{"why":"by hand"}}"#;
    let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", broker.bootstrap()).create().unwrap();
    producer.send(BaseRecord::<(), str>::to(&topic).partition(1).payload(event)).unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();
    let file = dir.path().join("tick.ndjson");
    fs::write(&file, event.replace(":00Z\"", ":00.000Z\"") + "\n").unwrap();
    let dry = tally(&["control", "apply", path(&file), "--dry-run", "--config", &config]);
    assert!(dry.stdout.contains("partition 0, 2"), "{} {}", dry.stdout, dry.stderr);
    let said = tally(&["control", "apply", path(&file), "--config", &config]);
    assert!(said.code == Some(0) && said.stdout.contains("1 on the partitions that had lacked them"), "{} {}", said.stdout, said.stderr);
    let told = read_committed(broker.bootstrap(), &topic);
    let seen: Vec<_> = told.iter().map(|record| (record.partition, record.text())).collect();
    assert_eq!(seen, [0, 1, 2].map(|partition| (partition, event.to_owned())));
}

/// Copies of a fact of all partitions are one line of the audit, and a partition that lacks one is named.
#[test]
fn e15_the_audit_shows_copies_once_and_tells_who_lacks_one() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::shared();
    let config = configuration(dir.path(), broker.bootstrap(), 3, "127.0.0.1:0");
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let file = dir.path().join("facts.toml");
    let text = "actor = \"anna\"\nreason = \"new supplier\"\n[[event]]\ntype = \"tally.party.v1\"\nsubject = \"sup-1\"\nname = \"Leverandør\"\n\
                roles = [\"supplier\"]\nfrom = 2026-01-01T00:00:00Z\n[[event]]\ntype = \"tally.activation.v1\"\nsubject = \"SE-1\"\n\
                service = \"sms\"\nfrom = 2026-01-01T00:00:00Z\n";
    fs::write(&file, text).unwrap();
    assert_eq!(tally(&["control", "apply", path(&file), "--config", &config]).code, Some(0));
    let said = tally(&["audit", "--config", &config]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(
        said.stdout.contains("registered the party Leverandør as supplier") && said.stdout.contains("3 of 3 partitions"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("2 events."), "{}", said.stdout);
    // Somebody else writes one, and not everywhere.
    let event = r#"{"specversion":"1.0","id":"p-2","source":"//other","type":"tally.party.v1","subject":"sup-2","time":"2026-01-01T00:00:00Z","data":{"name":"To","roles":["supplier"],"from":"2026-01-01T00:00:00Z"}}"#;
    let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", broker.bootstrap()).create().unwrap();
    producer.send(BaseRecord::<(), str>::to(&topic_of(&config, "usage_control")).partition(1).payload(event)).unwrap();
    producer.flush(Duration::from_secs(20)).unwrap();
    let said = tally(&["audit", "--config", &config, "--type", "party"]);
    assert!(said.code == Some(1) && said.stderr.contains("tally.party.v1 sup-2 (p-2) is missing on partition 0, 2"), "{}", said.stderr);
    assert!(said.stdout.contains("by source //other") && said.stdout.contains("MISSING ON 0, 2"), "{}", said.stdout);
    // What is told is done.
    let mended = dir.path().join("mended.ndjson");
    fs::write(&mended, format!("{event}\n")).unwrap();
    assert_eq!(tally(&["control", "apply", path(&mended), "--config", &config]).code, Some(0));
    assert_eq!(tally(&["audit", "--config", &config]).code, Some(0));
}

/// Of several at once one writes, and the others have written nothing and may be said again.
#[test]
fn commands_at_the_same_time_do_not_write_over_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::shared();
    let config = configuration(dir.path(), broker.bootstrap(), 2, "127.0.0.1:0");
    assert_eq!(tally(&["topics", "create", "--config", &config]).code, Some(0));
    let files: Vec<_> = (0..5)
        .map(|number| {
            // All say the first event, and each one of its own.
            let text = format!(
                "actor = \"a\"\nreason = \"r\"\n[[event]]\ntype = \"tally.activation.v1\"\nsubjects = [\"SE-all\", \"SE-{number}\"]\nservice = \"sms\"\nfrom = 2026-01-01T00:00:00Z\n"
            );
            let file = dir.path().join(format!("{number}.toml"));
            fs::write(&file, text).unwrap();
            file
        })
        .collect();
    let apply = |file: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        command.args(["control", "apply", path(file), "--config", &config]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut left: Vec<_> = files.iter().collect();
    for _ in 0..10 {
        let running: Vec<_> = left.iter().map(|file| (*file, apply(file))).collect();
        left.clear();
        for (file, child) in running {
            let output = child.wait_with_output().unwrap();
            if !output.status.success() {
                let told = String::from_utf8_lossy(&output.stderr).replace(['│', '×'], " ");
                let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(output.status.code() == Some(1) && told.contains("say it again"), "{told}");
                left.push(file);
            }
        }
        if left.is_empty() {
            break;
        }
    }
    let log = control_log(broker.bootstrap(), &topic_of(&config, "usage_control"));
    let mut customers: Vec<String> = log.into_values().flatten().map(|(_, customer)| customer).collect();
    customers.sort();
    assert_eq!(customers, ["SE-0", "SE-1", "SE-2", "SE-3", "SE-4", "SE-all"]);
}
