//! Rosters: who attends which school, from master data in the vocabulary of SS12000 (REQUIREMENTS U19, E1, E8, E11).
//!
//! Pupils are known by keyed pseudonyms, and kept by fingerprints of those. Every fact carries the time at which it
//! held; the newest one of a pupil is the whole truth about it, whatever the order in which facts arrive.

mod codes;
mod counts;
mod customer;
mod enrolment;
mod fact;
mod load;
mod master;
mod pupil;
mod quality;
mod rules;

pub use codes::{Codes, Meaning, SCHOOL_TYPES, SourceCodes};
pub use counts::{CountRow, PupilCounts};
pub use customer::{Copying, FullLoad, Roster, TakenOver};
pub use enrolment::{Enrolment, Span, spans};
pub use fact::{Finding, LoadChunk, PupilEntry, PupilFact, RosterFact, Statement, fingerprint};
pub use load::{Load, LoadDecision, LoadFigures, LoadKey, LoadMode, LoadPiece, LoadStage};
pub use master::{Drift, MasterCount, MasterRow};
pub use pupil::{Deletion, Pupil, PupilRecord, Taken};
pub use quality::{Quality, QualityDay, QualityRule, Score, SourceQuality, score};
pub use rules::{Counted, RosterRules};
