//! Trailing use: what a pool used by local calendar month, as far back as a year's use needs (REQUIREMENTS U10).

use chrono::{Datelike, NaiveDate};

use super::quantity::{NANOS_PER_UNIT, Quantity};

/// Full months that make a year's use; the running one is kept beside them.
const FULL_MONTHS: i32 = 12;

/// With less history than this, no year's use is told from it.
const LEAST_DAYS: i64 = 28;

const DAYS_PER_YEAR: i128 = 365;

/// The use of a pool by month. Its "today" is the last local day of use, never a clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailingUse {
    /// First and last local day of use; none: nothing was used yet.
    pub span: Option<(NaiveDate, NaiveDate)>,
    /// Ascending, no month twice; at most the month of the last day and the twelve before it.
    pub months: Vec<MonthOfUse>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthOfUse {
    /// Months since the year 0.
    pub month: i32,
    pub quantity: Quantity,
}

impl TrailingUse {
    /// Counts use into its own month, whenever it arrives. None if a sum cannot be counted exactly.
    #[must_use]
    pub fn add(&mut self, day: NaiveDate, quantity: Quantity) -> Option<()> {
        if quantity.is_zero() {
            return Some(());
        }
        let (first, last) = self.span.map_or((day, day), |(first, last)| (first.min(day), last.max(day)));
        self.span = Some((first, last));
        let oldest = month_of(last) - FULL_MONTHS;
        let month = month_of(day);
        if month < oldest {
            return Some(());
        }
        match self.months.binary_search_by_key(&month, |kept| kept.month) {
            Ok(place) => {
                let kept = self.months.get_mut(place)?;
                kept.quantity = kept.quantity.checked_add(quantity)?;
            }
            Err(place) => {
                self.months.insert(place, MonthOfUse { month, quantity });
                self.months.retain(|kept| kept.month >= oldest);
            }
        }
        Some(())
    }

    /// Adds the use of another pool, month by month. None if a sum cannot be counted exactly.
    #[must_use]
    pub fn take_in(&mut self, other: &Self) -> Option<()> {
        let Some((first, last)) = other.span else { return Some(()) };
        let (first, last) = self.span.map_or((first, last), |own| (own.0.min(first), own.1.max(last)));
        self.span = Some((first, last));
        for given in &other.months {
            match self.months.binary_search_by_key(&given.month, |kept| kept.month) {
                Ok(place) => {
                    let kept = self.months.get_mut(place)?;
                    kept.quantity = kept.quantity.checked_add(given.quantity)?;
                }
                Err(place) => self.months.insert(place, *given),
            }
        }
        self.months.retain(|kept| kept.month >= month_of(last) - FULL_MONTHS);
        Some(())
    }

    /// The use of a year: that of the last twelve full months; of a pool with less history, all of it
    /// per whole local day since the first, times 365, to a whole unit. None in the first 28 days.
    #[must_use]
    pub fn yearly(&self) -> Option<Quantity> {
        let (first, last) = self.span?;
        let running = month_of(last);
        let began = month_of(first);
        if began < running - FULL_MONTHS || (began == running - FULL_MONTHS && first.day() == 1) {
            return Some(self.sum(|month| month < running));
        }
        let days = (last - first).num_days();
        (days >= LEAST_DAYS).then(|| per_year(self.sum(|_| true), i128::from(days)))
    }

    /// No part is larger than the pool's own sum, which is known to fit.
    fn sum(&self, counts: impl Fn(i32) -> bool) -> Quantity {
        let parts = self.months.iter().filter(|kept| counts(kept.month));
        Quantity::from_nanos(parts.fold(0_i128, |sum, kept| sum.saturating_add(kept.quantity.nanos())))
    }
}

fn month_of(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0().cast_signed()
}

/// Half a unit is rounded up.
fn per_year(total: Quantity, days: i128) -> Quantity {
    let (numerator, denominator) = (total.nanos().saturating_mul(DAYS_PER_YEAR * 2), days * NANOS_PER_UNIT);
    let units = numerator.saturating_add(denominator) / (denominator * 2);
    Quantity::from_nanos(units.saturating_mul(NANOS_PER_UNIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yearly(uses: &[(&str, i64)]) -> Option<String> {
        let mut trailing = TrailingUse::default();
        for (day, units) in uses {
            trailing.add(day.parse().expect("a date"), Quantity::from_units(*units)).expect("small numbers");
        }
        assert!(trailing.months.len() <= 13, "{trailing:?}");
        assert!(trailing.months.is_sorted_by_key(|kept| kept.month), "{trailing:?}");
        trailing.yearly().map(|quantity| quantity.to_string())
    }

    #[test]
    fn use_of_two_pools_is_that_of_one_that_used_both() {
        let of = |uses: &[(&str, i64)]| {
            let mut trailing = TrailingUse::default();
            uses.iter().for_each(|(day, units)| {
                trailing.add(day.parse().expect("a date"), Quantity::from_units(*units)).expect("small numbers");
            });
            trailing
        };
        let check = |ours: &[(&str, i64)], theirs: &[(&str, i64)]| {
            let mut both = of(ours);
            both.take_in(&of(theirs)).expect("small numbers");
            assert_eq!(both, of(&[ours, theirs].concat()), "{ours:?} {theirs:?}");
        };
        check(&[], &[]);
        check(&[("2026-01-05", 1)], &[]);
        check(&[], &[("2026-01-05", 1)]);
        check(&[("2026-01-05", 1)], &[("2026-01-31", 2), ("2026-02-01", 3)]);
        check(&[("2026-06-05", 1)], &[("2024-12-31", 2), ("2025-06-01", 3)]);
        check(&[("2025-01-05", 1)], &[("2026-05-31", 2)]);
    }

    #[test]
    fn a_years_use_is_that_of_twelve_full_months_or_what_the_days_so_far_tell() {
        let check = |uses: &[(&str, i64)], expect: Option<&str>| assert_eq!(yearly(uses).as_deref(), expect, "{uses:?}");
        check(&[], None);
        check(&[("2026-01-01", 0)], None);
        check(&[("2026-01-01", 10), ("2026-01-28", 10)], None);
        check(&[("2026-01-01", 14), ("2026-01-29", 14)], Some("365"));
        check(&[("2026-01-29", 14), ("2026-01-01", 14)], Some("365"));
        check(&[("2026-01-01", 1), ("2026-02-01", 0), ("2026-02-20", 2)], Some("22"));
        // The running month and what is older than twelve full ones do not count.
        check(&[("2025-01-01", 7), ("2025-02-01", 5), ("2026-01-31", 3), ("2026-02-01", 100)], Some("8"));
        check(&[("2025-01-01", 7), ("2026-01-01", 100)], Some("7"));
        check(&[("2025-01-02", 7), ("2026-01-02", 100)], Some("107"));
        // Late use counts into its own month, or into none that is kept.
        check(&[("2024-12-31", 9), ("2026-01-05", 1), ("2025-06-01", 20), ("2024-12-01", 50)], Some("20"));
        check(&[("2020-01-01", 9), ("2026-01-05", 1)], Some("0"));
    }
}
