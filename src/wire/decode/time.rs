//! Instants and dates as the contract writes them: RFC 3339 with an offset, and `YYYY-MM-DD`.

use chrono::NaiveDate;

use crate::domain::instant::Instant;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// Parses RFC 3339: upper-case `T`, `Z` or a numeric offset, at most nanoseconds, no leap second
/// (a clock that ticks 60 has no place on a line of equal seconds).
#[must_use]
pub fn instant(text: &str) -> Option<Instant> {
    let (date, rest) = text.as_bytes().split_first_chunk::<10>()?;
    let (clock, rest) = rest.split_first_chunk::<9>()?;
    let &[b'T', h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return None };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, zone) = fraction(rest)?;
    let seconds = days(date)? * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
    let total = i128::from(seconds) * NANOS_PER_SECOND + i128::from(nanos);
    let clamped = if total < 0 { i64::MIN } else { i64::MAX };
    Some(Instant::from_nanos(i64::try_from(total).unwrap_or(clamped)))
}

/// Parses `YYYY-MM-DD`.
#[must_use]
pub fn date(text: &str) -> Option<NaiveDate> {
    let (year, month, day) = parts(text.as_bytes().try_into().ok()?)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// A fraction of up to nine digits in nanoseconds, and what follows it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', rest)) = rest.split_first() else { return Some((0, rest)) };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = rest.split_at_checked(length)?;
    let missing = u32::try_from(9_usize.checked_sub(length)?).ok()?;
    let nanos = digits.iter().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0')) * 10_i64.pow(missing);
    (length > 0).then_some((nanos, zone))
}

/// Seconds east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    let &[sign, h1, h2, b':', m1, m2] = zone else { return (zone == b"Z").then_some(0) };
    let (hour, minute) = (two(h1, h2)?, two(m1, m2)?);
    let seconds = hour * 3600 + minute * 60;
    match sign {
        _ if hour > 23 || minute > 59 => None,
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March, so that
/// the leap day is the last of its year.
fn days(date: &[u8; 10]) -> Option<i64> {
    let (year, month, day) = parts(date)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > last {
        return None;
    }
    let march_year = year - i64::from(month <= 2);
    let (era, of_era) = (march_year.div_euclid(400), march_year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn parts(date: &[u8; 10]) -> Option<(i64, i64, i64)> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    Some((two(y1, y2)? * 100 + two(y3, y4)?, two(m1, m2)?, two(d1, d2)?))
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Days};

    use super::*;

    #[test]
    fn instants_follow_rfc_3339() {
        let check = |text: &str, expect: &str| assert_eq!(instant(text).map(|found| found.to_string()).as_deref(), Some(expect), "{text}");
        check("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z");
        check("2026-02-02T09:00:00+01:00", "2026-02-02T08:00:00.000Z");
        check("2026-02-02T09:00:00.5-03:30", "2026-02-02T12:30:00.500Z");
        check("2026-02-02T09:00:00.123456789Z", "2026-02-02T09:00:00.123456789Z");
        check("2024-02-29T23:59:59-00:00", "2024-02-29T23:59:59.000Z");
        check("2000-02-29T00:00:00+23:59", "2000-02-28T00:01:00.000Z");
        check("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z");
    }

    #[test]
    fn instants_out_of_range_are_clamped() {
        let check = |text: &str, expect: i64| assert_eq!(instant(text).map(Instant::nanos), Some(expect), "{text}");
        check("0000-01-01T00:00:00Z", i64::MIN);
        check("1677-09-21T00:12:43.145224192Z", i64::MIN);
        check("1677-09-21T00:12:43.145224193Z", i64::MIN + 1);
        check("2262-04-11T23:47:16.854775807Z", i64::MAX);
        check("2262-04-11T23:47:16.854775808Z", i64::MAX);
        check("9999-12-31T23:59:59.999999999-23:59", i64::MAX);
    }

    #[test]
    fn what_is_not_an_instant() {
        for bad in [
            "",
            "2026-02-02",
            "2026-02-02T09:00:00",
            "2026-02-02t09:00:00Z",
            "2026-02-02T09:00:00z",
            "2026-02-02 09:00:00Z",
            "2026-02-02T09:00Z",
            "2026-02-02T09:00:60Z",
            "2026-02-02T24:00:00Z",
            "2026-02-02T09:60:00Z",
            "2026-02-30T09:00:00Z",
            "2026-02-00T09:00:00Z",
            "2026-13-01T09:00:00Z",
            "2026-00-01T09:00:00Z",
            "1900-02-29T09:00:00Z",
            "2026-02-02T09:00:00.Z",
            "2026-02-02T09:00:00,5Z",
            "2026-02-02T09:00:00.1234567890Z",
            "2026-02-02T09:00:00+0100",
            "2026-02-02T09:00:00+01",
            "2026-02-02T09:00:00+24:00",
            "2026-02-02T09:00:00+01:60",
            "2026-02-02T09:00:00 01:00",
            "2026-02-02T09:00:00Z ",
            "+2026-02-02T09:00:00Z",
            "2026-02-02T09:00:00é01:00",
            "٢٠٢٦-02-02T09:00:00Z",
        ] {
            assert_eq!(instant(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_the_calendars() {
        let first = NaiveDate::from_ymd_opt(1890, 1, 1).expect("a date");
        for number in 0..146_097 {
            let day = first + Days::new(number);
            let text = format!("{day}T12:34:56Z");
            let expect = DateTime::parse_from_rfc3339(&text).expect("RFC 3339").to_utc();
            assert_eq!(instant(&text), Some(Instant::from_utc(expect)), "{text}");
            assert_eq!(date(&day.to_string()), Some(day));
        }
    }

    #[test]
    fn what_is_not_a_date() {
        for bad in ["", "2026-02-30", "2026-2-3", "20260203", "2026-02-03 ", "2026-13-01", "26-02-03", "2026/02/03", "-026-02-03"] {
            assert_eq!(date(bad), None, "{bad:?}");
        }
    }
}
