//! Days, periods and durations in a customer's zone.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

pub type Instant = DateTime<Utc>;

/// The first instant of a local day.
pub fn midnight(date: NaiveDate, zone: Tz) -> Instant {
    let mut local = date.and_hms_opt(0, 0, 0).unwrap();
    loop {
        if let Some(found) = zone.from_local_datetime(&local).earliest() {
            return found.with_timezone(&Utc);
        }
        local += Duration::minutes(15); // a zone whose clocks skip midnight
    }
}

pub fn local_date(instant: Instant, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

pub fn date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if shape { NaiveDate::parse_from_str(text, "%Y-%m-%d").ok() } else { None }
}

/// RFC 3339 with upper-case `T` and `Z` or a numeric offset, at most nanoseconds.
pub fn instant(text: &str) -> Option<Instant> {
    if !text.is_ascii() || text.len() < 20 || text.as_bytes()[10] != b'T' {
        return None;
    }
    let (day, time) = (&text[..10], &text[11..]);
    let (clock, offset) = time.split_at(time.find(['Z', '+', '-'])?);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let (hour, minute, second) = (two(clock, 0)?, two(clock, 3)?, two(clock, 6)?);
    let clock_shape = clock.len() == 8 && &clock[2..3] == ":" && &clock[5..6] == ":";
    let fraction_shape = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|b| b.is_ascii_digit());
    if !clock_shape || !fraction_shape || second > 59 {
        return None;
    }
    let nanos: u32 = format!("{fraction:0<9}").parse().ok()?;
    let local: NaiveDateTime = date(day)?.and_hms_nano_opt(hour, minute, second, nanos)?;
    local.and_utc().checked_sub_signed(Duration::minutes(offset_minutes(offset)?))
}

fn offset_minutes(offset: &str) -> Option<i64> {
    if offset == "Z" {
        return Some(0);
    }
    let (hours, minutes) = (two(offset, 1)?, two(offset, 4)?);
    let shape = offset.len() == 6 && &offset[3..4] == ":" && hours <= 23 && minutes <= 59;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    shape.then_some(sign * i64::from(hours * 60 + minutes))
}

fn two(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 2)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// An ISO 8601 duration: its date part means local calendar days, its time part exact seconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    pub months: u32,
    pub days: u32,
    pub seconds: i64,
}

impl Span {
    pub fn parse(text: &str) -> Option<Span> {
        let mut span = Span::default();
        let (mut number, mut in_time) = (String::new(), false);
        for c in text.strip_prefix('P')?.chars() {
            if c.is_ascii_digit() {
                number.push(c);
                continue;
            }
            if c == 'T' {
                in_time = true;
                continue;
            }
            let n: u32 = std::mem::take(&mut number).parse().ok()?;
            match (c, in_time) {
                ('Y', false) => span.months += 12 * n,
                ('M', false) => span.months += n,
                ('W', false) => span.days += 7 * n,
                ('D', false) => span.days += n,
                ('H', true) => span.seconds += 3600 * i64::from(n),
                ('M', true) => span.seconds += 60 * i64::from(n),
                ('S', true) => span.seconds += i64::from(n),
                _ => return None,
            }
        }
        number.is_empty().then_some(span)
    }

    pub fn exact(&self) -> Duration {
        assert_eq!(self.months, 0, "months have no exact length");
        Duration::days(i64::from(self.days)) + Duration::seconds(self.seconds)
    }

    pub fn after(&self, date: NaiveDate) -> NaiveDate {
        date + Months::new(self.months) + Days::new(u64::from(self.days))
    }
}

/// A half-open span of local days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub zone: Tz,
}

impl Period {
    /// The period of `months` months that holds the instant, counted from the day `starts` (month, day) of any year.
    pub fn holding(instant: Instant, zone: Tz, months: u32, starts: (u32, u32)) -> Period {
        let day = local_date(instant, zone);
        let anchor = NaiveDate::from_ymd_opt(day.year() - 1, starts.0, starts.1).unwrap();
        let edge = |k: u32| anchor + Months::new(k * months);
        let k = (0..).take_while(|k| edge(*k) <= day).last().unwrap();
        Period { from: edge(k), to: edge(k + 1), zone }
    }

    pub fn start(&self) -> Instant {
        midnight(self.from, self.zone)
    }

    pub fn end(&self) -> Instant {
        midnight(self.to, self.zone)
    }

    /// The instant from which the period may be closed.
    pub fn due(&self, lateness: Span) -> Instant {
        midnight(lateness.after(self.to), self.zone) + Duration::seconds(lateness.seconds)
    }

    pub fn sort_key(&self) -> (NaiveDate, NaiveDate, &'static str) {
        (self.from, self.to, self.zone.name())
    }
}
