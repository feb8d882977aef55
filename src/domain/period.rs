//! Billing periods: months, quarters, half-years and years of local dates, with shifted starts.

use chrono::{Datelike, Days, NaiveDate};

/// How long a billing period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodLength {
    Month,
    Quarter,
    HalfYear,
    Year,
}

impl PeriodLength {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "month" => Some(Self::Month),
            "quarter" => Some(Self::Quarter),
            "half-year" => Some(Self::HalfYear),
            "year" => Some(Self::Year),
            _ => None,
        }
    }

    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

/// A day that every year has; one that is written is at most the 28th, so that every month has it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

impl MonthDay {
    pub const JANUARY_FIRST: Self = Self { month: 1, day: 1 };

    /// Does a month begin on it?
    #[must_use]
    pub fn begins_a_month(self) -> bool {
        self.day == 1
    }

    /// The last such day on or before `date`.
    #[must_use]
    pub fn last_on(self, date: NaiveDate) -> Option<NaiveDate> {
        [date.year(), date.year().checked_sub(1)?].into_iter().filter_map(|year| self.in_year(year)).find(|day| *day <= date)
    }

    /// Parses `MM-DD`; days after the 28th are refused.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !two_digits(month) || !two_digits(day) {
            return None;
        }
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        ((1..=12).contains(&month) && (1..=28).contains(&day)).then_some(Self { month, day })
    }

    /// The day of the year of a date; of 29 February, which most years lack, the 28th. Later days of a
    /// month than the 28th begin years only, because not every month has them.
    #[must_use]
    pub fn of(date: NaiveDate) -> Self {
        let day = if date.month() == 2 { date.day().min(28) } else { date.day() };
        Self { month: date.month(), day }
    }

    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

/// The rhythm of a plan: a length, and a day on which one of its periods begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    pub length: PeriodLength,
    pub starts: MonthDay,
}

/// Local dates `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// The last day, as shown to people.
    #[must_use]
    pub fn last_day(&self) -> NaiveDate {
        self.to.pred_opt().unwrap_or(self.to)
    }

    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from <= date && date < self.to
    }

    /// The days that both have; none if they have none in common.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Self { from, to })
    }

    /// A single day.
    #[must_use]
    pub fn day(date: NaiveDate) -> Self {
        Self { from: date, to: date.checked_add_days(Days::new(1)).unwrap_or(date) }
    }
}

impl Cycle {
    /// The period that holds `date`; none outside of the calendar's range. In whole months since year 0: it is asked for
    /// with every use.
    #[must_use]
    pub fn period_of(&self, date: NaiveDate) -> Option<Period> {
        let length = i64::from(self.length.months());
        let first = i64::from(self.starts.month) - 1;
        let begun = i64::from(date.day() < self.starts.day);
        let months = i64::from(date.year()) * 12 + i64::from(date.month0()) - begun - first;
        let from = months.div_euclid(length) * length + first;
        let start = |month: i64| {
            MonthDay { month: u32::try_from(month.rem_euclid(12)).ok()? + 1, ..self.starts }
                .in_year(i32::try_from(month.div_euclid(12)).ok()?)
        };
        Some(Period { from: start(from)?, to: start(from + length)? })
    }

    #[must_use]
    pub fn next(&self, period: Period) -> Option<Period> {
        self.period_of(period.to)
    }

    #[must_use]
    pub fn previous(&self, period: Period) -> Option<Period> {
        self.period_of(period.from.pred_opt()?)
    }

    /// The year that a period is a part of: twelve months from one of the days `starts`.
    #[must_use]
    pub fn year_of(&self, period: Period) -> Option<Period> {
        Self { length: PeriodLength::Year, starts: self.starts }.period_of(period.from)
    }

    /// All periods of the year of a period, in order.
    #[must_use]
    pub fn year_in_periods(&self, period: Period) -> Vec<Period> {
        let Some(year) = self.year_of(period) else { return Vec::new() };
        std::iter::successors(self.period_of(year.from), |part| self.next(*part)).take_while(|part| part.from < year.to).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_date_lies_in_one_period_of_each_cycle() {
        let check = |length: &str, starts: &str, day: &str, expect: (&str, &str)| {
            let cycle = Cycle { length: PeriodLength::parse(length).expect("a length"), starts: MonthDay::parse(starts).expect("a day") };
            let period = cycle.period_of(date(day)).expect("in range");
            assert_eq!((period.from, period.to), (date(expect.0), date(expect.1)), "{length} {starts} {day}");
            assert!(period.contains(date(day)));
        };
        check("month", "01-01", "2024-02-29", ("2024-02-01", "2024-03-01"));
        check("quarter", "01-01", "2026-03-31", ("2026-01-01", "2026-04-01"));
        check("quarter", "01-01", "2026-04-01", ("2026-04-01", "2026-07-01"));
        check("quarter", "02-01", "2026-01-31", ("2025-11-01", "2026-02-01"));
        check("half-year", "07-01", "2026-06-30", ("2026-01-01", "2026-07-01"));
        check("half-year", "07-01", "2026-07-01", ("2026-07-01", "2027-01-01"));
        check("year", "07-01", "2026-06-30", ("2025-07-01", "2026-07-01"));
        check("year", "01-01", "2026-12-31", ("2026-01-01", "2027-01-01"));
        check("month", "01-15", "2026-03-14", ("2026-02-15", "2026-03-15"));
        check("month", "01-15", "2026-03-15", ("2026-03-15", "2026-04-15"));
    }

    #[test]
    fn periods_follow_each_other_without_a_gap() {
        for (length, months) in [("month", 1), ("quarter", 3), ("half-year", 6), ("year", 12)] {
            for starts in ["01-01", "02-01", "07-01", "01-15", "12-28"] {
                let cycle =
                    Cycle { length: PeriodLength::parse(length).expect("a length"), starts: MonthDay::parse(starts).expect("a day") };
                for day in date("2023-11-01").iter_days().take(1200) {
                    let period = cycle.period_of(day).expect("in range");
                    assert!(period.contains(day), "{length} {starts} {day}");
                    assert_eq!(period.from.checked_add_months(chrono::Months::new(months)), Some(period.to), "{length} {starts} {day}");
                    assert_eq!(cycle.next(period).and_then(|next| cycle.previous(next)), Some(period), "{length} {starts} {day}");
                }
                let year = date("2026-06-30");
                let first = cycle.period_of(year).and_then(|period| cycle.year_of(period)).expect("in range").from;
                assert_eq!(MonthDay::of(first), cycle.starts, "{length} {starts}");
            }
        }
        let cycle = Cycle { length: PeriodLength::Year, starts: MonthDay { month: 1, day: 1 } };
        assert_eq!(cycle.period_of(NaiveDate::MAX), None);
    }

    #[test]
    fn a_year_has_its_periods_from_where_it_starts() {
        let check = |length: &str, starts: &str, day: &str, expect: &[&str]| {
            let cycle = Cycle { length: PeriodLength::parse(length).expect("a length"), starts: MonthDay::parse(starts).expect("a day") };
            let parts = cycle.year_in_periods(cycle.period_of(date(day)).expect("in range"));
            let firsts: Vec<String> = parts.iter().map(|part| part.from.to_string()).collect();
            assert_eq!(firsts, expect, "{length} {starts} {day}");
        };
        check("year", "01-01", "2026-05-01", &["2026-01-01"]);
        check("half-year", "07-01", "2026-05-01", &["2025-07-01", "2026-01-01"]);
        check("quarter", "02-01", "2026-01-31", &["2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01"]);
    }

    #[test]
    fn years_may_begin_on_any_day_that_every_year_has() {
        let check = |begins: &str, day: &str, expect: (&str, &str)| {
            let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
            let cycle = Cycle { length: PeriodLength::Year, starts: MonthDay::of(date(begins)) };
            let period = cycle.period_of(date(day)).expect("in range");
            assert_eq!(period, Period { from: date(expect.0), to: date(expect.1) }, "{begins} {day}");
        };
        check("2024-02-29", "2028-02-29", ("2028-02-28", "2029-02-28"));
        check("2025-01-31", "2026-01-30", ("2025-01-31", "2026-01-31"));
        check("2025-01-31", "2026-02-28", ("2026-01-31", "2027-01-31"));
        check("2025-12-31", "2026-12-30", ("2025-12-31", "2026-12-31"));
    }

    #[test]
    fn starts_after_the_28th_are_refused() {
        for bad in ["02-29", "01-31", "13-01", "00-10", "1-1", "0101", "01-00", "+1-01"] {
            assert_eq!(MonthDay::parse(bad), None, "{bad}");
        }
    }
}
