//! Copies that come when ids of their time are forgotten: of an event that still waits, or that was released or
//! given up that late. They are duplicates, and not only too old: nothing is wrong with the producer's clock.

use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::parked::{ParkedEvent, ParkedKey};
use crate::domain::usage::UsageEvent;

use super::customer::Customer;
use super::dedupe::Probe;
use super::input::{Step, Want};
use super::partition::Engine;

/// What the store was asked: does this event wait at a customer? Valid until the next commit.
#[derive(Debug)]
pub(super) struct Asked {
    customer: CustomerId,
    id: Fingerprint,
    time: Instant,
    last: Option<ParkedKey>,
    complete: bool,
    found: bool,
}

/// What is remembered, under the day on which it waited no more, of an event whose own id is forgotten.
pub fn mark(id: Fingerprint) -> Fingerprint {
    const LATE: u8 = 3;
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    hash.update(&[LATE]);
    hash.update(&id.0.to_be_bytes());
    Fingerprint(hash.digest128())
}

impl Engine {
    /// Event times before this are `too_old`.
    pub(super) fn forgotten_before(&self) -> Instant {
        self.meta.remembered_since.max(self.meta.watermark.saturating_sub(self.world.catalog.dedupe_horizon))
    }

    /// Is an event that is too old a copy of one that waits, or that did until lately?
    pub(super) fn is_late_copy(&mut self, event: &UsageEvent<'_>, id: Fingerprint) -> Step<bool> {
        match self.dedupe.probe(mark(id), self.meta.watermark) {
            Probe::Seen => return Step::Done(true),
            Probe::Ask(blocks) => return Step::Missing(blocks.into_iter().map(Want::State).collect()),
            Probe::New => {}
        }
        let own = CustomerId::new(&event.subject);
        let survivors = match self.survivors(&own) {
            Step::Done(survivors) => survivors,
            Step::Missing(wants) => return Step::Missing(wants),
        };
        let mut found = false;
        for customer in [own].into_iter().chain(survivors) {
            match self.waits_there(&customer, event.time, id) {
                Step::Done(waits) => found |= waits,
                missing @ Step::Missing(_) => return missing,
            }
        }
        self.late_copies.clear();
        Step::Done(found)
    }

    fn waits_there(&mut self, id: &CustomerId, time: Instant, event: Fingerprint) -> Step<bool> {
        let Some(customer) = self.customers.get(id.as_str()) else { return super::succession::account_of(id) };
        if customer.account.parked == 0 {
            return Step::Done(false);
        }
        let at_time = ParkedKey { time, arrival: 0 }..=ParkedKey { time, arrival: u64::MAX };
        let in_memory = customer.parked.range(at_time).filter_map(|(_, slot)| slot.value.as_ref());
        if in_memory.into_iter().any(|parked| parked.fingerprint == event) {
            return Step::Done(true);
        }
        if customer.is_new {
            return Step::Done(false);
        }
        self.late_copies.retain(|asked| (asked.id, asked.time) == (event, time));
        match self.late_copies.iter().find(|asked| asked.customer == *id) {
            Some(asked) if asked.found || asked.complete => Step::Done(asked.found),
            Some(asked) => Step::Missing(vec![asked.want()]),
            None => {
                let asked = Asked { customer: id.clone(), id: event, time, last: None, complete: false, found: false };
                let want = asked.want();
                self.late_copies.push(asked);
                Step::Missing(vec![want])
            }
        }
    }
}

impl Asked {
    fn after(&self) -> ParkedKey {
        self.last.unwrap_or(ParkedKey { time: self.time.saturating_sub(1), arrival: u64::MAX })
    }

    fn want(&self) -> Want {
        Want::Parked { customer: self.customer.clone(), after: Some(self.after()) }
    }

    /// Takes waiting events of the customer from its time on; what memory knows better, it keeps.
    pub fn supply(&mut self, customer: &Customer, after: Option<ParkedKey>, events: &[(ParkedKey, ParkedEvent)], end: bool) {
        if self.customer != customer.id || after != Some(self.after()) {
            return;
        }
        let waits = |key: &ParkedKey| customer.parked.get(key).is_none_or(|slot| slot.value.is_some());
        let same = |(key, parked): &(ParkedKey, ParkedEvent)| key.time == self.time && parked.fingerprint == self.id && waits(key);
        self.found |= events.iter().any(same);
        self.last = events.last().map(|(key, _)| *key).or(self.last);
        self.complete = end || self.last.is_some_and(|last| last.time > self.time);
    }
}
