//! Release: waiting events are tried again, in event-time order, when the world has changed.
//!
//! Waiting events are read in chunks, so that ten million of them do not need to be in memory.
//! A release that stops half-way is safe to commit: what was released is gone from the waiting
//! ones, and applying the same control event again goes on with the rest.

use std::collections::btree_map::Entry;
use std::ops::Bound;
use std::sync::Arc;

use crate::domain::catalog::Catalog;
use crate::domain::gates::Waiting;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::parked::{ParkedEvent, ParkedKey};
use crate::domain::verdict::{Reason, Sums, Verdict};
use crate::domain::write_off::WriteOff;

use super::customer::Customer;
use super::dedupe::Dedupe;
use super::gate;
use super::gates;
use super::input::{Effect, EngineError, Step, Want};
use super::issue::Outbox;
use super::late_copy;
use super::retract;
use super::shelf::Slot;
use super::succession;
use super::suspend;
use super::test_use;
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
    /// Those that this release took from the store, in order, and that are as they are there.
    chunk: Vec<ParkedKey>,
    /// Those that count on a customer that this one was merged into: they wait there.
    moved: Vec<Moved>,
    /// Customers whose waiting events are tried after these, because some may have moved to them.
    then: Vec<CustomerId>,
    act: Act,
    /// Ids of events before this are forgotten.
    forgotten_before: Instant,
    /// What goes on waiting, of those that were tried.
    left: Waiting,
    /// Pieces that were changed since that was asked last.
    changed: usize,
}

/// What is done with waiting events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    TryAgain,
    WriteOff(Arc<WriteOff>),
}

/// What becomes of a waiting event.
enum Fate {
    /// It goes on waiting, for this.
    Waits(Reason),
    Lacks(Vec<Want>),
    Moves(CustomerId),
    /// It waits no more, and this is told.
    Gone(Effect),
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
    pub fn of(customer: CustomerId, survivors: Vec<CustomerId>, act: Act, forgotten_before: Instant) -> Self {
        Self {
            customer,
            tried: None,
            loaded: None,
            complete: false,
            chunk: Vec::new(),
            moved: Vec::new(),
            then: survivors,
            act,
            forgotten_before,
            left: Waiting::default(),
            changed: 0,
        }
    }

    /// Its customers, the one in hand first: all must be in memory.
    pub fn customers(&self) -> impl Iterator<Item = &CustomerId> {
        Some(&self.customer).into_iter().chain(&self.then)
    }

    pub fn take_moved(&mut self) -> Vec<Moved> {
        std::mem::take(&mut self.moved)
    }

    /// How much there is to commit since this was asked.
    pub fn take_changed(&mut self) -> usize {
        std::mem::take(&mut self.changed)
    }

    /// The release of the next customer, after one that is done.
    pub fn next(mut self) -> Option<Self> {
        let customer = if self.then.is_empty() { None } else { Some(self.then.remove(0)) };
        customer.map(|customer| Self::of(customer, self.then, self.act, self.forgotten_before))
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
            customer.tried = self.tried;
        }
        if self.complete {
            customer.tried = None;
            self.let_go(customer);
            self.changed += usize::from(customer.found_waiting(&self.left));
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

    /// The event is not copied: it is taken out of its slot, and put back if it goes on waiting.
    fn try_one(
        &mut self,
        customer: &mut Customer,
        key: ParkedKey,
        watermark: Instant,
        dedupe: &mut Dedupe,
        world: &World,
        outbox: &mut Outbox<'_>,
    ) -> Result<Vec<Want>, EngineError> {
        let Some(parked) = customer.parked.get_mut(&key).and_then(|slot| slot.value.take()) else { return Ok(Vec::new()) };
        let fate = match &self.act {
            Act::TryAgain => try_again(customer, &parked, watermark, dedupe, world, outbox)?,
            Act::WriteOff(order) => give_up(&parked, order, &world.catalog, outbox.sums),
        };
        let fate = match fate {
            Fate::Waits(reason) => {
                self.left.add(key, reason);
                if reason == Reason::Braked && parked.reason != reason {
                    gates::brake::await_release(customer, &parked.event, world.done_until(watermark), &world.catalog);
                }
                if stays(customer, key, parked, reason) {
                    self.changed += 1;
                    // Until the commit of this is stored, the store would give back what it waited for before.
                    if let Ok(place) = self.chunk.binary_search(&key) {
                        self.chunk.remove(place);
                    }
                }
                return Ok(Vec::new());
            }
            Fate::Lacks(wants) => {
                let reason = parked.reason;
                stays(customer, key, parked, reason);
                return Ok(wants);
            }
            gone => gone,
        };
        self.changed += 1;
        gone(customer, key, parked.reason);
        match fate {
            Fate::Gone(effect) => {
                outbox.effects.push(effect);
                if parked.event.time < self.forgotten_before {
                    dedupe.remember(late_copy::mark(parked.fingerprint), watermark);
                }
            }
            Fate::Moves(to) => self.moved.push(Moved { to, key, event: parked }),
            Fate::Waits(_) | Fate::Lacks(_) => {}
        }
        Ok(Vec::new())
    }
}

fn try_again(
    customer: &mut Customer,
    parked: &ParkedEvent,
    watermark: Instant,
    dedupe: &mut Dedupe,
    world: &World,
    outbox: &mut Outbox<'_>,
) -> Result<Fate, EngineError> {
    let catalog = &*world.catalog;
    if let Some(to) = succession::survivor(&customer.account, &parked.event, catalog).cloned() {
        return Ok(Fate::Moves(to));
    }
    // An own fault under another catalog: it goes on waiting for what it waited for.
    let Ok(place) = gate::own_fault(&parked.event, catalog) else { return Ok(Fate::Waits(parked.reason)) };
    let service = place.and_then(|place| catalog.service_at(place));
    if gates::onboarding::is_test(&parked.event, service, customer, world) {
        if let Some(want) = test_use::missing(customer, &parked.event, service) {
            return Ok(Fate::Lacks(vec![want]));
        }
        test_use::count(customer, &parked.event, service, world);
        move_to(Verdict::Test, outbox.sums);
        return Ok(Fate::Gone(suspend::released(parked)));
    }
    let admitted = match gate::admit(&parked.event, service, customer, world) {
        Ok(admitted) => admitted,
        Err(refusal) if refusal.reason.waits() => {
            // A trial that is told late is told of as if it had been told before.
            if refusal.reason == Reason::WrongEnvironment && parked.reason != refusal.reason {
                gates::alarm::raise(customer, &parked.event, &refusal, watermark, outbox);
            }
            return Ok(Fate::Waits(refusal.reason));
        }
        Err(_) => return Ok(Fate::Waits(parked.reason)),
    };
    let wants = usage::missing(customer, &admitted);
    if !wants.is_empty() {
        return Ok(Fate::Lacks(wants));
    }
    let (event, quantity) = (&parked.event, admitted.quantity);
    let (offset, done_until) = (parked.origin.offset, world.done_until(watermark));
    let using = Use { event, fingerprint: parked.fingerprint, offset, watermark, done_until, quantity };
    let fits = usage::fits(customer, &admitted, &using, catalog);
    let mark = match fits.and_then(|()| retract::mark(customer, &admitted, &using, dedupe)) {
        Ok(Step::Done(mark)) => mark,
        Ok(Step::Missing(wants)) => return Ok(Fate::Lacks(wants)),
        Err(refusal) if refusal.reason.waits() => return Ok(Fate::Waits(refusal.reason)),
        // Final: tried again after a restart, it might be counted where it was not without one.
        Err(refusal) => return Ok(Fate::Gone(suspend::refused(parked, &refusal))),
    };
    usage::count(customer, &admitted, &using, outbox)?;
    if let Some(mark) = mark {
        dedupe.remember(mark, retract::remembered_from(event.time, watermark));
    }
    move_to(Verdict::Counted, outbox.sums);
    Ok(Fate::Gone(suspend::released(parked)))
}

fn give_up(parked: &ParkedEvent, order: &WriteOff, catalog: &Catalog, sums: &mut Sums) -> Fate {
    let service = catalog.service_of_type(&parked.event.kind).map(|service| &service.id);
    if !order.selection.covers(parked, service) {
        return Fate::Waits(parked.reason);
    }
    sums.suspended = sums.suspended.saturating_sub(1);
    sums.written_off += 1;
    Fate::Gone(suspend::written_off(parked, &order.approval))
}

/// It goes on waiting. True if that is for something else than before.
fn stays(customer: &mut Customer, key: ParkedKey, mut parked: ParkedEvent, reason: Reason) -> bool {
    let Some(slot) = customer.parked.get_mut(&key) else { return false };
    let changed = parked.reason != reason;
    if changed {
        let waiting = &mut customer.account.gates.suspense;
        waiting.take(parked.reason);
        waiting.add(key, reason);
        parked.reason = reason;
        slot.dirty = true;
        customer.account_dirty = true;
    }
    slot.value = Some(parked);
    changed
}

/// It waits no more.
fn gone(customer: &mut Customer, key: ParkedKey, reason: Reason) {
    customer.parked.insert(key, Slot { value: None, dirty: true });
    customer.account.parked = customer.account.parked.saturating_sub(1);
    customer.account.gates.suspense.take(reason);
    customer.account_dirty = true;
}

fn move_to(verdict: Verdict, sums: &mut Sums) {
    sums.suspended = sums.suspended.saturating_sub(1);
    sums.count(verdict);
}
