//! A customer's register of issued period records.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use super::plain::{StoredRecordRef, currency, date, zone};
use crate::domain::names::SellerId;
use crate::domain::period::Period;
use crate::domain::record::{IssuedRecord, RecordKind};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredRegister<'a>(Vec<StoredEntry<'a>>);

#[derive(Encode, BorrowDecode)]
struct StoredEntry<'a> {
    seller: &'a str,
    currency: &'a str,
    kind: u8,
    from: i32,
    to: i32,
    zone: &'a str,
    outside_vat: bool,
    due_date: Option<i32>,
    reference: StoredRecordRef,
}

impl<'a> StoredRegister<'a> {
    pub fn of(records: &'a [IssuedRecord]) -> Self {
        Self(records.iter().map(StoredEntry::of).collect())
    }

    pub fn into_domain(self) -> Result<Vec<IssuedRecord>, Fault> {
        self.0.into_iter().map(StoredEntry::into_domain).collect()
    }
}

impl<'a> StoredEntry<'a> {
    fn of(record: &'a IssuedRecord) -> Self {
        Self {
            seller: record.seller.as_str(),
            currency: record.currency.as_str(),
            kind: record.kind.code(),
            from: record.period.from.to_epoch_days(),
            to: record.period.to.to_epoch_days(),
            zone: record.zone.name(),
            outside_vat: record.outside_vat,
            due_date: record.due_date.map(|day| day.to_epoch_days()),
            reference: StoredRecordRef::of(&record.reference),
        }
    }

    fn into_domain(self) -> Result<IssuedRecord, Fault> {
        Ok(IssuedRecord {
            seller: SellerId::new(self.seller),
            currency: currency(self.currency)?,
            kind: RecordKind::of_code(self.kind)?,
            period: Period { from: date(self.from)?, to: date(self.to)? },
            zone: zone(self.zone)?,
            outside_vat: self.outside_vat,
            due_date: self.due_date.map(date).transpose()?,
            reference: self.reference.into_domain(),
        })
    }
}
