//! `tally.toml`: what is not said has its default, and what is wrong is named with its place.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tally::cli::config_file::load_config;
use tally::cli::source_files::FileProblem;
use tally::config::notify::{Secret, Tls};
use tally::config::{Clock, Config, Memory, Retention, Surroundings, Topics, read};
use tally::wire::document::{Fault, SourceFile};

const FULL: &str = r#"[kafka]
bootstrap = "a:9092,b:9092"
group = "billing"
instance = "tally-7"

[kafka.properties]
"security.protocol" = "SASL_SSL"
sasl.mechanism = "SCRAM-SHA-512"
linger.ms = 5

[topics]
usage_events = "use"
partitions = 12
replication = 3

[run]
workers = 4
state_dir = "/var/lib/tally"
catalog = "catalog"
commit_interval = "1s"
clock = "recorded"
give_up_after = "5m"

[http]
listen = "127.0.0.1:9464"

[memory]
accounts_in_ram = 1000
ids_in_ram = 2000
inputs_in_flight = "16MiB"
dirty_state = "8MB"
block_cache = "256MB"
write_buffers = "1GB"

[notify]
from = "Tally <tally@a.se>"
language = "fi"
state_dir = "sent"
mails_per_minute = 90
digest = "P1DT1H"

[notify.smtp]
host = "mail.a.se"
tls = "starttls"
user = "tally"
password_file = "secret"

[[notify.route]]
kinds = ["low_balance"]
to = ["anna@a.se"]

[[notify.route]]
customers = ["SE-1"]
to_customer = true

[notify.customer.SE-1]
to = ["bo@B.se"]
language = "sv"
"#;

fn config(text: &str) -> Result<Config, Vec<Fault>> {
    let file = SourceFile { name: "tally.toml".to_owned(), text: text.to_owned() };
    read(&file, Surroundings { folder: Path::new("/etc/tally"), host: "node-1" })
}

#[test]
fn every_value_arrives() {
    let config = config(FULL).expect("a good configuration");
    let kafka = config.kafka.expect("a [kafka] table");
    assert_eq!((kafka.bootstrap.as_str(), kafka.group.as_str(), kafka.instance.as_str()), ("a:9092,b:9092", "billing", "tally-7"));
    let properties: Vec<(&str, &str)> = kafka.properties.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(properties, [("linger.ms", "5"), ("sasl.mechanism", "SCRAM-SHA-512"), ("security.protocol", "SASL_SSL")]);
    assert_eq!(config.topics, Topics { usage_events: "use".to_owned(), partitions: 12, replication: 3, ..Topics::default() });
    assert_eq!((config.run.workers, config.run.clock), (4, Clock::Recorded));
    assert_eq!((config.run.commit_interval, config.run.give_up_after), (Duration::from_secs(1), Duration::from_mins(5)));
    assert_eq!(config.http.listen.map(|address| address.port()), Some(9464));
    let memory = Memory {
        accounts_in_ram: 1000,
        ids_in_ram: 2000,
        inputs_in_flight: 16 << 20,
        dirty_state: 8_000_000,
        block_cache: 256_000_000,
        write_buffers: 1_000_000_000,
    };
    assert_eq!(config.memory, memory);
}

/// Of personal data: where the keys are, and how long what was published is kept.
#[test]
fn every_value_of_privacy_arrives() {
    let none = config(FULL).expect("a good configuration");
    assert_eq!((none.privacy.keys, none.retention), (None, Retention::default()));
    let said = "[privacy]\nkeys = \"keys\"\n[retention]\nusage_suspense = \"400d\"\nusage_notices = \"36h\"\n";
    let config = config(said).expect("a good configuration");
    assert_eq!(config.privacy.keys, Some(PathBuf::from("/etc/tally/keys")));
    let kept = Retention { suspense: Some(Duration::from_hours(9600)), notices: Some(Duration::from_hours(36)), records: None };
    assert_eq!(config.retention, kept);
}

#[test]
fn every_value_of_notices_arrives() {
    let notify = config(FULL).expect("a good configuration").notify.expect("a [notify] table");
    assert_eq!((notify.from.name.as_deref(), notify.from.address.as_str()), (Some("Tally"), "tally@a.se"));
    assert_eq!((notify.state_dir, notify.mails_per_minute), (Some("/etc/tally/sent".into()), Some(90)));
    assert_eq!((notify.digest, notify.give_up_after), (Some(Duration::from_hours(25)), Duration::from_mins(5)));
    let login = notify.smtp.login.expect("a user");
    assert_eq!((login.user.as_str(), login.password), ("tally", Secret::File("/etc/tally/secret".into())));
    // The usual port, and the name of this machine.
    assert_eq!((notify.smtp.port, notify.smtp.tls, notify.smtp.hello.as_str()), (587, Tls::Starttls, "node-1"));
    assert_eq!((notify.routes.len(), notify.routes[1].to_customer), (2, true));
    assert_eq!(notify.customers["SE-1"].to[0].as_str(), "bo@b.se");
    assert_eq!(config("").expect("a good configuration").notify, None);
}

/// What would send a password in the clear, or nothing to anybody.
#[test]
fn notices_need_a_server_and_recipients() {
    let check = |text: &str, expect: &[&str]| {
        let faults = config(&format!("[notify]\nfrom = \"a@b.se\"\n{text}")).expect_err("a faulty configuration");
        let found: Vec<String> = faults.iter().map(Fault::to_string).collect();
        assert_eq!(found, expect.iter().map(|fault| format!("tally.toml:{fault}")).collect::<Vec<_>>(), "{text}");
    };
    check("", &["1:2: `notify.smtp` is missing; write e.g. [notify.smtp]"]);
    let smtp = "[notify.smtp]\nhost = \"mail.a.se\"\ntls = \"none\"\n";
    check(
        &format!("{smtp}user = \"u\"\npassword_env = \"P\"\n"),
        &["6:1: the password would cross the network in the clear; write tls = \"starttls\" or tls = \"tls\""],
    );
    check(
        &format!("{smtp}password = \"p\"\n"),
        &["6:1: `notify.smtp.password` would stand here for all to read; write password_env or password_file, and the password there"],
    );
    check(
        &format!("{smtp}password_env = \"P\"\n"),
        &["6:1: `notify.smtp.password_env` is of no use without `user`; write user = \"...\" beside it"],
    );
    check(
        &format!("{}user = \"u\"\n", smtp.replace("none", "tls")),
        &[
            "3:9: `notify.smtp.password_env` is missing; write e.g. password_env = \"TALLY_SMTP_PASSWORD\", or password_file = \"smtp-password\"",
        ],
    );
    check(
        &format!("{smtp}[[notify.route]]\nkinds = [\"low_balance\"]\n"),
        &["6:1: `notify.route.to` is missing; write e.g. to = [\"anna@example.org\"], or to_customer = true"],
    );
}

/// Wherever tally is started from.
#[test]
fn paths_start_at_the_file() {
    let run = config(FULL).expect("a good configuration").run;
    assert_eq!((run.state_dir, run.catalog), (PathBuf::from("/var/lib/tally"), Some(PathBuf::from("/etc/tally/catalog"))));
}

#[test]
fn catalogs_have_a_table_of_their_own() {
    let text = FULL.replace("catalog = \"catalog\"\n", "");
    let found = config(&format!("{text}[catalog]\ninitial = \"a.toml\"\ndirectory = \"all\"\n")).expect("a good configuration");
    assert_eq!((found.run.catalog, found.catalogs), (Some("/etc/tally/a.toml".into()), Some("/etc/tally/all".into())));
    assert_eq!(config(FULL).expect("a good configuration").catalogs, None);
    let twice = config(&format!("{FULL}[catalog]\ninitial = \"a.toml\"\n")).expect_err("two catalogs to begin with");
    let found: Vec<String> = twice.iter().map(Fault::to_string).collect();
    assert_eq!(found, ["tally.toml:60:1: the catalog stands in [run] too; write it in one place, here or there"]);
}

#[test]
fn what_is_not_said_has_its_default() {
    let empty = config("").expect("a good configuration");
    assert_eq!((empty.kafka, empty.topics, empty.memory), (None, Topics::default(), Memory::default()));
    assert_eq!((empty.run.workers, empty.run.clock), (2, Clock::Broker));
    assert_eq!((empty.run.commit_interval, empty.run.give_up_after), (Duration::from_millis(200), Duration::from_mins(1)));
    let kafka = config("[kafka]\nbootstrap = \"a:9092\"").expect("a good configuration").kafka.expect("a [kafka] table");
    assert_eq!((kafka.group.as_str(), kafka.instance.as_str()), ("tally", "node-1"));
}

#[test]
fn each_planted_fault_is_named() {
    for (written, instead, expected) in PLANTED {
        assert!(FULL.contains(written), "{written:?} is not in the configuration any more");
        let faults = config(&FULL.replacen(written, instead, 1)).expect_err("a faulty configuration");
        let found: Vec<String> = faults.iter().map(Fault::to_string).collect();
        assert_eq!(found, [format!("tally.toml:{expected}")], "{written:?} -> {instead:?}");
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let faults = PLANTED.iter().fold(FULL.to_owned(), |text, (written, instead, _)| text.replacen(written, instead, 1));
    let found = config(&faults).expect_err("a faulty configuration");
    assert_eq!(found.len(), PLANTED.len(), "{found:#?}");
}

/// An output that is written into an input would be read again.
#[test]
fn two_topics_cannot_share_a_name() {
    let faults = config("[topics]\nbilling_records = \"usage-events\"").expect_err("a faulty configuration");
    let found: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert_eq!(
        found,
        ["tally.toml:2:19: `topics.billing_records` is the name of `usage_events` too: \"usage-events\"; write another name"]
    );
}

#[test]
fn a_file_is_read_from_where_it_lies() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tally.toml");
    std::fs::write(&path, "[run]\ncatalog = \"c.toml\"").expect("a writable folder");
    assert_eq!(load_config(&path).expect("a good configuration").run.catalog, Some(folder.path().join("c.toml")));
    std::fs::write(&path, "[ruin]").expect("a writable folder");
    assert!(matches!(load_config(&path), Err(FileProblem::Faults { faults, .. }) if faults.len() == 1));
}

/// Written, instead, the fault without the file's name.
const PLANTED: &[(&str, &str, &str)] = &[
    (
        r#"bootstrap = "a:9092,b:9092""#,
        r#"bootstrap = "a,b:9092""#,
        r#"2:13: `kafka.bootstrap` is "a,b:9092", which is not a list of host:port; write e.g. bootstrap = "127.0.0.1:9092""#,
    ),
    (r#"group = "billing""#, "group = 7", r#"3:9: `kafka.group` is a number without quotes, and must be a string; write group = "7""#),
    (
        r#"instance = "tally-7""#,
        r#"instanse = "tally-7""#,
        "4:1: unknown key `kafka.instanse`; write `instance`, if that is meant, or remove it",
    ),
    (
        r#"usage_events = "use""#,
        r#"usage_events = "usage control""#,
        r#"12:16: `topics.usage_events` is "usage control", which is not a topic's name; write e.g. usage_events = "usage-events""#,
    ),
    ("partitions = 12", "partitions = 0", "13:14: `topics.partitions` is 0; write a number from 1 to 10000"),
    (
        "replication = 3",
        r#"replication = "3""#,
        "14:15: `topics.replication` is a string, and must be a whole number; write replication = 3, without quotes",
    ),
    ("workers = 4", "workers = 1000", "17:11: `run.workers` is 1000; write a number from 1 to 256"),
    (
        r#"commit_interval = "1s""#,
        r#"commit_interval = "200""#,
        r#"20:19: `run.commit_interval` is "200", which is not a duration in ms, s, m, h or d above zero; write e.g. commit_interval = "200ms""#,
    ),
    (
        r#"clock = "recorded""#,
        r#"clock = "recoded""#,
        r#"21:9: `run.clock` is "recoded", which is not known; write `recorded`, if that is meant"#,
    ),
    (
        r#"give_up_after = "5m""#,
        r#"give_up_after = "0s""#,
        r#"22:17: `run.give_up_after` is "0s", which is not a duration in ms, s, m, h or d above zero; write e.g. give_up_after = "60s""#,
    ),
    (
        r#"listen = "127.0.0.1:9464""#,
        r#"listen = ":9464""#,
        r#"25:10: `http.listen` is ":9464", which is not an address with a port; write e.g. listen = "127.0.0.1:9464""#,
    ),
    (
        "accounts_in_ram = 1000",
        r#"accounts_in_ram = "1000""#,
        "28:19: `memory.accounts_in_ram` is a string, and must be a whole number; write accounts_in_ram = 1000, without quotes",
    ),
    (
        r#"inputs_in_flight = "16MiB""#,
        r#"inputs_in_flight = "16mb""#,
        r#"30:20: `memory.inputs_in_flight` is "16mb", which is not a size in KB, MB, GB, KiB, MiB or GiB above zero; write e.g. inputs_in_flight = "64MB""#,
    ),
    (
        r#"from = "Tally <tally@a.se>""#,
        r#"from = "Tally <tally>""#,
        r#"36:8: `notify.from` is "Tally <tally>", which is not an address, or a name and an address in <>; write e.g. from = "tally <tally@example.org>""#,
    ),
    (r#"language = "fi""#, r#"language = "fr""#, r#"37:12: `notify.language` is "fr", which is not known; write `sv`, `da`, `fi` or `en`"#),
    ("mails_per_minute = 90", "mails_per_minute = 0", "39:20: `notify.mails_per_minute` is 0; write a number from 1 to 100000"),
    (
        r#"digest = "P1DT1H""#,
        r#"digest = "P1M""#,
        r#"40:10: `notify.digest` is "P1M", which is not a duration from PT1S to P31D; write e.g. digest = "PT1H""#,
    ),
    (
        r#"host = "mail.a.se""#,
        r#"host = "mail a.se""#,
        r#"43:8: `notify.smtp.host` is "mail a.se", which is not the name of a server; write e.g. host = "mail.example.org""#,
    ),
    (
        r#"tls = "starttls""#,
        r#"tls = "startls""#,
        r#"44:7: `notify.smtp.tls` is "startls", which is not known; write `starttls`, if that is meant"#,
    ),
    (
        r#"kinds = ["low_balance"]"#,
        r#"kinds = ["low balance"]"#,
        r#"49:10: `notify.route.kinds` is "low balance", which is not the name of a kind; write e.g. "low_balance""#,
    ),
    (
        r#"to = ["bo@B.se"]"#,
        r#"to = ["bo"]"#,
        r#"57:7: `notify.customer.SE-1.to` is "bo", which is not a plain e-mail address; write e.g. "anna@example.org""#,
    ),
    (r#""1GB""#, "1000", r#"33:17: `memory.write_buffers` is a number without quotes, and must be a string; write write_buffers = "64MB""#),
];
