//! Archive ledgers.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use super::issued::StoredCharge;
use super::plain::{StoredRecordRef, currency, date, zone};
use super::tally::StoredTally;
use crate::domain::archive::{ArchiveCount, ArchiveLedger, ArchiveRow};
use crate::domain::cell::PeriodStatus;
use crate::domain::names::ServiceId;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredLedger<'a> {
    rows: Vec<StoredRow<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredRow<'a> {
    reference: i32,
    status: u8,
    /// Zone, currency.
    issued_in: Option<(&'a str, &'a str)>,
    issued: Vec<StoredCharge<'a>>,
    record: Option<StoredRecordRef>,
    services: Vec<StoredCount<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredCount<'a> {
    service: &'a str,
    total: StoredTally,
    late: StoredTally,
}

impl<'a> StoredLedger<'a> {
    pub fn of(ledger: &'a ArchiveLedger) -> Self {
        Self { rows: ledger.rows.iter().map(StoredRow::of).collect() }
    }

    pub fn into_domain(self) -> Result<ArchiveLedger, Fault> {
        Ok(ArchiveLedger { rows: self.rows.into_iter().map(StoredRow::into_domain).collect::<Result<_, _>>()? })
    }
}

impl<'a> StoredRow<'a> {
    fn of(row: &'a ArchiveRow) -> Self {
        Self {
            reference: row.reference.to_epoch_days(),
            status: row.status.code(),
            issued_in: row.issued_in.as_ref().map(|(zone, currency)| (zone.name(), currency.as_str())),
            issued: row.issued.iter().map(StoredCharge::of).collect(),
            record: row.record.as_ref().map(StoredRecordRef::of),
            services: row.services.iter().map(StoredCount::of).collect(),
        }
    }

    fn into_domain(self) -> Result<ArchiveRow, Fault> {
        let issued_in = match self.issued_in {
            Some((zone_name, code)) => Some((zone(zone_name)?, currency(code)?)),
            None => None,
        };
        Ok(ArchiveRow {
            reference: date(self.reference)?,
            status: PeriodStatus::of_code(self.status)?,
            issued_in,
            issued: self.issued.into_iter().map(StoredCharge::into_domain).collect::<Result<_, _>>()?,
            record: self.record.map(StoredRecordRef::into_domain),
            services: self.services.into_iter().map(StoredCount::into_domain).collect(),
        })
    }
}

impl<'a> StoredCount<'a> {
    fn of(count: &'a ArchiveCount) -> Self {
        Self { service: count.service.as_str(), total: StoredTally::of(&count.total), late: StoredTally::of(&count.late) }
    }

    fn into_domain(self) -> ArchiveCount {
        ArchiveCount { service: ServiceId::new(self.service), total: self.total.into_domain(), late: self.late.into_domain() }
    }
}
