//! What was measured on a day, and what that makes of a year: the figures that a record shows.

use chrono::NaiveDate;

use crate::domain::levels::{LevelRow, Lifecycle};
use crate::domain::models::capacity::{CapacityPlan, Extent};
use crate::domain::quantity::Quantity;
use crate::domain::record::Basis;

use super::years::Years;
use crate::engine::cell::Scope;
use crate::engine::settle::TOO_LARGE;

/// Stored bytes and active pupils in force at the midnight of a day.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub day: NaiveDate,
    pub row: Option<&'a LevelRow>,
    pub bytes: Quantity,
    /// None: none was told.
    pub pupils: Option<u64>,
}

/// By which days a year is charged.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// The day before it.
    pub first: NaiveDate,
    /// The next one, if it is trued up by that.
    pub again: Option<NaiveDate>,
    /// The one before the day that counts.
    pub before: Option<NaiveDate>,
}

impl CapacityPlan {
    pub(super) fn measured(&self, scope: &Scope<'_>) -> Option<Measured> {
        let years = Years::of(self, scope.plan, &scope.customer.account)?;
        let (cycle, period) = (years.timetable.cycle, scope.cell.period);
        let day = |period| years.timetable.charged_on(period);
        let first = day(period);
        let is_final = |day: &NaiveDate| self.reading(scope, *day).is_ok_and(|reading| reading.row.is_some_and(|row| row.is_final));
        let again = cycle.next(period).map(day).filter(|day| years.is_trued_up(period) && is_final(day));
        let before = if again.is_some() { Some(first) } else { cycle.previous(period).map(day) };
        Some(Measured { first, again, before })
    }

    /// # Errors
    /// The sum has too many digits.
    pub(super) fn reading<'a>(&self, scope: &Scope<'a>, day: NaiveDate) -> Result<Reading<'a>, String> {
        let row = scope.customer.levels.get(&scope.plan.id).and_then(|ledger| ledger.row(day));
        let bytes = row.map_or(Some(Quantity::ZERO), |row| row.stored(None)).ok_or(TOO_LARGE)?;
        let pupils = scope.customer.account.pupils_on(self.school_forms.as_deref(), day, self.counted);
        Ok(Reading { day, row, bytes, pupils })
    }

    /// All that the extended capacity was computed from, in that order.
    pub(super) fn basis(&self, scope: &Scope<'_>, measured: Measured, now: Reading<'_>, extent: Extent) -> Result<Basis, String> {
        let used = self.unit.of_bytes(now.bytes);
        let mut basis: Basis = vec![("measured_on", now.day.to_string())];
        if measured.again.is_some() {
            basis.push(("first_measured_on", measured.first.to_string()));
        }
        basis.push(("used", used.to_string()));
        basis.extend(self.by_lifecycle(now)?);
        basis.extend([
            ("active_pupils", now.pupils.unwrap_or(0).to_string()),
            ("included_per_pupil", self.included.to_string()),
            ("allowance", extent.allowance.to_string()),
            ("extended", extent.extended.to_string()),
        ]);
        let before = measured.before.map(|day| self.reading(scope, day)).transpose()?.filter(|before| before.row.is_some());
        if let Some(before) = before {
            basis.extend(self.change(used, extent, before)?);
        }
        Ok(basis)
    }

    fn by_lifecycle(&self, now: Reading<'_>) -> Result<Basis, String> {
        let Some(row) = now.row.filter(|row| row.has_lifecycle()) else { return Ok(Basis::new()) };
        let of = |stage| row.stored(Some(stage)).map(|bytes| self.unit.of_bytes(bytes).to_string()).ok_or(TOO_LARGE);
        Ok(vec![("used_active", of(Lifecycle::Active)?), ("used_archived", of(Lifecycle::Archived)?)])
    }

    /// Why it is more or less than a year before: both changes together are the change of what is beyond
    /// the allowance.
    fn change(&self, used: Quantity, extent: Extent, before: Reading<'_>) -> Result<Basis, String> {
        let pupils = before.pupils.unwrap_or(0);
        let used_before = self.unit.of_bytes(before.bytes);
        let allowed = self.extent(before.bytes, pupils).ok_or(TOO_LARGE)?.allowance;
        let (by_storage, by_pupils) =
            (used.checked_sub(used_before).ok_or(TOO_LARGE)?, allowed.checked_sub(extent.allowance).ok_or(TOO_LARGE)?);
        Ok(vec![
            ("measured_before", before.day.to_string()),
            ("used_before", used_before.to_string()),
            ("active_pupils_before", pupils.to_string()),
            ("change_by_storage", by_storage.to_string()),
            ("change_by_pupils", by_pupils.to_string()),
        ])
    }
}
