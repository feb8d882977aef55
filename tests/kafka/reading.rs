//! The source: what arrives, from where, and what a rebalance does to it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use tally::kafka::{KafkaSource, Settings, Target};
use tally::pipeline::ports::{Arrival, Lane, Message, Room, Source, SourceError};

use crate::kafka::broker::Broker;
use crate::kafka::worker::{ROOM, Worker, positions};

/// In 1970: input topics keep old inputs too.
const TIME_MS: i64 = 1_000;

fn load(settings: &Settings, lane: Lane, partition: u32, values: impl IntoIterator<Item = String>) {
    let target = Target::connect(settings).unwrap();
    for value in values {
        target.send(settings.topics.of_lane(lane), Some(partition), b"key", value.as_bytes(), Some(TIME_MS)).unwrap();
    }
    target.flush().unwrap();
}

fn numbers(prefix: &str, count: u64) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

/// Offsets by lane and partition, in the order of arrival.
fn offsets(inputs: &[(Lane, u32, u64, String)]) -> BTreeMap<(Lane, u32), Vec<u64>> {
    let mut offsets: BTreeMap<(Lane, u32), Vec<u64>> = BTreeMap::new();
    for (lane, partition, offset, _) in inputs {
        offsets.entry((*lane, *partition)).or_default().push(*offset);
    }
    offsets
}

#[test]
fn both_lanes_arrive_whole_and_tell_their_ends() {
    let settings = Broker::shared().topics("lanes", 2);
    load(&settings, Lane::Usage, 0, numbers("u", 5000));
    load(&settings, Lane::Control, 0, numbers("c", 3));
    load(&settings, Lane::Usage, 1, numbers("v", 1));
    let mut worker = Worker::join(&settings, 0);
    // Control of partition 1 is empty: its end is told all the same.
    worker.until_ended(2);
    let arrived = offsets(&worker.inputs);
    let check = |lane, partition, count: u64| {
        let expect: Vec<u64> = (0..count).collect();
        assert_eq!(arrived.get(&(lane, partition)).cloned().unwrap_or_default(), expect, "{lane:?} {partition}");
    };
    check(Lane::Usage, 0, 5000);
    check(Lane::Control, 0, 3);
    check(Lane::Usage, 1, 1);
    check(Lane::Control, 1, 0);

    load(&settings, Lane::Control, 1, numbers("late", 2));
    worker.until("the late ones", |worker| worker.inputs.len() == 5006 && worker.ends.len() == 4);
}

#[test]
fn a_lane_without_room_is_not_read() {
    let settings = Broker::shared().topics("room", 1);
    load(&settings, Lane::Usage, 0, numbers("u", 10));
    load(&settings, Lane::Control, 0, numbers("c", 10));
    let mut source = KafkaSource::connect(&settings, 0).unwrap();
    let mut poll = |room: Room, for_ms: u64| {
        let (mut seen, until) = (Vec::new(), Instant::now() + Duration::from_millis(for_ms));
        while Instant::now() < until && seen.len() < 10 {
            let mut out = Vec::new();
            source.poll(4, room, Duration::from_millis(10), &mut out).unwrap();
            assert!(out.len() <= 5, "max is kept to, but for rebalances");
            for arrival in out {
                match arrival {
                    Arrival::Assigned(partitions) => {
                        partitions.iter().for_each(|one| source.start(*one, &positions(0, 0)).unwrap());
                    }
                    Arrival::Input(message) => seen.push((message.lane(), message.offset())),
                    _ => {}
                }
            }
        }
        seen
    };
    let ten = |lane| (0..10).map(|offset| (lane, offset)).collect::<Vec<_>>();
    assert_eq!(poll(Room { control: false, usage: false }, 3000), []);
    assert_eq!(poll(Room { control: true, usage: false }, 5000), ten(Lane::Control));
    assert_eq!(poll(Room { control: false, usage: true }, 5000), ten(Lane::Usage));
}

#[test]
fn messages_carry_key_time_headers_and_tombstones() {
    let settings = Broker::shared().topics("parts", 1);
    load(&settings, Lane::Usage, 0, ["value".to_owned()]);
    let mut source = KafkaSource::connect(&settings, 0).unwrap();
    let mut messages = Vec::new();
    let until = Instant::now() + Duration::from_secs(20);
    while messages.is_empty() && Instant::now() < until {
        let mut out = Vec::new();
        source.poll(10, ROOM, Duration::from_millis(10), &mut out).unwrap();
        for arrival in out {
            match arrival {
                Arrival::Assigned(_) => source.start(0, &positions(0, 0)).unwrap(),
                Arrival::Input(message) => messages.push(message),
                _ => {}
            }
        }
    }
    // It may outlive its source.
    drop(source);
    let message = messages.pop().unwrap();
    assert_eq!((message.key(), message.value()), (Some(&b"key"[..]), Some(&b"value"[..])));
    assert_eq!((message.timestamp_ms(), message.has_headers()), (Some(TIME_MS), false));
    assert!(message.footprint() >= 8);
}

#[test]
fn a_partition_can_be_stopped_and_started_anew_from_an_earlier_position() {
    let settings = Broker::shared().topics("anew", 1);
    load(&settings, Lane::Usage, 0, numbers("u", 100));
    load(&settings, Lane::Control, 0, numbers("c", 100));
    let mut worker = Worker::join(&settings, 0);
    worker.until_ended(1);
    for (control, usage) in [(40, 70), (0, 0), (100, 100), (99, 1)] {
        worker.source.stop(0).unwrap();
        worker.inputs.clear();
        worker.ends.clear();
        worker.source.start(0, &positions(control, usage)).unwrap();
        worker.until_ended(1);
        let arrived = offsets(&worker.inputs);
        let of = |lane| arrived.get(&(lane, 0)).cloned().unwrap_or_default();
        assert_eq!(of(Lane::Control), (control..100).collect::<Vec<_>>());
        assert_eq!(of(Lane::Usage), (usage..100).collect::<Vec<_>>());
    }
}

#[test]
fn partitions_move_between_workers_without_loss_or_repeat() {
    let settings = Broker::shared().topics("move", 4);
    let total = 4 * 400;
    let loader = std::thread::spawn({
        let settings = settings.clone();
        move || {
            let target = Target::connect(&settings).unwrap();
            for number in 0..total {
                let partition = u32::try_from(number % 4).unwrap();
                target.send(&settings.topics.usage, Some(partition), b"key", b"value", Some(TIME_MS)).unwrap();
                // In small portions: the ends of the partitions are reached again and again.
                if number % 10 == 9 {
                    target.flush().unwrap();
                    std::thread::sleep(Duration::from_millis(40));
                }
            }
        }
    });
    let mut first = Worker::join(&settings, 0);
    first.until("some input of all partitions", |worker| worker.positions.len() == 4 && worker.inputs.len() > 50);
    let mut second = Worker::join(&settings, 1);
    let deadline = Instant::now() + Duration::from_mins(1);
    while first.inputs.len() + second.inputs.len() < total {
        assert!(Instant::now() < deadline, "only {} and {} of {total}", first.inputs.len(), second.inputs.len());
        first.step().unwrap();
        second.step().unwrap();
    }
    loader.join().unwrap();
    assert_eq!((first.positions.len(), second.positions.len()), (2, 2));
    // The first one leaves for good, and the second one goes on with all of them.
    let owned: Vec<u32> = first.positions.keys().copied().collect();
    first.commit_positions(&owned).unwrap();
    let mut inputs = std::mem::take(&mut first.inputs);
    drop(first);
    (0..4).for_each(|partition| load(&settings, Lane::Usage, partition, numbers("last-", 5)));
    second.until("the rest", |worker| worker.positions.len() == 4 && inputs.len() + worker.inputs.len() == total + 20);
    inputs.extend(std::mem::take(&mut second.inputs));
    for (place, offsets) in offsets(&inputs) {
        assert_eq!(offsets, (0..405).collect::<Vec<u64>>(), "{place:?}");
    }
}

#[test]
fn a_position_that_the_topic_does_not_have_stops_the_worker() {
    let settings = Broker::shared().topics("beyond", 1);
    load(&settings, Lane::Usage, 0, numbers("u", 5));
    let check = |control, usage, names: &str| {
        let mut worker = Worker::join(&settings, 0);
        worker.until("the assignment", |worker| !worker.positions.is_empty());
        worker.source.stop(0).unwrap();
        worker.source.start(0, &positions(control, usage)).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let fault = loop {
            assert!(Instant::now() < deadline, "{control} {usage} was accepted");
            if let Err(fault) = worker.step() {
                break fault;
            }
        };
        assert!(matches!(fault, SourceError::Fatal(_)), "{fault:?}");
        assert!(fault.to_string().contains(names) && fault.to_string().contains("no longer holds"), "{fault}");
    };
    check(0, 77, &settings.topics.usage);
    check(77, 0, &settings.topics.control);
}

#[test]
fn a_second_process_with_the_same_name_stops_the_first() {
    let settings = Broker::shared().topics("twins", 1);
    let mut first = Worker::join(&settings, 0);
    first.until_ended(1);
    let mut second = KafkaSource::connect(&settings, 0).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let fault = loop {
        assert!(Instant::now() < deadline, "the twin was not noticed");
        let mut out = Vec::new();
        second.poll(10, ROOM, Duration::ZERO, &mut out).unwrap();
        if let Err(fault) = first.step() {
            break fault;
        }
    };
    assert!(matches!(fault, SourceError::Fatal(_)) && fault.to_string().contains("instance"), "{fault}");
}

#[test]
fn dropping_is_quick_in_every_state() {
    let settings = Broker::shared().topics("drop", 2);
    load(&settings, Lane::Usage, 0, numbers("u", 20_000));
    let check = |state: &str, polls: usize, start: bool| {
        let mut source = KafkaSource::connect(&settings, 0).unwrap();
        let mut held = Vec::new();
        for _ in 0..polls {
            let mut out = Vec::new();
            source.poll(100, ROOM, Duration::from_millis(50), &mut out).unwrap();
            for arrival in out {
                match arrival {
                    Arrival::Assigned(partitions) if start => {
                        partitions.iter().for_each(|one| source.start(*one, &positions(0, 0)).unwrap());
                    }
                    other => held.push(other),
                }
            }
        }
        let start = Instant::now();
        drop(source);
        drop(held);
        assert!(start.elapsed() < Duration::from_secs(1), "{state}: {:?}", start.elapsed());
    };
    check("just joined", 0, false);
    check("joining", 3, false);
    check("assigned and not started", 100, false);
    check("started, with messages waiting", 100, true);
    check("started again", 40, true);
    let plain: BaseConsumer = rdkafka::ClientConfig::new().set("bootstrap.servers", &settings.bootstrap).create().unwrap();
    assert!(plain.fetch_metadata(None, Duration::from_secs(5)).is_ok());
}
