//! What the input holds of a customer, as far as it can have been charged.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use super::told::Told;
use crate::domain::catalog::{Catalog, Model, Service};
use crate::domain::lineage::Entry;
use crate::domain::names::ServiceId;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::dedupe::fingerprint;
use crate::engine::reported;
use crate::wire::decode::{self, Header};
use crate::wire::published::{Record, Suspense};

/// An event that may be behind a line.
#[derive(Debug, Clone)]
pub struct Event {
    pub offset: u64,
    pub source: String,
    pub id: String,
    pub service: ServiceId,
    pub entry: Entry,
    /// The date of an archive's document parts.
    pub created: Option<NaiveDate>,
    /// It waited in suspense before it was counted.
    pub released: bool,
}

/// The events of one customer in the order of the input.
#[derive(Debug)]
pub struct Input {
    /// The word for the number that an input has in the log.
    pub numbered: &'static str,
    pub events: Vec<Event>,
    /// What all of the log tells of systems and agreements.
    pub told: Told,
}

/// What became of events in suspense, by their offsets.
#[derive(Debug, Default)]
pub struct Fates(BTreeMap<u64, Fate>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its own fault: its id was not remembered.
    Refused,
    Waiting,
    Released,
}

impl Fates {
    /// Takes what is told of an event that came in this topic's partition; later tellings count.
    ///
    /// # Errors
    /// It is no suspense record.
    pub fn take(&mut self, record: &[u8], (topic, partition): (&str, u32)) -> serde_json::Result<()> {
        let one: Suspense = serde_json::from_slice(record)?;
        if one.origin.topic == topic && one.origin.partition == partition {
            self.0.insert(one.origin.offset, fate(&one));
        }
        Ok(())
    }
}

fn fate(suspense: &Suspense) -> Fate {
    let own_fault = || Reason::ALL.into_iter().any(|reason| !reason.waits() && reason.as_str() == suspense.reason);
    match suspense.state.as_str() {
        "released" => Fate::Released,
        "suspended" if own_fault() => Fate::Refused,
        _ => Fate::Waiting,
    }
}

/// Looks at all inputs from the beginning: a copy of an event counts less if the first one is earlier.
pub struct Gathering<'a> {
    record: &'a Record,
    catalog: &'a Catalog,
    fates: Fates,
    seen: HashSet<u128>,
    input: Input,
}

impl<'a> Gathering<'a> {
    pub fn new(record: &'a Record, catalog: &'a Catalog, fates: Fates, numbered: &'static str) -> Self {
        let input = Input { numbered, events: Vec::new(), told: Told::default() };
        Self { record, catalog, fates, seen: HashSet::new(), input }
    }

    pub fn control(&mut self, value: &[u8], headers: &[Header<'_>]) {
        self.input.told.take(value, headers, &self.record.customer);
    }

    pub fn usage(&mut self, offset: u64, value: &[u8], headers: &[Header<'_>]) {
        let event = self.candidate(offset, value, headers);
        self.input.events.extend(event);
    }

    #[must_use]
    pub fn finish(self) -> Input {
        self.input
    }

    /// The event of this input, if it was charged to the customer as far as can be seen.
    fn candidate(&mut self, offset: u64, value: &[u8], headers: &[Header<'_>]) -> Option<Event> {
        let fate = self.fates.0.get(&offset).copied();
        if fate == Some(Fate::Refused) {
            return None;
        }
        let event = decode::usage(value, headers, self.catalog.personal_numbers).ok();
        let event = event.filter(|event| event.subject == self.record.customer)?;
        let is_new = self.seen.insert(fingerprint(&event.source, &event.id).0);
        if !is_new || fate == Some(Fate::Waiting) || event.environment.is_test(self.catalog.test_environment) {
            return None;
        }
        let service = self.catalog.service_of_type(&event.kind).filter(|service| service.bills(event.outcome.as_deref()))?;
        let (action, created) = archive(&event, service, self.catalog);
        let entry = Entry {
            action,
            created_day: created.map_or(0, |created| created.to_epoch_days()),
            event: fingerprint(&event.source, &event.id),
            time: event.time,
            quantity: reported::quantity(&event, Some(service)).ok()?,
            customer_hash: xxhash_rust::xxh3::xxh3_64(event.subject.as_bytes()),
            service_hash: xxhash_rust::xxh3::xxh3_64(service.id.as_str().as_bytes()),
        };
        let (source, id) = (event.source.clone().into_owned(), event.id.clone().into_owned());
        Some(Event { offset, source, id, service: service.id.clone(), entry, created, released: fate.is_some() })
    }
}

fn archive(event: &UsageEvent<'_>, service: &Service, catalog: &Catalog) -> (u8, Option<NaiveDate>) {
    match catalog.plan_of(service).map(|plan| &plan.model) {
        Some(Model::Archive(_)) => {
            let action = if event.action.as_deref() == Some("culled") { 2 } else { 1 };
            (action, event.created.as_deref().and_then(decode::date))
        }
        _ => (0, None),
    }
}
