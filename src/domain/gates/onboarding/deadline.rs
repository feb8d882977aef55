//! When a commissioning test is to be reported (REQUIREMENTS K15): within two Finnish weekdays after it.

use crate::domain::instant::Instant;
use crate::domain::working_days::{end_of_weekday, weekdays_after};
use crate::domain::zone::Zone;

/// Weekdays after the test.
const WEEKDAYS: usize = 2;

/// The end of the last day on which a report is in time.
#[must_use]
pub fn due(test: Instant) -> Instant {
    end_of_weekday(test, WEEKDAYS)
}

/// When a reminder is sent: a weekday before, as the last one begins.
#[must_use]
pub fn reminder(test: Instant) -> Instant {
    Zone::HELSINKI.midnight(weekdays_after(Zone::HELSINKI.date_of(test), WEEKDAYS))
}
