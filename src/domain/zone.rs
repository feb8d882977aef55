//! Local time: everything calendar-like happens in the customer's zone (IANA database).

use std::fmt;

use chrono::{DateTime, Days, Duration, LocalResult, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use super::instant::Instant;

/// A time zone of the IANA database, e.g. `Europe/Stockholm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

impl Zone {
    /// Where the deadlines of Kanta are reckoned (REQUIREMENTS K7, K15).
    pub const HELSINKI: Self = Self(Tz::Europe__Helsinki);

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The version of the time zone database that is built in, e.g. `2025b`.
    #[must_use]
    pub fn database_version() -> &'static str {
        chrono_tz::IANA_TZDB_VERSION
    }

    /// The local day of an instant.
    #[must_use]
    pub fn date_of(self, instant: Instant) -> NaiveDate {
        instant.to_utc().with_timezone(&self.0).date_naive()
    }

    /// The first instant of a local day. Where clocks skip midnight, the day begins when they land;
    /// where midnight comes twice, with the first.
    #[must_use]
    pub fn midnight(self, date: NaiveDate) -> Instant {
        let mut local = date.and_time(NaiveTime::MIN);
        // No zone has ever skipped more than a day at once, in steps of at least a minute.
        for _ in 0..=24 * 60 {
            match self.0.from_local_datetime(&local) {
                LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => return Self::instant(&time),
                LocalResult::None => local += Duration::minutes(1),
            }
        }
        Self::instant(&self.0.from_utc_datetime(&local))
    }

    /// The local day of an instant with its bounds `[start, end)`.
    #[must_use]
    pub fn day_of(self, instant: Instant) -> LocalDay {
        let date = self.date_of(instant);
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        LocalDay { date, start: self.midnight(date), end: self.midnight(next) }
    }

    fn instant(time: &DateTime<Tz>) -> Instant {
        Instant::from_utc(time.to_utc())
    }
}

/// A day somewhere: 23, 24 or 25 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalDay {
    pub date: NaiveDate,
    pub start: Instant,
    pub end: Instant,
}

impl LocalDay {
    #[must_use]
    pub fn contains(&self, instant: Instant) -> bool {
        self.start <= instant && instant < self.end
    }
}

/// By name: an order that does not depend on the build of the database.
impl Ord for Zone {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name().cmp(other.name())
    }
}

impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
