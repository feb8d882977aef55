//! A map instead of RocksDB.

use std::collections::BTreeMap;
use std::ops::Bound;

use tally::domain::names::CustomerId;
use tally::domain::parked::{ParkedEvent, ParkedKey};
use tally::domain::state::{StateKey, StateRef, StateValue};
use tally::engine::input::PostImages;

pub type Map = BTreeMap<StateKey, StateValue>;

/// The post-images of one commit, in order. None: deleted.
#[derive(Debug, Default)]
pub struct Images(Vec<(StateKey, Option<StateValue>)>);

impl Images {
    pub fn apply(self, map: &mut Map) {
        for (key, value) in self.0 {
            match value {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
    }
}

impl PostImages for Images {
    fn put(&mut self, key: &StateKey, value: StateRef<'_>) {
        self.0.push((key.clone(), Some(owned(value))));
    }

    fn delete(&mut self, key: &StateKey) {
        self.0.push((key.clone(), None));
    }
}

fn owned(value: StateRef<'_>) -> StateValue {
    match value {
        StateRef::Meta(meta) => StateValue::Meta(meta.clone()),
        StateRef::Account(account) => StateValue::Account(account.clone()),
        StateRef::Pool(pool) => StateValue::Pool(pool.clone()),
        StateRef::Period(cell) => StateValue::Period(cell.clone()),
        StateRef::Archive(ledger) => StateValue::Archive(ledger.clone()),
        StateRef::Issued(records) => StateValue::Issued(records.to_vec()),
        StateRef::Day(day) => StateValue::Day(day.clone()),
        StateRef::Parked(event) => StateValue::Parked(event.clone()),
        StateRef::Timer => StateValue::Timer,
        StateRef::Ids(ids) => StateValue::Ids(ids.to_vec()),
    }
}

/// Is it kept in memory from the start?
pub fn is_restored(key: &StateKey) -> bool {
    matches!(key, StateKey::Meta | StateKey::Timer(..) | StateKey::IdBlock { .. } | StateKey::IdRun { .. })
}

/// The customer of a waiting event.
pub fn waits(key: &StateKey) -> Option<CustomerId> {
    match key {
        StateKey::Parked(customer, _) => Some(customer.clone()),
        _ => None,
    }
}

/// Up to `chunk` waiting events of a customer after a key, and whether the store has no more.
pub fn parked(map: &Map, customer: &CustomerId, after: Option<ParkedKey>, chunk: usize) -> (Vec<(ParkedKey, ParkedEvent)>, bool) {
    let least = ParkedKey { time: tally::domain::instant::Instant::MIN, arrival: 0 };
    let start = after.map_or(Bound::Included(least), Bound::Excluded).map(|key| StateKey::Parked(customer.clone(), key));
    let mut rest = map.range((start, Bound::Unbounded)).map_while(|(key, value)| match (key, value) {
        (StateKey::Parked(owner, key), StateValue::Parked(event)) if owner == customer => Some((*key, event.clone())),
        _ => None,
    });
    let events: Vec<_> = rest.by_ref().take(chunk).collect();
    let end = rest.next().is_none();
    (events, end)
}
