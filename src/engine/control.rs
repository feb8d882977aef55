//! Control events change facts. Applying one twice is applying it once.

use crate::domain::account::PeriodKey;
use crate::domain::catalog::{Catalog, Model, Plan};
use crate::domain::control::{CustomerVersion, Fact};
use crate::domain::instant::Instant;

use super::agenda;
use super::archive;
use super::customer::Customer;

/// Takes a fact in.
pub fn apply(customer: &mut Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) {
    let changed = match fact {
        Fact::Customer(version) => {
            let changed = customer.account.put_version(version.clone());
            customer.forget_today();
            for plan in catalog.plans.iter().filter(|plan| matches!(plan.model, Model::Archive(_))) {
                archive::move_closes(&mut customer.account, plan);
            }
            schedule_zero_periods(customer, version, watermark, catalog);
            changed
        }
        Fact::Activation(activation) => customer.account.put_activation(activation.clone()),
        Fact::HeadCount(count) => customer.account.put_head_count(count.clone()),
        Fact::Catalog(_) | Fact::Tick => false,
    };
    customer.account_dirty |= changed;
}

/// Where periods without use are published, they fall due even if no use ever begins them.
fn schedule_zero_periods(customer: &mut Customer, version: &CustomerVersion, watermark: Instant, catalog: &Catalog) {
    for plan in catalog.plans.iter().filter(|plan| plan.zero || version.zero) {
        let pending = customer.account.agenda.iter().any(|task| task.plan == plan.id);
        let from = (!pending).then(|| first_period(plan, version, watermark)).flatten();
        if let Some((end, from)) = from {
            let key = PeriodKey { from, zone: version.zone, currency: version.currency };
            agenda::schedule_close(&mut customer.account, plan, end, key);
            customer.account_dirty = true;
        }
    }
}

/// The first period: the one with the later of the version's first day and the watermark.
fn first_period(plan: &Plan, version: &CustomerVersion, watermark: Instant) -> Option<(chrono::NaiveDate, chrono::NaiveDate)> {
    let start = version.zone.midnight(version.from).max(watermark);
    match &plan.model {
        Model::Metered(rules) => {
            let has_price = rules.prices.iter().any(|(_, tariff)| tariff.has(version.currency));
            let period = rules.cycle.period_of(version.zone.date_of(start)).filter(|_| has_price)?;
            Some((period.to, period.from))
        }
        Model::Archive(rules) => {
            let reference = agenda::first_open_reference(plan, rules, version.zone, start)?;
            Some((reference, reference))
        }
        Model::Package(_) => None,
    }
}
