//! The state of a partition, piece by piece: what the engine keeps in memory while it is hot, and
//! what the shell stores, restores and prefetches. `wire::stored` fixes the bytes.

use chrono::NaiveDate;

use super::account::{Account, PeriodKey};
use super::archive::ArchiveLedger;
use super::cell::PeriodCell;
use super::directory::{DirectoryEntry, DirectoryKey};
use super::gates::rate::{Rate, RateOf};
use super::instant::Instant;
use super::levels::LevelLedger;
use super::lineage::Fingerprint;
use super::names::{CustomerId, PlanId, ServiceId};
use super::parked::{ParkedEvent, ParkedKey};
use super::person::{PersonKey, PersonUse};
use super::pool::Pool;
use super::record::IssuedRecord;
use super::roster::{LoadKey, LoadPiece, Pupil, PupilCounts};
use super::sequence::{SequenceChunk, SourceGaps};
use super::verdict::Sums;
use super::window::DayWindow;

/// The name of a piece of state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateKey {
    Meta,
    Account(CustomerId),
    Pool(CustomerId, PlanId),
    Period(CustomerId, PlanId, PeriodKey),
    Archive(CustomerId, PlanId),
    Levels(CustomerId, PlanId),
    /// The customer's register of issued period records.
    Issued(CustomerId),
    Day(CustomerId, ServiceId, NaiveDate),
    Parked(CustomerId, ParkedKey),
    Person(CustomerId, PersonKey),
    /// Numbers of a source, from chunk times [`NUMBERS_PER_CHUNK`](super::sequence::NUMBERS_PER_CHUNK) on.
    Sequence(String, u64),
    /// Missing numbers of a source.
    Gaps(String),
    /// The customer has something to do at this instant: one timer per customer at most.
    Timer(Instant, CustomerId),
    Directory(DirectoryKey),
    /// Daily sums against which the brake trips.
    Rate(CustomerId, ServiceId, RateOf),
    /// A pupil of the customer, by the fingerprint of a pseudonym.
    Pupil(CustomerId, Fingerprint),
    /// The pupils of a school unit of the customer, counted.
    SchoolUnit(CustomerId, String),
    RosterLoad(CustomerId, LoadKey),
    /// Event ids as they came, packed: of one day of event time (days since 1970), in one commit.
    IdBlock {
        day: i32,
        sequence: u64,
    },
    /// Event ids in order: block `block` of run `run` of a day.
    IdRun {
        day: i32,
        run: u64,
        block: u32,
    },
}

/// A piece of state, owned: as loaded from a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateValue {
    Meta(Meta),
    Account(Account),
    Pool(Pool),
    Period(PeriodCell),
    Archive(ArchiveLedger),
    Levels(LevelLedger),
    Issued(Vec<IssuedRecord>),
    Day(DayWindow),
    Parked(ParkedEvent),
    Person(PersonUse),
    Sequence(SequenceChunk),
    Gaps(SourceGaps),
    Timer,
    Directory(DirectoryEntry),
    Rate(Rate),
    Pupil(Pupil),
    SchoolUnit(PupilCounts),
    RosterLoad(LoadPiece),
    Ids(Vec<Fingerprint>),
}

/// A piece of state, borrowed: its post-image as it goes into a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateRef<'a> {
    Meta(&'a Meta),
    Account(&'a Account),
    Pool(&'a Pool),
    Period(&'a PeriodCell),
    Archive(&'a ArchiveLedger),
    Levels(&'a LevelLedger),
    Issued(&'a [IssuedRecord]),
    Day(&'a DayWindow),
    Parked(&'a ParkedEvent),
    Person(&'a PersonUse),
    Sequence(&'a SequenceChunk),
    Gaps(&'a SourceGaps),
    Timer,
    Directory(&'a DirectoryEntry),
    Rate(&'a Rate),
    Pupil(&'a Pupil),
    SchoolUnit(&'a PupilCounts),
    RosterLoad(&'a LoadPiece),
    Ids(&'a [Fingerprint]),
}

/// What a partition keeps once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Log time up to which the partition has been read.
    pub watermark: Instant,
    pub sums: Sums,
    /// Next running numbers.
    pub next_parked: u64,
    pub next_id_block: u64,
    pub next_id_run: u64,
    /// Digest of the catalog that waiting events were last tried against.
    pub catalog_digest: [u8; 32],
    /// The catalog that the log put in force; none: it never did, and the run's own one is.
    pub in_force: Option<InForce>,
    /// Ids of events before this may be forgotten, however far back the catalog now looks.
    pub remembered_since: Instant,
    /// Brakes of customers that are on.
    pub braked: u64,
    /// Is its log of the external test environment? As the catalog said with which it began; none: it has not begun.
    pub test_environment: Option<bool>,
}

/// A catalog that the log put in force, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    pub digest: [u8; 32],
    /// Log time, and offset in the control lane.
    pub since: Instant,
    pub offset: u64,
}

impl Default for Meta {
    fn default() -> Self {
        Self {
            watermark: Instant::MIN,
            sums: Sums::default(),
            next_parked: 0,
            next_id_block: 0,
            next_id_run: 0,
            catalog_digest: [0; 32],
            in_force: None,
            remembered_since: Instant::MIN,
            braked: 0,
            test_environment: None,
        }
    }
}
