//! Archive plans: parts older than a span, counted at each reference date from the first event on.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::calendar::{Instant, Period};
use super::catalog::{Catalog, Plan};
use super::closing::{Bill, Due, PeriodKey};
use super::decode::Facts;
use super::ledger::{Counted, Customer, What};
use super::number::Dec;
use super::record::Line;

/// A record that cannot be issued: parts below zero, or no price at the reference date.
pub struct Held(pub PeriodKey);

/// The year that is shown, of the one that ends at a reference date.
pub fn shown(plan: &Plan, year: &Period) -> Period {
    let next = NaiveDate::from_ymd_opt(year.to.year() + 1, plan.reference.0, plan.reference.1).unwrap();
    if plan.in_advance { Period { from: year.to, to: next, ..*year } } else { *year }
}

/// A reference date, by the period that is shown.
pub fn key_of(plan: &Plan, shown: &Period) -> PeriodKey {
    let reference = if plan.in_advance { shown.from } else { shown.to };
    (plan.name.clone(), String::new(), (reference, reference, ""))
}

/// A reference date with what was true on it. `period` is the year that ends there, `shown` the one that is paid for.
struct Reference<'a> {
    period: Period,
    shown: Period,
    facts: &'a Facts,
}

fn reference<'a>(customer: &'a Customer, plan: &Plan, year: i32) -> Option<Reference<'a>> {
    let day = |year: i32| NaiveDate::from_ymd_opt(year, plan.reference.0, plan.reference.1);
    let facts = customer.facts_on(day(year)?)?;
    let period = Period { from: day(year - 1)?, to: day(year)?, zone: facts.zone };
    let next = Period { from: day(year)?, to: day(year + 1)?, zone: facts.zone };
    Some(Reference { period, shown: if plan.in_advance { next } else { period }, facts })
}

impl Reference<'_> {
    fn counts(&self, plan: &Plan, counted: &Counted) -> bool {
        match &counted.what {
            What::Archive { created } => {
                let is_here =
                    counted.since.is_none_or(|since| since <= self.period.to) && counted.until.is_none_or(|until| self.period.to < until);
                is_here && counted.plan == plan.name && counted.time < self.period.end() && plan.older_than.after(*created) < self.period.to
            }
            What::Metered { .. } | What::Stored { .. } => false,
        }
    }

    fn due(&self, plan: &Plan, customer: &Customer) -> Instant {
        customer.due_of(plan, &key_of(plan, &self.shown), &self.period)
    }

    fn is_late(&self, plan: &Plan, customer: &Customer, counted: &Counted) -> bool {
        self.due(plan, customer) <= counted.watermark
    }

    /// Parts to be paid by service, and their unit price.
    fn charge(&self, plan: &Plan, events: &[&Counted]) -> Result<(BTreeMap<String, Dec>, Option<Dec>), ()> {
        let mut parts: BTreeMap<String, Dec> = BTreeMap::new();
        for counted in events {
            let sum = parts.entry(counted.service.clone()).or_insert(Dec::int(0));
            *sum = &*sum + &counted.quantity;
        }
        parts.retain(|_, sum| !sum.is_zero());
        let price = plan.price_at(self.period.end(), self.period.zone, &self.facts.currency);
        let unit = price.map(|index| plan.prices[index].tiers[0].unit[&self.facts.currency].clone());
        let held = parts.values().any(Dec::is_negative) || (unit.is_none() && !parts.is_empty());
        if held { Err(()) } else { Ok((parts, unit)) }
    }

    fn lines(&self, catalog: &Catalog, plan: &Plan, parts: BTreeMap<String, Dec>, unit: &Dec, events: &[&Counted]) -> Vec<Line> {
        let line = |(service, quantity): (String, Dec)| {
            // Parts that another customer handed over are no events of this one.
            let events = events.iter().filter(|e| e.service == service && e.since.is_none()).count();
            let measure = &catalog.services[&service].unit;
            Line { events, ..Line::new(plan, &service, measure, quantity, unit.clone(), self.shown) }
        };
        parts.into_iter().map(line).collect()
    }
}

pub fn bill(catalog: &Catalog, customer: &Customer, plan: &Plan, due: Due) -> Result<Vec<Bill>, Held> {
    let years = due.first.year() - 2..=due.first.year() + 1;
    let mut references = years.filter_map(|year| reference(customer, plan, year));
    let Some(reference) = references.find(|r| due.holds(r.due(plan, customer))) else { return Ok(Vec::new()) };
    if !customer.counted.iter().any(|counted| counted.plan == plan.name && counted.watermark < reference.due(plan, customer)) {
        return Ok(Vec::new());
    }
    let counts = |counted: &&Counted| reference.counts(plan, counted) && !reference.is_late(plan, customer, counted);
    let events: Vec<&Counted> = customer.counted.iter().filter(counts).collect();
    let (parts, unit) = reference.charge(plan, &events).map_err(|()| Held(key_of(plan, &reference.shown)))?;
    let unit = unit.unwrap_or(Dec::int(0));
    let lines = reference.lines(catalog, plan, parts, &unit, &events);
    Ok(vec![(reference.facts.currency.clone(), reference.shown, lines)])
}

pub fn corrections(catalog: &Catalog, customer: &Customer, plan: &Plan, due: Due) -> Vec<Bill> {
    let of_plan = || customer.counted.iter().filter(|counted| counted.plan == plan.name);
    let Some(earliest) = of_plan().filter(|counted| due.holds(counted.next_close)).map(|counted| counted.time.year()).min() else {
        return Vec::new();
    };
    let mut bills = Vec::new();
    for reference in (earliest..=due.first.year() + 1).filter_map(|year| reference(customer, plan, year)) {
        let counted = || of_plan().filter(|counted| reference.counts(plan, counted));
        let late: Vec<&Counted> = counted().filter(|c| reference.is_late(plan, customer, c) && due.holds(c.next_close)).collect();
        let before: Vec<&Counted> = counted().filter(|c| !reference.is_late(plan, customer, c) || c.next_close < due.first).collect();
        let after: Vec<&Counted> = before.iter().chain(&late).copied().collect();
        // What was held was not billed, so nothing is taken back, and all is charged once it can be.
        let (old, old_unit) = reference.charge(plan, &before).unwrap_or_default();
        let (mut parts, new_unit) = reference.charge(plan, &after).unwrap_or_default();
        let Some(unit) = new_unit.or(old_unit).filter(|_| !late.is_empty()) else { continue };
        for (service, quantity) in old {
            let sum = parts.entry(service).or_insert(Dec::int(0));
            *sum = &*sum - &quantity;
        }
        parts.retain(|_, sum| !sum.is_zero());
        let lines = reference.lines(catalog, plan, parts, &unit, &late);
        bills.push((reference.facts.currency.clone(), reference.shown, lines));
    }
    bills
}
