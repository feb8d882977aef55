//! Plans that sell packages: what is bought, and what is left of it.

use super::items::{self, Sight};
use super::prices;
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::names::PlanId;
use crate::domain::period::{Cycle, MonthDay, Period, PeriodLength};
use crate::domain::pool::Pool;
use crate::domain::quantity::Quantity;

/// The balance of a plan.
#[derive(Debug)]
pub struct Balance {
    pub plan: PlanId,
    pub used: Quantity,
    pub covered: Quantity,
    /// Packages bought so far.
    pub bought: u64,
    /// The calendar quarter, and what was called and charged in it.
    pub quarter: Period,
    pub calls: Option<u64>,
    pub lookups: Option<Quantity>,
    pub price: Option<String>,
    /// Of packages that are bought and not on a record yet.
    pub unissued: Option<Money>,
}

/// The balances of all plans that keep one.
pub fn of(sight: &Sight<'_>, catalog: &Catalog, pools: &[(PlanId, Pool)], currency: Currency) -> Vec<Balance> {
    let plans = pools.iter().filter_map(|(id, pool)| Some((catalog.plan(id.as_str())?, pool)));
    plans.filter_map(|(plan, pool)| balance(sight, plan, pool, currency)).collect()
}

fn balance(sight: &Sight<'_>, plan: &Plan, pool: &Pool, currency: Currency) -> Option<Balance> {
    let calendar = Cycle { length: PeriodLength::Quarter, starts: MonthDay::JANUARY_FIRST };
    let quarter = calendar.period_of(sight.today)?;
    let mut sums = (Some(0_u64), Some(Quantity::ZERO));
    for ((service, _), (calls, billed)) in items::used(sight.usage, quarter) {
        if plan.services.contains(&service) {
            sums.0 = sums.0.and_then(|sum| sum.checked_add(calls));
            sums.1 = sums.1.and_then(|sum| sum.checked_add(billed));
        }
    }
    let group = sight.usage.account.version_on(sight.today).and_then(|version| version.group.as_ref());
    let mut waiting = pool.bundles.iter().filter(|bundle| bundle.day.currency == currency).flat_map(|bundle| &bundle.packages);
    let unissued = waiting.try_fold(Money::zero(currency), |sum, one| sum.checked_add(Money::of_price(one.amount, currency)?));
    Some(Balance {
        plan: plan.id.clone(),
        used: pool.used,
        covered: pool.covered,
        bought: pool.bought,
        quarter,
        calls: sums.0,
        lookups: sums.1,
        price: prices::in_force(plan, sight.today, group, currency),
        unissued,
    })
}
