//! Capacity plans: every year is reckoned from the whole list of events and facts, each time it is asked for.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, NaiveDate};

use super::Notice;
use super::calendar::{self, Instant, Period, midnight};
use super::catalog::{Capacity, Catalog, Plan};
use super::closing::Bill;
use super::decode::Usage;
use super::ledger::{Counted, Customer, What};
use super::number::Dec;
use super::record::Line;

/// What became of a year.
#[derive(Default)]
pub struct Year {
    pub is_closed: bool,
    /// Held: when it is tried again.
    pub retry: Option<Instant>,
    correction_held: bool,
    closed_at: Option<Instant>,
    issued: Option<Dec>,
    /// Events that were in the list when it was last charged.
    seen: usize,
}

enum Owed {
    Units { quantity: Dec, unit_price: Option<Dec> },
    Held,
}

fn rules(plan: &Plan) -> &Capacity {
    plan.capacity.as_ref().unwrap()
}

pub fn fault(plan: &Plan, usage: &Usage) -> Option<&'static str> {
    let quantity = usage.quantity.clone().flatten().unwrap_or(Dec::int(1));
    if quantity != quantity.rounded(0) {
        return Some("bad_quantity");
    }
    if rules(plan).by_snapshot && (quantity.is_negative() || usage.retracts.is_some()) {
        return Some("bad_data");
    }
    let action = matches!((rules(plan).by_snapshot, usage.action.as_deref()), (_, None) | (false, Some("created" | "culled")));
    let lifecycle = matches!(usage.lifecycle.as_deref(), None | Some("active" | "archived"));
    let unit = usage.unit.as_ref().is_none_or(|unit| (1..=256).contains(&unit.len()));
    (!action || !lifecycle || !unit).then_some("bad_data")
}

pub fn counted(plan: &Plan, service: String, usage: &Usage, quantity: Dec, watermark: Instant) -> Counted {
    let part = usage.unit.clone().unwrap_or_else(|| usage.envelope.source.clone());
    Counted {
        consent: None,
        plan: plan.name.clone(),
        quantity: if usage.action.as_deref() == Some("culled") { -&quantity } else { quantity },
        time: usage.envelope.time,
        watermark,
        next_close: watermark,
        what: What::Stored { part: (service.clone(), part, usage.lifecycle.clone()) },
        service,
        person: None,
        since: None,
        until: None,
    }
}

/// The day of the first activation of the plan's services, or from which the customer is known.
pub fn agreed(plan: &Plan, customer: &Customer) -> Option<NaiveDate> {
    let first = customer.activations.keys().filter(|(service, _)| plan.services.contains(service)).map(|(_, from)| *from).min();
    let known = customer.versions.iter().next();
    let day = |at: Instant| customer.facts_at(at).or(known.map(|(_, facts)| facts)).map(|facts| calendar::local_date(at, facts.zone));
    customer.agreed.get(&plan.name).copied().or_else(|| first.and_then(day)).or(known.map(|(from, _)| *from))
}

/// The first day of the year that begins in a calendar year.
fn beginning(plan: &Plan, customer: &Customer, year: i32) -> Option<NaiveDate> {
    let (month, day) = if rules(plan).by_agreement {
        let agreed = agreed(plan, customer)?;
        (agreed.month(), agreed.day())
    } else {
        plan.starts
    };
    NaiveDate::from_ymd_opt(year, month, day).or(NaiveDate::from_ymd_opt(year, 2, 28))
}

fn year(plan: &Plan, customer: &Customer, number: i32) -> Option<Period> {
    let from = beginning(plan, customer, number)?;
    Some(Period { from, to: beginning(plan, customer, number + 1)?, zone: customer.facts_on(from)?.zone })
}

/// The last day of measurement that is not after the year's first day.
fn measured(plan: &Plan, period: &Period) -> NaiveDate {
    let Some((month, day)) = rules(plan).measured else { return period.from };
    let day = |year: i32| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let this_year = day(period.from.year());
    if this_year <= period.from { this_year } else { day(period.from.year() - 1) }
}

fn due(plan: &Plan, period: &Period) -> Instant {
    let day = measured(plan, period);
    Period { from: day, to: day, zone: period.zone }.due(plan.lateness)
}

pub fn next_close(plan: &Plan, customer: &Customer, after: Instant) -> Option<Instant> {
    let years = after.year() - 2..=after.year() + 3;
    years.filter_map(|number| year(plan, customer, number)).map(|period| due(plan, &period)).filter(|due| *due > after).min()
}

pub fn closed_at(plan: &Plan, customer: &Customer, period: &Period) -> Option<Instant> {
    plan.capacity.as_ref()?;
    let closed_at = customer.years.get(&(plan.name.clone(), period.from)).and_then(|year| year.closed_at);
    Some(closed_at.unwrap_or_else(|| due(plan, period)))
}

fn events<'a>(plan: &'a Plan, customer: &'a Customer, period: &Period) -> impl Iterator<Item = (usize, &'a Counted)> {
    let until = midnight(measured(plan, period), period.zone);
    customer.counted.iter().enumerate().filter(move |(_, counted)| counted.plan == plan.name && counted.time < until)
}

/// Bytes at the midnight by which a year is measured.
fn stored(plan: &Plan, customer: &Customer, period: &Period) -> Dec {
    let mut latest: BTreeMap<_, (Instant, &Dec)> = BTreeMap::new();
    let mut sum = Dec::int(0);
    for (_, counted) in events(plan, customer, period) {
        let What::Stored { part } = &counted.what else { continue };
        if !rules(plan).by_snapshot {
            sum = &sum + &counted.quantity;
        } else if latest.get(part).is_none_or(|(time, _)| *time <= counted.time) {
            latest.insert(part, (counted.time, &counted.quantity));
        }
    }
    latest.values().fold(sum, |sum, (_, quantity)| &sum + quantity)
}

/// Active pupils on a day: as told for that very day; else of the roster, from its first day on; else as told before.
fn pupils(plan: &Plan, customer: &Customer, day: NaiveDate) -> Option<u64> {
    let (since, merged) = (customer.roster.since(), customer.roster.merged());
    if since.is_none() && merged.is_none() {
        return told_pupils(plan, customer, day);
    }
    if customer.pupils.keys().any(|(_, on)| *on == day) {
        return told_pupils(plan, customer, day);
    }
    let (forms, per_form) = (rules(plan).school_forms.as_deref(), rules(plan).per_form);
    let all = customer.roster.pupils(day, forms, per_form);
    if since.is_some_and(|since| since <= day) {
        return Some(all);
    }
    match told_pupils(plan, customer, day) {
        Some(count) => {
            let newest = customer.pupils.keys().map(|(_, on)| *on).filter(|on| *on <= day).max();
            let is_of_both = merged.is_some_and(|merged| newest >= Some(merged));
            let more = all - super::roster::pupils(&customer.roster.facts, day, forms, per_form);
            Some(if is_of_both { count } else { count + more })
        }
        None => (since.is_some() || merged.is_some_and(|merged| merged <= day)).then_some(all),
    }
}

/// Active pupils on a day: newest counts by form, unless a count of all is newer than each of them.
fn told_pupils(plan: &Plan, customer: &Customer, day: NaiveDate) -> Option<u64> {
    let told: Vec<_> = customer.pupils.iter().filter(|((_, on), _)| *on <= day).collect();
    let newest = |form: &Option<String>| told.iter().filter(|((other, _), _)| other == form).max_by_key(|((_, on), _)| *on).copied();
    let mut forms: Vec<&Option<String>> = told.iter().map(|((form, _), _)| form).filter(|form| form.is_some()).collect();
    forms.dedup();
    let by_form: Vec<_> = forms.iter().filter_map(|form| newest(form)).collect();
    let of_all = newest(&None).filter(|((_, on), _)| by_form.iter().all(|((_, other), _)| other < on));
    if let Some((_, count)) = of_all {
        return Some(*count);
    }
    let asked = |form: &String| rules(plan).school_forms.as_ref().is_none_or(|forms| forms.contains(form));
    let mut counts = by_form.iter().filter(|((form, _), _)| form.as_ref().is_some_and(asked)).map(|(_, count)| **count).peekable();
    counts.peek()?;
    Some(counts.sum())
}

/// The next year, if this one is charged by what is measured for that.
fn trued_up_by(plan: &Plan, customer: &Customer, period: &Period) -> Option<Period> {
    let next = year(plan, customer, period.from.year() + 1)?;
    let is_final = customer.years.get(&(plan.name.clone(), next.from)).is_some_and(|year| year.is_closed);
    (rules(plan).true_up && is_final && agreed(plan, customer)? <= period.from).then_some(next)
}

fn owed(plan: &Plan, customer: &Customer, period: &Period) -> Owed {
    let by = trued_up_by(plan, customer, period).unwrap_or(*period);
    let facts = customer.facts_on(period.from).unwrap();
    let price = plan.prices.iter().rposition(|price| price.from <= period.from).map(|place| &plan.prices[place]);
    let unit_price = price.and_then(|price| price.tiers[0].unit.get(&facts.currency)).cloned();
    let decision = customer.decisions.get(&(plan.name.clone(), period.from));
    if decision == Some(&true) {
        return Owed::Units { quantity: Dec::int(0), unit_price };
    }
    let bytes = stored(plan, customer, &by);
    let pupils = pupils(plan, customer, measured(plan, &by)).filter(|pupils| *pupils > 0);
    if bytes.is_negative() || (pupils.is_none() && !bytes.is_zero() && decision.is_none()) {
        return Owed::Held;
    }
    let size = Dec::int(rules(plan).bytes_per_unit);
    let free = &(&rules(plan).included * &Dec::int(i64::try_from(pupils.unwrap_or(0)).unwrap())) * &size;
    let beyond = &bytes - &free;
    let mut quantity = if beyond.is_positive() { beyond.divide_rounded(&size, 9) } else { Dec::int(0) };
    if let Some(step) = &rules(plan).step {
        let size = step * &size;
        let mut steps = beyond.divide_rounded(&size, 0);
        if (&(&steps * &size) - &beyond).is_negative() {
            steps = &steps + &Dec::int(1);
        }
        quantity = if beyond.is_positive() { &steps * step } else { Dec::int(0) };
    }
    if unit_price.is_none() && !quantity.is_zero() { Owed::Held } else { Owed::Units { quantity, unit_price } }
}

fn line(catalog: &Catalog, plan: &Plan, period: Period, quantity: Dec, unit_price: Dec, events: usize) -> Line {
    let service = &plan.services[0];
    assert!(catalog.services.contains_key(service));
    let unit = if rules(plan).bytes_per_unit == 1_000_000 { "4L" } else { "E63" };
    Line { events, ..Line::new(plan, service, unit, quantity, unit_price, period) }
}

fn years_around(plan: &Plan, customer: &Customer, due: Instant) -> Vec<Period> {
    (due.year() - 3..=due.year() + 1).filter_map(|number| year(plan, customer, number)).collect()
}

/// Years that fell due before anything was told of are closed without a record.
pub fn close_past(plan: &Plan, customer: &mut Customer, watermark: Instant) {
    for period in years_around(plan, customer, watermark).into_iter().filter(|period| due(plan, period) <= watermark) {
        let year = customer.years.entry((plan.name.clone(), period.from)).or_default();
        year.is_closed |= year.retry.is_none();
    }
}

/// Years that fall due now, and held ones that are tried again now.
pub fn bills(catalog: &Catalog, id: &str, customer: &mut Customer, plan: &Plan, at: Instant, notices: &mut Vec<Notice>) -> Vec<Bill> {
    let mut bills = Vec::new();
    if !customer.counted.iter().any(|counted| counted.plan == plan.name) {
        return bills;
    }
    for period in years_around(plan, customer, at) {
        let key = (plan.name.clone(), period.from);
        let year = customer.years.entry(key.clone()).or_default();
        let held = year.retry;
        if year.is_closed || !(due(plan, &period) == at || held.is_some_and(|retry| retry <= at)) {
            continue;
        }
        let owed = owed(plan, customer, &period);
        let waived = customer.decisions.get(&key) == Some(&true) && !stored(plan, customer, &period).is_zero();
        let count = events(plan, customer, &period).count();
        let seen = customer.counted.len();
        let currency = customer.facts_on(period.from).unwrap().currency.clone();
        let lineage = trued_up_by(plan, customer, &period).map_or(count, |next| events(plan, customer, &next).count());
        let year = customer.years.get_mut(&key).unwrap();
        let Owed::Units { quantity, unit_price } = owed else {
            if held.is_none() {
                notices.push(Notice::of("record_held", id));
            }
            year.retry = Some(at + Duration::days(1));
            continue;
        };
        if waived {
            notices.push(Notice::of("record_waived", id));
        }
        (year.is_closed, year.retry, year.closed_at, year.seen) = (true, None, Some(at), seen);
        year.issued = Some(quantity.clone());
        if !quantity.is_zero() {
            bills.push((currency, period, vec![line(catalog, plan, period, quantity, unit_price.unwrap(), lineage)]));
        }
    }
    bills
}

/// With the plan's closes: what closed years owe by now, less what was issued for them.
pub fn corrections(catalog: &Catalog, id: &str, customer: &mut Customer, plan: &Plan, at: Instant, notices: &mut Vec<Notice>) -> Vec<Bill> {
    let years = years_around(plan, customer, at);
    if !customer.counted.iter().any(|counted| counted.plan == plan.name) || !years.iter().any(|period| due(plan, period) == at) {
        return Vec::new();
    }
    let mut bills = Vec::new();
    for period in years.into_iter().filter(|period| due(plan, period) < at) {
        let key = (plan.name.clone(), period.from);
        if customer.years.entry(key.clone()).or_default().retry.is_some() {
            continue;
        }
        let owed = owed(plan, customer, &period);
        let lineage = match trued_up_by(plan, customer, &period) {
            Some(next) => events(plan, customer, &next).count(),
            None => events(plan, customer, &period).filter(|(place, _)| *place >= customer.years[&key].seen).count(),
        };
        let waived = customer.decisions.get(&key) == Some(&true);
        let seen = customer.counted.len();
        let currency = customer.facts_on(period.from).unwrap().currency.clone();
        let year = customer.years.get_mut(&key).unwrap();
        year.is_closed = true;
        let Owed::Units { quantity, unit_price } = owed else {
            if !year.correction_held {
                notices.push(Notice::of("record_held", id));
            }
            year.correction_held = true;
            continue;
        };
        let before = year.issued.replace(quantity.clone()).unwrap_or(Dec::int(0));
        if waived && !before.is_zero() {
            notices.push(Notice::of("record_waived", id));
        }
        (year.correction_held, year.seen) = (false, seen);
        let change = &quantity - &before;
        if !change.is_zero() {
            bills.push((currency, period, vec![line(catalog, plan, period, change, unit_price.unwrap(), lineage)]));
        }
    }
    bills
}
