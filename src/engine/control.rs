//! Control events change facts. Applying one twice is applying it once.

use crate::domain::catalog::Catalog;
use crate::domain::control::Fact;
use crate::domain::instant::Instant;

use super::customer::Customer;
use super::input::Want;
use super::models;
use super::rerate::Late;

/// The pieces of state that a fact needs in memory and does not have.
pub fn missing(customer: &Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) -> Vec<Want> {
    let late = Late::of(&customer.account, fact, watermark);
    late.map_or_else(Vec::new, |late| late.state(&catalog.plans, customer, watermark))
}

/// Takes a fact in, and lets each plan see what follows from it.
pub fn apply(customer: &mut Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) {
    let late = Late::of(&customer.account, fact, watermark);
    let account = &mut customer.account;
    let (changed, since) = match fact {
        Fact::Customer(version) => (account.put_version(version.clone()), version.zone.midnight(version.from)),
        Fact::Activation(activation) => (account.put_activation(activation.clone()), activation.from),
        Fact::HeadCount(count) => {
            let zone = account.version_on(count.on).or(account.versions.first()).map(|version| version.zone);
            (account.put_head_count(count.clone()), zone.map_or(Instant::MAX, |zone| zone.midnight(count.on)))
        }
        Fact::Rerate(_) | Fact::Merger(_) | Fact::Split(_) | Fact::Tick => return,
    };
    customer.account_dirty |= changed;
    customer.forget_today();
    if changed {
        for plan in &catalog.plans {
            models::of(plan).follow(plan, customer, since, watermark);
        }
        if let Some(late) = late {
            late.rerate(&catalog.plans, customer, watermark);
        }
    }
}
