//! Plans per head: a yearly price per inhabitant, in bands, charged whole or in parts of a year.

use crate::domain::account::Account;
use crate::domain::catalog::Tariff;
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, PriceKey, Terms};
use crate::domain::control::{CustomerVersion, HeadCountKind};
use crate::domain::models::per_head::{Parts, PerHeadPlan};
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::domain::record::Basis;
use crate::domain::timetable::Timetable;

use super::Billing;
use crate::engine::cell::Scope;
use crate::engine::rate::{self, RatedPart};
use crate::engine::settle;

/// A person (UN/ECE Recommendation 20).
const HEAD: &str = "IE";

impl Billing for PerHeadPlan {
    fn timetable(&self, _account: &Account) -> Option<Timetable> {
        Some(self.timetable)
    }

    fn applies_to(&self, version: &CustomerVersion) -> bool {
        self.prices.has_for(version.group.as_ref(), |tariff| tariff.has(version.currency))
    }

    fn owed(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        let row = scope.first_price(&self.prices, scope.cell.period).filter(|row| row.price.has(scope.key.currency));
        let Some(row) = row.filter(|_| scope.is_served_in(scope.cell.period)) else { return Ok(Vec::new()) };
        let heads = self.heads(scope)?;
        let bands = rate::rate(&row.price, scope.key.currency, heads.count).unwrap_or_default();
        bands.into_iter().map(|band| self.charge(scope, &row.key, &heads.in_band(&row.price, band))).collect()
    }

    fn is_standing(&self) -> bool {
        true
    }

    fn covers_use(&self) -> bool {
        true
    }

    fn counts_pupils(&self) -> bool {
        self.head_count == HeadCountKind::ActivePupils
    }
}

/// The heads that a period is charged for, and the figures that say so.
struct Heads {
    count: Quantity,
    basis: Basis,
}

/// The heads of one band.
struct Band {
    part: RatedPart,
    basis: Basis,
}

impl Heads {
    fn in_band(&self, tariff: &Tariff, part: RatedPart) -> Band {
        let mut basis = self.basis.clone();
        if let Tariff::Tiered { tiers, .. } = tariff {
            let tier = usize::from(part.tier);
            let below = tier.checked_sub(1).and_then(|before| tiers.get(before)?.up_to).unwrap_or(Quantity::ZERO);
            basis.extend(below.checked_add(Quantity::ONE).map(|first| ("band_first", first.to_string())));
            basis.extend(tiers.get(tier).and_then(|tier| tier.up_to).map(|last| ("band_last", last.to_string())));
            basis.push(("heads_in_band", part.quantity.to_string()));
        }
        basis.push(("yearly_price", part.unit_price.to_string()));
        Band { part, basis }
    }
}

impl PerHeadPlan {
    fn heads(&self, scope: &Scope<'_>) -> Result<Heads, String> {
        let (day, kind) = (self.count_day(scope.cell.period), self.head_count.as_str());
        let account = &scope.customer.account;
        let count = account.heads_on(self.head_count, day, self.counted).ok_or_else(|| {
            format!("no count of {kind} is known on {day}: send a tally.head_count.v1 of kind `{kind}`, with `on` on that day or before")
        })?;
        let units = i64::try_from(count).map_err(|_| settle::TOO_LARGE)?;
        let basis = vec![("head_count", count.to_string()), ("head_count_on", day.to_string())];
        Ok(Heads { count: Quantity::from_units(units), basis })
    }

    /// A whole year by head; a part of one as an amount, because a part of a price need not be a price.
    fn charge(&self, scope: &Scope<'_>, price: &PriceKey, band: &Band) -> Result<Charge, String> {
        let Band { part, basis } = band;
        let whole = scope.charge_once(self.heading.as_ref(), price, part.unit_price)?;
        let key = ChargeKey { part: part.tier, ..whole.key };
        let parts = self.timetable.cycle.year_in_periods(scope.cell.period);
        if parts.len() <= 1 {
            let terms = Terms { unit: HEAD.to_owned(), ..whole.terms };
            return Ok(Charge { key, terms, quantity: part.quantity, basis: basis.clone(), ..whole });
        }
        let place = parts.iter().take_while(|one| one.from <= scope.cell.period.from).count();
        let amount = self.part_of_year(scope, *part, place, parts.len()).ok_or(settle::TOO_LARGE)?;
        let mut basis = basis.clone();
        basis.push(("part", format!("{place} of {}", parts.len())));
        let terms = Terms { unit_price: amount.to_decimal().ok_or(settle::TOO_LARGE)?, ..whole.terms };
        Ok(Charge { key, terms, basis, kind: ChargeKind::Amount, ..whole })
    }

    /// The `place`th of `parts` parts. The last of equal ones has what does not divide.
    fn part_of_year(&self, scope: &Scope<'_>, band: RatedPart, place: usize, parts: usize) -> Option<Money> {
        let currency = scope.key.currency;
        match self.parts {
            Parts::Measured => Money::line_net(band.quantity, band.unit_price, Quantity::from_units(i64::try_from(parts).ok()?), currency),
            Parts::Equal => {
                let year = Money::line_net(band.quantity, band.unit_price, Quantity::ONE, currency)?.minor();
                let count = i128::try_from(parts).ok()?;
                let rest = if place == parts { year % count } else { 0 };
                Some(Money::of_minor(year / count + rest, currency))
            }
        }
    }
}
