//! What a quantity costs: the parts of it at each unit price.

use rust_decimal::Decimal;

use crate::domain::catalog::{Amounts, Tariff, Tier, TierMode};
use crate::domain::currency::Currency;
use crate::domain::quantity::Quantity;

/// A part of a quantity at one unit price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatedPart {
    /// Index of the tier; 0 for a flat price.
    pub tier: u16,
    pub unit_price: Decimal,
    pub quantity: Quantity,
}

/// Rates a quantity. None if the tariff has no price in the currency. Parts of zero are left out.
#[must_use]
pub fn rate(tariff: &Tariff, currency: Currency, quantity: Quantity) -> Option<Vec<RatedPart>> {
    share(tariff, currency, quantity, Quantity::ZERO, quantity)
}

/// Rates a share of a total, of which `below` comes before it. All shares together are rated as their total is.
#[must_use]
pub fn share(tariff: &Tariff, currency: Currency, quantity: Quantity, below: Quantity, total: Quantity) -> Option<Vec<RatedPart>> {
    let parts = match tariff {
        Tariff::Flat(amounts) => vec![part(0, amounts, currency, quantity)?],
        Tariff::Tiered { mode: TierMode::Volume, tiers } => vec![volume(tiers, currency, quantity, total)?],
        Tariff::Tiered { mode: TierMode::Graduated, tiers } => graduated(tiers, currency, below, below.checked_add(quantity)?)?,
    };
    Some(parts.into_iter().filter(|part| !part.quantity.is_zero()).collect())
}

fn part(tier: usize, amounts: &Amounts, currency: Currency, quantity: Quantity) -> Option<RatedPart> {
    let tier = u16::try_from(tier).ok()?;
    amounts.get(&currency).map(|unit_price| RatedPart { tier, unit_price: *unit_price, quantity })
}

fn volume(tiers: &[Tier], currency: Currency, quantity: Quantity, total: Quantity) -> Option<RatedPart> {
    let (index, tier) = tiers.iter().enumerate().find(|(_, tier)| tier.up_to.is_none_or(|last| total <= last))?;
    part(index, &tier.unit, currency, quantity)
}

/// The units from one count up to another, each in its tier.
fn graduated(tiers: &[Tier], currency: Currency, from: Quantity, to: Quantity) -> Option<Vec<RatedPart>> {
    let (from, to) = (fill(tiers, from)?, fill(tiers, to)?);
    let changes = from.into_iter().zip(to).map(|(from, to)| to.checked_sub(from));
    let parts = tiers.iter().zip(changes).enumerate();
    parts.map(|(index, (tier, change))| part(index, &tier.unit, currency, change?)).collect()
}

/// How much of a total is in each tier. More taken back than used is at the price of the first unit.
fn fill(tiers: &[Tier], total: Quantity) -> Option<Vec<Quantity>> {
    let mut below = Quantity::ZERO.min(total);
    let mut parts = Vec::new();
    for tier in tiers {
        let last = tier.up_to.map_or(total, |last| last.min(total)).max(below);
        parts.push(last.checked_sub(below)?);
        below = last;
    }
    if total < Quantity::ZERO {
        *parts.first_mut()? = total;
    }
    Some(parts)
}

/// The unit price that the first unit would have.
#[must_use]
pub fn first_unit_price(tariff: &Tariff, currency: Currency) -> Option<Decimal> {
    match tariff {
        Tariff::Flat(amounts) => amounts.get(&currency).copied(),
        Tariff::Tiered { tiers, .. } => tiers.first().and_then(|tier| tier.unit.get(&currency)).copied(),
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn tiers(mode: TierMode) -> Tariff {
        let unit = |price: &str| Amounts::from([(sek(), Decimal::from_str(price).expect("a price"))]);
        let tier = |up_to: Option<i64>, price: &str| Tier { up_to: up_to.map(Quantity::from_units), unit: unit(price) };
        Tariff::Tiered { mode, tiers: vec![tier(Some(10), "3"), tier(Some(20), "2"), tier(None, "1")] }
    }

    fn sek() -> Currency {
        Currency::parse("SEK").expect("known")
    }

    fn shown(parts: &[RatedPart]) -> String {
        parts.iter().map(|part| format!("{}x{} ", part.quantity, part.unit_price)).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn a_quantity_falls_into_tiers() {
        let check = |mode: TierMode, units: i64, expect: &str| {
            let parts = rate(&tiers(mode), sek(), Quantity::from_units(units)).expect("priced");
            assert_eq!(shown(&parts), expect, "{mode:?} {units}");
        };
        check(TierMode::Graduated, 0, "");
        check(TierMode::Graduated, 10, "10x3");
        check(TierMode::Graduated, 11, "10x3 1x2");
        check(TierMode::Graduated, 25, "10x3 10x2 5x1");
        check(TierMode::Graduated, -2, "-2x3");
        check(TierMode::Volume, -2, "-2x3");
        check(TierMode::Volume, 10, "10x3");
        check(TierMode::Volume, 11, "11x2");
        check(TierMode::Volume, 25, "25x1");
    }
}
