//! The age of a customer's oldest waiting event is told when it passes what the catalog names: once for each age and event.

use std::collections::BTreeMap;

use chrono::Duration;

use super::calendar::Instant;
use super::decode::Usage;
use super::ledger::Ledger;

/// Which event: its source, id, under whom it was reported, and when it happened: an id that was forgotten may come again.
pub type Id = (String, String, String, Instant);

fn id(usage: &Usage) -> Id {
    let e = &usage.envelope;
    (e.source.clone(), e.id.clone(), e.told.clone(), e.time)
}

/// Of two of one event time the one that came first.
fn oldest(waiting: &[Usage]) -> Option<&Usage> {
    waiting.iter().min_by_key(|usage| usage.envelope.time)
}

impl Ledger<'_> {
    /// When the oldest is looked at next; one that is old enough already is told with the next input.
    pub fn follow_ageing(&mut self, customer: &str, now: Instant) {
        let ages = self.catalog.ages.clone();
        let customer = self.customers.get_mut(customer).unwrap();
        customer.ages_at = oldest(&customer.parked).and_then(|usage| {
            let first = ages.iter().find(|age| !customer.aged.contains(&(**age, id(usage))))?;
            Some((usage.envelope.time + *first).max(now + Duration::milliseconds(1)))
        });
    }

    pub fn tell_ages(&mut self, customer_id: &str, at: Instant) {
        let customer = self.customers.get_mut(customer_id).unwrap();
        if let Some(usage) = oldest(&customer.parked) {
            let (time, id) = (usage.envelope.time, id(usage));
            let passed: Vec<Duration> = self.catalog.ages.iter().filter(|age| time + **age <= at).copied().collect();
            let news = passed.into_iter().filter(|age| customer.aged.insert((*age, id.clone()))).max();
            let mut waiting: BTreeMap<&str, u64> = BTreeMap::new();
            for usage in &customer.parked {
                *waiting.entry(usage.waits_for).or_default() += 1;
            }
            let said = news.map(|age| format!("{} since {} {waiting:?}", age.num_seconds(), time.timestamp_millis()));
            if let Some(said) = said {
                self.notice("suspense_ageing", customer_id, at, said);
            }
        }
        self.follow_ageing(customer_id, at);
    }
}
