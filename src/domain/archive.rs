//! The archive ledger: document parts by the reference date at which they first count.
//!
//! A part counts at a reference date R if its creation date + the plan's age is before R and its
//! event's time is before R. Both stay true for every later R, so the count at R is a prefix sum
//! over first reference dates: each event is added to its first R and all later ones that are kept.

use chrono::NaiveDate;

use super::cell::{PeriodStatus, Tally};
use super::charge::IssuedCharge;
use super::currency::Currency;
use super::names::ServiceId;
use super::record::RecordRef;
use super::zone::Zone;

/// The ledger of (customer, plan).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveLedger {
    /// By reference date, ascending. A date between two rows counts as the row before it.
    pub rows: Vec<ArchiveRow>,
}

/// A reference date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveRow {
    pub reference: NaiveDate,
    pub status: PeriodStatus,
    /// What its records charge, by the zone and currency of the customer then: more than one, only if a
    /// change of either was told after its close.
    pub issued: Vec<ArchiveIssued>,
    pub record: Option<RecordRef>,
    pub services: Vec<ArchiveCount>,
}

/// What was issued for a reference date in one zone and currency; quantities of zero are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveIssued {
    pub zone: Zone,
    pub currency: Currency,
    pub charges: Vec<IssuedCharge>,
}

/// The parts of one service that count at a reference date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveCount {
    pub service: ServiceId,
    /// All that count: created less culled.
    pub total: Tally,
    /// Those that came after the close.
    pub late: Tally,
}
