//! A period by what is used in it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::prices;
use crate::cli::usage::read::Usage;
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::cell::{PeriodCell, Segment};
use crate::domain::currency::Currency;
use crate::domain::gates::agreement::Consent;
use crate::domain::money::Money;
use crate::domain::names::{GroupId, ServiceId};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::record::Line;

/// One service in a period, by one agreement and system where it asks for one; or what is charged beside services.
#[derive(Debug)]
pub struct Item {
    pub service: Option<ServiceId>,
    pub consent: Option<Consent>,
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

/// Which item.
type Key = (ServiceId, Option<Consent>);

/// What is used in a period and what it amounts to, by service and consent; last, what is charged beside.
pub fn of(sight: &Sight<'_>, plan: &Plan, cell: Option<&PeriodCell>, period: Period, currency: Currency, lines: &[Line]) -> Vec<Item> {
    let segments = cell.into_iter().flat_map(|cell| &cell.segments).map(|segment| (segment.service.clone(), segment.consent.clone()));
    let calls = cell.and_then(|cell| cell.calls.as_ref()).into_iter().flatten().map(|calls| (calls.service.clone(), calls.consent.clone()));
    let of_days = used(sight.usage, period).into_keys().filter(|(service, _)| plan.services.contains(service));
    let named = lines.iter().filter_map(|line| Some((line.service.clone()?, line.consent.clone())));
    let keys: BTreeSet<Key> = segments.chain(calls).chain(of_days).chain(named).collect();
    let price = prices::in_force(plan, sight.today, group(sight), currency);
    let item = |(service, consent): Key| {
        let (calls, lookups) = counted(sight, cell, period, &service, consent.as_ref());
        let amount = sum(currency, lines.iter().filter(|line| line.service.as_ref() == Some(&service) && line.consent == consent));
        Item { title: title(sight, plan, Some(&service)), service: Some(service), consent, calls, lookups, price: price.clone(), amount }
    };
    let mut items: Vec<Item> = keys.into_iter().map(item).collect();
    items.extend(lines.iter().filter(|line| line.service.is_none()).map(|line| Item {
        service: None,
        consent: line.consent.clone(),
        title: line.description.clone(),
        calls: None,
        lookups: None,
        price: None,
        amount: Some(line.net),
    }));
    items
}

/// What a correction changes, by service and consent.
pub fn of_lines(sight: &Sight<'_>, plan: &Plan, currency: Currency, lines: &[Line]) -> Vec<Item> {
    let keys: BTreeSet<(Option<&ServiceId>, Option<&Consent>)> =
        lines.iter().map(|line| (line.service.as_ref(), line.consent.as_ref())).collect();
    let item = |(service, consent): (Option<&ServiceId>, Option<&Consent>)| {
        let own = lines.iter().filter(|line| (line.service.as_ref(), line.consent.as_ref()) == (service, consent));
        Item {
            service: service.cloned(),
            consent: consent.cloned(),
            title: title(sight, plan, service),
            calls: None,
            lookups: None,
            price: None,
            amount: sum(currency, own),
        }
    };
    keys.into_iter().map(item).collect()
}

fn sum<'a>(currency: Currency, mut lines: impl Iterator<Item = &'a Line>) -> Option<Money> {
    lines.try_fold(Money::zero(currency), |sum, line| sum.checked_add(line.net))
}

fn title(sight: &Sight<'_>, plan: &Plan, service: Option<&ServiceId>) -> String {
    let known = service.and_then(|service| sight.catalog.service(service.as_str()));
    known.map_or_else(|| plan.id.to_string(), |service| service.title.clone())
}

/// Calls and look-ups: as the plan counts them, or else as the days do.
fn counted(
    sight: &Sight<'_>,
    cell: Option<&PeriodCell>,
    period: Period,
    service: &ServiceId,
    consent: Option<&Consent>,
) -> (Option<u64>, Option<Quantity>) {
    let (calls, billed) = used(sight.usage, period).remove(&(service.clone(), consent.cloned())).unwrap_or_default();
    let is_own = |segment: &&Segment| segment.service == *service && segment.consent.as_ref() == consent;
    let mut segments = cell.into_iter().flat_map(|cell| &cell.segments).filter(is_own).peekable();
    let by_plan = segments.peek().is_some();
    let of_segments = segments.try_fold(Quantity::ZERO, |sum, segment| sum.checked_add(segment.quantity));
    let of_plan = cell.and_then(|cell| cell.calls_of(service, consent)).filter(|calls| *calls > 0);
    (of_plan.or(Some(calls)), if by_plan { of_segments } else { Some(billed) })
}

/// Calls and charged units of the days of a period, by service and consent.
pub fn used(usage: &Usage, period: Period) -> BTreeMap<Key, (u64, Quantity)> {
    let mut sums: BTreeMap<Key, (u64, Quantity)> = BTreeMap::new();
    for day in usage.days.iter().filter(|day| period.contains(day.date)) {
        let whole = day.window.hours.iter().fold((0, Quantity::ZERO), |sum, hour| plus(sum, (hour.events, hour.billed)));
        let mut rest = whole;
        for part in &day.window.consents {
            let own = (part.events, part.billed);
            rest = (rest.0.saturating_sub(own.0), rest.1.checked_sub(own.1).unwrap_or_default());
            let key = (day.service.clone(), Some(part.consent.clone()));
            let sum = sums.entry(key).or_default();
            *sum = plus(*sum, own);
        }
        if rest.0 > 0 || (day.window.consents.is_empty() && !day.window.hours.is_empty()) {
            let sum = sums.entry((day.service.clone(), None)).or_default();
            *sum = plus(*sum, rest);
        }
    }
    sums
}

fn plus(a: (u64, Quantity), b: (u64, Quantity)) -> (u64, Quantity) {
    (a.0.saturating_add(b.0), a.1.checked_add(b.1).unwrap_or(a.1))
}

fn group<'a>(sight: &Sight<'a>) -> Option<&'a GroupId> {
    sight.usage.account.version_on(sight.today).and_then(|version| version.group.as_ref())
}
