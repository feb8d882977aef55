//! A yearly price per inhabitant, or another head.

use chrono::NaiveDate;

use crate::domain::catalog::{PriceList, Tariff};
use crate::domain::control::HeadCountKind;
use crate::domain::period::{MonthDay, Period};
use crate::domain::roster::Counted;
use crate::domain::timetable::Timetable;

#[derive(Debug, Clone, PartialEq)]
pub struct PerHeadPlan {
    pub timetable: Timetable,
    /// What its lines say; none: the title of its service.
    pub heading: Option<String>,
    pub head_count: HeadCountKind,
    /// How a pupil of a roster that is in several school forms counts.
    pub counted: Counted,
    pub counted_on: CountedOn,
    pub parts: Parts,
    /// A year's price per head; in bands, where it depends on their number.
    pub prices: PriceList<Tariff>,
}

/// The day whose count applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedOn {
    /// The last such day of the year that is not after the first day of what is charged.
    Day(MonthDay),
    /// The first day of what is charged.
    FirstDay,
}

/// What a period shorter than a year owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// An equal part of the year's amount, on one count for the whole year. The parts add up to it.
    Equal,
    /// A part of the yearly price, on the count of the period.
    Measured,
}

impl PerHeadPlan {
    /// The day whose count a period is charged on. Where the parts of a year are equal, the year is charged.
    #[must_use]
    pub fn count_day(&self, period: Period) -> NaiveDate {
        let charged = match self.parts {
            Parts::Equal => self.timetable.cycle.year_of(period).unwrap_or(period),
            Parts::Measured => period,
        };
        match self.counted_on {
            CountedOn::Day(day) => day.last_on(charged.from).unwrap_or(charged.from),
            CountedOn::FirstDay => charged.from,
        }
    }
}
