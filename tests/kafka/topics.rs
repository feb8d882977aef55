//! Topics: created as they must be, and every difference told at once.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use tally::kafka::admin::{Admin, InputTime, Layout};
use tally::kafka::{KafkaFault, KafkaSource, Retention, Settings};

use crate::kafka::broker::Broker;

const PATIENCE: Duration = Duration::from_secs(30);

fn admin(settings: &Settings) -> Admin {
    Admin::connect(settings, PATIENCE, &mut |_| {}).unwrap()
}

#[test]
fn created_topics_pass_the_check_and_are_not_created_twice() {
    let settings = Broker::shared().settings("create");
    let layout = Layout { partitions: 3, replication: 1, input_time: InputTime::LogAppendTime };
    let admin = admin(&settings);
    assert_eq!(admin.create(&layout).unwrap().len(), 6);
    assert_eq!(admin.create(&layout).unwrap(), Vec::<String>::new());
    assert_eq!(admin.check(InputTime::LogAppendTime).unwrap(), 3);
}

#[test]
fn output_topics_keep_what_was_published_as_long_as_is_said() {
    let mut settings = Broker::shared().settings("retention");
    settings.retention = Retention { suspense: Some(Duration::from_hours(24)), ..Retention::default() };
    let layout = Layout { partitions: 1, replication: 1, input_time: InputTime::LogAppendTime };
    admin(&settings).create(&layout).unwrap();
    admin(&settings).check(InputTime::LogAppendTime).unwrap();
    settings.retention = Retention { suspense: Some(Duration::from_hours(1)), ..settings.retention };
    let KafkaFault::Topics { differences } = admin(&settings).check(InputTime::LogAppendTime).unwrap_err() else { panic!("another fault") };
    let suspense = &settings.topics.suspense;
    let expect = format!(
        "  {suspense} has retention.ms = 86400000, it must be 3600000. kafka-configs.sh --alter --topic {suspense} --add-config retention.ms=3600000"
    );
    assert_eq!(differences, [expect]);
}

#[test]
fn every_difference_is_told_with_what_to_do() {
    let settings = Broker::shared().settings("faults");
    let topics = &settings.topics;
    let wrong = [
        NewTopic::new(&topics.usage, 2, TopicReplication::Fixed(1)).set("cleanup.policy", "compact"),
        NewTopic::new(&topics.control, 3, TopicReplication::Fixed(1)).set("message.timestamp.type", "LogAppendTime"),
        NewTopic::new(&topics.changelog, 2, TopicReplication::Fixed(1)).set("max.message.bytes", "8388608"),
        NewTopic::new(&topics.records, 2, TopicReplication::Fixed(1)),
        NewTopic::new(&topics.notices, 2, TopicReplication::Fixed(1)).set("max.message.bytes", "4194304"),
    ];
    let raw: AdminClient<DefaultClientContext> = ClientConfig::new().set("bootstrap.servers", &settings.bootstrap).create().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(raw.create_topics(&wrong, &AdminOptions::new())).unwrap();

    let admin = admin(&settings);
    let deadline = Instant::now() + PATIENCE;
    let differences = loop {
        let KafkaFault::Topics { differences } = admin.check(InputTime::LogAppendTime).unwrap_err() else {
            panic!("another fault");
        };
        // The broker shows new topics one after the other.
        if differences.iter().filter(|one| one.contains("does not exist")).count() == 1 || Instant::now() > deadline {
            break differences;
        }
    };
    let expect = [
        (&topics.suspense, "does not exist", "tally topics create"),
        (&topics.control, "3 partitions", "anew with 2"),
        (&topics.usage, "cleanup.policy = compact", "cleanup.policy=delete"),
        (&topics.usage, "CreateTime", "message.timestamp.type=LogAppendTime"),
        (&topics.changelog, "cleanup.policy = delete", "cleanup.policy=compact"),
        (&topics.changelog, "delete.retention.ms", "delete.retention.ms=2592000000"),
        (&topics.records, "max.message.bytes", "max.message.bytes=4194304"),
    ];
    for (topic, what, cure) in expect {
        let found = differences.iter().any(|one| one.contains(topic.as_str()) && one.contains(what) && one.contains(cure));
        assert!(found, "{topic} {what} is not in {differences:#?}");
    }
    assert_eq!(differences.len(), expect.len(), "{differences:#?}");
}

#[test]
fn an_absent_broker_is_waited_for_and_then_named() {
    let settings = Settings::new("127.0.0.1:1", "group", "one");
    let (start, mut retries) = (Instant::now(), 0);
    let fault = Admin::connect(&settings, Duration::from_secs(4), &mut |_| retries += 1).err().unwrap();
    assert!(matches!(fault, KafkaFault::Unreachable { .. }) && fault.to_string().contains("127.0.0.1:1"), "{fault}");
    assert!(start.elapsed() < Duration::from_secs(8) && retries > 0, "{:?} {retries}", start.elapsed());
}

#[test]
fn properties_that_the_commit_protocol_owns_are_refused() {
    let mut settings = Settings::new("127.0.0.1:1", "group", "one");
    settings.properties.insert("isolation.level".into(), "read_uncommitted".into());
    assert!(matches!(KafkaSource::connect(&settings, 0).err(), Some(KafkaFault::OwnedProperty { key }) if key == "isolation.level"));
    settings.properties.clear();
    settings.properties.insert("no.such.property".into(), "1".into());
    assert!(
        matches!(KafkaSource::connect(&settings, 0).err(), Some(KafkaFault::Configuration { detail }) if detail.contains("no.such.property"))
    );
}
