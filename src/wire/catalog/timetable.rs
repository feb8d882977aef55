//! When a plan's periods begin, and whether each is charged before or after it.

use super::metered::{month_day, period};
use crate::domain::period::{Cycle, MonthDay};
use crate::domain::timetable::{Charged, Timetable};
use crate::wire::document::Table;

/// `period` and `starts`.
pub fn cycle(table: &Table<'_>) -> Option<Cycle> {
    let length = table.need("period", "period = \"quarter\"").and_then(|value| period(&value));
    let starts = table.find("starts").and_then(|value| month_day(&value)).unwrap_or(MonthDay::JANUARY_FIRST);
    Some(Cycle { length: length?, starts })
}

/// `period`, `starts` and `charge`: what is charged in advance is charged with the first day of its period.
pub fn timetable(table: &Table<'_>) -> Option<Timetable> {
    let cycle = cycle(table);
    let advance = table.find("charge").and_then(|value| value.choice(&[("arrears", false), ("advance", true)])).unwrap_or(false);
    let charged = if advance { Charged::Advance { on: None } } else { Charged::Arrears };
    Some(Timetable { cycle: cycle?, charged })
}
