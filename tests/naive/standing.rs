//! Plans that charge without use: per head, per started month, fixed. At each close everything that was ever
//! due is reckoned again from what is known by then, and the difference is charged.

use std::collections::BTreeMap;

use chrono::{Duration, Months, NaiveDate};

use super::calendar::{Instant, Period};
use super::catalog::{Catalog, Model, Plan, Price};
use super::closing::Bill;
use super::decode::minor_digits;
use super::ledger::Customer;
use super::metered::tiered;
use super::number::Dec;
use super::record::Line;

/// A record that cannot be issued: nobody told how many heads there are.
pub struct Held;

/// What a period was charged so far.
pub struct Charged {
    pub plan: String,
    pub currency: String,
    pub period: Period,
    pub charges: Charges,
    pub record: Option<(String, Instant)>,
}

/// By service, price and tier.
type Charges = BTreeMap<(Option<String>, NaiveDate, Option<String>, usize), Charge>;

#[derive(Clone)]
pub struct Charge {
    quantity: Dec,
    unit: &'static str,
    unit_price: Dec,
    is_amount: bool,
    days: Period,
}

pub fn bills(catalog: &Catalog, customer: &mut Customer, plan: &Plan, due: Instant) -> Result<Vec<Bill>, Held> {
    let mut bills = Vec::new();
    for (currency, period) in own_periods(customer, plan, due) {
        let known = customer.known_at.unwrap();
        let closes = plan.closes_at(&period);
        let is_joined_late = plan.in_advance && closes <= known && known + Duration::milliseconds(1) == due && period.end() > known;
        if (closes == due && closes > known) || is_joined_late {
            let lines = charge(catalog, customer, plan, &currency, period)?;
            bills.push((currency, period, lines));
        }
    }
    Ok(bills)
}

pub fn corrections(catalog: &Catalog, customer: &mut Customer, plan: &Plan, due: Instant) -> Vec<Bill> {
    let mut bills = Vec::new();
    for (currency, period) in own_periods(customer, plan, due) {
        let is_close = plan.next_close(due - Duration::nanoseconds(1), period.zone) == due;
        if is_close && plan.closes_at(&period) <= due {
            let lines = charge(catalog, customer, plan, &currency, period).unwrap_or_default();
            bills.push((currency, period, lines));
        }
    }
    bills.extend(given_back(customer, plan, due));
    bills
}

/// What was charged where, or in a currency in which, the customer was not.
fn given_back(customer: &mut Customer, plan: &Plan, due: Instant) -> Vec<Bill> {
    let own = own_periods(customer, plan, due);
    let mut bills = Vec::new();
    for charged in customer.standing.iter_mut().filter(|charged| charged.plan == plan.name) {
        let is_close = plan.next_close(due - Duration::nanoseconds(1), charged.period.zone) == due;
        if is_close && !own.contains(&(charged.currency.clone(), charged.period)) {
            let before = std::mem::take(&mut charged.charges);
            bills.push((charged.currency.clone(), charged.period, change(plan, &before, &Charges::new())));
        }
    }
    bills
}

/// Every period since the customer's first day that begins in a zone and currency of its own, up to this instant.
fn own_periods(customer: &Customer, plan: &Plan, until: Instant) -> Vec<(String, Period)> {
    let mut found = Vec::new();
    let Some((first, _)) = customer.versions.iter().next() else { return found };
    for facts in customer.versions.values() {
        let mut period = plan.period_at(first.and_hms_opt(12, 0, 0).unwrap().and_utc(), facts.zone);
        while period.start() <= until {
            let own = customer.facts_on(period.from).unwrap();
            let place = (own.currency.clone(), period);
            let is_over = customer.ended.is_some_and(|ended| ended <= period.start());
            if own.zone == facts.zone && !is_over && !found.contains(&place) {
                found.push(place);
            }
            period = plan.period_at(period.end(), facts.zone);
        }
    }
    found
}

/// What is owed now and was not charged before.
fn charge(catalog: &Catalog, customer: &mut Customer, plan: &Plan, currency: &str, period: Period) -> Result<Vec<Line>, Held> {
    let now = owed(catalog, customer, plan, currency, period)?;
    let same = |one: &Charged| one.plan == plan.name && one.currency == currency && one.period == period;
    let place = customer.standing.iter().position(same).unwrap_or_else(|| {
        let (plan, currency) = (plan.name.clone(), currency.to_owned());
        customer.standing.push(Charged { plan, currency, period, charges: Charges::new(), record: None });
        customer.standing.len() - 1
    });
    let before = std::mem::replace(&mut customer.standing[place].charges, now.clone());
    Ok(change(plan, &before, &now))
}

fn change(plan: &Plan, before: &Charges, now: &Charges) -> Vec<Line> {
    let mut keys: Vec<_> = before.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    let line = |key: &(Option<String>, NaiveDate, Option<String>, usize), charge: &Charge, quantity: &Dec| {
        let line = Line::new(plan, "", charge.unit, quantity.clone(), charge.unit_price.clone(), charge.days);
        Line { service: key.0.clone(), ..line }
    };
    let mut lines = Vec::new();
    for key in keys {
        match (before.get(key), now.get(key)) {
            (Some(old), Some(new)) if new.is_amount => {
                let change = &new.unit_price - &old.unit_price;
                if !change.is_zero() {
                    lines.push(Line { service: key.0.clone(), ..Line::amount(plan, &change, new.days) });
                }
            }
            (Some(old), Some(new)) if old.unit_price == new.unit_price => {
                let change = &new.quantity - &old.quantity;
                if !change.is_zero() {
                    lines.push(line(key, new, &change));
                }
            }
            (old, new) => {
                lines.extend(old.map(|old| line(key, old, &-&old.quantity)));
                lines.extend(new.map(|new| line(key, new, &new.quantity)));
            }
        }
    }
    lines
}

fn owed(catalog: &Catalog, customer: &Customer, plan: &Plan, currency: &str, period: Period) -> Result<Charges, Held> {
    match plan.model {
        Model::Fixed => Ok(fixed(catalog, customer, plan, currency, period)),
        Model::Subscription => Ok(months(catalog, customer, plan, currency, period)),
        _ => heads(catalog, customer, plan, currency, period),
    }
}

/// The price of the customer's group on a day, or else the one for all.
fn price_on<'p>(customer: &Customer, plan: &'p Plan, currency: &str, day: NaiveDate) -> Option<&'p Price> {
    let group = &customer.facts_on(day)?.group;
    let last = |group: &Option<String>| plan.prices.iter().rfind(|price| price.from <= day && price.group == *group);
    let own = if group.is_some() { last(group) } else { None };
    own.or_else(|| last(&None)).filter(|price| price.is_in(currency, plan.model))
}

fn is_active(catalog: &Catalog, customer: &Customer, service: &str, days: Period) -> bool {
    let is_known = *customer.versions.keys().next().unwrap() < days.to;
    let overlaps = |from: Instant, to: Option<Instant>| from < days.end() && to.is_none_or(|to| to > days.start());
    let told = customer.activations.iter().any(|((name, from), to)| name == service && overlaps(*from, *to));
    is_known && (told || !catalog.services[service].activation)
}

fn fixed(catalog: &Catalog, customer: &Customer, plan: &Plan, currency: &str, period: Period) -> Charges {
    let price = price_on(customer, plan, currency, period.from);
    let price = price.filter(|_| plan.services.iter().any(|service| is_active(catalog, customer, service, period)));
    let charge = |price: &Price| Charge {
        quantity: Dec::int(1),
        unit: "C62",
        unit_price: price.tiers[0].unit[currency].clone(),
        is_amount: false,
        days: period,
    };
    price.map(|price| ((only_service(plan), price.from, price.group.clone(), 0), charge(price))).into_iter().collect()
}

fn only_service(plan: &Plan) -> Option<String> {
    plan.services.first().filter(|_| plan.services.len() == 1).cloned()
}

fn months(catalog: &Catalog, customer: &Customer, plan: &Plan, currency: &str, period: Period) -> Charges {
    let mut charges = Charges::new();
    for service in &plan.services {
        let mut from = period.from;
        while from < period.to {
            let month = Period { from, to: from + Months::new(1), zone: period.zone };
            from = month.to;
            let Some(price) = price_on(customer, plan, currency, month.from) else { continue };
            let key = (Some(service.clone()), price.from, price.group.clone(), 0);
            let charge = charges.entry(key).or_insert_with(|| Charge {
                quantity: Dec::int(0),
                unit: "MON",
                unit_price: price.tiers[0].unit[currency].clone(),
                is_amount: false,
                days: month,
            });
            charge.days.to = month.to;
            if is_active(catalog, customer, service, month) {
                charge.quantity = &charge.quantity + &Dec::int(1);
            }
        }
    }
    charges.retain(|_, charge| !charge.quantity.is_zero());
    charges
}

fn heads(catalog: &Catalog, customer: &Customer, plan: &Plan, currency: &str, period: Period) -> Result<Charges, Held> {
    let price = price_on(customer, plan, currency, period.from);
    let price = price.filter(|_| plan.services.iter().any(|service| is_active(catalog, customer, service, period)));
    let Some(price) = price else { return Ok(Charges::new()) };
    let year = plan.year_of(&period);
    let count = count_on(customer, plan, if plan.measured { period.from } else { year.from }).ok_or(Held)?;
    let mut charges = Charges::new();
    for (tier, (unit_price, quantity)) in tiered(price, currency, &Dec::int(i64::try_from(count).unwrap())).into_iter().enumerate() {
        if quantity.is_zero() {
            continue;
        }
        let key = (only_service(plan), price.from, price.group.clone(), tier);
        let charge = if plan.months == 12 {
            Charge { quantity, unit: "IE", unit_price, is_amount: false, days: period }
        } else {
            let amount = part_of_year(plan, &(&quantity * &unit_price), currency, period, year);
            Charge { quantity: Dec::int(1), unit: "C62", unit_price: amount, is_amount: true, days: period }
        };
        charges.insert(key, charge);
    }
    Ok(charges)
}

fn count_on(customer: &Customer, plan: &Plan, charged: NaiveDate) -> Option<u64> {
    let named = |year: i32| plan.counted_on.and_then(|(month, day)| NaiveDate::from_ymd_opt(year, month, day));
    let year = chrono::Datelike::year(&charged);
    let day = [named(year), named(year - 1)].into_iter().flatten().find(|day| *day <= charged).unwrap_or(charged);
    let told = customer.head_counts.iter().rfind(|((kind, on), _)| *kind == plan.head_count && *on <= day).map(|(_, count)| *count);
    let of_facts = || customer.facts_on(day).and_then(|facts| facts.inhabitants).filter(|_| plan.head_count == "inhabitants");
    told.or_else(of_facts)
}

fn part_of_year(plan: &Plan, yearly: &Dec, currency: &str, period: Period, year: Period) -> Dec {
    let (places, parts) = (minor_digits(currency).unwrap(), 12 / plan.months);
    if plan.measured {
        return yearly.divide_rounded(&Dec::int(parts.into()), places);
    }
    let whole = yearly.rounded(places);
    let minor: i64 = whole.to_string().replace('.', "").parse().unwrap();
    let part = minor / i64::from(parts);
    let amount = if period.to == year.to { minor - part * i64::from(parts - 1) } else { part };
    Dec::int(amount).divide_rounded(&Dec::int(10_i64.pow(places)), places)
}
