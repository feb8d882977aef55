//! A period's use, sorted anew by the facts and prices that apply now. What was used on which local
//! day is kept as windows, so that a price list whose dates were mended, or a version of the customer
//! that was told late, charges what it would have charged from the beginning.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::account::PeriodKey;
use crate::domain::catalog::Plan;
use crate::domain::cell::{Calls, PeriodCell, PeriodStatus, Segment};
use crate::domain::charge::PriceKey;
use crate::domain::gates::agreement::Consent;
use crate::domain::lineage::Lineage;
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::window::DayWindow;

use super::customer::Customer;
use super::models::{Asked, Billing, Priced};

/// Use per cell, service, price and consent.
type Sums = BTreeMap<(PeriodKey, ServiceId, PriceKey, Option<Consent>), Quantity>;

/// The days of a period.
pub fn days(period: Period) -> impl Iterator<Item = NaiveDate> {
    period.from.iter_days().take_while(move |day| *day < period.to)
}

/// Puts a period's use under the prices that apply now. Nothing happens where the days do not say
/// what the cells say, where a day has no price now, or where the customer changed its zone within
/// the period, because then its days are not the same hours. True: something moved.
pub fn recount<B: Billing + ?Sized>(rules: &B, plan: &Plan, customer: &mut Customer, period: Period, keys: &[PeriodKey]) -> bool {
    let Some(wanted) = sums_of_days(rules, plan, customer, period) else { return false };
    let counted = sums_of_cells(plan, customer, keys);
    let known = |key: &PeriodKey| keys.contains(key);
    let zones: BTreeSet<_> = wanted.keys().chain(counted.keys()).map(|(key, ..)| key.zone).collect();
    if wanted == counted || zones.len() > 1 || !wanted.keys().all(|(key, ..)| known(key)) || by_service(&wanted) != by_service(&counted) {
        return false;
    }
    let cells: BTreeSet<PeriodKey> = wanted.keys().chain(counted.keys()).map(|(key, ..)| *key).collect();
    let donors = donors(plan, customer, &cells, &wanted);
    for key in cells {
        let cell = customer.periods.change_or(&(plan.id.clone(), key), || PeriodCell::new(period, PeriodStatus::Open));
        sort_anew(cell, key, &wanted, &donors);
    }
    if rules.counts_calls() {
        move_calls(plan, customer, period, keys);
    }
    true
}

/// Calls go where the days go on which they were made.
fn move_calls(plan: &Plan, customer: &mut Customer, period: Period, keys: &[PeriodKey]) {
    let mut calls: BTreeMap<PeriodKey, Vec<Calls>> = BTreeMap::new();
    for service in &plan.services {
        for date in days(period) {
            let (Some(window), Some(version)) = (customer.days.get(&(service.clone(), date)), customer.account.version_on(date)) else {
                continue;
            };
            let key = PeriodKey { from: period.from, zone: version.zone, currency: version.currency };
            let of_cell = calls.entry(key).or_default();
            for (consent, events) in calls_by_consent(window) {
                match of_cell.iter_mut().find(|one| one.is_of(service, consent)) {
                    Some(one) => one.events += events,
                    None => of_cell.push(Calls { service: service.clone(), consent: consent.cloned(), events }),
                }
            }
        }
    }
    for key in keys {
        if let Some(known) = customer.periods.change(&(plan.id.clone(), *key)).and_then(|cell| cell.calls.as_mut()) {
            *known = calls.remove(key).unwrap_or_default();
        }
    }
}

/// The events of a day: those of each consent, and the rest. A day that has only tests has none.
fn calls_by_consent(window: &DayWindow) -> Vec<(Option<&Consent>, u64)> {
    let named = window.consents.iter().map(|one| one.events).sum::<u64>();
    let rest = window.hours.iter().map(|hour| hour.events).sum::<u64>().saturating_sub(named);
    let of_consents = window.consents.iter().map(|one| (Some(&one.consent), one.events));
    of_consents.chain((rest > 0 || (window.consents.is_empty() && !window.hours.is_empty())).then_some((None, rest))).collect()
}

/// What a day charges: the part of each consent, and the rest. None if it cannot be summed exactly.
fn billed_by_consent(window: &DayWindow) -> Option<Vec<(Option<&Consent>, Quantity)>> {
    let mut rest = window.hours.iter().try_fold(Quantity::ZERO, |sum, hour| sum.checked_add(hour.billed))?;
    let mut parts = Vec::new();
    for one in &window.consents {
        rest = rest.checked_sub(one.billed)?;
        parts.push((Some(&one.consent), one.billed));
    }
    parts.push((None, rest));
    parts.retain(|(_, billed)| !billed.is_zero());
    Some(parts)
}

fn sums_of_days<B: Billing + ?Sized>(rules: &B, plan: &Plan, customer: &Customer, period: Period) -> Option<Sums> {
    let mut sums = Sums::new();
    for service in &plan.services {
        for date in days(period) {
            let Some(window) = customer.days.get(&(service.clone(), date)) else { continue };
            let parts = billed_by_consent(window)?;
            if parts.is_empty() {
                continue;
            }
            let version = customer.account.version_on(date)?;
            let day = version.zone.day_of(version.zone.midnight(date));
            let asked = Asked { day, currency: version.currency, group: version.group.as_ref() };
            let Priced { period: priced, price } = rules.price_of(&asked)?;
            let key = PeriodKey { from: priced.from, zone: version.zone, currency: version.currency };
            for (consent, billed) in parts {
                add(&mut sums, (key, service.clone(), price.clone(), consent.cloned()), billed)?;
            }
        }
    }
    Some(sums)
}

fn sums_of_cells(plan: &Plan, customer: &Customer, keys: &[PeriodKey]) -> Sums {
    let mut sums = Sums::new();
    for key in keys {
        let cell = customer.periods.get(&(plan.id.clone(), *key));
        for segment in cell.iter().flat_map(|cell| &cell.segments).filter(|segment| !segment.quantity.is_zero()) {
            sums.insert((*key, segment.service.clone(), segment.price.clone(), segment.consent.clone()), segment.quantity);
        }
    }
    sums
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Quantity>, key: K, quantity: Quantity) -> Option<()> {
    let sum = sums.entry(key).or_default();
    *sum = sum.checked_add(quantity)?;
    Some(())
}

fn by_service(sums: &Sums) -> Option<BTreeMap<&ServiceId, Quantity>> {
    let mut all = BTreeMap::new();
    for ((_, service, ..), quantity) in sums {
        add(&mut all, service, *quantity)?;
    }
    Some(all)
}

/// Per service, the events of a segment that loses use: a segment that is new has its use from them.
fn donors(plan: &Plan, customer: &Customer, cells: &BTreeSet<PeriodKey>, wanted: &Sums) -> BTreeMap<ServiceId, Lineage> {
    let mut donors = BTreeMap::new();
    for key in cells {
        let cell = customer.periods.get(&(plan.id.clone(), *key));
        for segment in cell.iter().flat_map(|cell| &cell.segments) {
            let place = (*key, segment.service.clone(), segment.price.clone(), segment.consent.clone());
            if wanted.get(&place).is_none_or(|quantity| *quantity < segment.quantity) {
                donors.entry(segment.service.clone()).or_insert(segment.open);
            }
        }
    }
    donors
}

fn sort_anew(cell: &mut PeriodCell, key: PeriodKey, wanted: &Sums, donors: &BTreeMap<ServiceId, Lineage>) {
    for segment in &mut cell.segments {
        let place = (key, segment.service.clone(), segment.price.clone(), segment.consent.clone());
        segment.quantity = wanted.get(&place).copied().unwrap_or_default();
    }
    for ((_, service, price, consent), quantity) in wanted.iter().filter(|((owner, ..), _)| *owner == key) {
        let same = |one: &Segment| (&one.service, &one.price, &one.consent) == (service, price, consent);
        if !cell.segments.iter().any(same) {
            let open = donors.get(service).copied().unwrap_or_default();
            let (service, price, consent) = (service.clone(), price.clone(), consent.clone());
            cell.segments.push(Segment { service, price, consent, quantity: *quantity, open });
        }
    }
}
