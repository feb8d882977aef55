//! Package pools.

use bincode::{BorrowDecode, Encode};
use rust_decimal::Decimal;

use super::format::Fault;
use super::plain::{StoredRecordRef, currency};
use super::tally::StoredLineage;
use crate::domain::catalog::Vat;
use crate::domain::pool::{Pool, Sold};
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredPool<'a> {
    known: StoredPoolV1,
    credited: i128,
    last: Option<StoredSold<'a>>,
}

/// Before units could come back.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredPoolV1 {
    used: i128,
    covered: i128,
    bought: u64,
    noticed: u64,
    lineage: StoredLineage,
}

#[derive(Encode, BorrowDecode)]
struct StoredSold<'a> {
    record: StoredRecordRef,
    size: i128,
    amount: [u8; 16],
    currency: &'a str,
    vat_category: &'a str,
    vat_rate: [u8; 16],
    unit: &'a str,
    description: &'a str,
}

impl<'a> StoredPool<'a> {
    pub fn of(pool: &'a Pool) -> Self {
        Self { known: StoredPoolV1::of(pool), credited: pool.credited.nanos(), last: pool.last.as_ref().map(StoredSold::of) }
    }

    pub fn into_domain(self) -> Result<Pool, Fault> {
        let last = self.last.map(StoredSold::into_domain).transpose()?;
        Ok(Pool { credited: Quantity::from_nanos(self.credited), last, ..self.known.into_domain() })
    }
}

impl StoredPoolV1 {
    fn of(pool: &Pool) -> Self {
        Self {
            used: pool.used.nanos(),
            covered: pool.covered.nanos(),
            bought: pool.bought,
            noticed: pool.noticed,
            lineage: StoredLineage::of(&pool.lineage),
        }
    }

    pub fn into_domain(self) -> Pool {
        Pool {
            used: Quantity::from_nanos(self.used),
            covered: Quantity::from_nanos(self.covered),
            bought: self.bought,
            noticed: self.noticed,
            lineage: self.lineage.into_domain(),
            ..Pool::default()
        }
    }
}

impl<'a> StoredSold<'a> {
    fn of(sold: &'a Sold) -> Self {
        Self {
            record: StoredRecordRef::of(&sold.record),
            size: sold.size.nanos(),
            amount: sold.amount.serialize(),
            currency: sold.currency.as_str(),
            vat_category: &sold.vat.category,
            vat_rate: sold.vat.rate.serialize(),
            unit: &sold.unit,
            description: &sold.description,
        }
    }

    fn into_domain(self) -> Result<Sold, Fault> {
        Ok(Sold {
            record: self.record.into_domain(),
            size: Quantity::from_nanos(self.size),
            amount: Decimal::deserialize(self.amount),
            currency: currency(self.currency)?,
            vat: Vat { category: self.vat_category.to_owned(), rate: Decimal::deserialize(self.vat_rate) },
            unit: self.unit.to_owned(),
            description: self.description.to_owned(),
        })
    }
}
