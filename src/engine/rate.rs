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
    let parts = match tariff {
        Tariff::Flat(amounts) => vec![part(0, amounts, currency, quantity)?],
        Tariff::Tiered { mode: TierMode::Volume, tiers } => vec![volume(tiers, currency, quantity)?],
        Tariff::Tiered { mode: TierMode::Graduated, tiers } => graduated(tiers, currency, quantity)?,
    };
    Some(parts.into_iter().filter(|part| !part.quantity.is_zero()).collect())
}

fn part(tier: usize, amounts: &Amounts, currency: Currency, quantity: Quantity) -> Option<RatedPart> {
    let tier = u16::try_from(tier).ok()?;
    amounts.get(&currency).map(|unit_price| RatedPart { tier, unit_price: *unit_price, quantity })
}

fn volume(tiers: &[Tier], currency: Currency, total: Quantity) -> Option<RatedPart> {
    let (index, tier) = tiers.iter().enumerate().find(|(_, tier)| tier.up_to.is_none_or(|last| total <= last))?;
    part(index, &tier.unit, currency, total)
}

/// More was taken back than used: what is left is at the price of the first unit.
fn graduated(tiers: &[Tier], currency: Currency, total: Quantity) -> Option<Vec<RatedPart>> {
    if total < Quantity::ZERO {
        return Some(vec![part(0, &tiers.first()?.unit, currency, total)?]);
    }
    let mut below = Quantity::ZERO;
    let mut parts = Vec::new();
    for (index, tier) in tiers.iter().enumerate() {
        let last = tier.up_to.map_or(total, |last| last.min(total)).max(below);
        parts.push(part(index, &tier.unit, currency, last.checked_sub(below)?)?);
        below = last;
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
