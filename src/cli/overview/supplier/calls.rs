//! The calls of a supplier's systems, out of the days of all customers.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::{Asked, By};
use crate::cli::overview::suppliers::supplier_of;
use crate::cli::state_dir::StateDir;
use crate::cli::usage::read::{Day, Usage, UsageError, each_customer};
use crate::cli::usage::windows::zone_on;
use crate::domain::directory::Directory;
use crate::domain::instant::Instant;
use crate::domain::names::{AgreementId, CustomerId, PartyId, ServiceId, SystemId};
use crate::domain::period::{Cycle, MonthDay, Period, PeriodLength};

/// For whom, by what, and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub customer: CustomerId,
    pub system: SystemId,
    pub service: ServiceId,
    pub agreement: AgreementId,
    /// Local days of the customer; the last one is not in it.
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// For whom a system was tried, and when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trial {
    pub customer: CustomerId,
    pub system: SystemId,
    pub service: ServiceId,
    /// Local days of the customer; the last one is not in it.
    pub from: NaiveDate,
    pub to: NaiveDate,
}

#[derive(Debug, Default)]
pub struct Calls {
    pub spans: BTreeMap<Span, u64>,
    /// Test calls: they cost nothing, and need no agreement.
    pub trials: BTreeMap<Trial, u64>,
    /// Log time up to which all partitions were read; none: nothing was.
    pub as_of: Option<Instant>,
}

/// Whose calls are asked for.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    pub supplier: &'a PartyId,
    pub directory: &'a Directory,
}

/// Of all customers, those calls whose agreement this supplier asked for, and the tests of its systems.
pub fn read(state: &StateDir, own: Own<'_>, asked: &Asked, by: By) -> Result<Calls, UsageError> {
    let mut calls = Calls::default();
    each_customer(state, &[], |usage, _| {
        calls.as_of = Some(calls.as_of.map_or(usage.watermark, |before| before.min(usage.watermark)));
        if asked.customer.as_deref().is_none_or(|wanted| wanted == usage.customer.as_str()) {
            take(&mut calls, &usage, own.supplier, asked, by);
            take_trials(&mut calls, &usage, own, asked, by);
        }
    })?;
    Ok(calls)
}

fn take(calls: &mut Calls, usage: &Usage, supplier: &PartyId, asked: &Asked, by: By) {
    for day in usage.days.iter().filter(|day| asked.range().contains(day.date)) {
        let is_asked_service = asked.service.as_deref().is_none_or(|service| service == day.service.as_str());
        for part in day.window.consents.iter().filter(|part| is_asked_service && part.events > 0) {
            let is_asked_system = asked.system.as_deref().is_none_or(|system| system == part.consent.system().as_str());
            if !is_asked_system || supplier_of(&usage.account, &part.consent) != Some(supplier) {
                continue;
            }
            let Period { from, to } = cut(span(day.date, by), asked);
            let span = Span {
                customer: usage.customer.clone(),
                system: part.consent.system().clone(),
                service: day.service.clone(),
                agreement: part.consent.agreement().clone(),
                from,
                to,
            };
            let sum = calls.spans.entry(span).or_default();
            *sum = sum.saturating_add(part.events);
        }
    }
}

fn take_trials(calls: &mut Calls, usage: &Usage, own: Own<'_>, asked: &Asked, by: By) {
    for day in usage.days.iter().filter(|day| asked.range().contains(day.date)) {
        let is_asked_service = asked.service.as_deref().is_none_or(|service| service == day.service.as_str());
        for one in day.window.tests.iter().filter(|one| is_asked_service && one.events > 0) {
            let Some(system) = one.system.as_ref().filter(|system| own.had(system, usage, day)) else { continue };
            if asked.system.as_deref().is_some_and(|asked| asked != system.as_str()) {
                continue;
            }
            let Period { from, to } = cut(span(day.date, by), asked);
            let trial = Trial { customer: usage.customer.clone(), system: system.clone(), service: day.service.clone(), from, to };
            let sum = calls.trials.entry(trial).or_default();
            *sum = sum.saturating_add(one.events);
        }
    }
}

impl Own<'_> {
    /// Was the system its own on a local day of a customer: connected by trial, or else registered?
    fn had(self, system: &SystemId, usage: &Usage, day: &Day) -> bool {
        let Some(zone) = zone_on(&usage.account, day.date) else { return false };
        let (start, end) = (zone.midnight(day.date), zone.midnight(Period::day(day.date).to));
        let is_then = |from: Instant, to: Option<Instant>| from < end && to.is_none_or(|to| start < to);
        let tried = self.directory.trial(system).into_iter().flat_map(|trial| trial.versions());
        let mut tried = tried.filter(|one| is_then(one.from, one.to)).peekable();
        if tried.peek().is_some() {
            return tried.last().is_some_and(|one| one.supplier == *self.supplier);
        }
        let registered = self.directory.system(system).into_iter().flat_map(|system| system.versions());
        registered.filter(|one| is_then(one.from, one.to)).last().is_some_and(|one| one.supplier == *self.supplier)
    }
}

fn span(date: NaiveDate, by: By) -> Period {
    let length = match by {
        By::Day => return Period::day(date),
        By::Month => PeriodLength::Month,
        By::Quarter => PeriodLength::Quarter,
    };
    let calendar = Cycle { length, starts: MonthDay::JANUARY_FIRST };
    calendar.period_of(date).unwrap_or_else(|| Period::day(date))
}

/// The days of a span that are asked for.
fn cut(span: Period, asked: &Asked) -> Period {
    let end = asked.to.and_then(|last| last.succ_opt());
    Period { from: asked.from.map_or(span.from, |from| from.max(span.from)), to: end.map_or(span.to, |end| end.min(span.to)) }
}

/// `2026-02`, `2026 Q1`, or the day.
#[must_use]
pub fn label(from: NaiveDate, by: By) -> String {
    match by {
        By::Day => from.to_string(),
        By::Month => from.format("%Y-%m").to_string(),
        By::Quarter => format!("{} Q{}", from.year(), from.month0() / 3 + 1),
    }
}
