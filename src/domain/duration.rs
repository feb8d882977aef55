//! ISO 8601 durations, kept as calendar parts and seconds: `P5D` is five local days, not 120 hours.

use std::fmt;

use chrono::{Days, Months, NaiveDate};

use super::instant::{Instant, NANOS_PER_DAY, NANOS_PER_SECOND};
use super::zone::Zone;

/// A duration of calendar months and days, and of seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CalendarDuration {
    pub months: u32,
    pub days: u32,
    pub seconds: u32,
}

impl CalendarDuration {
    /// Parses `P2Y`, `P5D`, `PT1H`, `P1M2DT30M`; none if it is not a duration or out of range.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('P')?;
        let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
        if time == Some("") || (date.is_empty() && time.is_none()) {
            return None;
        }
        let [years, months, weeks, days] = parts(date, ['Y', 'M', 'W', 'D'])?;
        let [hours, minutes, seconds] = parts(time.unwrap_or(""), ['H', 'M', 'S'])?;
        Some(Self {
            months: years.checked_mul(12)?.checked_add(months)?,
            days: weeks.checked_mul(7)?.checked_add(days)?,
            seconds: hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?,
        })
    }

    /// `date` + months + days; a day that the month does not have becomes its last one
    /// (29 February + 1 year = 28 February).
    #[must_use]
    pub fn after_date(self, date: NaiveDate) -> Option<NaiveDate> {
        date.checked_add_months(Months::new(self.months))?.checked_add_days(Days::new(u64::from(self.days)))
    }

    /// Midnight of `date` plus the calendar parts, in `zone`, plus the seconds.
    #[must_use]
    pub fn after_midnight(self, date: NaiveDate, zone: Zone) -> Instant {
        let midnight = self.after_date(date).map_or(Instant::MAX, |day| zone.midnight(day));
        midnight.saturating_add(i64::from(self.seconds) * NANOS_PER_SECOND)
    }

    /// A fixed number of nanoseconds as days of 24 hours and whole seconds.
    #[must_use]
    pub fn of_nanos(nanos: i64) -> Self {
        let part = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        Self { months: 0, days: part(nanos / NANOS_PER_DAY), seconds: part(nanos % NANOS_PER_DAY / NANOS_PER_SECOND) }
    }

    /// As a fixed number of nanoseconds, where no zone is at hand (horizon, skew): a day is 24 hours.
    /// None if it has months, which have no fixed length.
    #[must_use]
    pub fn fixed_nanos(self) -> Option<i64> {
        let days = i64::from(self.days).checked_mul(NANOS_PER_DAY)?;
        (self.months == 0).then(|| days.checked_add(i64::from(self.seconds) * NANOS_PER_SECOND))?
    }
}

/// As it is parsed.
impl fmt::Display for CalendarDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { months, days, seconds } = *self;
        let part = |number: u32, unit: &str| if number == 0 { String::new() } else { format!("{number}{unit}") };
        let date = [part(months / 12, "Y"), part(months % 12, "M"), part(days, "D")].concat();
        let time = [part(seconds / 3600, "H"), part(seconds / 60 % 60, "M"), part(seconds % 60, "S")].concat();
        match (date.is_empty(), time.is_empty()) {
            (true, true) => f.write_str("PT0S"),
            (_, true) => write!(f, "P{date}"),
            (_, false) => write!(f, "P{date}T{time}"),
        }
    }
}

/// Reads `<number><unit>` pairs in the order of `units`; each at most once.
fn parts<const N: usize>(mut text: &str, units: [char; N]) -> Option<[u32; N]> {
    let mut found = [0; N];
    for (value, unit) in found.iter_mut().zip(units) {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(rest) = text.get(digits..).and_then(|rest| rest.strip_prefix(unit)) {
            *value = text.get(..digits)?.parse().ok()?;
            text = rest;
        }
    }
    text.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_keeps_calendar_parts_apart() {
        let check = |text: &str, expect: Option<(u32, u32, u32)>| {
            let found = CalendarDuration::parse(text).map(|d| (d.months, d.days, d.seconds));
            assert_eq!(found, expect, "{text:?}");
        };
        check("P5D", Some((0, 5, 0)));
        check("P2Y", Some((24, 0, 0)));
        check("P1Y2M3W4DT5H6M7S", Some((14, 25, 18_367)));
        check("PT1H", Some((0, 0, 3600)));
        for bad in ["", "P", "PT", "5D", "P5", "PD", "P5D5D", "P1D1M", "-P1D", "P5Dx", "P99999999999D"] {
            check(bad, None);
        }
    }

    #[test]
    fn months_clamp_to_the_month_end() {
        let check = |from: (i32, u32, u32), text: &str, expect: (i32, u32, u32)| {
            let date = |(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
            let duration = CalendarDuration::parse(text).expect("a duration");
            assert_eq!(duration.after_date(date(from)), Some(date(expect)));
        };
        check((2024, 2, 29), "P2Y", (2026, 2, 28));
        check((2024, 1, 1), "P2Y", (2026, 1, 1));
        check((2024, 1, 31), "P1M", (2024, 2, 29));
    }
}
