//! What each size would have meant for a customer's recorded use.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::cli::usage::read::Usage;
use crate::domain::catalog::{Model, PackagePlan, Plan};
use crate::domain::control::CustomerVersion;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::pool::Pool;
use crate::domain::quantity::{NANOS_PER_UNIT, Quantity};
use crate::domain::sizing::Sizing;
use crate::domain::trailing::TrailingUse;

const DEFAULT_TARGET: u32 = 4;

/// A rate is not told from less than this.
const LEAST_DAYS: i64 = 28;

const DAYS_PER_YEAR: u64 = 365;

/// About which plans is asked.
pub struct Question<'c> {
    pub plans: &'c [&'c Plan],
    /// Instead of the plans' own.
    pub target: Option<u32>,
}

#[derive(Debug)]
pub struct CustomerSizes {
    pub customer: CustomerId,
    pub name: Option<String>,
    /// All records that were issued to it, and the whole days from its first use to what was read.
    pub records: u64,
    pub days: i64,
    /// None in the first 28 days.
    pub invoices_per_year: Option<Decimal>,
    pub plans: Vec<PlanSizes>,
}

#[derive(Debug)]
pub struct PlanSizes {
    pub plan: PlanId,
    /// None: less than 28 days of use.
    pub yearly: Option<Quantity>,
    pub target: u32,
    /// The size that was bought last.
    pub present: Option<Quantity>,
    /// What the target would choose, as a place in `sizes`.
    pub chosen: Option<usize>,
    pub currency: Currency,
    pub sizes: Vec<SizeCost>,
}

#[derive(Debug)]
pub struct SizeCost {
    pub size: Quantity,
    /// A year, begun packages included.
    pub purchases: Option<i128>,
    pub cost: Option<Money>,
}

/// None if the customer has used no packages, or is not registered.
pub fn answer(question: &Question<'_>, usage: &Usage, pools: &[(PlanId, Pool)]) -> Option<CustomerSizes> {
    let version = usage.account.version_at(usage.watermark).or(usage.account.versions.first())?;
    let today = version.zone.date_of(usage.watermark);
    let of_plan = |plan: &&Plan| {
        let (_, pool) = pools.iter().find(|(id, _)| *id == plan.id)?;
        plan_sizes(question, plan, usage, pool, today, version)
    };
    let plans: Vec<PlanSizes> = question.plans.iter().filter_map(of_plan).collect();
    if plans.is_empty() {
        return None;
    }
    let first = usage.days.iter().map(|day| day.date).min().unwrap_or(today);
    let days = (today - first).num_days();
    let records = usage.account.last_number;
    Some(CustomerSizes {
        customer: usage.customer.clone(),
        name: Some(version.name.clone()),
        records,
        days,
        invoices_per_year: (days >= LEAST_DAYS)
            .then(|| (Decimal::from(records) * Decimal::from(DAYS_PER_YEAR) / Decimal::from(days)).round_dp(1)),
        plans,
    })
}

fn plan_sizes(
    question: &Question<'_>,
    plan: &Plan,
    usage: &Usage,
    pool: &Pool,
    today: NaiveDate,
    version: &CustomerVersion,
) -> Option<PlanSizes> {
    let Model::Package(rules) = &plan.model else { return None };
    let currency = version.currency;
    let price = &rules.prices.at(today, version.group.as_ref())?.price;
    let mut trailing = TrailingUse::default();
    for day in usage.days.iter().filter(|day| plan.services.contains(&day.service)) {
        for hour in &day.window.hours {
            trailing.add(day.date, hour.billed)?;
        }
    }
    let yearly = trailing.yearly();
    let rule = rule(question, rules);
    let sizes: Vec<Quantity> = price.rungs.iter().map(|rung| rung.size).collect();
    let cost = |rung: &crate::domain::catalog::Rung| size_cost(rung.size, yearly, rung.amount.get(&currency).copied(), currency);
    Some(PlanSizes {
        plan: plan.id.clone(),
        yearly,
        target: rule.target,
        present: pool.size,
        chosen: yearly.and_then(|yearly| rule.ideal(&sizes, yearly)),
        currency,
        sizes: price.rungs.iter().map(cost).collect(),
    })
}

fn rule(question: &Question<'_>, rules: &PackagePlan) -> Sizing {
    let own = rules.sizing.clone().unwrap_or(Sizing { target: DEFAULT_TARGET, start: None, hysteresis: Decimal::ZERO });
    Sizing { target: question.target.unwrap_or(own.target), ..own }
}

fn size_cost(size: Quantity, yearly: Option<Quantity>, amount: Option<Decimal>, currency: Currency) -> SizeCost {
    let purchases = yearly.and_then(|yearly| {
        let (whole, rest) = (yearly.nanos().checked_div(size.nanos())?, yearly.nanos().checked_rem(size.nanos())?);
        Some(if rest == 0 { whole } else { whole + 1 })
    });
    let cost = purchases.zip(amount).and_then(|(purchases, amount)| {
        Money::line_net(Quantity::from_nanos(purchases.checked_mul(NANOS_PER_UNIT)?), amount, Quantity::ONE, currency)
    });
    SizeCost { size, purchases, cost }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_package_is_bought_whole() {
        let check = |size: i64, yearly: Option<i64>, expect: Option<(i128, &str)>| {
            let sek = Currency::parse("SEK").expect("a currency");
            let found = size_cost(Quantity::from_units(size), yearly.map(Quantity::from_units), Some(Decimal::new(3550, 2)), sek);
            let found = found.purchases.zip(found.cost.map(|cost| cost.to_string()));
            assert_eq!(found, expect.map(|(purchases, cost)| (purchases, cost.to_owned())), "{size} {yearly:?}");
        };
        check(100, None, None);
        check(100, Some(0), Some((0, "0.00")));
        check(100, Some(100), Some((1, "35.50")));
        check(100, Some(101), Some((2, "71.00")));
    }
}
