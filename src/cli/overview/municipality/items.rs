//! A period by what is used in it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::prices;
use crate::cli::usage::read::Usage;
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::cell::PeriodCell;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::record::Line;

/// One service in a period, or what is charged beside services.
#[derive(Debug)]
pub struct Item {
    pub service: Option<ServiceId>,
    pub title: String,
    /// Events, also those that are not charged.
    pub calls: Option<u64>,
    /// What is charged: units, or persons.
    pub lookups: Option<Quantity>,
    /// In force now, in the period's currency.
    pub price: Option<String>,
    /// None: it has too many digits.
    pub amount: Option<Money>,
}

/// Whose items are asked for, and what is known.
pub struct Sight<'a> {
    pub usage: &'a Usage,
    pub catalog: &'a Catalog,
    pub today: NaiveDate,
}

/// What is used in a period and what it amounts to, by service; last, what is charged beside.
pub fn of(sight: &Sight<'_>, plan: &Plan, cell: Option<&PeriodCell>, period: Period, currency: Currency, lines: &[Line]) -> Vec<Item> {
    let segments = cell.into_iter().flat_map(|cell| &cell.segments).map(|segment| segment.service.clone());
    let calls = cell.and_then(|cell| cell.calls.as_ref()).into_iter().flatten().map(|calls| calls.service.clone());
    let of_days = sight.usage.days.iter().filter(|day| period.contains(day.date) && plan.services.contains(&day.service));
    let named = lines.iter().filter_map(|line| line.service.clone());
    let services: BTreeSet<ServiceId> = segments.chain(calls).chain(of_days.map(|day| day.service.clone())).chain(named).collect();
    let amount = |service: Option<&ServiceId>| {
        let mut nets = lines.iter().filter(|line| line.service.as_ref() == service).map(|line| line.net);
        nets.try_fold(Money::zero(currency), Money::checked_add)
    };
    let mut items: Vec<Item> = services.iter().map(|service| of_service(sight, plan, cell, period, service)).collect();
    for item in &mut items {
        item.price = prices::in_force(plan, sight.today, group(sight), currency);
        item.amount = amount(item.service.as_ref());
    }
    let mut beside: Vec<&Line> = lines.iter().filter(|line| line.service.is_none()).collect();
    beside.sort_by(|a, b| a.description.cmp(&b.description));
    items.extend(beside.into_iter().map(|line| Item {
        service: None,
        title: line.description.clone(),
        calls: None,
        lookups: None,
        price: None,
        amount: Some(line.net),
    }));
    items
}

/// What a correction changes, by service; last, what is beside.
pub fn of_lines(sight: &Sight<'_>, plan: &Plan, currency: Currency, lines: &[Line]) -> Vec<Item> {
    let services: BTreeSet<Option<&ServiceId>> = lines.iter().map(|line| line.service.as_ref()).collect();
    let item = |service: Option<&ServiceId>| {
        let own: Vec<&Line> = lines.iter().filter(|line| line.service.as_ref() == service).collect();
        Item {
            service: service.cloned(),
            title: title(sight, plan, service),
            calls: None,
            lookups: None,
            price: None,
            amount: own.iter().map(|line| line.net).try_fold(Money::zero(currency), Money::checked_add),
        }
    };
    services.into_iter().rev().map(item).collect()
}

fn title(sight: &Sight<'_>, plan: &Plan, service: Option<&ServiceId>) -> String {
    let known = service.and_then(|service| sight.catalog.service(service.as_str()));
    known.map_or_else(|| plan.id.to_string(), |service| service.title.clone())
}

fn of_service(sight: &Sight<'_>, plan: &Plan, cell: Option<&PeriodCell>, period: Period, service: &ServiceId) -> Item {
    let (events, billed) = used(sight.usage, service, period);
    let mut segments = cell.into_iter().flat_map(|cell| &cell.segments).filter(|segment| segment.service == *service).peekable();
    let counted = segments.peek().is_some();
    let of_segments = segments.try_fold(Quantity::ZERO, |sum, segment| sum.checked_add(segment.quantity));
    Item {
        service: Some(service.clone()),
        title: title(sight, plan, Some(service)),
        calls: cell.and_then(|cell| cell.calls_of(service)).filter(|calls| *calls > 0).or(events),
        lookups: if counted { of_segments } else { billed },
        price: None,
        amount: None,
    }
}

/// Events and charged units of a service on the days of a period.
pub fn used(usage: &Usage, service: &ServiceId, period: Period) -> (Option<u64>, Option<Quantity>) {
    let days = usage.days.iter().filter(|day| day.service == *service && period.contains(day.date));
    let mut sums = (Some(0_u64), Some(Quantity::ZERO));
    for hour in days.flat_map(|day| &day.window.hours) {
        sums.0 = sums.0.and_then(|sum| sum.checked_add(hour.events));
        sums.1 = sums.1.and_then(|sum| sum.checked_add(hour.billed));
    }
    sums
}

fn group<'a>(sight: &Sight<'a>) -> Option<&'a crate::domain::names::GroupId> {
    sight.usage.account.version_on(sight.today).and_then(|version| version.group.as_ref())
}
