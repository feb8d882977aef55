//! Control events change facts. Applying one twice is applying it once.

use crate::domain::account::{Account, PeriodKey};
use crate::domain::catalog::Catalog;
use crate::domain::control::Fact;
use crate::domain::instant::Instant;

use super::cell;
use super::customer::Customer;
use super::models;

/// Takes a fact in, and lets each plan see what follows from it.
pub fn apply(customer: &mut Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) {
    let moved_from = moved_from(&customer.account, fact);
    let account = &mut customer.account;
    let (changed, since) = match fact {
        Fact::Customer(version) => (account.put_version(version.clone()), version.zone.midnight(version.from)),
        Fact::Activation(activation) => (account.put_activation(activation.clone()), activation.from),
        Fact::HeadCount(count) => {
            let zone = account.version_on(count.on).or(account.versions.first()).map(|version| version.zone);
            (account.put_head_count(count.clone()), zone.map_or(Instant::MAX, |zone| zone.midnight(count.on)))
        }
        Fact::Decision(decision) => {
            let zone = account.version_on(decision.period_from).or(account.versions.first()).map(|version| version.zone);
            (account.put_decision(decision.clone()), zone.map_or(Instant::MAX, |zone| zone.midnight(decision.period_from)))
        }
        Fact::Catalog(_) | Fact::Tick => return,
    };
    customer.account_dirty |= changed;
    customer.forget_today();
    if changed {
        follow(customer, since, watermark, catalog);
        if let Some(was) = moved_from {
            catalog.plans.iter().for_each(|plan| cell::give_back(models::of(plan), plan, customer, was, watermark));
        }
    }
}

/// In which zone and currency the customer was thought to be on the first day of other facts, if those
/// put it elsewhere.
fn moved_from(account: &Account, fact: &Fact) -> Option<PeriodKey> {
    let Fact::Customer(version) = fact else { return None };
    let old = account.version_on(version.from).or(account.versions.first())?;
    let moved = (old.zone, old.currency) != (version.zone, version.currency);
    moved.then_some(PeriodKey { from: version.from, zone: old.zone, currency: old.currency })
}

/// Lets each plan see facts that matter from `since` on. True if anything falls due that did not before.
pub fn follow(customer: &mut Customer, since: Instant, watermark: Instant, catalog: &Catalog) -> bool {
    let was_dirty = std::mem::take(&mut customer.account_dirty);
    for plan in &catalog.plans {
        models::of(plan).follow(plan, customer, since, watermark);
    }
    let changed = customer.account_dirty;
    customer.account_dirty |= was_dirty;
    changed
}
