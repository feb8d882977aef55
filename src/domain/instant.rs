//! Instants: nanoseconds since 1970-01-01T00:00:00Z. Passed as arguments, never read from a clock here.

use std::fmt;

use chrono::{DateTime, Datelike, Timelike, Utc};

/// An instant in UTC. Instants before 1677 or after 2262 are clamped when parsed: they are far
/// outside of every horizon and skew, so the verdict is the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

pub const NANOS_PER_SECOND: i64 = 1_000_000_000;
pub const NANOS_PER_MILLISECOND: i64 = 1_000_000;
pub const NANOS_PER_DAY: i64 = 86_400 * NANOS_PER_SECOND;

impl Instant {
    pub const MIN: Self = Self(i64::MIN);
    pub const MAX: Self = Self(i64::MAX);

    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn saturating_add(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    #[must_use]
    pub const fn saturating_sub(self, nanos: i64) -> Self {
        Self(self.0.saturating_sub(nanos))
    }

    /// Days since 1970-01-01 in UTC.
    #[must_use]
    pub const fn utc_day(self) -> i64 {
        self.0.div_euclid(NANOS_PER_DAY)
    }

    #[must_use]
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.0)
    }

    #[must_use]
    pub fn from_utc(time: DateTime<Utc>) -> Self {
        let clamped = if time.timestamp() < 0 { i64::MIN } else { i64::MAX };
        Self(time.timestamp_nanos_opt().unwrap_or(clamped))
    }
}

/// RFC 3339 in UTC with `Z`; milliseconds, or as many digits as it needs.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.to_utc();
        let (date, time, nanos) = (t.date_naive(), t.time(), t.nanosecond());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
            nanos / 1_000_000
        )?;
        match nanos % 1_000_000 {
            0 => f.write_str("Z"),
            rest if rest % 1_000 == 0 => write!(f, "{:03}Z", rest / 1_000),
            rest => write!(f, "{rest:06}Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_keeps_every_digit_that_matters() {
        let check = |nanos: i64, expect: &str| assert_eq!(Instant::from_nanos(nanos).to_string(), expect);
        check(0, "1970-01-01T00:00:00.000Z");
        check(1_770_000_000_123_000_000, "2026-02-02T02:40:00.123Z");
        check(1_770_000_000_123_456_000, "2026-02-02T02:40:00.123456Z");
        check(1_770_000_000_123_456_789, "2026-02-02T02:40:00.123456789Z");
        check(-1, "1969-12-31T23:59:59.999999999Z");
    }
}
