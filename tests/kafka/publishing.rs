//! The sink: all or nothing, once, and found again at the takeover.

use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tally::kafka::{KafkaSink, KafkaSource, Settings};
use tally::pipeline::ports::{Outlet, Output, PublishError, Recovered, Sink};

use crate::kafka::broker::Broker;
use crate::kafka::topic::{Record, read_committed};
use crate::kafka::worker::{Memory, Worker, positions, publication};

fn joined(settings: &Settings) -> Worker {
    let mut worker = Worker::join(settings, 0);
    worker.until("the assignment", |worker| !worker.positions.is_empty());
    worker
}

fn records(settings: &Settings) -> Vec<String> {
    read_committed(&settings.bootstrap, &settings.topics.records).iter().map(Record::text).collect()
}

fn state(store: &Memory) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    store.state.iter().map(|(key, value)| format!("{}={}", text(key), text(value))).collect()
}

#[test]
fn what_was_published_is_found_again_from_any_earlier_store() {
    let settings = Broker::shared().topics("replay", 2);
    let mut worker = joined(&settings);
    assert_eq!(worker.recover(1).unwrap(), Recovered::default(), "nothing was ever committed");
    let mut copies = vec![Memory::default()];
    for (changes, usage) in [(&["a=1", "b=1"][..], 2), (&["a=2", "c=1"], 5), (&["b"], 6), (&[], 9)] {
        worker.publish(&publication(1, changes, usage)).unwrap();
        copies.push(worker.stores[&1].clone());
    }
    drop(worker);
    assert_eq!(records(&settings), ["1:a=1,b=1@2", "1:a=2,c=1@5", "1:b@6", "1:@9"]);
    let first = &read_committed(&settings.bootstrap, &settings.topics.records)[0];
    assert_eq!((first.partition, first.headers.as_slice()), (1, &[("ce_id".to_owned(), b"7".to_vec())][..]));

    for (age, copy) in copies.into_iter().enumerate() {
        let mut next = Worker::join(&settings, 0);
        let before = copy.receipt.clone();
        next.stores.insert(1, copy);
        let recovered = next.recover(1).unwrap();
        assert_eq!(recovered.committed, Some(positions(0, 9)), "copy {age}");
        assert_eq!(state(&next.stores[&1]), ["a=2", "c=1"], "copy {age}");
        assert_eq!(recovered.receipt.is_some(), age < 3, "copy {age}: replayed only if there was something");
        assert_eq!(next.stores[&1].receipt.is_some(), recovered.receipt.is_some() || before.is_some());
        assert_eq!(next.recover(0).unwrap(), Recovered::default(), "another partition is not concerned");
    }
}

#[test]
fn keys_choose_the_partition_as_javas_do() {
    let settings = Broker::shared().topics("murmur", 4);
    let mut worker = joined(&settings);
    // From Java: Utils.toPositive(Utils.murmur2(key)) % 4.
    let expect = [("SE-0180", murmur2(b"SE-0180")), ("DK-101", murmur2(b"DK-101")), ("FI-091", murmur2(b"FI-091"))];
    let output = |key: &str| Output {
        outlet: Outlet::Notices,
        partition: None,
        key: key.as_bytes().to_vec(),
        headers: Vec::new(),
        value: key.as_bytes().to_vec(),
    };
    let mut one = publication(0, &[], 1);
    one.outputs = expect.iter().map(|(key, _)| output(key)).collect();
    worker.publish(&one).unwrap();
    let read = read_committed(&settings.bootstrap, &settings.topics.notices);
    for (key, hash) in expect {
        let record = read.iter().find(|record| record.text() == key).unwrap();
        assert_eq!(record.partition, (hash & 0x7fff_ffff) % 4, "{key}");
    }
}

/// Kafka's murmur2, written from its Java source for comparison.
fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = 0x9747_b28c ^ u32::try_from(data.len()).unwrap();
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    if !rest.is_empty() {
        let tail = rest.iter().rev().fold(0_u32, |tail, byte| (tail << 8) | u32::from(*byte));
        hash = (hash ^ tail).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[test]
fn a_publication_is_large_or_refused_whole() {
    let settings = Broker::shared().topics("large", 1);
    let mut worker = joined(&settings);
    let mut large = publication(0, &[], 1);
    large.changes = (0..30_000_u32).map(|key| (key.to_be_bytes().to_vec(), Some(vec![7; 300]))).collect();
    large.changes.push((b"huge".to_vec(), Some(vec![8; 2_000_000])));
    worker.publish(&large).unwrap();
    let mut empty = Worker::join(&settings, 0);
    assert_eq!(empty.recover(0).unwrap().committed, Some(positions(0, 1)));
    assert_eq!(empty.stores[&0].state, worker.stores[&0].state);

    large.changes = vec![(b"monster".to_vec(), Some(vec![9; 5_000_000]))];
    large.positions = positions(0, 2);
    let fault = empty.publish(&large).unwrap_err();
    assert!(matches!(&fault, PublishError::Fatal(text) if text.contains("5001031 bytes")), "{fault:?}");
    assert_eq!(records(&settings), ["0:@1"]);
}

#[test]
fn an_aborted_publication_is_never_seen() {
    let settings = Broker::shared().topics("abort", 1);
    let worker = joined(&settings);
    let Worker { source, mut sink, .. } = worker;
    sink.publish(&[publication(0, &["a=1"], 1)]).unwrap();
    drop(source);
    // Everything was written when it turns out that the right to commit is gone.
    let fault = sink.publish(&[publication(0, &["a=2"], 2)]).unwrap_err();
    assert!(matches!(fault, PublishError::Fenced(_)), "{fault:?}");
    let fault = sink.publish(&[publication(0, &["a=3"], 3)]).unwrap_err();
    assert!(matches!(&fault, PublishError::Aborted(text) if text.contains("fenced first")), "{fault:?}");
    assert_eq!(records(&settings), ["0:a=1@1"]);
    let mut next = Worker::join(&settings, 0);
    assert_eq!(next.recover(0).unwrap().committed, Some(positions(0, 1)));
    assert_eq!(state(&next.stores[&0]), ["a=1"]);
}

#[test]
fn a_zombie_is_fenced() {
    let settings = Broker::shared().topics("zombie", 1);
    let mut worker = joined(&settings);
    worker.publish(&publication(0, &["a=1"], 1)).unwrap();
    let mut zombie = KafkaSink::new(&settings, 0, worker.source.group()).unwrap();
    zombie.fence().unwrap();
    worker.sink.fence().unwrap();
    let fault = zombie.publish(&[publication(0, &["a=zombie"], 2)]).unwrap_err();
    assert!(matches!(fault, PublishError::Fenced(_)), "{fault:?}");
    worker.publish(&publication(0, &["a=2"], 2)).unwrap();
    assert_eq!(records(&settings), ["0:a=1@1", "0:a=2@2"]);
}

#[test]
fn an_open_transaction_of_a_dead_process_hides_nothing_committed() {
    let settings = Broker::shared().topics("open", 1);
    let mut worker = joined(&settings);
    worker.publish(&publication(0, &["a=1"], 1)).unwrap();
    let dead: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", &settings.bootstrap)
        .set("transactional.id", format!("{}-dead", settings.group))
        .set("transaction.timeout.ms", "4000")
        .create()
        .unwrap();
    dead.init_transactions(Duration::from_secs(10)).unwrap();
    dead.begin_transaction().unwrap();
    dead.send(BaseRecord::to(&settings.topics.changelog).partition(0).key("a").payload("dead")).unwrap();
    dead.flush(Duration::from_secs(5)).unwrap();

    let start = Instant::now();
    let mut next = Worker::join(&settings, 0);
    next.recover(0).unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "what is before it is there at once: {:?}", start.elapsed());
    drop(worker);
    next.until("the assignment", |worker| !worker.positions.is_empty());
    next.publish(&publication(0, &["a=2"], 2)).unwrap();
    // The broker shows this commit only when it has given up the dead transaction.
    let mut third = Worker::join(&settings, 0);
    assert_eq!(third.recover(0).unwrap().committed, Some(positions(0, 2)));
    assert_eq!(state(&third.stores[&0]), ["a=2"]);
    drop(dead);
}

#[test]
fn a_commit_without_an_answer_is_unknown() {
    let cluster = MockCluster::new(1).unwrap();
    let mut settings = Settings::new(&cluster.bootstrap_servers(), "mock", "one");
    settings.operation_timeout = Duration::from_secs(2);
    let topics = settings.topics.clone();
    for topic in [&topics.usage, &topics.control, &topics.records, &topics.changelog] {
        cluster.create_topic(topic, 1, 1).unwrap();
    }
    let source = KafkaSource::connect(&settings, 0).unwrap();
    let mut sink = KafkaSink::new(&settings, 0, source.group()).unwrap();
    sink.fence().unwrap();
    sink.publish(&[publication(0, &["a=1"], 1)]).unwrap();
    cluster.request_errors(RDKafkaApiKey::EndTxn, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR__TRANSPORT; 100]);
    let fault = sink.publish(&[publication(0, &["a=2"], 2)]).unwrap_err();
    assert!(matches!(fault, PublishError::Unknown(_)), "{fault:?}");
    let fault = sink.publish(&[publication(0, &["a=2"], 2)]).unwrap_err();
    assert!(matches!(fault, PublishError::Aborted(_)), "never retried in place: {fault:?}");
    cluster.clear_request_errors(RDKafkaApiKey::EndTxn);
    sink.fence().unwrap();
    sink.publish(&[publication(0, &["a=2"], 2)]).unwrap();
}

#[test]
fn whatever_moment_the_broker_hangs_at_the_takeover_finds_all_or_nothing() {
    let broker = Broker::start();
    let mut settings = broker.topics("hang", 1);
    settings.operation_timeout = Duration::from_millis(1500);
    settings.transaction_timeout = Duration::from_secs(5);
    // Nobody polls while it hangs, and that is not what is tested.
    settings.session_timeout = Duration::from_mins(1);
    let mut worker = joined(&settings);
    let (mut committed, mut outcomes) = (0, Vec::new());
    for percent in [40, 70, 90] {
        // The ones before make the producer know its way, and show how long it takes.
        let mut usual = Duration::ZERO;
        for _ in 0..3 {
            let start = Instant::now();
            committed += 1;
            worker.publish(&publication(0, &[&format!("a={committed}")], committed)).unwrap();
            usual = start.elapsed();
        }
        let usage = committed + 1;
        let key = format!("a={usage}");
        let outcome = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(usual * percent / 100);
                broker.pause();
            });
            worker.sink.publish(&[publication(0, &[&key], usage)])
        });
        std::thread::sleep(Duration::from_millis(20));
        broker.resume();
        let found = takeover(&mut worker);
        match &outcome {
            Ok(_) => assert_eq!(found, usage),
            Err(PublishError::Unknown(_)) => assert!(found == committed || found == usage, "{found}"),
            Err(PublishError::Aborted(_)) => assert_eq!(found, committed),
            Err(other) => panic!("{other:?}"),
        }
        outcomes.push((usual, outcome.map(drop).map_err(|fault| fault.to_string())));
        committed = found;
    }
    println!("{outcomes:#?}");
    let expect: Vec<String> = (1..=committed).map(|usage| format!("0:a={usage}@{usage}")).collect();
    assert_eq!(records(&settings), expect, "each once, none twice");
    broker.crash_and_restart();
    assert_eq!(takeover(&mut worker), committed, "and after a crash of the broker");
}

/// Fences and recovers into an empty store, as often as the broker needs; returns the usage position.
fn takeover(worker: &mut Worker) -> u64 {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        worker.stores.clear();
        let outcome = worker.sink.fence().and_then(|()| worker.recover(0));
        match outcome {
            Ok(recovered) => {
                let usage = recovered.committed.map_or(0, |positions| positions.usage.next_offset);
                let expect = if usage == 0 { Vec::new() } else { vec![format!("a={usage}")] };
                assert_eq!(state(&worker.stores[&0]), expect, "state and position belong together");
                return usage;
            }
            Err(PublishError::Aborted(text)) if Instant::now() < deadline => println!("again: {text}"),
            Err(fault) => panic!("{fault:?}"),
        }
    }
}
