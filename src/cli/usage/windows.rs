//! Spans of local time with what was used in them.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::By;
use super::read::{Usage, UsageError};
use crate::domain::account::Account;
use crate::domain::instant::{Instant, NANOS_PER_SECOND};
use crate::domain::names::ServiceId;
use crate::domain::period::{Cycle, MonthDay, Period, PeriodLength};
use crate::domain::quantity::Quantity;
use crate::domain::window::HourWindow;
use crate::domain::zone::Zone;

const NANOS_PER_HOUR: i64 = 3600 * NANOS_PER_SECOND;

/// Local days, both named ones included.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Range {
    pub fn contains(self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

/// What was used of a service in a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub service: ServiceId,
    pub period: Period,
    pub start: Instant,
    pub end: Instant,
    /// Whose local time it is.
    pub zone: Zone,
    pub events: u64,
    pub quantity: Quantity,
    pub billed: Quantity,
}

/// The zone of a customer that has none in force is UTC: no day was kept for it then.
pub fn zone_on(account: &Account, date: NaiveDate) -> Option<Zone> {
    let in_force = account.versions.iter().rev().find(|version| version.from <= date);
    in_force.or(account.versions.first()).map(|version| version.zone).or_else(|| Zone::parse("UTC"))
}

/// The windows, by service and time.
///
/// # Errors
/// A sum is beyond what can be counted.
pub fn sum(usage: &Usage, by: By) -> Result<Vec<Window>, UsageError> {
    let mut windows: BTreeMap<(ServiceId, Instant), Window> = BTreeMap::new();
    for day in &usage.days {
        let Some(zone) = zone_on(&usage.account, day.date) else { continue };
        for hour in &day.window.hours {
            let empty = window(day.service.clone(), day.date, hour.hour, zone, by);
            let window = windows.entry((day.service.clone(), empty.start)).or_insert(empty);
            add(window, hour).ok_or_else(|| UsageError::TooLarge { service: day.service.to_string(), date: day.date })?;
        }
    }
    Ok(windows.into_values().collect())
}

fn add(window: &mut Window, hour: &HourWindow) -> Option<()> {
    window.events = window.events.checked_add(hour.events)?;
    window.quantity = window.quantity.checked_add(hour.quantity)?;
    window.billed = window.billed.checked_add(hour.billed)?;
    Some(())
}

fn window(service: ServiceId, date: NaiveDate, hour: u8, zone: Zone, by: By) -> Window {
    let period = match by {
        By::Hour | By::Day => Period::day(date),
        By::Quarter => quarter(date),
    };
    let (mut start, mut end) = (zone.midnight(period.from), zone.midnight(period.to));
    if by == By::Hour {
        start = start.saturating_add(i64::from(hour) * NANOS_PER_HOUR);
        end = start.saturating_add(NANOS_PER_HOUR);
    }
    Window { service, period, start, end, zone, events: 0, quantity: Quantity::ZERO, billed: Quantity::ZERO }
}

/// The calendar quarter of a day.
pub fn quarter(date: NaiveDate) -> Period {
    let calendar = Cycle { length: PeriodLength::Quarter, starts: MonthDay::JANUARY_FIRST };
    calendar.period_of(date).unwrap_or_else(|| Period::day(date))
}

/// `2026 Q1`
pub fn quarter_name(period: Period) -> String {
    format!("{} Q{}", period.from.year(), period.from.month0() / 3 + 1)
}
