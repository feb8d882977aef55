//! Personal numbers through every way in; then all that came out, and all that is kept, is looked through.

use serde_json::{Value, json};
use tally::app;
use tally::cli::catalog_files::load_catalog;
use tally::domain::verdict::{Reason, Verdict};
use tally::engine::input::{Body, Input, Outcome, Step, Timing};
use tally::engine::{Engine, Limits, dedupe};
use tally::journal::JournalDirectory;
use tally::pipeline::ports::Store as _;
use tally::store::{Memory, Rebuild, RocksStores, StateDirectory};
use tally::wire::decode;

use crate::journal::{Journal, holds};

const SWEDISH: &str = "19121212-1212";
const PLAIN: &str = "191212121212";
const DANISH: &str = "070761-4285";
const FINNISH: &str = "131052-308T";
const NUMBERS: [&str; 4] = [SWEDISH, PLAIN, DANISH, FINNISH];

/// A line of usage, with the reason that it is suspended for.
fn event(change: impl FnOnce(&mut Value), reason: &'static str) -> (Vec<u8>, &'static str) {
    let mut event = json!({"specversion": "1.0", "id": "e", "source": "it-7", "type": "sms", "subject": "SE-0180", "time": "2026-01-10T12:00:00Z", "data": {"quantity": 1}});
    change(&mut event);
    (event.to_string().into_bytes(), reason)
}

/// One for each way that a personal number can come: every member, escaped, as a name, and in what cannot be read.
fn usage() -> Vec<(Vec<u8>, &'static str)> {
    let mut lines = Vec::new();
    for number in NUMBERS {
        for member in ["note", "outcome", "person", "part", "unit", "action", "created", "lifecycle", "environment", "encoding"] {
            let reason = if member == "environment" || member == "encoding" { "bad_data" } else { "personal_data" };
            let reason = if member == "encoding" { "personal_data" } else { reason };
            lines.push(event(|event| event["data"][member] = json!(number), reason));
        }
        lines.push(event(|event| event["data"]["deep"] = json!([{"a": [format!("({number})")]}]), "personal_data"));
        lines.push(event(|event| event["subject"] = json!(number), "personal_data"));
        lines.push(event(
            |event| {
                event["data"]["note"] = json!(number);
                event["data"]["quantity"] = json!("1e3");
            },
            "bad_quantity",
        ));
        lines.push(event(|event| event["data"][number] = json!(1), "not_activated"));
        lines.push(event(|event| event["extension"] = json!(number), "not_activated"));
        lines.push(event(|event| event[number] = json!("x"), "not_activated"));
        lines.push(event(
            |event| {
                event["extension"] = json!(number);
                event["type"] = json!("nothing");
            },
            "unknown_service",
        ));
        lines.push(event(
            |event| {
                event["extension"] = json!(number);
                event["time"] = json!("2024-01-10T12:00:00Z");
                event["recordedtime"] = json!("2026-01-10T12:00:00Z");
            },
            "too_old",
        ));
        let whole = event(|event| event["data"]["note"] = json!(number), "").0;
        let text = String::from_utf8(whole.clone()).unwrap();
        let escaped: String = number.chars().map(|letter| format!("\\u{:04x}", letter as u32)).collect();
        lines.push((text.replace(number, &escaped).into_bytes(), "personal_data"));
        lines.push((text.replace(number, &format!("\\n{number}\\n")).into_bytes(), "personal_data"));
        lines.push((whole[..whole.len() - 1].to_vec(), "undecodable"));
        lines.push((text.replace("\"1.0\"", "\"0.3\"").into_bytes(), "undecodable"));
        lines.push((text.replace("\"quantity\"", "\"note\"").into_bytes(), "undecodable"));
        lines.push((format!("[\"{escaped}\"").into_bytes(), "undecodable"));
        lines.push((number.bytes().flat_map(|byte| [0, byte]).collect(), "undecodable"));
        lines.push(([b"\xff", number.as_bytes(), b"\xfe"].concat(), "undecodable"));
        lines.push((number.as_bytes().to_vec(), "undecodable"));
    }
    for number in [SWEDISH, DANISH, FINNISH] {
        for member in ["id", "source", "type", "sequence"] {
            lines.push(event(|event| event[member] = json!(format!("x {number}")), "personal_data"));
        }
        lines.push(event(|event| event["data"]["retracts"] = json!(number), "bad_data"));
    }
    let inner = event(|event| event["data_base64"] = json!("MTkxMjEyMTItMTIxMg=="), "undecodable");
    lines.push(inner);
    lines
}

/// Lines of control that are refused.
fn control() -> Vec<String> {
    let facts =
        |number: &str| json!({"name": number, "country": "SE", "timezone": "Europe/Stockholm", "currency": "SEK", "from": "2026-01-01"});
    let mut lines = Vec::new();
    for number in NUMBERS {
        let event = |change: &dyn Fn(&mut Value)| {
            let mut event = json!({"specversion": "1.0", "id": "c", "source": "//admin", "type": "tally.customer.v1", "subject": "SE-0180", "time": "2026-01-02T00:00:00Z", "data": facts("A")});
            change(&mut event);
            event.to_string()
        };
        lines.push(event(&|event| event["data"] = facts(number)));
        for member in ["timezone", "currency", "from", "org_number", "nothing"] {
            lines.push(event(&|event| event["data"][member] = json!(number)));
        }
        lines.push(event(&|event| event["type"] = json!(number)));
        lines.push(event(&|event| event["subject"] = json!(number)));
        lines.push(event(&|event| {
            event["type"] = json!("tally.decision.v1");
            event["data"] = json!({"plan": "sms", "period_from": number, "decision": number, "actor": number, "reason": number});
        }));
        lines.push(event(&|event| {
            event["type"] = json!("tally.rerate.v1");
            event["data"] =
                json!({"plan": "sms", "from": "2026-01-01", "to": "2026-02-01", "actor": "anna", "reason": format!("for {number}")});
        }));
        lines.push(format!("{{\"a\":\"{number}\""));
    }
    for number in [SWEDISH, DANISH, FINNISH] {
        for member in ["id", "source"] {
            let mut event = json!({"specversion": "1.0", "id": "c", "source": "//admin", "type": "tally.customer.v1", "subject": "SE-0180", "time": "2026-01-02T00:00:00Z", "data": facts("A")});
            event[member] = json!(number);
            lines.push(event.to_string());
        }
    }
    lines
}

fn check(with_keys: bool) {
    let mut journal = Journal::new();
    if with_keys {
        journal.init();
    }
    journal.customer("SE-0180");
    let (usage, control) = (usage(), control());
    control.iter().for_each(|line| journal.raw_control(line));
    for (place, (line, _)) in usage.iter().enumerate() {
        // Ids differ, or copies would be duplicates.
        let line = String::from_utf8(line.clone()).map(|text| text.replacen(r#""id":"e""#, &format!(r#""id":"e{place}""#), 1).into_bytes());
        journal.raw_usage(&line.unwrap_or_else(|raw| raw.into_bytes()));
    }
    let said = journal.run("2026-03-01");
    let suspense = journal.suspense();
    let reasons: Vec<&str> =
        suspense.iter().filter(|one| one["origin"]["topic"] == "usage-events").map(|one| one["reason"].as_str().unwrap()).collect();
    let mut found: Vec<&str> = reasons.clone();
    let mut expect: Vec<&str> = usage.iter().map(|(_, reason)| *reason).collect();
    found.sort_unstable();
    expect.sort_unstable();
    assert_eq!(found, expect);
    assert_eq!(suspense.len(), usage.len() + control.len(), "each refused event of control is told");
    let redacted = |one: &Value| one.get("redacted") == Some(&json!(true)) && one["original"].is_null();
    assert_eq!(suspense.iter().filter(|one| !redacted(one)).collect::<Vec<_>>(), Vec::<&Value>::new());
    for number in NUMBERS {
        assert!(!said.contains(number), "{number} is logged");
        for (path, bytes) in journal.made() {
            assert!(!holds(&bytes, number), "{number} stands in {}", path.display());
        }
        for (key, value) in stored(&journal) {
            assert!(!holds(&key, number) && !holds(&value, number), "{number} is stored: {}", String::from_utf8_lossy(&value));
        }
    }
    journal.verify();
}

/// All pieces of state, decompressed.
fn stored(journal: &Journal) -> Vec<(Vec<u8>, Vec<u8>)> {
    let directory = JournalDirectory::open(&journal.path()).unwrap();
    assert!(app::last_commit(&directory).unwrap().sums.suspended > 0);
    let stores = RocksStores::new(StateDirectory::look_on(&directory.state()).unwrap(), Rebuild::FromInputs, Memory::default()).unwrap();
    let store = stores.open_read_only(0).unwrap();
    store.scan(&[], &[0xff; 8], usize::MAX).unwrap()
}

#[test]
fn u24_no_personal_number_comes_out_or_stays() {
    check(false);
}

#[test]
fn u24_nor_with_a_key_ring() {
    check(true);
}

#[test]
fn the_search_finds_what_it_looks_for() {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    for before in ["", "x", "xy", "xyz"] {
        let text = format!("{before}{SWEDISH} and more");
        assert!(
            holds(text.as_bytes(), SWEDISH)
                && holds(engine.encode(&text).as_bytes(), SWEDISH)
                && holds(hex::encode(&text).as_bytes(), SWEDISH)
        );
    }
    assert!(!holds(b"19121212-1213", SWEDISH));
}

/// An event with a personal number is refused where it stands: nothing of it goes to another partition.
#[test]
fn what_holds_a_personal_number_is_not_forwarded() {
    let (catalog, _) = load_catalog(std::path::Path::new("tests/data/privacy/catalog.toml")).map_err(|_| ()).unwrap();
    let check = |line: &[u8], expect: Option<Verdict>| {
        let mut engine = Engine::new(std::sync::Arc::new(catalog.clone()), 0, 4, Limits { accounts_in_ram: 10, ids_in_ram: 10 });
        let event = decode::usage(line, &[], true).unwrap();
        let fingerprint = dedupe::fingerprint(&event.source, &event.id);
        let timing = Timing::At(event.time);
        let input = Input { timing, offset: 0, topic: "usage-events", value: line, body: Body::Usage { event, fingerprint } };
        let outcome = loop {
            match engine.fold(&input).unwrap() {
                Step::Done(outcome) => break outcome,
                Step::Missing(wants) => wants.into_iter().for_each(|want| match want {
                    tally::engine::input::Want::State(key) => engine.supply(key, None).unwrap(),
                    tally::engine::input::Want::Customer { after, .. } => engine.supply_customer(after.as_ref(), None),
                    other => panic!("{other:?}"),
                }),
            }
        };
        match (outcome, expect) {
            (Outcome::Usage(verdict), Some(expect)) => assert_eq!(verdict, expect),
            (Outcome::Forward(_), None) => {}
            other => panic!("{other:?}"),
        }
    };
    let customers: Vec<String> = (0..8).map(|number| format!("SE-{number:04}")).collect();
    let elsewhere = customers.iter().find(|customer| tally::engine::route::partition_of(customer, 4) != 0).unwrap();
    let (line, _) = event(|event| event["subject"] = json!(elsewhere), "");
    check(&line, None);
    let held = [
        event(|event| event["subject"] = json!(PLAIN), ""),
        event(|event| (event["subject"], event["data"]["x"]) = (json!(elsewhere), json!(PLAIN)), ""),
    ];
    held.iter().for_each(|(line, _)| check(line, Some(Verdict::Suspended(Reason::PersonalData))));
}
