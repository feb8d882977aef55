//! What is owed, less what was issued: the lines of a record, and what the period has issued with it.

use crate::domain::catalog::Plan;
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, IssuedCharge, Terms};
use crate::domain::currency::Currency;
use crate::domain::lineage::Lineage;
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line};
use rust_decimal::Decimal;

pub const TOO_LARGE: &str = "an amount has too many digits to be exact";

/// The lines that make `issued` into `owed`, and `owed` as the period's new `issued`.
///
/// # Errors
/// An amount that has too many digits: the record is held.
pub fn difference(
    plan: &Plan,
    currency: Currency,
    issued: &[IssuedCharge],
    owed: &[Charge],
) -> Result<(Vec<Line>, Vec<IssuedCharge>), String> {
    let mut keys: Vec<&ChargeKey> = issued.iter().map(|one| &one.key).chain(owed.iter().map(|one| &one.key)).collect();
    keys.sort();
    keys.dedup();
    let mut lines = Vec::new();
    for key in keys {
        let before: Vec<&IssuedCharge> = issued.iter().filter(|one| one.key == *key).collect();
        let now = owed.iter().find(|one| one.key == *key);
        lines.extend(change_of(plan, currency, key, &before, now, owed)?);
    }
    let after = owed.iter().filter(|one| !one.quantity.is_zero());
    Ok((lines, after.map(|one| IssuedCharge { key: one.key.clone(), terms: one.terms.clone(), quantity: one.quantity }).collect()))
}

/// First what is taken back on its old terms, then what is charged on the new ones.
fn change_of(
    plan: &Plan,
    currency: Currency,
    key: &ChargeKey,
    before: &[&IssuedCharge],
    now: Option<&Charge>,
    owed: &[Charge],
) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    let lineage = now.map_or_else(|| lineage_near(key, owed), |now| now.lineage);
    let mut rest = now.map_or(Quantity::ZERO, |now| now.quantity);
    let mut amount = now.map_or(Decimal::ZERO, |now| now.terms.unit_price);
    for old in before {
        match now {
            Some(now) if now.kind == ChargeKind::Amount && now.terms.vat.is_as(&old.terms.vat) => {
                amount = amount.checked_sub(old.terms.unit_price).ok_or(TOO_LARGE)?;
            }
            Some(now) if now.terms.unit_price == old.terms.unit_price && now.terms.vat.is_as(&old.terms.vat) => {
                rest = rest.checked_sub(old.quantity).ok_or(TOO_LARGE)?;
            }
            _ => lines.push(line(plan, currency, key, &old.terms, old.quantity.negated(), Basis::new(), lineage)?),
        }
    }
    let Some(now) = now else { return Ok(lines) };
    let (quantity, terms) = match now.kind {
        ChargeKind::Units => (rest, now.terms.clone()),
        ChargeKind::Amount => {
            let sign = if amount.is_sign_negative() { Quantity::ONE.negated() } else { Quantity::ONE };
            let quantity = if amount.is_zero() { Quantity::ZERO } else { sign };
            (quantity, Terms { unit_price: amount.abs(), ..now.terms.clone() })
        }
    };
    if !quantity.is_zero() {
        lines.push(line(plan, currency, key, &terms, quantity, now.basis.clone(), lineage)?);
    }
    Ok(lines)
}

/// A charge that is gone goes because of the events of its segment.
fn lineage_near(key: &ChargeKey, owed: &[Charge]) -> Lineage {
    let near = |one: &&Charge| {
        key.service.is_some() && (&one.key.service, &one.key.price, &one.key.consent) == (&key.service, &key.price, &key.consent)
    };
    owed.iter().find(near).map_or_else(Lineage::default, |one| one.lineage)
}

/// A line of so many units on these terms.
///
/// # Errors
/// An amount that has too many digits.
pub fn line(
    plan: &Plan,
    currency: Currency,
    key: &ChargeKey,
    terms: &Terms,
    quantity: Quantity,
    basis: Basis,
    lineage: Lineage,
) -> Result<Line, String> {
    let net = Money::line_net(quantity, terms.unit_price, Quantity::ONE, currency).ok_or(TOO_LARGE)?;
    Ok(Line {
        plan: plan.id.clone(),
        service: key.service.clone(),
        consent: key.consent.clone(),
        description: terms.description.clone(),
        quantity,
        unit: terms.unit.clone(),
        unit_price: terms.unit_price,
        base_quantity: Quantity::ONE,
        net,
        vat: terms.vat.clone(),
        period: terms.period,
        package: None,
        basis,
        lineage,
    })
}
