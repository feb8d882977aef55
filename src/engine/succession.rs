//! Mergers and splits: on whom a use counts, and pools that change hands (REQUIREMENTS E1, vector 13).

use std::sync::Arc;

use crate::domain::account::Account;
use crate::domain::catalog::Catalog;
use crate::domain::control::ControlEvent;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::record::Basis;
use crate::domain::state::StateKey;
use crate::domain::succession::{Handover, Predecessor, Successors};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;

use super::control;
use super::customer::Customer;
use super::customers::Customers;
use super::input::{EngineError, Input, Step, Want};
use super::models;
use super::partition::Engine;
use super::release::Moved;
use super::roster;
use super::route;
use super::shelf::Slot;

/// Customers of one chain of mergers. A longer one is followed no further.
pub(super) const MOST_MERGERS: usize = 64;

/// The next customer on which a use of this one counts, if it is not this one.
pub fn survivor<'a>(account: &'a Account, event: &UsageEvent<'_>, catalog: &Catalog) -> Option<&'a CustomerId> {
    if account.handovers.is_empty() {
        return None;
    }
    let plan = catalog.service_of_type(&event.kind).and_then(|service| catalog.plan_of(service));
    account.survivor_at(event.time, plan.is_some_and(|plan| models::of(plan).goes_with_mergers()))
}

/// Names the customers whose use counts here, if any did before an instant.
pub fn mark(account: &Account, before: Instant, basis: &mut Basis) {
    let merged = account.predecessors.iter().filter(|one| one.from < before);
    let names: Vec<&str> = merged.map(|one| one.customer.as_str()).collect();
    if !names.is_empty() {
        basis.push(("merged_from", names.join(", ")));
    }
}

impl Engine {
    /// The customer on whom an event's use counts: mergers are followed.
    pub(super) fn owner(&mut self, event: &UsageEvent<'_>, catalog: &Catalog) -> Step<CustomerId> {
        self.follow_mergers(CustomerId::new(&event.subject), |account| survivor(account, event, catalog).cloned())
    }

    pub(super) fn follow_mergers(&mut self, start: CustomerId, next: impl Fn(&Account) -> Option<CustomerId>) -> Step<CustomerId> {
        let mut id = start;
        for _ in 0..MOST_MERGERS {
            let Some(customer) = self.customers.get(id.as_str()) else { return account_of(&id) };
            match next(&customer.account) {
                Some(survivor) => id = survivor,
                None => break,
            }
        }
        Step::Done(id)
    }

    /// The customers that this one was merged into, directly or not, now or later, nearest first.
    pub(super) fn survivors(&mut self, start: &CustomerId) -> Step<Vec<CustomerId>> {
        let mut found = Vec::new();
        let mut id = start.clone();
        while found.len() < MOST_MERGERS {
            let Some(customer) = self.customers.get(id.as_str()) else { return account_of(&id) };
            match customer.account.survivor_at(Instant::MAX, true) {
                Some(survivor) => found.push(survivor.clone()),
                None => break,
            }
            id.clone_from(found.last().unwrap_or(start));
        }
        Step::Done(found)
    }

    /// Waiting events of a customer that was merged wait on its survivor, who is in memory.
    pub(super) fn move_waiting(&mut self, moved: Vec<Moved>) {
        for Moved { to, key, event } in moved {
            let Some((survivor, changed)) = self.customers.get_with_list(to.as_str()) else { continue };
            let reason = event.reason;
            survivor.parked.insert(key, Slot { value: Some(event), dirty: true });
            survivor.account.parked += 1;
            survivor.account.gates.suspense.add(key, reason);
            survivor.account_dirty = true;
            Customers::list(changed, survivor);
        }
    }

    /// `tally.merger.v1`, `tally.split.v1`. One that cannot be is refused, and changes nothing.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub(super) fn fold_succession(&mut self, input: &Input<'_>, event: &ControlEvent, told: &Handover) -> Result<Step<()>, EngineError> {
        let id = CustomerId::new(&event.subject);
        if self.release.is_none() {
            if let Some(why) = ready!(self.why_not(&id, told)) {
                self.refuse_control(input, Reason::BadData, &why);
                return Ok(Step::Done(()));
            }
            self.take_in(&id, told);
            ready!(self.copy_roster(&id)?);
            ready!(self.advance(self.meta.watermark)?);
        }
        self.recheck_customer(&id)
    }

    fn why_not(&mut self, id: &CustomerId, told: &Handover) -> Step<Option<String>> {
        let elsewhere = |one: &&CustomerId| route::partition_of(one.as_str(), self.partitions.max(1)) != self.partition;
        let successors = told.to.customers();
        if let Some(other) = successors.iter().copied().find(|one| self.partitions > 1 && elsewhere(one)) {
            let detail = "customers of different partitions of the topic cannot be merged or split yet";
            return Step::Done(Some(format!("customer `{other}` lives on another partition than `{id}`: {detail}")));
        }
        let mut wants = Vec::new();
        for one in successors.iter().copied().chain([id]) {
            match self.survivors(one) {
                Step::Missing(wanted) => wants.extend(wanted),
                Step::Done(chain) if chain.contains(id) => {
                    return Step::Done(Some(format!("`{one}` was merged into `{id}`: a customer cannot be merged into itself")));
                }
                Step::Done(_) => {}
            }
        }
        if !wants.is_empty() {
            return Step::Missing(wants);
        }
        Step::Done(self.why_not_of(id, told))
    }

    /// All that it asks for is in memory.
    fn why_not_of(&mut self, id: &CustomerId, told: &Handover) -> Option<String> {
        let account = &self.customers.get(id.as_str())?.account;
        if account.versions.is_empty() {
            return Some(format!("customer `{id}` is not known here; mend the subject"));
        }
        if is_told(account, told) {
            return None;
        }
        if let Some(earlier) = account.handovers.iter().find(|one| one.ends(id) || one.from > told.from) {
            let (from, to) = (earlier.from, names(&earlier.to));
            return Some(format!("customer `{id}` was already given over to {to} at {from}: it cannot be merged or split otherwise"));
        }
        if told.to == Successors::Survivor(id.clone()) {
            return Some(format!("`{id}` cannot be merged into itself"));
        }
        let is_split = matches!(told.to, Successors::Parts(_));
        told.to.customers().into_iter().find_map(|one| {
            let account = &self.customers.get(one.as_str())?.account;
            if account.versions.is_empty() {
                return Some(format!("customer `{one}` is not known here; tell `tally.customer.v1` of it first, or mend its name"));
            }
            let ends = account.handovers.iter().find(|ended| ended.ends(one) && (is_split || matches!(ended.to, Successors::Parts(_))));
            ends.map(|ended| format!("customer `{one}` was given over to {} at {}", names(&ended.to), ended.from))
        })
    }

    fn take_in(&mut self, id: &CustomerId, told: &Handover) {
        let (catalog, watermark) = (Arc::clone(&self.world.catalog), self.meta.watermark);
        let Some((customer, changed)) = self.customers.get_with_list(id.as_str()) else { return };
        if is_told(&customer.account, told) {
            return;
        }
        let handover = Handover { due: Some(told.from.max(watermark)), ..told.clone() };
        customer.account.handovers.push(handover);
        roster::copy_all(customer);
        customer.account_dirty = true;
        // What was charged without use for periods after the end is given back.
        control::follow(customer, told.from, watermark, &catalog);
        Customers::list(changed, customer);
        self.timers.follow(customer);
        let Successors::Survivor(into) = &told.to else { return };
        let Some((survivor, changed)) = self.customers.get_with_list(into.as_str()) else { return };
        survivor.account.predecessors.push(Predecessor { customer: id.clone(), from: told.from });
        survivor.account_dirty = true;
        Customers::list(changed, survivor);
    }
}

pub fn account_of<T>(id: &CustomerId) -> Step<T> {
    Step::Missing(vec![Want::State(StateKey::Account(id.clone()))])
}

/// Was it told before? Whether its pools were handed over does not matter.
fn is_told(account: &Account, told: &Handover) -> bool {
    account.handovers.iter().any(|known| known.from == told.from && known.to == told.to)
}

fn names(to: &Successors) -> String {
    let names: Vec<String> = to.customers().iter().map(|one| format!("`{one}`")).collect();
    names.join(", ")
}

/// Why the use of a customer that was divided, and is not one of the parts, waits.
pub fn ended(customer: &Customer, at: Instant) -> Option<String> {
    let ended = customer.account.ended_by(&customer.id, at)?;
    Some(format!("customer `{}` ended at {}; report its use under {}", customer.id, ended.from, names(&ended.to)))
}
