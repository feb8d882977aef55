//! Finnish weekdays (`vardagar`, `arkipäivät`) for deadlines (REQUIREMENTS K15).
//!
//! A deadline in Finland does not end on a Sunday or holiday, on Independence Day, May Day, Christmas Eve or
//! Midsummer Eve, nor on a Saturday (Act on the calculation of statutory time limits, 150/1930, section 5).
//! All of those are no weekdays here. New Year's Eve and Maundy Thursday are: no law makes them holidays.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::instant::Instant;
use super::zone::Zone;

/// Is a day a weekday in Finland?
#[must_use]
pub fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_fixed_holiday(day) && !is_movable_holiday(day)
}

/// The weekday that is `count` weekdays after a day, which is not counted itself.
#[must_use]
pub fn weekdays_after(day: NaiveDate, count: usize) -> NaiveDate {
    day.iter_days().skip(1).filter(|day| is_weekday(*day)).nth(count.saturating_sub(1)).unwrap_or(day)
}

/// When a deadline of so many weekdays after an instant is over: the midnight in Helsinki that ends the last of them.
#[must_use]
pub fn end_of_weekday(after: Instant, count: usize) -> Instant {
    let last = weekdays_after(Zone::HELSINKI.date_of(after), count);
    Zone::HELSINKI.midnight(last.succ_opt().unwrap_or(last))
}

/// New Year, Epiphany, May Day, Independence Day, Christmas Eve and the two days after it.
/// Midsummer Eve is the Friday from 19 to 25 June; Midsummer Day and All Saints are Saturdays.
fn is_fixed_holiday(day: NaiveDate) -> bool {
    let midsummer_eve = day.weekday() == Weekday::Fri && day.month() == 6 && (19..=25).contains(&day.day());
    midsummer_eve || matches!((day.month(), day.day()), (1, 1 | 6) | (5, 1) | (12, 6 | 24..=26))
}

/// Good Friday, Easter Monday and Ascension Day; the other days that Easter moves are Sundays.
fn is_movable_holiday(day: NaiveDate) -> bool {
    let Some(easter) = easter(day.year()) else { return false };
    let after = day.signed_duration_since(easter).num_days();
    matches!(after, -2 | 1 | 39)
}

/// Easter Sunday of the Gregorian calendar (Oudin's form of the computus); whole numbers only.
#[must_use]
pub fn easter(year: i32) -> Option<NaiveDate> {
    let century = year.div_euclid(100);
    let golden = year.rem_euclid(19);
    let skew = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15).rem_euclid(30);
    let moon = skew - (skew / 28) * (1 - (29 / (skew + 1)) * ((21 - golden) / 11));
    let weekday = (year + year.div_euclid(4) + moon + 2 - century + century / 4).rem_euclid(7);
    let offset = moon - weekday;
    let first = NaiveDate::from_ymd_opt(year, 3, 28)?;
    let days = Days::new(u64::from(offset.unsigned_abs()));
    if offset < 0 { first.checked_sub_days(days) } else { first.checked_add_days(days) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn easter_is_computed() {
        for expect in [
            "1961-04-02",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2016-03-27",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2029-04-01",
            "2030-04-21",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "2285-03-22",
        ] {
            assert_eq!(easter(day(expect).year()), Some(day(expect)));
        }
    }

    /// All days from Monday to Friday that are no weekdays, year by year, as calendars print them.
    #[test]
    fn k15_the_days_off_of_finland() {
        let check = |year: i32, expect: &[&str]| {
            let days = NaiveDate::from_ymd_opt(year, 1, 1).expect("a day").iter_days().take_while(|day| day.year() == year);
            let off = days.filter(|day| !is_weekday(*day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
            assert_eq!(off.map(|day| day.format("%m-%d").to_string()).collect::<Vec<_>>(), expect, "{year}");
        };
        check(2024, &["01-01", "03-29", "04-01", "05-01", "05-09", "06-21", "12-06", "12-24", "12-25", "12-26"]);
        check(2025, &["01-01", "01-06", "04-18", "04-21", "05-01", "05-29", "06-20", "12-24", "12-25", "12-26"]);
        check(2026, &["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "06-19", "12-24", "12-25"]);
        check(2027, &["01-01", "01-06", "03-26", "03-29", "05-06", "06-25", "12-06", "12-24"]);
        check(2028, &["01-06", "04-14", "04-17", "05-01", "05-25", "06-23", "12-06", "12-25", "12-26"]);
        check(2030, &["01-01", "04-19", "04-22", "05-01", "05-30", "06-21", "12-06", "12-24", "12-25", "12-26"]);
    }

    #[test]
    fn k15_two_weekdays_after_a_day() {
        let check = |after: &str, expect: &str| assert_eq!(weekdays_after(day(after), 2), day(expect), "{after}");
        check("2026-02-02", "2026-02-04"); // Monday
        check("2026-02-05", "2026-02-09"); // Thursday
        check("2026-02-06", "2026-02-10"); // Friday
        check("2026-02-07", "2026-02-10"); // Saturday
        check("2026-02-08", "2026-02-10"); // Sunday
        check("2026-04-01", "2026-04-07"); // the Wednesday before Easter: Maundy Thursday counts
        check("2026-04-02", "2026-04-08"); // the Thursday before Easter
        check("2026-06-17", "2026-06-22"); // the Wednesday before Midsummer
        check("2026-06-18", "2026-06-23"); // the Thursday before Midsummer Eve
        check("2027-12-03", "2027-12-08"); // Independence Day is a Monday
        check("2027-12-22", "2027-12-27"); // Christmas Eve is a Friday
        check("2026-12-23", "2026-12-29"); // Christmas Eve is a Thursday
        check("2026-12-30", "2027-01-04"); // New Year's Eve counts
        check("2025-10-30", "2025-11-03"); // All Saints is a Saturday
        check("2026-05-13", "2026-05-18"); // Ascension Day
    }

    #[test]
    fn k15_a_deadline_ends_at_midnight_in_helsinki() {
        let check = |after: &str, expect: &str| {
            let instant = |text: &str| Instant::from_utc(text.parse().expect("an instant"));
            assert_eq!(end_of_weekday(instant(after), 2), instant(expect), "{after}");
        };
        check("2026-02-02T12:00:00Z", "2026-02-04T22:00:00Z");
        check("2026-02-02T23:30:00Z", "2026-02-05T22:00:00Z"); // it is Tuesday in Helsinki
        check("2026-06-02T20:59:59Z", "2026-06-04T21:00:00Z");
        check("2026-06-02T21:00:00Z", "2026-06-05T21:00:00Z");
        check("2026-03-26T12:00:00Z", "2026-03-30T21:00:00Z"); // over the change of clocks
    }
}
