//! The world has changed: customer by customer, waiting events are tried against it. Under a new catalog, what it
//! charges without use falls due too.
//!
//! Customers are taken in one order, whether memory or the store knows them: the store may lag
//! behind by commits. Begun anew after a restart, it finds those that are done with nothing to do.

use std::collections::VecDeque;

use crate::domain::names::CustomerId;
use crate::domain::state::StateKey;

use super::control;
use super::customers::Customers;
use super::input::{EngineError, Step, Want};
use super::partition::Engine;
use super::succession::account_of;

/// How far the recheck came.
#[derive(Debug)]
pub(super) struct Recheck {
    /// Only those with waiting events.
    waiting: bool,
    /// Customers that were in memory when it began, in order. No input is folded meanwhile, so no other one is added.
    resident: VecDeque<CustomerId>,
    /// The customer that was done last.
    done: Option<CustomerId>,
    stored: Stored,
}

/// The first customer after `done` that the store knows.
#[derive(Debug)]
enum Stored {
    Unasked,
    Next(CustomerId),
    End,
}

/// The order of customers: as their keys are stored.
fn rank(id: &CustomerId) -> (usize, &str) {
    (id.as_str().len(), id.as_str())
}

impl Recheck {
    fn begin(waiting: bool, mut resident: Vec<CustomerId>) -> Self {
        resident.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)));
        Self { waiting, resident: resident.into(), done: None, stored: Stored::Unasked }
    }

    /// Takes the store's answer; one to an older question is ignored.
    pub fn supply(&mut self, after: Option<&CustomerId>, found: Option<CustomerId>) {
        if after == self.done.as_ref() {
            self.stored = found.map_or(Stored::End, Stored::Next);
        }
    }

    fn next(&self) -> Step<Option<CustomerId>> {
        let stored = match &self.stored {
            Stored::Unasked => return Step::Missing(vec![Want::Customer { after: self.done.clone(), waiting: self.waiting }]),
            Stored::Next(id) => Some(id),
            Stored::End => None,
        };
        Step::Done([self.resident.front(), stored].into_iter().flatten().min_by_key(|id| rank(id)).cloned())
    }

    fn done(&mut self, id: CustomerId) {
        while self.resident.front().is_some_and(|front| rank(front) <= rank(&id)) {
            self.resident.pop_front();
        }
        if matches!(&self.stored, Stored::Next(next) if rank(next) <= rank(&id)) {
            self.stored = Stored::Unasked;
        }
        self.done = Some(id);
    }
}

impl Engine {
    /// One customer and the catalog in force: what falls due without use, then what waited.
    fn meet_catalog(&mut self, id: &CustomerId) -> Result<Step<()>, EngineError> {
        let Some((customer, changed)) = self.customers.get_with_list(id.as_str()) else {
            return Ok(Step::Missing(vec![Want::State(StateKey::Account(id.clone()))]));
        };
        let (watermark, catalog) = (self.meta.watermark, &self.world.catalog);
        if self.release.is_none() && control::meet(customer, watermark, catalog) {
            Customers::list(changed, customer);
            self.timers.follow(customer);
        }
        self.recheck_customer(id)
    }

    fn try_waiting(&mut self, id: &CustomerId) -> Result<Step<()>, EngineError> {
        if self.customers.contains(id.as_str()) { self.recheck_customer(id) } else { Ok(account_of(id)) }
    }

    /// All customers meet the catalog in force.
    pub(super) fn recheck_all(&mut self) -> Result<Step<()>, EngineError> {
        self.recheck_each(false)
    }

    /// All customers with waiting events: these are tried again.
    pub(super) fn recheck_waiting(&mut self) -> Result<Step<()>, EngineError> {
        self.recheck_each(true)
    }

    fn recheck_each(&mut self, waiting: bool) -> Result<Step<()>, EngineError> {
        loop {
            let recheck = self.recheck.get_or_insert_with(|| Recheck::begin(waiting, self.customers.ids(waiting)));
            let id = match recheck.next() {
                Step::Done(Some(id)) => id,
                Step::Done(None) => {
                    self.recheck = None;
                    return Ok(Step::Done(()));
                }
                Step::Missing(wants) => return Ok(Step::Missing(wants)),
            };
            let met = if waiting { self.try_waiting(&id)? } else { self.meet_catalog(&id)? };
            match met {
                Step::Done(()) => self.customers.let_go(&id),
                missing @ Step::Missing(_) => return Ok(missing),
            }
            if let Some(recheck) = &mut self.recheck {
                recheck.done(id);
            }
        }
    }
}
