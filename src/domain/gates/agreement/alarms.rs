//! Over which sources the alarm was raised today (P5).

use chrono::NaiveDate;

/// More sources a day than this are told no more: one alarm is enough to look.
const MOST: usize = 64;

/// Of the last day on which there was any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alarms {
    pub day: Option<NaiveDate>,
    /// Ascending, none twice.
    pub sources: Vec<String>,
}

impl Alarms {
    /// Is it to be raised over a source? Once a day; days do not go back.
    pub fn raise(&mut self, source: &str, day: NaiveDate) -> bool {
        if self.day.is_none_or(|last| last < day) {
            *self = Self { day: Some(day), sources: Vec::new() };
        }
        let place = self.sources.binary_search_by(|known| known.as_str().cmp(source));
        match place {
            Err(place) if self.sources.len() < MOST => {
                self.sources.insert(place, source.to_owned());
                true
            }
            _ => false,
        }
    }
}
