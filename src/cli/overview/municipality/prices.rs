//! The price in force on a day, as people read it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::catalog::{Model, PackagePrice, Plan, Tariff, Tier};
use crate::domain::currency::Currency;
use crate::domain::names::GroupId;

/// None: the plan charges otherwise than by what is used, or has no price that day.
#[must_use]
pub fn in_force(plan: &Plan, day: NaiveDate, group: Option<&GroupId>, currency: Currency) -> Option<String> {
    match &plan.model {
        Model::Metered(rules) => tariff(&rules.prices.at(day, group)?.price, currency),
        Model::Package(rules) => package(&rules.prices.at(day, group)?.price, currency),
        Model::Archive(rules) => rules.prices.at(day, group)?.price.get(&currency).map(Decimal::to_string),
        Model::PerHead(_) | Model::Subscription(_) | Model::Fixed(_) | Model::Capacity(_) => None,
    }
}

fn tariff(tariff: &Tariff, currency: Currency) -> Option<String> {
    let tier = |tier: &Tier| {
        let unit = tier.unit.get(&currency)?;
        Some(tier.up_to.map_or_else(|| unit.to_string(), |last| format!("{unit} up to {last}")))
    };
    match tariff {
        Tariff::Flat(amounts) => amounts.get(&currency).map(Decimal::to_string),
        Tariff::Tiered { tiers, .. } => Some(tiers.iter().map(tier).collect::<Option<Vec<_>>>()?.join(", then ")),
    }
}

fn package(price: &PackagePrice, currency: Currency) -> Option<String> {
    let rungs = price.rungs.iter().map(|rung| Some(format!("{} per {}", rung.amount.get(&currency)?, rung.size)));
    Some(rungs.collect::<Option<Vec<_>>>()?.join(", or "))
}
