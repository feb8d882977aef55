//! Release: waiting events are tried again, in event-time order, when the world has changed.
//!
//! Waiting events are read in chunks, so that ten million of them do not need to be in memory.
//! A release that stops half-way is safe to commit: what was released is gone from the waiting
//! ones, and applying the same control event again goes on with the rest.

use std::collections::btree_map::Entry;
use std::ops::Bound;

use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::parked::{ParkedEvent, ParkedKey};
use crate::domain::verdict::{Sums, Verdict};

use super::customer::Customer;
use super::dedupe::Dedupe;
use super::gate;
use super::gates;
use super::input::{EngineError, Step, Want};
use super::issue::Outbox;
use super::retract;
use super::shelf::Slot;
use super::succession;
use super::suspend;
use super::usage::{self, Use};
use super::world::World;

/// A release under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub customer: CustomerId,
    /// The last event that was tried.
    tried: Option<ParkedKey>,
    /// Waiting events up to here are in memory.
    loaded: Option<ParkedKey>,
    /// All are.
    complete: bool,
    /// Those that this release took from the store.
    chunk: Vec<ParkedKey>,
    /// Those that count on a customer that this one was merged into: they wait there.
    moved: Vec<Moved>,
    /// Customers whose waiting events are tried after these, because some may have moved to them.
    then: Vec<CustomerId>,
}

/// A waiting event that goes to another customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub to: CustomerId,
    pub key: ParkedKey,
    pub event: ParkedEvent,
}

impl Release {
    /// Of a customer, and then of those that it was merged into, nearest first.
    pub fn of(customer: CustomerId, survivors: Vec<CustomerId>) -> Self {
        Self { customer, tried: None, loaded: None, complete: false, chunk: Vec::new(), moved: Vec::new(), then: survivors }
    }

    /// Its customers, the one in hand first: all must be in memory.
    pub fn customers(&self) -> impl Iterator<Item = &CustomerId> {
        Some(&self.customer).into_iter().chain(&self.then)
    }

    pub fn take_moved(&mut self) -> Vec<Moved> {
        std::mem::take(&mut self.moved)
    }

    /// The release of the next customer, after one that is done.
    pub fn next(mut self) -> Option<Self> {
        let customer = if self.then.is_empty() { None } else { Some(self.then.remove(0)) };
        customer.map(|customer| Self::of(customer, self.then))
    }

    /// Takes a chunk from the store; what memory knows better, it keeps.
    /// A chunk that does not follow the last one was asked for twice.
    pub fn supply(&mut self, customer: &mut Customer, after: Option<ParkedKey>, events: Vec<(ParkedKey, ParkedEvent)>, end: bool) {
        if after != self.loaded || self.complete || self.customer != customer.id {
            return;
        }
        self.let_go(customer);
        self.loaded = events.last().map(|(key, _)| *key).or(self.loaded);
        self.complete = end;
        for (key, event) in events {
            if let Entry::Vacant(place) = customer.parked.entry(key) {
                place.insert(Slot { value: Some(event), dirty: false });
                self.chunk.push(key);
            }
        }
    }

    /// Those that go on waiting need not stay in memory: the store has them.
    fn let_go(&mut self, customer: &mut Customer) {
        for key in self.chunk.drain(..) {
            let waits = customer.parked.get(&key).is_some_and(|slot| !slot.dirty && slot.value.is_some());
            if waits {
                customer.parked.remove(&key);
            }
        }
    }

    /// Tries what is in memory; asks for more until all were tried.
    ///
    /// # Errors
    /// A sum that cannot be counted exactly.
    pub fn proceed(
        &mut self,
        customer: &mut Customer,
        watermark: Instant,
        dedupe: &mut Dedupe,
        world: &World,
        outbox: &mut Outbox<'_>,
    ) -> Result<Step<()>, EngineError> {
        if customer.is_new || (self.loaded.is_none() && customer.account.parked == 0) {
            self.complete = true;
        }
        while let Some(key) = self.next_key(customer) {
            let wants = self.try_one(customer, key, watermark, dedupe, world, outbox)?;
            if !wants.is_empty() {
                return Ok(Step::Missing(wants));
            }
            self.tried = Some(key);
        }
        if self.complete {
            self.let_go(customer);
            return Ok(Step::Done(()));
        }
        Ok(Step::Missing(vec![Want::Parked { customer: self.customer.clone(), after: self.loaded }]))
    }

    /// The next one in memory that no event in the store can precede.
    fn next_key(&self, customer: &Customer) -> Option<ParkedKey> {
        let after = self.tried.map_or(Bound::Unbounded, Bound::Excluded);
        let mut rest = customer.parked.range((after, Bound::Unbounded)).filter(|(_, slot)| slot.value.is_some());
        let (key, _) = rest.next()?;
        let in_order = self.complete || self.loaded.is_some_and(|loaded| *key <= loaded);
        in_order.then_some(*key)
    }

    fn try_one(
        &mut self,
        customer: &mut Customer,
        key: ParkedKey,
        watermark: Instant,
        dedupe: &mut Dedupe,
        world: &World,
        outbox: &mut Outbox<'_>,
    ) -> Result<Vec<Want>, EngineError> {
        let Some(parked) = customer.parked.get(&key).and_then(|slot| slot.value.clone()) else { return Ok(Vec::new()) };
        let catalog = &*world.catalog;
        if let Some(to) = succession::survivor(&customer.account, &parked.event, catalog).cloned() {
            gone(customer, key);
            self.moved.push(Moved { to, key, event: parked });
            return Ok(Vec::new());
        }
        let own_fault = gate::own_fault(&parked.event, catalog);
        if own_fault.is_ok() && gates::onboarding::is_test(&parked.event, customer, world) {
            gone(customer, key);
            outbox.effects.push(suspend::released(&parked));
            move_to(Verdict::Test, outbox.sums);
            return Ok(Vec::new());
        }
        let admitted = match own_fault.and_then(|()| gate::admit(&parked.event, customer, world)) {
            Ok(admitted) => admitted,
            Err(_) => return Ok(Vec::new()),
        };
        let wants = usage::missing(customer, &admitted);
        if !wants.is_empty() {
            return Ok(wants);
        }
        let (event, quantity) = (&parked.event, admitted.quantity);
        let using = Use { event, fingerprint: parked.fingerprint, offset: parked.origin.offset, watermark, quantity };
        let fits = usage::fits(customer, &admitted, &using, catalog);
        let mark = match fits.and_then(|()| retract::mark(customer, &admitted, &using, dedupe)) {
            Ok(Step::Done(mark)) => mark,
            Ok(Step::Missing(wants)) => return Ok(wants),
            Err(refusal) if refusal.reason.waits() => return Ok(Vec::new()),
            // Final: tried again after a restart, it might be counted where it was not without one.
            Err(refusal) => {
                outbox.effects.push(suspend::refused(&parked, &refusal));
                gone(customer, key);
                return Ok(Vec::new());
            }
        };
        usage::count(customer, &admitted, &using, outbox)?;
        if let Some(mark) = mark {
            dedupe.remember(mark, retract::remembered_from(event.time, watermark));
        }
        gone(customer, key);
        outbox.effects.push(suspend::released(&parked));
        move_to(Verdict::Counted, outbox.sums);
        Ok(Vec::new())
    }
}

/// It waits no more.
fn gone(customer: &mut Customer, key: ParkedKey) {
    customer.parked.insert(key, Slot { value: None, dirty: true });
    customer.account.parked = customer.account.parked.saturating_sub(1);
    customer.account_dirty = true;
}

fn move_to(verdict: Verdict, sums: &mut Sums) {
    sums.suspended = sums.suspended.saturating_sub(1);
    sums.count(verdict);
}
