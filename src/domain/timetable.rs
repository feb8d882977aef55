//! When a plan's periods are charged.

use chrono::NaiveDate;

use super::period::{Cycle, MonthDay, Period};

/// The periods of a plan, and the local day at whose midnight each is charged
/// (allowed lateness comes on top).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timetable {
    pub cycle: Cycle,
    pub charged: Charged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charged {
    /// When the period has ended.
    Arrears,
    /// Before it begins: on the last such day of the year, or on its own first day.
    Advance { on: Option<MonthDay> },
}

impl Timetable {
    #[must_use]
    pub fn arrears(cycle: Cycle) -> Self {
        Self { cycle, charged: Charged::Arrears }
    }

    /// The day at whose midnight a period is charged.
    #[must_use]
    pub fn charged_on(&self, period: Period) -> NaiveDate {
        match self.charged {
            Charged::Arrears => period.to,
            Charged::Advance { on: None } => period.from,
            Charged::Advance { on: Some(day) } => day.last_on(period.from).unwrap_or(period.from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::period::PeriodLength;

    #[test]
    fn a_period_is_charged_after_it_or_on_a_day_before_it() {
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let check = |starts: &str, charged: Charged, day: &str, expect: &str| {
            let cycle = Cycle { length: PeriodLength::Year, starts: MonthDay::parse(starts).expect("a day") };
            let period = cycle.period_of(date(day)).expect("in range");
            assert_eq!(Timetable { cycle, charged }.charged_on(period), date(expect), "{starts} {charged:?}");
        };
        let on = |day: &str| Charged::Advance { on: MonthDay::parse(day) };
        check("01-01", Charged::Arrears, "2026-05-01", "2027-01-01");
        check("01-01", Charged::Advance { on: None }, "2026-05-01", "2026-01-01");
        check("01-01", on("10-15"), "2026-05-01", "2025-10-15");
        check("07-01", on("06-01"), "2026-08-01", "2026-06-01");
        check("07-01", on("07-01"), "2026-08-01", "2026-07-01");
    }
}
