//! What a customer has of a plan of packages, and what it bought that is not issued yet.

use chrono::NaiveDate;

use super::calendar::{Instant, Period};
use super::number::Dec;
use super::record::Line;

pub struct Pool {
    pub used: Dec,
    pub covered: Dec,
    pub bought: u32,
    pub events: usize,
    pub noticed: u32,
    /// Number of the record that sold the last package, its instant, size, amount and currency.
    pub last: Option<(String, Instant, Dec, Dec, String)>,
    pub size: Option<Dec>,
    pub uses: Vec<(NaiveDate, Dec)>,
}

/// Packages of a day that are bought and wait for its end.
pub struct Bundle {
    pub plan: String,
    pub seller: String,
    pub currency: String,
    pub period: Period,
    pub due: Instant,
    pub lines: Vec<Line>,
}

impl Pool {
    pub fn empty() -> Pool {
        Pool { used: Dec::int(0), covered: Dec::int(0), bought: 0, events: 0, noticed: 0, last: None, size: None, uses: Vec::new() }
    }
}
