//! What a source says how many pupils it has (REQUIREMENTS E8).

use chrono::NaiveDate;

use crate::domain::instant::Instant;

/// `tally.master_count.v1`: all counts of one source for a day. A later one replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterCount {
    pub source: String,
    pub told_at: Instant,
    pub on: NaiveDate,
    /// By school unit and form, ascending, no pair twice.
    pub rows: Vec<MasterRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MasterRow {
    /// None: of all units.
    pub unit: Option<String>,
    /// None: of all forms; a pupil in several counts once.
    pub form: Option<String>,
    pub count: u64,
}

/// A row of a master count that differs from what the roster has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub row: MasterRow,
    /// What the roster has.
    pub ours: u64,
}
