//! Control events change facts. Applying one twice is applying it once.

use crate::domain::catalog::Catalog;
use crate::domain::control::Fact;
use crate::domain::instant::Instant;

use super::customer::Customer;
use super::models;

/// Takes a fact in, and lets each plan see what follows from it.
pub fn apply(customer: &mut Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) {
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
        Fact::Tick => return,
    };
    customer.account_dirty |= changed;
    customer.forget_today();
    if changed {
        for plan in &catalog.plans {
            models::of(plan).follow(plan, customer, since, watermark);
        }
    }
}
