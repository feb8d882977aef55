//! What a metered plan charges for the quantities of one billing period.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::agreement::Consent;
use super::calendar::Period;
use super::catalog::{Plan, Price};
use super::decode::minor_digits;
use super::number::Dec;

/// Quantities by service, price segment and consent.
pub type Quantities = BTreeMap<Key, Dec>;
pub type Key = (String, usize, Consent);

pub struct Statement {
    /// By service, price segment and consent: (unit price, quantity), the lowest tier first.
    pub parts: BTreeMap<Key, Vec<(Dec, Dec)>>,
    /// What is missing to the plan's minimum.
    pub minimum: Dec,
}

/// Plan, currency, and last period of a year whose minimum was charged.
pub type YearKey = (String, String, (NaiveDate, NaiveDate, &'static str));

pub fn net(plan: &Plan, currency: &str, quantities: &Quantities) -> Dec {
    let places = minor_digits(currency).unwrap();
    let mut net = Dec::int(0);
    for (unit_price, quantity) in parts(plan, currency, quantities).values().flatten() {
        net = &net + &(quantity * unit_price).rounded(places);
    }
    net
}

/// Tiers are of the whole use of a service at a price: each consent has what its units add to those before it.
fn parts(plan: &Plan, currency: &str, quantities: &Quantities) -> BTreeMap<Key, Vec<(Dec, Dec)>> {
    let mut parts = BTreeMap::new();
    for (key, quantity) in quantities.iter().filter(|(_, quantity)| !quantity.is_zero()) {
        let same = || quantities.iter().filter(|(other, _)| (&other.0, other.1) == (&key.0, key.1));
        let sum = |limit: &dyn Fn(&Key) -> bool| same().filter(|(other, _)| limit(other)).fold(Dec::int(0), |sum, (_, one)| &sum + one);
        let price = &plan.prices[key.1];
        if price.by_volume {
            let unit = tiered(price, currency, &sum(&|_| true))[0].0.clone();
            parts.insert(key.clone(), vec![(unit, quantity.clone())]);
            continue;
        }
        let (before, after) = (tiered(price, currency, &sum(&|other| other < key)), tiered(price, currency, &sum(&|other| other <= key)));
        let mut own: Vec<(Dec, Dec)> = Vec::new();
        for tier in &price.tiers {
            let unit = tier.unit[currency].clone();
            let change = &at_price(Some(&after), &unit) - &at_price(Some(&before), &unit);
            if !change.is_zero() && !own.iter().any(|(price, _)| *price == unit) {
                own.push((unit, change));
            }
        }
        parts.insert(key.clone(), own);
    }
    parts
}

pub fn statement(plan: &Plan, currency: &str, quantities: &Quantities, minimum_of: Option<NaiveDate>, is_due_anyway: bool) -> Statement {
    let parts = parts(plan, currency, quantities);
    let net = net(plan, currency, quantities);
    let applies = is_due_anyway || !parts.is_empty();
    let least = minimum_of.filter(|_| applies && !plan.minimum_is_yearly).and_then(|day| plan.minimum_on(day, currency));
    let missing = least.map(|least| least - &net);
    Statement { parts, minimum: missing.filter(Dec::is_positive).unwrap_or(Dec::int(0)) }
}

pub fn tiered(price: &Price, currency: &str, quantity: &Dec) -> Vec<(Dec, Dec)> {
    let unit = |i: usize| price.tiers[i].unit[currency].clone();
    if price.by_volume {
        let fits = |up_to: &Option<Dec>| up_to.as_ref().is_none_or(|up_to| quantity <= up_to);
        let tier = price.tiers.iter().position(|t| fits(&t.up_to)).unwrap_or(price.tiers.len() - 1);
        return vec![(unit(tier), quantity.clone())];
    }
    if quantity.is_negative() {
        return vec![(unit(0), quantity.clone())];
    }
    let (mut lines, mut below) = (Vec::new(), Dec::int(0));
    for (i, tier) in price.tiers.iter().enumerate() {
        let is_last = i + 1 == price.tiers.len();
        let top = tier.up_to.as_ref().filter(|_| !is_last).map_or(quantity, |up_to| up_to.min(quantity));
        let inside = top - &below;
        if inside.is_positive() {
            lines.push((unit(i), inside));
            below = top.clone();
        }
    }
    lines
}

/// What has to be added to `before` to arrive at `after`: by service and segment, zero deltas left out.
pub fn difference(plan: &Plan, currency: &str, before: &Statement, after: &Statement) -> Statement {
    let mut parts = BTreeMap::new();
    for key in before.parts.keys().chain(after.parts.keys()) {
        let (old, new) = (before.parts.get(key), after.parts.get(key));
        let mut lines: Vec<(Dec, Dec)> = Vec::new();
        for tier in &plan.prices[key.1].tiers {
            let unit_price = tier.unit[currency].clone();
            let delta = &at_price(new, &unit_price) - &at_price(old, &unit_price);
            let seen = lines.iter().any(|(price, _)| *price == unit_price);
            if !delta.is_zero() && !seen {
                lines.push((unit_price, delta));
            }
        }
        parts.insert(key.clone(), lines);
    }
    Statement { parts, minimum: &after.minimum - &before.minimum }
}

fn at_price(lines: Option<&Vec<(Dec, Dec)>>, unit_price: &Dec) -> Dec {
    let same = lines.into_iter().flatten().filter(|(price, _)| price == unit_price);
    same.fold(Dec::int(0), |sum, (_, quantity)| &sum + quantity)
}

/// A period without use that is billed all the same: the segment whose price a quantity of zero gets.
pub fn zero_segment(plan: &Plan, period: &Period, currency: &str) -> Option<usize> {
    let at_start = plan.price_at(period.start(), period.zone, currency);
    let later = || {
        let starts = |price: &Price| price.from > period.from && price.from < period.to;
        plan.prices.iter().position(|price| starts(price) && price.is_in(currency, plan.model))
    };
    at_start.or_else(later)
}
