//! Mergers and splits: on whom a use counts, and pools that change hands (REQUIREMENTS E1, vector 13).

use std::sync::Arc;

use crate::domain::account::Account;
use crate::domain::archive::ArchiveCount;
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::control::ControlEvent;
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::notice::NoticeKind;
use crate::domain::pool::Pool;
use crate::domain::quantity::{NANOS_PER_UNIT, Quantity};
use crate::domain::record::Basis;
use crate::domain::state::StateKey;
use crate::domain::succession::{ArchiveHandover, Handover, PoolHandover, Predecessor, SplitPart, Successors};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;

use super::customer::Customer;
use super::customers::Customers;
use super::input::{EngineError, Input, Step, Want};
use super::issue::Outbox;
use super::models;
use super::partition::Engine;
use super::release::Moved;
use super::route;
use super::shelf::Slot;

/// Customers of one chain of mergers. A longer one is followed no further.
const MOST_MERGERS: usize = 64;

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

    fn follow_mergers(&mut self, start: CustomerId, next: impl Fn(&Account) -> Option<CustomerId>) -> Step<CustomerId> {
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
            survivor.parked.insert(key, Slot { value: Some(event), dirty: true });
            survivor.account.parked += 1;
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
            ready!(self.advance(self.meta.watermark)?);
        }
        self.recheck(&id)
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
        let watermark = self.meta.watermark;
        let Some((customer, changed)) = self.customers.get_with_list(id.as_str()) else { return };
        if is_told(&customer.account, told) {
            return;
        }
        let handover = Handover { due: Some(told.from.max(watermark)), ..told.clone() };
        customer.account.handovers.push(handover);
        customer.account_dirty = true;
        Customers::list(changed, customer);
        self.timers.follow(customer);
        let Successors::Survivor(into) = &told.to else { return };
        let Some((survivor, changed)) = self.customers.get_with_list(into.as_str()) else { return };
        survivor.account.predecessors.push(Predecessor { customer: id.clone(), from: told.from });
        survivor.account_dirty = true;
        Customers::list(changed, survivor);
    }

    /// Hands over the pools of a customer whose merger or split is due at `at`.
    ///
    /// # Errors
    /// A pool whose units cannot be counted exactly.
    pub(super) fn hand_over(&mut self, id: &CustomerId, at: Instant) -> Result<Step<()>, EngineError> {
        let catalog = Arc::clone(&self.catalog);
        let Some(customer) = self.customers.get(id.as_str()) else { return Ok(account_of(id)) };
        let is_due = |one: &Handover| one.due.is_some_and(|due| due <= at);
        let Some(handover) = customer.account.handovers.iter().find(|one| is_due(one)).cloned() else {
            return Ok(Step::Done(()));
        };
        let heirs = ready!(self.heirs(&handover, at));
        let plans: Vec<&Plan> = catalog.plans.iter().filter(|plan| models::of(plan).goes_with_mergers()).collect();
        let wants = self.state_missing(heirs.iter().map(|heir| &heir.customer).chain([id]), &plans);
        if !wants.is_empty() {
            return Ok(Step::Missing(wants));
        }
        let (mut pools, mut archives) = (Vec::new(), Vec::new());
        for plan in plans {
            let moved = self.hand_over_pool(id, &plan.id, &handover, &heirs);
            let overflow = || EngineError::Overflow { customer: id.to_string(), what: "a pool's units" };
            pools.extend(moved.ok_or_else(overflow)?);
            let moved = self.hand_over_ledger(id, plan, &handover, &heirs);
            archives.extend(moved.ok_or_else(overflow)?);
        }
        self.handed_over(id, at, NoticeKind::Succeeded { handover, pools, archives });
        Ok(Step::Done(()))
    }

    /// Who gets which share of the pools. A survivor that has itself been merged since passes it on.
    fn heirs(&mut self, handover: &Handover, at: Instant) -> Step<Vec<SplitPart>> {
        match &handover.to {
            Successors::Parts(parts) => Step::Done(parts.clone()),
            Successors::Survivor(into) => match self.follow_mergers(into.clone(), |account| account.survivor_at(at, true).cloned()) {
                Step::Missing(wants) => Step::Missing(wants),
                Step::Done(customer) => Step::Done(vec![SplitPart { customer, pool_share: Quantity::ONE }]),
            },
        }
    }

    fn state_missing<'a>(&mut self, customers: impl Iterator<Item = &'a CustomerId>, plans: &[&Plan]) -> Vec<Want> {
        let mut wants = Vec::new();
        for id in customers {
            let Some(customer) = self.customers.get(id.as_str()) else {
                wants.push(Want::State(StateKey::Account(id.clone())));
                continue;
            };
            if customer.is_new {
                continue;
            }
            let pools = plans.iter().filter(|plan| models::of(plan).keeps_pools() && !customer.pools.is_resident(&plan.id));
            wants.extend(pools.map(|plan| Want::State(StateKey::Pool(id.clone(), plan.id.clone()))));
            wants.extend(plans.iter().filter_map(|plan| models::of(plan).state_to_hand_over(plan, customer)).map(Want::State));
        }
        wants
    }

    /// All of the pool goes to a survivor; to the parts of a split goes what is left of it.
    /// None if its units cannot be counted exactly.
    fn hand_over_pool(&mut self, id: &CustomerId, plan: &PlanId, handover: &Handover, heirs: &[SplitPart]) -> Option<Vec<PoolHandover>> {
        let Some(pool) = self.customers.get(id.as_str()).and_then(|customer| customer.pools.change(plan)) else {
            return Some(Vec::new());
        };
        let moved = match handover.to {
            Successors::Survivor(_) => all_of(pool, plan, heirs),
            Successors::Parts(_) => shares_of(pool, plan, heirs)?,
        };
        for one in &moved {
            pool.used = pool.used.checked_sub(one.used)?;
            pool.covered = pool.covered.checked_sub(one.covered)?;
        }
        for one in &moved {
            let Some((heir, changed)) = self.customers.get_with_list(one.to.as_str()) else { continue };
            receive(heir.pools.change_or(plan, Pool::default), one)?;
            Customers::list(changed, heir);
        }
        Some(moved)
    }

    /// An archive goes to a survivor whole; the parts of a split share none. None if a sum cannot be counted exactly.
    fn hand_over_ledger(&mut self, id: &CustomerId, plan: &Plan, handover: &Handover, heirs: &[SplitPart]) -> Option<Vec<ArchiveHandover>> {
        let (Successors::Survivor(_), Some(heir)) = (&handover.to, heirs.first()) else { return Some(Vec::new()) };
        let watermark = self.meta.watermark;
        let rules = models::of(plan);
        let mut first = |id: &CustomerId| rules.first_handed_over(plan, self.customers.get(id.as_str())?, handover.from, watermark);
        let Some(first) = first(id).zip(first(&heir.customer)).map(|(old, new)| old.max(new)) else { return Some(Vec::new()) };
        let given = self.customers.get(id.as_str()).map_or_else(Vec::new, |customer| rules.give(plan, customer, first));
        let (survivor, changed) = self.customers.get_with_list(heir.customer.as_str())?;
        rules.take(plan, survivor, &given)?;
        Customers::list(changed, survivor);
        self.timers.follow(survivor);
        let counts = given.first().into_iter().flat_map(|row| &row.services);
        let moved = |count: &ArchiveCount| ArchiveHandover {
            plan: plan.id.clone(),
            to: heir.customer.clone(),
            service: count.service.clone(),
            reference: first,
            parts: count.total.quantity,
        };
        Some(counts.map(moved).collect())
    }

    fn handed_over(&mut self, id: &CustomerId, at: Instant, notice: NoticeKind) {
        let NoticeKind::Succeeded { handover, .. } = &notice else { return };
        let catalog = Arc::clone(&self.catalog);
        let Some((customer, changed)) = self.customers.get_with_list(id.as_str()) else { return };
        if let Some(done) = customer.account.handovers.iter_mut().find(|one| *one == handover) {
            done.due = None;
        }
        customer.account_dirty = true;
        Customers::list(changed, customer);
        self.timers.follow(customer);
        let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &catalog };
        outbox.notice(customer, at, notice);
    }
}

fn account_of<T>(id: &CustomerId) -> Step<T> {
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

fn all_of(pool: &Pool, plan: &PlanId, heirs: &[SplitPart]) -> Vec<PoolHandover> {
    let heir = heirs.first().filter(|_| !(pool.used.is_zero() && pool.covered.is_zero()));
    let all = heir.map(|heir| PoolHandover { plan: plan.clone(), to: heir.customer.clone(), used: pool.used, covered: pool.covered });
    all.into_iter().collect()
}

/// Rounded down to 10⁻⁹ units; the first part gets the rest. Without shares, nothing moves.
fn shares_of(pool: &Pool, plan: &PlanId, heirs: &[SplitPart]) -> Option<Vec<PoolHandover>> {
    if heirs.iter().all(|part| part.pool_share.is_zero()) {
        return Some(Vec::new());
    }
    let left = pool.covered.checked_sub(pool.used)?;
    let share = |part: &SplitPart| left.nanos().checked_mul(part.pool_share.nanos()).map(|product| product / NANOS_PER_UNIT);
    let mut shares = heirs.iter().map(share).collect::<Option<Vec<i128>>>()?;
    let rest = left.nanos() - shares.iter().sum::<i128>();
    if let Some(first) = shares.first_mut() {
        *first += rest;
    }
    let given = heirs.iter().zip(shares).filter(|(_, units)| *units > 0);
    let handover = |(part, units): (&SplitPart, i128)| PoolHandover {
        plan: plan.clone(),
        to: part.customer.clone(),
        used: Quantity::ZERO,
        covered: Quantity::from_nanos(units),
    };
    Some(given.map(handover).collect())
}

/// Ordinals go on from the receiver's own. With more units left, there may be a low balance again.
fn receive(pool: &mut Pool, given: &PoolHandover) -> Option<()> {
    pool.used = pool.used.checked_add(given.used)?;
    pool.covered = pool.covered.checked_add(given.covered)?;
    if given.covered > given.used {
        pool.noticed = pool.noticed.min(pool.bought.saturating_sub(1));
    }
    Some(())
}

/// Why the use of a customer that was divided, and is not one of the parts, waits.
pub fn ended(customer: &Customer, at: Instant) -> Option<String> {
    let ended = customer.account.ended_by(&customer.id, at)?;
    Some(format!("customer `{}` ended at {}; report its use under {}", customer.id, ended.from, names(&ended.to)))
}
