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
    /// In which zone and currency it is charged: decided by its close, or by the first use that came after it.
    pub issued_in: Option<(Zone, Currency)>,
    /// What its records charge; quantities of zero are left out.
    pub issued: Vec<IssuedCharge>,
    pub record: Option<RecordRef>,
    pub services: Vec<ArchiveCount>,
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
