//! Billing periods of metered plans.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use super::plain::{StoredRecordRef, date};
use super::tally::StoredTally;
use crate::domain::metered::{PeriodCell, PeriodStatus, Segment};
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredCell<'a> {
    from: i32,
    to: i32,
    status: u8,
    segments: Vec<StoredSegment<'a>>,
    record: Option<StoredRecordRef>,
}

#[derive(Encode, BorrowDecode)]
struct StoredSegment<'a> {
    service: &'a str,
    price_from: i32,
    billed: i128,
    open: StoredTally,
}

impl<'a> StoredCell<'a> {
    pub fn of(cell: &'a PeriodCell) -> Self {
        Self {
            from: cell.period.from.to_epoch_days(),
            to: cell.period.to.to_epoch_days(),
            status: cell.status.code(),
            segments: cell.segments.iter().map(StoredSegment::of).collect(),
            record: cell.record.as_ref().map(StoredRecordRef::of),
        }
    }

    pub fn into_domain(self) -> Result<PeriodCell, Fault> {
        Ok(PeriodCell {
            period: Period { from: date(self.from)?, to: date(self.to)? },
            status: PeriodStatus::of_code(self.status)?,
            segments: self.segments.into_iter().map(StoredSegment::into_domain).collect::<Result<_, _>>()?,
            record: self.record.map(StoredRecordRef::into_domain),
        })
    }
}

impl<'a> StoredSegment<'a> {
    fn of(segment: &'a Segment) -> Self {
        Self {
            service: segment.service.as_str(),
            price_from: segment.price_from.to_epoch_days(),
            billed: segment.billed.nanos(),
            open: StoredTally::of(&segment.open),
        }
    }

    fn into_domain(self) -> Result<Segment, Fault> {
        Ok(Segment {
            service: ServiceId::new(self.service),
            price_from: date(self.price_from)?,
            billed: Quantity::from_nanos(self.billed),
            open: self.open.into_domain(),
        })
    }
}
