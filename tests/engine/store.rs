//! A map instead of RocksDB.

use std::collections::BTreeMap;
use std::ops::Bound;

use tally::domain::account::PeriodKey;
use tally::domain::lineage::Fingerprint;
use tally::domain::names::CustomerId;
use tally::domain::names::PlanId;
use tally::domain::parked::{ParkedEvent, ParkedKey};
use tally::domain::person::PersonKey;
use tally::domain::roster::Pupil;
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
        StateRef::Levels(ledger) => StateValue::Levels(ledger.clone()),
        StateRef::Issued(records) => StateValue::Issued(records.to_vec()),
        StateRef::Day(day) => StateValue::Day(day.clone()),
        StateRef::Parked(event) => StateValue::Parked(event.clone()),
        StateRef::Person(person) => StateValue::Person(person.clone()),
        StateRef::Rate(it) => StateValue::Rate(it.clone()),
        StateRef::Directory(entry) => StateValue::Directory(entry.clone()),
        StateRef::Pupil(pupil) => StateValue::Pupil(pupil.clone()),
        StateRef::SchoolUnit(counts) => StateValue::SchoolUnit(counts.clone()),
        StateRef::RosterLoad(piece) => StateValue::RosterLoad(piece.clone()),
        StateRef::Sequence(chunk) => StateValue::Sequence(chunk.clone()),
        StateRef::Gaps(gaps) => StateValue::Gaps(gaps.clone()),
        StateRef::Timer => StateValue::Timer,
        StateRef::Ids(ids) => StateValue::Ids(ids.to_vec()),
    }
}

/// Is it kept in memory from the start?
pub fn is_restored(key: &StateKey) -> bool {
    let of_sequences = matches!(key, StateKey::Sequence(..) | StateKey::Gaps(_));
    of_sequences
        || matches!(key, StateKey::Meta | StateKey::Directory(_) | StateKey::Timer(..) | StateKey::IdBlock { .. } | StateKey::IdRun { .. })
}

/// The first customer after this one, or of those with waiting events, in the order of stored keys: shorter names first.
pub fn next_customer(map: &Map, after: Option<&CustomerId>, waiting: bool) -> Option<CustomerId> {
    let rank = |id: &CustomerId| (id.as_str().len(), id.as_str().to_owned());
    let customers = map.keys().filter_map(|key| match key {
        StateKey::Account(customer) if !waiting => Some(customer),
        StateKey::Parked(customer, _) if waiting => Some(customer),
        _ => None,
    });
    customers.filter(|id| after.is_none_or(|after| rank(id) > rank(after))).min_by_key(|id| rank(id)).cloned()
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

/// Up to `chunk` pupils of a customer after one of them, and whether the store has no more.
pub fn pupils(map: &Map, customer: &CustomerId, after: Option<Fingerprint>, chunk: usize) -> (Vec<(Fingerprint, Pupil)>, bool) {
    let of_customer = |(key, value): (&StateKey, &StateValue)| match (key, value) {
        (StateKey::Pupil(owner, key), StateValue::Pupil(pupil)) if owner == customer => Some((*key, pupil.clone())),
        _ => None,
    };
    let mut rest = map.iter().filter_map(of_customer).filter(|(key, _)| after.is_none_or(|after| *key > after));
    let pupils: Vec<_> = rest.by_ref().take(chunk).collect();
    let end = rest.next().is_none();
    (pupils, end)
}

/// Up to `chunk` persons of a period after one of them, and whether the store has no more.
pub fn persons(
    map: &Map,
    customer: &CustomerId,
    (plan, period): (&PlanId, PeriodKey),
    after: Option<&PersonKey>,
    chunk: usize,
) -> (Vec<PersonKey>, bool) {
    let of_period = |key: &StateKey| match key {
        StateKey::Person(owner, key) if owner == customer && key.plan == *plan && key.period == period => Some(key.clone()),
        _ => None,
    };
    let mut rest = map.keys().filter_map(of_period).filter(|key| after.is_none_or(|after| key > after));
    let keys: Vec<_> = rest.by_ref().take(chunk).collect();
    let end = rest.next().is_none();
    (keys, end)
}
