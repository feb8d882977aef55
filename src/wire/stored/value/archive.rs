//! Archive ledgers.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use super::issued::StoredCharge;
use super::plain::{StoredRecordRef, currency, date, zone};
use super::tally::StoredTally;
use crate::domain::archive::{ArchiveCount, ArchiveIssued, ArchiveLedger, ArchiveRow};
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
    issued: Vec<StoredIssued<'a>>,
    record: Option<StoredRecordRef>,
    services: Vec<StoredCount<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredIssued<'a> {
    zone: &'a str,
    currency: &'a str,
    charges: Vec<StoredCharge<'a>>,
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
            issued: row.issued.iter().map(StoredIssued::of).collect(),
            record: row.record.as_ref().map(StoredRecordRef::of),
            services: row.services.iter().map(StoredCount::of).collect(),
        }
    }

    fn into_domain(self) -> Result<ArchiveRow, Fault> {
        Ok(ArchiveRow {
            reference: date(self.reference)?,
            status: PeriodStatus::of_code(self.status)?,
            issued: self.issued.into_iter().map(StoredIssued::into_domain).collect::<Result<_, _>>()?,
            record: self.record.map(StoredRecordRef::into_domain),
            services: self.services.into_iter().map(StoredCount::into_domain).collect(),
        })
    }
}

impl<'a> StoredIssued<'a> {
    fn of(issued: &'a ArchiveIssued) -> Self {
        let charges = issued.charges.iter().map(StoredCharge::of).collect();
        Self { zone: issued.zone.name(), currency: issued.currency.as_str(), charges }
    }

    fn into_domain(self) -> Result<ArchiveIssued, Fault> {
        Ok(ArchiveIssued {
            zone: zone(self.zone)?,
            currency: currency(self.currency)?,
            charges: self.charges.into_iter().map(StoredCharge::into_domain).collect::<Result<_, _>>()?,
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
