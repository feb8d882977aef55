//! Event ids: remembered for the horizon, whatever is in memory, sealed or stored.

use std::collections::BTreeMap;

use tally::domain::state::{StateKey, StateValue};
use tally::domain::verdict::Verdict;

use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::show::{run_alike, verdict};

const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
[plan.sms]
model = "metered"
period = "quarter"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "1.00" } } ]
"#;

fn check(events: &str, expect: &str) {
    let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{events}");
    let run = run_alike(&given::catalog(PLANS), &given::journal(&lines, "2026-12-31"));
    let verdicts: Vec<String> = run.verdicts.values().copied().map(verdict).collect();
    assert_eq!(verdicts.join(" "), expect, "{events}");
}

#[test]
fn source_and_id_are_the_key_and_nothing_else_is() {
    check("a sms 2026-02-01\na sms 2026-02-01", "counted duplicate");
    check("a sms 2026-02-01\na sms 2026-02-03 {\"quantity\":5}", "counted duplicate");
    check("a sms 2026-02-03\na sms 2026-02-01@2026-02-04", "counted duplicate");
    check("a sms 2026-02-01 K\na sms 2026-02-01 L", "counted duplicate");
    check("a sms 2026-02-01\nb sms 2026-02-01", "counted counted");
    let other = r#"raw {"specversion":"1.0","id":"a","source":"other","type":"sms","subject":"K","time":"2026-02-01T12:00:00Z"}"#;
    check(&format!("a sms 2026-02-01\n{other}"), "counted counted");
}

/// The horizon is 35 days of event time. Ids are forgotten by whole days (UTC), copies are too old before.
#[test]
fn an_id_is_remembered_for_the_horizon() {
    check("a sms 2026-02-01\na sms 2026-02-01@2026-03-08T12:00:00Z", "counted duplicate");
    check("a sms 2026-02-01\na sms 2026-02-01@2026-03-08T12:00:00.001Z", "counted too_old");
    check("a sms 2026-02-01\na sms 2026-03-08T23:59:59Z", "counted duplicate");
    check("a sms 2026-02-01\na sms 2026-03-09T00:00:00Z\na sms 2026-03-10", "counted counted duplicate");
}

fn many(count: u32) -> String {
    let event = |n: u32| format!("e{n} sms 2026-02-{:02}T12:00:{:02}Z@2026-02-{:02}T13:00:00Z", 1 + n % 3, n % 60, 4 + n / 50);
    (0..count).map(event).collect::<Vec<_>>().join("\n")
}

fn stored(run: &Run) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    for (key, value) in &run.store {
        let kind = match key {
            StateKey::IdBlock { .. } => "blocks",
            StateKey::IdRun { .. } => "runs",
            _ => continue,
        };
        let StateValue::Ids(ids) = value else { panic!("{key:?} holds no ids") };
        *kinds.entry(kind).or_default() += ids.len();
    }
    kinds
}

/// Every event twice, the second time in another order, with next to no ids in memory.
#[test]
fn sealed_ids_are_still_known() {
    let again: Vec<String> = (0..300).map(|n| format!("e{} sms 2026-02-{:02}@2026-02-12T00:00:00Z", (n * 7) % 300, 1 + n % 9)).collect();
    let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{}\n{}", many(300), again.join("\n"));
    let (catalog, journal) = (given::catalog(PLANS), given::journal(&lines, "2026-02-13"));
    for schedule in [
        Schedule::cruel(),
        Schedule { freeze_every: 64, ..Schedule::cruel() },
        Schedule { freeze_every: 7, in_flight: 0, ..Schedule::cruel() },
    ] {
        let run = run(&catalog, &journal, &schedule);
        let duplicates = run.verdicts.values().filter(|verdict| **verdict == Verdict::Duplicate).count();
        assert_eq!((run.sums.counted, duplicates), (300, 300));
        assert_eq!(stored(&run).values().sum::<usize>(), 300, "each id is stored once: {:?}", stored(&run));
        assert!(stored(&run)["runs"] > 200, "{:?}", stored(&run));
    }
}

/// Days behind the horizon leave the store.
#[test]
fn expired_ids_are_deleted() {
    let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{}\nlast sms 2026-06-01", many(100));
    let (catalog, journal) = (given::catalog(PLANS), given::journal(&lines, "2026-06-02"));
    for schedule in [Schedule::calm(), Schedule::cruel(), Schedule { freeze_every: 10, ..Schedule::calm() }] {
        let run = run(&catalog, &journal, &schedule);
        assert_eq!(run.sums.counted, 101);
        assert_eq!(stored(&run).values().sum::<usize>(), 1, "{:?}", stored(&run));
    }
}
