//! A generated year makes every kind of verdict and record that the demo wants to show, as the naive model sees it.

mod naive;

use std::collections::{BTreeMap, BTreeSet};

use naive::Input;
use naive::catalog::Catalog;
use tally::generate::{CATALOG, EventTarget, Settings, TargetError, generate};
use tally::pipeline::ports::Lane;

#[derive(Default)]
struct Lines {
    usage: Vec<Vec<u8>>,
    control: Vec<Vec<u8>>,
}

impl EventTarget for Lines {
    fn put(&mut self, lane: Lane, _: &[u8], event: &[u8]) -> Result<(), TargetError> {
        let list = if lane == Lane::Usage { &mut self.usage } else { &mut self.control };
        list.push(event.to_vec());
        Ok(())
    }

    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError> {
        self.put(Lane::Control, b"", event)
    }

    fn finish(&mut self) -> Result<(), TargetError> {
        Ok(())
    }
}

#[test]
fn a_year_has_something_of_everything() {
    let mut lines = Lines::default();
    let settings = Settings { events: 60_000, customers: 40, year: 2026, seed: 1, skew: 1.1, tick_at_ms: None };
    generate(&settings, &mut lines).unwrap();
    let until = naive::calendar::instant("2027-02-15T00:00:00Z").unwrap();
    let (usage, control) = (lines.usage, lines.control);
    let outcome =
        naive::run(&Input { usage, control, catalog: Catalog::parse(CATALOG), others: Vec::new(), until: Some(until), wall: until });

    let v = &outcome.verdicts;
    assert_eq!(v.counted + v.duplicate + v.test + v.suspended + v.undecodable, 60_000);
    assert!(v.counted > 57_000, "most events are good: {v:?}");

    let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
    outcome.suspense.iter().filter(|s| s.state == "suspended").for_each(|s| *reasons.entry(s.reason).or_default() += 1);
    let expect =
        ["bad_quantity", "in_future", "not_activated", "personal_data", "too_old", "undecodable", "unknown_customer", "unknown_service"];
    assert_eq!(reasons.keys().copied().collect::<Vec<_>>(), expect, "and the catalog has a price for all");
    assert!(outcome.suspense.iter().any(|s| s.state == "released"));

    let kinds: BTreeSet<&str> = outcome.records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert!(["annual", "package_purchase", "quarterly"].into_iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let plans: BTreeSet<&str> =
        outcome.records.iter().flat_map(|r| r["lines"].as_array().unwrap()).map(|line| line["plan"].as_str().unwrap()).collect();
    assert_eq!(plans, Catalog::parse(CATALOG).plans.keys().map(String::as_str).collect(), "every plan, and so every model");
    assert!(outcome.notices.iter().any(|notice| notice.kind == "record_held"), "somebody told no pupils");
    let zones: BTreeSet<&str> = outcome.records.iter().filter_map(|record| record["period"]["zone"].as_str()).collect();
    assert_eq!(zones.into_iter().collect::<Vec<_>>(), ["Europe/Copenhagen", "Europe/Helsinki", "Europe/Stockholm"]);
    assert!(outcome.notices.iter().any(|notice| notice.kind == "low_balance"));
}
