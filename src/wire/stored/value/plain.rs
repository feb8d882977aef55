//! Plain values that stored types share: dates as days since 1970-01-01, instants as nanoseconds,
//! zones and currencies by name.

use bincode::{BorrowDecode, Encode};
use chrono::NaiveDate;

use super::format::Fault;
use crate::domain::account::PeriodKey;
use crate::domain::charge::PriceKey;
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::names::GroupId;
use crate::domain::record::RecordRef;
use crate::domain::zone::Zone;

pub(super) fn date(days: i32) -> Result<NaiveDate, Fault> {
    NaiveDate::from_epoch_days(days).ok_or_else(|| Fault(format!("day {days} is not in the calendar")))
}

pub(super) fn zone(name: &str) -> Result<Zone, Fault> {
    Zone::parse(name)
        .ok_or_else(|| Fault(format!("time zone {name:?} is not in the database {} of this program", Zone::database_version())))
}

pub(super) fn currency(code: &str) -> Result<Currency, Fault> {
    Currency::parse(code).ok_or_else(|| Fault(format!("currency {code:?} is not known to this program")))
}

/// A period's cell: first day, zone, currency.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredPeriodKey<'a> {
    from: i32,
    zone: &'a str,
    currency: &'a str,
}

impl<'a> StoredPeriodKey<'a> {
    pub fn of(key: &'a PeriodKey) -> Self {
        Self { from: key.from.to_epoch_days(), zone: key.zone.name(), currency: key.currency.as_str() }
    }

    pub fn into_domain(self) -> Result<PeriodKey, Fault> {
        Ok(PeriodKey { from: date(self.from)?, zone: zone(self.zone)?, currency: currency(self.currency)? })
    }
}

/// A price of a list: its first day, its group of customers.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredPriceKey<'a> {
    from: i32,
    group: Option<&'a str>,
}

impl<'a> StoredPriceKey<'a> {
    pub fn of(key: &'a PriceKey) -> Self {
        Self { from: key.from.to_epoch_days(), group: key.group.as_ref().map(GroupId::as_str) }
    }

    pub fn into_domain(self) -> Result<PriceKey, Fault> {
        Ok(PriceKey { from: date(self.from)?, group: self.group.map(GroupId::new) })
    }
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredRecordRef {
    number: u64,
    issued_at: i64,
}

impl StoredRecordRef {
    pub fn of(record: &RecordRef) -> Self {
        Self { number: record.number, issued_at: record.issued_at.nanos() }
    }

    pub fn into_domain(self) -> RecordRef {
        RecordRef { number: self.number, issued_at: Instant::from_nanos(self.issued_at) }
    }
}
