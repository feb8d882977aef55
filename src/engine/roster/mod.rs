//! Rosters: pupils and loads of them are taken in, and what follows from them is told (REQUIREMENTS U19, E1, E4, E8, E11, E13).
//!
//! A step of a load is safe to commit: how far it came stands in its head, and the facts of a pupil may be taken in twice.

mod brake;
mod codes;
mod entry;
mod load;
mod master;
mod merged;
pub mod pieces;
mod quality;
mod stage;
mod sweep;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::control::ControlEvent;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::roster::{Roster, RosterFact};
use crate::domain::state::StateKey;
use crate::domain::verdict::Reason;

use super::control;
use super::customer::Customer;
use super::customers::Customers;
use super::input::{EngineError, Input, Step, Want};
use super::issue::Outbox;
use super::partition::Engine;
use entry::Telling;
pub use merged::copy_all;

impl Engine {
    /// A fact about pupils.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub(super) fn fold_roster(&mut self, input: &Input<'_>, event: &ControlEvent, fact: &RosterFact) -> Result<Step<()>, EngineError> {
        let id = CustomerId::new(&event.subject);
        // Those that it was merged into are in memory before anything is done: what they must know is done at once.
        ready!(self.heirs_are_known(&id));
        let catalog = Arc::clone(&self.world.catalog);
        let watermark = self.meta.watermark;
        let fact = &*codes::translated(fact, &event.source, &catalog.roster.codes);
        let Some((customer, changed)) = self.customers.get_with_list(&event.subject) else {
            return Ok(Step::Missing(vec![Want::State(StateKey::Account(id))]));
        };
        let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &catalog };
        let before = customer.roster.changes;
        let (braked, loads) = (customer.account.gates.brakes.count_on(), brake::loads(&customer.account));
        let step = take_in(customer, event, fact, watermark, &mut outbox);
        self.meta.braked = self.meta.braked.saturating_sub(braked) + customer.account.gates.brakes.count_on();
        let made = customer.roster.changes.saturating_sub(before);
        if made > 0 || customer.account_dirty {
            Customers::list(changed, customer);
        }
        self.timers.follow(customer);
        self.roster_changes += made;
        self.brake_heirs(&id, &loads);
        match step {
            Ok(step) => {
                ready!(step);
            }
            Err(why) => {
                self.refuse_control(input, Reason::BadData, &why);
                return Ok(Step::Done(()));
            }
        }
        ready!(self.copy_told(&id, fact)?);
        // What waited behind a brake that a load has tripped is counted. Asked of each decision, because this may be
        // cut short by a restart, after the brake went off.
        if let RosterFact::Decision(decision) = fact {
            self.release_for_load(&id, decision, event.time);
            ready!(self.recheck_customer(&id)?);
        }
        // The number of pupils may be what a held record waited for: it is tried again at once.
        self.advance(watermark)
    }

    /// Are all who come after a customer in memory?
    pub(super) fn heirs_are_known(&mut self, id: &CustomerId) -> Step<()> {
        let heirs = match self.heirs_of_roster(id) {
            Step::Done(heirs) => heirs,
            Step::Missing(wants) => return Step::Missing(wants),
        };
        let lacking = self.customers.lacking(heirs.iter().map(|heir| &heir.customer));
        let wants: Vec<Want> = lacking.into_iter().map(|heir| Want::State(StateKey::Account(heir))).collect();
        if wants.is_empty() { Step::Done(()) } else { Step::Missing(wants) }
    }

    /// A load may have begun to wait.
    fn brake_heirs(&mut self, id: &CustomerId, before: &BTreeMap<String, String>) {
        let is_other = |customer: &Customer| !customer.account.handovers.is_empty() && brake::loads(&customer.account) != *before;
        if self.customers.get(id.as_str()).is_some_and(|customer| is_other(customer)) {
            self.brake_for_loads(id);
        }
    }

    /// What was told of a merged customer counts on those who come after it.
    fn copy_told(&mut self, id: &CustomerId, fact: &RosterFact) -> Result<Step<()>, EngineError> {
        if self.customers.get(id.as_str()).is_some_and(|customer| customer.account.handovers.is_empty()) {
            return Ok(Step::Done(()));
        }
        if let RosterFact::Pupil(fact) = fact {
            ready!(self.copy_pupils(id, &[fact.entry.pupil]));
        }
        self.copy_roster(id)
    }
}

/// Takes a fact in, and tells what follows from it.
///
/// # Errors
/// Why it is refused: it changes nothing.
fn take_in(
    customer: &mut Customer,
    event: &ControlEvent,
    fact: &RosterFact,
    watermark: Instant,
    outbox: &mut Outbox<'_>,
) -> Result<Step<()>, String> {
    let today = today(customer, watermark);
    let step = match fact {
        RosterFact::Pupil(fact) => {
            let telling = Telling { at: event.time, day: fact.day, source: &event.source, today, in_load: false };
            entry::take_in(customer, std::slice::from_ref(&fact.entry), &telling)
        }
        RosterFact::Chunk(chunk) => match stage::stage(customer, &event.source, chunk, watermark)? {
            Step::Done(()) => load::proceed(customer, &chunk.load, event.time, watermark, today, outbox),
            missing @ Step::Missing(_) => missing,
        },
        RosterFact::Decision(decision) => match stage::decide(customer, decision, watermark, outbox)? {
            Step::Done(()) => load::proceed(customer, &decision.load, event.time, watermark, today, outbox),
            missing @ Step::Missing(_) => missing,
        },
        RosterFact::Master(count) => {
            change(customer).put_master(count.clone());
            Step::Done(())
        }
    };
    match step {
        Step::Done(()) => {}
        missing @ Step::Missing(_) => return Ok(missing),
    }
    match master::reconcile(customer, matches!(fact, RosterFact::Master(_)), watermark, outbox) {
        Step::Done(()) => {}
        missing @ Step::Missing(_) => return Ok(missing),
    }
    quality::tell(customer, today, watermark, outbox);
    tell_plans(customer, watermark, outbox);
    Ok(Step::Done(()))
}

/// Plans see from which day on there are other numbers: what is closed is corrected, what is held is tried again.
fn tell_plans(customer: &mut Customer, watermark: Instant, outbox: &Outbox<'_>) {
    let Some(day) = customer.account.gates.roster.as_ref().and_then(|roster| roster.changed_from) else { return };
    let account = &customer.account;
    let zone = account.version_on(day).or(account.versions.first()).map(|version| version.zone);
    let since = zone.map_or(Instant::MAX, |zone| zone.midnight(day));
    control::follow(customer, since, watermark, outbox.catalog);
    change(customer).changed_from = None;
}

/// The customer's roster, for a change.
fn change(customer: &mut Customer) -> &mut Roster {
    customer.account_dirty = true;
    customer.account.gates.roster.get_or_insert_default()
}

/// The customer's day at the watermark.
fn today(customer: &Customer, watermark: Instant) -> NaiveDate {
    let account = &customer.account;
    let version = account.version_at(watermark).or(account.versions.first());
    version.map_or_else(|| watermark.to_utc().date_naive(), |version| version.zone.date_of(watermark))
}
