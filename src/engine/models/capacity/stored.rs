//! Events that tell what is stored, and how they are counted.

use crate::domain::cell::PeriodStatus;
use crate::domain::levels::{LevelKey, LevelLedger, Lifecycle};
use crate::domain::models::capacity::{CapacityPlan, Measure};
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::{NANOS_PER_UNIT, Quantity};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;

use super::years::Years;
use crate::engine::cell;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;
use crate::engine::models::Counted;

/// Bytes of the longest name of a unit.
const LONGEST_UNIT: usize = 256;

/// What an event of a capacity plan must hold.
///
/// # Errors
/// `bad_quantity`, `bad_data`.
pub fn own_fault(measure: Measure, event: &UsageEvent<'_>) -> Result<(), Refusal> {
    let bad = |detail: &str| Err(Refusal::new(Reason::BadData, detail));
    let bytes = event.quantity.given().unwrap_or_default();
    if bytes.nanos() % NANOS_PER_UNIT != 0 {
        return Err(Refusal::new(Reason::BadQuantity, "data.quantity is not a whole number of bytes"));
    }
    if measure == Measure::Snapshot && (bytes < Quantity::ZERO || event.retracts.is_some()) {
        return bad("a snapshot cannot be negative or be taken back: send one that says what is stored");
    }
    if event.lifecycle.as_deref().is_some_and(|text| Lifecycle::parse(text).is_none()) {
        return bad("data.lifecycle is neither `active` nor `archived`");
    }
    if event.unit.as_deref().is_some_and(|unit| unit.is_empty() || unit.len() > LONGEST_UNIT) {
        return bad("data.unit has not 1 to 256 bytes");
    }
    match (measure, event.action.as_deref()) {
        (_, None) | (Measure::Delta, Some("created" | "culled")) => Ok(()),
        (Measure::Delta, Some(_)) => bad("data.action is neither `created` nor `culled`"),
        (Measure::Snapshot, Some(_)) => bad("data.action tells a change, and the plan counts snapshots of all that is stored"),
    }
}

pub fn is_culled(event: &UsageEvent<'_>) -> bool {
    event.action.as_deref() == Some("culled")
}

/// Which level an event tells of.
pub fn key(measure: Measure, service: &ServiceId, event: &UsageEvent<'_>) -> LevelKey {
    let part = match measure {
        Measure::Snapshot => event.unit.as_ref().unwrap_or(&event.source).clone().into_owned(),
        Measure::Delta => String::new(),
    };
    LevelKey { service: service.clone(), part, lifecycle: event.lifecycle.as_deref().and_then(Lifecycle::parse) }
}

/// The rows from the first that is changed, or from the last one that is known, up to the first open period:
/// a year between two events has what the one before it has.
fn begin_rows(ledger: &mut LevelLedger, years: &Years<'_>, first: Period, open: Period) -> Option<()> {
    let last = ledger.rows.last().map(|row| row.measured).and_then(|measured| years.charged_by(measured));
    let mut period = last.map_or(first, |last| last.min(first));
    loop {
        let status = if period.from < open.from { PeriodStatus::Closed } else { PeriodStatus::Open };
        ledger.add_row(years.timetable.charged_on(period), status);
        if period >= open.max(first) {
            return Some(());
        }
        period = years.timetable.cycle.next(period)?;
    }
}

impl CapacityPlan {
    /// Counts a level at the first day on which is measured after it and at all later ones.
    /// None if a sum cannot be counted exactly, or a date is out of the calendar's range.
    pub(super) fn take_in(&self, customer: &mut Customer, counted: &Counted<'_>) -> Option<()> {
        let (admitted, using) = (counted.admitted, counted.using);
        self.fix_years(&mut customer.account);
        let years = Years::of(self, admitted.plan, &customer.account)?;
        let open = years.first_open(&customer.account, using.done_until, admitted.key)?;
        let first = years.first_after(&customer.account, using.event.time, admitted.key)?;
        let ledger = customer.levels.change_or(&admitted.plan.id, LevelLedger::default);
        begin_rows(ledger, &years, first, open)?;
        let corrected = self.add(ledger, counted, years.timetable.charged_on(first))?;
        for measured in corrected {
            let period = years.charged_by(measured)?;
            years.schedule_corrections(&mut customer.account, period, admitted.key, using.done_until);
        }
        let own = cell::key_on(&customer.account, open.from, admitted.key);
        years.schedule_year(&mut customer.account, open, own);
        customer.account_dirty = true;
        Some(())
    }

    /// The measured days whose periods are closed: they are corrected.
    fn add(&self, ledger: &mut LevelLedger, counted: &Counted<'_>, first: chrono::NaiveDate) -> Option<Vec<chrono::NaiveDate>> {
        let event = counted.using.event;
        let key = key(self.measure, &counted.admitted.service.id, event);
        let quantity = counted.using.quantity;
        let mut closed = Vec::new();
        for row in ledger.rows.iter_mut().filter(|row| row.measured >= first) {
            match self.measure {
                Measure::Snapshot => row.take_snapshot(&key, event.time, quantity),
                Measure::Delta if is_culled(event) => row.take_change(&key, event.time, quantity.negated())?,
                Measure::Delta => row.take_change(&key, event.time, quantity)?,
            }
            row.total.push(&counted.entry, counted.using.offset);
            if row.status == PeriodStatus::Closed {
                row.late.push(&counted.entry, counted.using.offset);
                closed.push(row.measured);
            }
        }
        Some(closed)
    }
}
