//! What control events say about rosters.

use chrono::NaiveDate;

use super::enrolment::Enrolment;
use super::load::{LoadDecision, LoadMode};
use super::master::MasterCount;
use super::quality::QualityRule;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;

/// What a pupil is kept by: its pseudonym itself is not kept.
#[must_use]
pub fn fingerprint(pseudonym: &str) -> Fingerprint {
    Fingerprint(xxhash_rust::xxh3::xxh3_128(pseudonym.as_bytes()))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterFact {
    /// `tally.pupil.v1`.
    Pupil(PupilFact),
    /// `tally.roster.v1`: a part of a load.
    Chunk(LoadChunk),
    /// `tally.load_decision.v1`.
    Decision(LoadDecision),
    /// `tally.master_count.v1`.
    Master(MasterCount),
}

/// One pupil, at the time of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PupilFact {
    /// The local day of the fact.
    pub day: NaiveDate,
    pub entry: PupilEntry,
}

/// What is said about a pupil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PupilEntry {
    pub pupil: Fingerprint,
    /// Another pseudonym of the same child.
    pub same_as: Option<Fingerprint>,
    pub statement: Statement,
    /// What is wrong with it, found as it was read; none twice.
    pub findings: Vec<Finding>,
    /// School unit and class code, where classes are given.
    pub classes: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statement {
    /// The pupil is gone.
    Deleted,
    /// All its enrolments, ended ones too. Ascending, none twice.
    Enrolled(Vec<Enrolment>),
}

/// Something wrong, at a school unit if it is about one (else empty).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub rule: QualityRule,
    pub unit: String,
}

/// A part of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadChunk {
    pub load: String,
    /// From 1.
    pub chunk: u32,
    pub of: u32,
    pub mode: LoadMode,
    /// When the load was drawn from the master data.
    pub as_of: Instant,
    /// The local day of that.
    pub day: NaiveDate,
    pub entries: Vec<PupilEntry>,
}
