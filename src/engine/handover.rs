//! What a customer that ends has left goes to those who come after it.

use std::sync::Arc;

use crate::domain::archive::ArchiveCount;
use crate::domain::catalog::Plan;
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::notice::NoticeKind;
use crate::domain::pool::Pool;
use crate::domain::quantity::{NANOS_PER_UNIT, Quantity};
use crate::domain::state::StateKey;
use crate::domain::succession::{ArchiveHandover, Handover, PoolHandover, SplitPart, Successors};
use crate::domain::trailing::TrailingUse;

use super::customers::Customers;
use super::input::{EngineError, Step, Want};
use super::issue::Outbox;
use super::models;
use super::partition::Engine;
use super::succession::account_of;

impl Engine {
    /// Hands over the pools of a customer whose merger or split is due at `at`.
    ///
    /// # Errors
    /// A pool whose units cannot be counted exactly.
    pub(super) fn hand_over(&mut self, id: &CustomerId, at: Instant) -> Result<Step<()>, EngineError> {
        let catalog = Arc::clone(&self.world.catalog);
        let Some(customer) = self.customers.get(id.as_str()) else { return Ok(account_of(id)) };
        let is_due = |one: &Handover| one.due.is_some_and(|due| due <= at);
        let Some(handover) = customer.account.handovers.iter().find(|one| is_due(one)).cloned() else {
            return Ok(Step::Done(()));
        };
        let heirs = ready!(self.heirs(&handover, at));
        ready!(self.heirs_are_known(id));
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
        let pupils = self.pupils_handed_over(id, &handover);
        self.brake_for_loads(id);
        self.handed_over(id, at, NoticeKind::Succeeded { handover, pools, archives, pupils });
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
        let past = matches!(handover.to, Successors::Survivor(_)).then(|| Past::of(pool));
        for one in &moved {
            let Some((heir, changed)) = self.customers.get_with_list(one.to.as_str()) else { continue };
            receive(heir.pools.change_or(plan, Pool::default), one)?;
            Customers::list(changed, heir);
        }
        if let Some((past, heir)) = past.zip(heirs.first())
            && let Some((heir, changed)) = self.customers.get_with_list(heir.customer.as_str())
        {
            past.add_to(heir.pools.change_or(plan, Pool::default))?;
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
        let catalog = Arc::clone(&self.world.catalog);
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

/// What a survivor takes beside units: how large a package the use of both asks for. What was sold last stays
/// with the record that sold it, and so does what is bought and not issued yet.
struct Past {
    trailing: TrailingUse,
    credited: Quantity,
}

impl Past {
    fn of(pool: &mut Pool) -> Self {
        Self { trailing: std::mem::take(&mut pool.trailing), credited: std::mem::take(&mut pool.credited) }
    }

    fn add_to(&self, pool: &mut Pool) -> Option<()> {
        pool.trailing.take_in(&self.trailing)?;
        pool.credited = pool.credited.checked_add(self.credited)?;
        Some(())
    }
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
