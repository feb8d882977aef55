//! Prices that depend on the quantity of the period.

use super::decimal::positive_quantity;
use super::price;
use crate::domain::catalog::{Tariff, Tier, TierMode};
use crate::domain::quantity::Quantity;
use crate::wire::document::{Table, Value, every};

const MODES: &[(&str, TierMode)] = &[("graduated", TierMode::Graduated), ("volume", TierMode::Volume)];

pub fn read(row: &Table<'_>) -> Option<Tariff> {
    let mode = row.need("mode", "mode = \"graduated\" (or \"volume\")").and_then(|value| value.choice(MODES));
    let tiers = row.find("tiers")?.items().and_then(|items| tiers(&items));
    Some(Tariff::Tiered { mode: mode?, tiers: tiers? })
}

/// Bands are tiers of which each has its own part of the total.
pub fn bands(row: &Table<'_>) -> Option<Tariff> {
    let tiers = row.find("bands")?.items().and_then(|items| tiers(&items));
    Some(Tariff::Tiered { mode: TierMode::Graduated, tiers: tiers? })
}

fn tiers(items: &[Value<'_>]) -> Option<Vec<Tier>> {
    let mut below = Quantity::ZERO;
    let read = every(items.iter().enumerate(), |(index, item)| tier(item, index + 1 == items.len(), &mut below));
    let tiers = read?;
    same_currencies(items, &tiers);
    Some(tiers)
}

fn tier(item: &Value<'_>, last: bool, below: &mut Quantity) -> Option<Tier> {
    let table = item.table()?;
    table.only(&["up_to", "unit"]);
    let up_to = if last { open_end(&table) } else { bound(&table, below) };
    let unit = table.need("unit", "unit = { SEK = \"0.35\" }").and_then(|value| price::amounts(&value));
    Some(Tier { up_to, unit: unit? })
}

/// Units beyond a last tier with an end would have no price.
fn open_end(table: &Table<'_>) -> Option<Quantity> {
    table.forbid("up_to", "closes the last tier, and what lies beyond has no price", "a further tier without `up_to` behind it");
    None
}

fn bound(table: &Table<'_>, below: &mut Quantity) -> Option<Quantity> {
    let value = table.need("up_to", "up_to = \"1000\": only the last tier is open")?;
    let bound = positive_quantity(&value, "1000")?;
    if bound <= *below {
        value.fault(&format!("is {bound}, and the tier before it ends at {below}"), "tiers in ascending order");
    }
    *below = bound;
    Some(bound)
}

/// A currency that one tier lacks would leave some units without a price.
fn same_currencies(items: &[Value<'_>], tiers: &[Tier]) {
    for (item, tier) in items.iter().zip(tiers) {
        let elsewhere = tiers.iter().flat_map(|other| other.unit.keys());
        if let Some(lacking) = elsewhere.copied().find(|currency| !tier.unit.contains_key(currency)) {
            item.fault(&format!("has a tier without a price in {lacking}"), format!("unit = {{ {lacking} = \"0.35\", ... }}"));
        }
    }
}
