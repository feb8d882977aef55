//! When a commissioning test is to be reported (REQUIREMENTS K15): within two Finnish weekdays after it.

use crate::domain::instant::Instant;
use crate::domain::working_days::{end_of_weekday, weekday_before};
use crate::domain::zone::Zone;

/// Weekdays after the test.
const WEEKDAYS: usize = 2;

/// The end of the last day on which a report is in time.
#[must_use]
pub fn due(test: Instant) -> Instant {
    end_of_weekday(test, WEEKDAYS)
}

/// When a reminder is sent: as the weekday before the last one begins.
#[must_use]
pub fn reminder(test: Instant) -> Instant {
    let last = Zone::HELSINKI.date_of(due(test).saturating_sub(1));
    Zone::HELSINKI.midnight(weekday_before(last))
}
