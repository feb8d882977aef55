//! A customer's waiting events are gone through, from the first to the last: tried again, or given up.

use std::sync::Arc;

use crate::domain::names::CustomerId;
use crate::domain::state::StateKey;
use crate::domain::write_off::WriteOff;

use super::ageing;
use super::customers::Customers;
use super::input::{EngineError, Step, Want};
use super::issue::Outbox;
use super::partition::Engine;
use super::release::{Act, Release};

impl Engine {
    /// `tally.recycle.v1`. Of a customer that nobody knows, nothing waits.
    pub(super) fn recycle(&mut self, id: &CustomerId) -> Result<Step<()>, EngineError> {
        if !self.customers.contains(id.as_str()) {
            return Ok(Step::Missing(vec![Want::State(StateKey::Account(id.clone()))]));
        }
        self.recheck_customer(id)
    }

    /// `tally.write_off.v1`. Stopped half-way, it goes on with the rest: what was given up waits no more.
    pub(super) fn write_off(&mut self, id: &CustomerId, order: &WriteOff) -> Result<Step<()>, EngineError> {
        if self.release.is_none() {
            let Some(customer) = self.customers.get(id.as_str()) else {
                return Ok(Step::Missing(vec![Want::State(StateKey::Account(id.clone()))]));
            };
            if customer.account.parked == 0 {
                return Ok(Step::Done(()));
            }
            self.release = Some(Release::of(id.clone(), Vec::new(), Act::WriteOff(Arc::new(order.clone())), self.forgotten_before()));
        }
        self.go_through()
    }

    /// Tries a customer's waiting events again.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub(super) fn recheck_customer(&mut self, id: &CustomerId) -> Result<Step<()>, EngineError> {
        if self.release.is_none() {
            let survivors = ready!(self.survivors(id));
            let waits = self.customers.get(id.as_str()).is_some_and(|customer| customer.account.parked > 0);
            if survivors.is_empty() && !waits {
                return Ok(Step::Done(()));
            }
            self.release = Some(Release::of(id.clone(), survivors, Act::TryAgain, self.forgotten_before()));
        }
        self.go_through()
    }

    fn go_through(&mut self) -> Result<Step<()>, EngineError> {
        let world = Arc::clone(&self.world);
        while let Some(mut release) = self.release.take() {
            let lacking = self.customers.lacking(release.customers());
            let Some((customer, changed)) = self.customers.get_with_list(release.customer.as_str()).filter(|_| lacking.is_empty()) else {
                self.release = Some(release);
                return Ok(Step::Missing(lacking.into_iter().map(|id| Want::State(StateKey::Account(id))).collect()));
            };
            let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &world.catalog };
            let step = release.proceed(customer, self.meta.watermark, &mut self.dedupe, &world, &mut outbox)?;
            // Else a step that only asked would call for a commit, which forgets what it was told.
            let is_done = step == Step::Done(());
            let is_due = is_done && ageing::follow(customer, self.meta.watermark, &world.catalog.watch.ages);
            let touched = release.take_changed() + usize::from(is_due);
            self.waiting_changes += touched;
            if touched > 0 {
                Customers::list(changed, customer);
            }
            self.timers.follow(customer);
            self.move_waiting(release.take_moved());
            match step {
                Step::Done(()) => self.release = release.next(),
                Step::Missing(wants) => {
                    self.release = Some(release);
                    return Ok(Step::Missing(wants));
                }
            }
        }
        Ok(Step::Done(()))
    }
}
