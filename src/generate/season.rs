//! When services are used: hours of the day, weekdays, months, and the mornings when everybody comes at once.

use chrono::{Datelike, NaiveDateTime, Timelike, Weekday};

use super::service::Service;

/// Pupils, parents and teachers: before school, after it, and in the evening.
const HOME: [u64; 24] = [1, 1, 1, 1, 1, 3, 12, 40, 45, 30, 25, 25, 22, 22, 24, 30, 34, 28, 24, 30, 34, 22, 10, 4];
/// Administrators.
const OFFICE: [u64; 24] = [1, 1, 1, 1, 1, 1, 3, 15, 40, 50, 48, 42, 25, 45, 48, 40, 25, 8, 3, 2, 2, 1, 1, 1];
/// Nightly jobs.
const BATCH: [u64; 24] = [20, 60, 80, 60, 20, 5, 2, 2, 4, 6, 6, 6, 4, 6, 6, 6, 4, 2, 2, 2, 4, 6, 10, 15];

/// Percent by month; July is empty, August is not.
const SCHOOL_YEAR: [u64; 12] = [100, 105, 105, 100, 110, 90, 20, 130, 120, 105, 105, 80];
const OFFICE_YEAR: [u64; 12] = [100, 100, 105, 95, 95, 90, 50, 90, 105, 105, 105, 85];

/// National examinations: month and day, if it is a weekday.
const EXAM_DAYS: [(u32, u32); 8] = [(3, 17), (3, 24), (4, 14), (4, 28), (5, 5), (5, 7), (5, 12), (11, 17)];

struct Rhythm {
    hours: &'static [u64; 24],
    months: &'static [u64; 12],
    weekend: u64,
}

fn rhythm(service: Service) -> Rhythm {
    match service {
        Service::Sms | Service::Bankid | Service::Eid => Rhythm { hours: &HOME, months: &SCHOOL_YEAR, weekend: 45 },
        Service::Archive | Service::Storage => Rhythm { hours: &BATCH, months: &SCHOOL_YEAR, weekend: 60 },
        Service::Spar | Service::CprLookup | Service::CvrLookup | Service::Kanta | Service::Letter | Service::Prescription => {
            Rhythm { hours: &OFFICE, months: &OFFICE_YEAR, weekend: 5 }
        }
    }
}

/// How much a service is used in a local hour, relative to other hours.
pub fn weight(service: Service, local: NaiveDateTime) -> u64 {
    let rhythm = rhythm(service);
    let at = |table: &[u64], index: u32| table.get(index as usize).copied().unwrap_or(0);
    let day = if is_weekend(local) { rhythm.weekend } else { 100 };
    let rush = match service {
        Service::Bankid if is_exam_morning(local) => 12,
        Service::Sms | Service::Bankid if is_school_start(local) => 4,
        _ => 1,
    };
    at(rhythm.hours, local.hour()) * at(rhythm.months, local.month0()) * day * rush
}

/// A whole school logs in within minutes.
pub fn is_exam_morning(local: NaiveDateTime) -> bool {
    local.hour() == 8 && !is_weekend(local) && EXAM_DAYS.contains(&(local.month(), local.day()))
}

fn is_school_start(local: NaiveDateTime) -> bool {
    local.month() == 8 && (15..=25).contains(&local.day()) && (7..=9).contains(&local.hour()) && !is_weekend(local)
}

fn is_weekend(local: NaiveDateTime) -> bool {
    matches!(local.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mornings_before_exams_and_after_summer_are_the_busiest() {
        let at = |text: &str| weight(Service::Bankid, NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a local time"));
        assert!(at("2026-05-05 08:00") > 10 * at("2026-05-06 08:00"), "examination day");
        assert!(at("2026-08-18 08:00") > 3 * at("2026-09-15 08:00"), "school start");
        assert!(at("2026-05-09 08:00") < at("2026-05-08 08:00"), "Saturday");
        assert!(at("2026-07-08 08:00") < at("2026-06-10 08:00"), "holidays");
        assert!(at("2026-05-06 03:00") < at("2026-05-06 08:00"), "night");
    }
}
