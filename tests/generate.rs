//! The generator: the same seed gives the same bytes, in log-time order, and every line is sound or bad on purpose.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tally::generate::{EventTarget, JournalTarget, Settings, TargetError, generate};
use tally::pipeline::ports::Lane;

#[derive(Default, PartialEq, Debug)]
struct Memory {
    usage: Vec<(Vec<u8>, Vec<u8>)>,
    control: Vec<(Vec<u8>, Vec<u8>)>,
}

impl EventTarget for Memory {
    fn put(&mut self, lane: Lane, key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        let list = if lane == Lane::Usage { &mut self.usage } else { &mut self.control };
        list.push((key.to_vec(), event.to_vec()));
        Ok(())
    }

    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError> {
        self.put(Lane::Control, b"", event)
    }

    fn finish(&mut self) -> Result<(), TargetError> {
        Ok(())
    }
}

fn settings(events: u64, seed: u64) -> Settings {
    Settings { events, customers: 40, year: 2026, seed, skew: 1.1, tick_at_ms: None }
}

fn run(settings: &Settings) -> Memory {
    let mut memory = Memory::default();
    generate(settings, &mut memory).unwrap();
    memory
}

fn log_time(event: &Value) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    let time = event.get("time")?.as_str()?;
    chrono::DateTime::parse_from_rfc3339(event.get("recordedtime").and_then(Value::as_str).unwrap_or(time)).ok()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(run(&settings(3_000, 7)), run(&settings(3_000, 7)));
    assert_ne!(run(&settings(3_000, 7)).usage, run(&settings(3_000, 8)).usage);
}

#[test]
fn there_are_exactly_as_many_events_as_asked_for() {
    for events in [0, 1, 999, 12_345] {
        assert_eq!(run(&settings(events, 1)).usage.len() as u64, events);
    }
}

#[test]
fn lines_come_in_log_time_order() {
    let memory = run(&settings(20_000, 3));
    for lane in [&memory.usage, &memory.control] {
        let parsed = lane.iter().filter_map(|(_, line)| serde_json::from_slice::<Value>(line).ok());
        let times: Vec<_> = parsed.filter_map(|event| log_time(&event)).collect();
        assert!(times.len() * 100 > lane.len() * 99);
        assert!(times.is_sorted());
    }
}

#[test]
fn lines_are_sound_or_bad_on_purpose() {
    let memory = run(&settings(50_000, 5));
    let mut bad = 0;
    for (key, line) in &memory.usage {
        let event: Option<Value> = serde_json::from_slice(line).ok();
        let has = |name: &str| event.as_ref().is_some_and(|event| event[name].is_string());
        if !["id", "source", "type", "subject", "time"].into_iter().all(has) {
            bad += 1;
            continue;
        }
        assert_eq!(event.unwrap()["subject"].as_str().unwrap().as_bytes(), key);
    }
    assert!((1..100).contains(&bad), "{bad} bad lines");
}

#[test]
fn some_events_are_told_twice_and_sizes_differ() {
    let memory = run(&settings(50_000, 5));
    let events: Vec<Value> = memory.usage.iter().filter_map(|(_, line)| serde_json::from_slice(line).ok()).collect();
    let ids: BTreeSet<&str> = events.iter().filter_map(|event| event["id"].as_str()).collect();
    assert!((300..800).contains(&(events.len() - ids.len())));
    let mut per_customer: BTreeMap<&[u8], usize> = BTreeMap::new();
    for (key, _) in &memory.usage {
        *per_customer.entry(key).or_default() += 1;
    }
    assert!(per_customer.len() > 40, "everybody, and a stranger");
    assert!(per_customer[b"SE-0180".as_slice()] > 20 * per_customer[b"FI-905".as_slice()]);
}

#[test]
fn a_tick_ends_the_year_if_asked_for() {
    let memory = run(&Settings { tick_at_ms: Some(1_800_000_000_000), ..settings(10, 1) });
    let last: Value = serde_json::from_slice(&memory.control.last().unwrap().1).unwrap();
    assert_eq!((&last["type"], &last["time"]), (&"tally.tick.v1".into(), &"2027-01-15T08:00:00.000Z".into()));
}

#[test]
fn settings_out_of_range_are_refused_with_a_cure() {
    let check = |settings: Settings, expect: &str| {
        let error = generate(&settings, &mut Memory::default()).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check(Settings { customers: 0, ..settings(1, 1) }, "--customers 40");
    check(Settings { skew: f64::NAN, ..settings(1, 1) }, "--skew 1.1");
    check(Settings { year: 20_026, ..settings(1, 1) }, "--year 2026");
}

#[test]
fn a_journal_gets_whole_lines_and_is_never_added_to() {
    let dir = tempfile::tempdir().unwrap();
    let mut target = JournalTarget::create(dir.path()).unwrap();
    generate(&settings(500, 1), &mut target).unwrap();
    let text = std::fs::read(dir.path().join("in/usage-events/0.ndjson")).unwrap();
    let expect: Vec<u8> = run(&settings(500, 1)).usage.into_iter().flat_map(|(_, line)| [line, b"\n".to_vec()].concat()).collect();
    assert!(text == expect);
    let error = JournalTarget::create(dir.path()).unwrap_err().to_string();
    assert!(error.contains("0.ndjson") && error.contains("empty directory"), "{error}");
}
