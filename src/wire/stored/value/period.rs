//! Billing periods.

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::consent::StoredConsents;
use super::format::Fault;
use super::issued::StoredCharge;
use super::plain::{StoredPriceKey, StoredRecordRef, date};
use super::tally::StoredLineage;
use crate::domain::cell::{Calls, PeriodCell, PeriodStatus, Segment};
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredCell<'a> {
    known: StoredCellV2<'a>,
    segments: StoredConsents<'a>,
    calls: StoredConsents<'a>,
    issued: StoredConsents<'a>,
}

/// Version 2: before there were consents.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredCellV2<'a> {
    from: i32,
    to: i32,
    status: u8,
    segments: Vec<StoredSegment<'a>>,
    /// Service, events.
    calls: Option<Vec<(&'a str, u64)>>,
    issued: Vec<StoredCharge<'a>>,
    record: Option<StoredRecordRef>,
}

#[derive(Encode, BorrowDecode)]
struct StoredSegment<'a> {
    service: &'a str,
    price: StoredPriceKey<'a>,
    quantity: i128,
    open: StoredLineage,
}

impl<'a> StoredCell<'a> {
    pub fn of(cell: &'a PeriodCell) -> Self {
        Self {
            known: StoredCellV2::of(cell),
            segments: StoredConsents::of(cell.segments.iter().map(|segment| segment.consent.as_ref())),
            calls: StoredConsents::of(cell.calls.iter().flatten().map(|calls| calls.consent.as_ref())),
            issued: StoredConsents::of(cell.issued.iter().map(|charge| charge.key.consent.as_ref())),
        }
    }

    pub fn into_domain(self) -> Result<PeriodCell, Fault> {
        let mut cell = self.known.into_domain()?;
        self.segments.put_into(&mut cell.segments, |segment| &mut segment.consent)?;
        self.calls.put_into(cell.calls.as_deref_mut().unwrap_or_default(), |calls| &mut calls.consent)?;
        self.issued.put_into(&mut cell.issued, |charge| &mut charge.key.consent)?;
        Ok(cell)
    }
}

impl<'a> StoredCellV2<'a> {
    fn of(cell: &'a PeriodCell) -> Self {
        Self {
            from: cell.period.from.to_epoch_days(),
            to: cell.period.to.to_epoch_days(),
            status: cell.status.code(),
            segments: cell.segments.iter().map(StoredSegment::of).collect(),
            calls: cell.calls.as_ref().map(|calls| calls.iter().map(|one| (one.service.as_str(), one.events)).collect()),
            issued: cell.issued.iter().map(StoredCharge::of).collect(),
            record: cell.record.as_ref().map(StoredRecordRef::of),
        }
    }

    pub fn into_domain(self) -> Result<PeriodCell, Fault> {
        let one = |(service, events)| Calls { service: ServiceId::new(service), consent: None, events };
        Ok(PeriodCell {
            period: Period { from: date(self.from)?, to: date(self.to)? },
            status: PeriodStatus::of_code(self.status)?,
            segments: self.segments.into_iter().map(StoredSegment::into_domain).collect::<Result<_, _>>()?,
            calls: self.calls.map(|calls| calls.into_iter().map(one).collect()),
            issued: self.issued.into_iter().map(StoredCharge::into_domain).collect::<Result<_, _>>()?,
            record: self.record.map(StoredRecordRef::into_domain),
        })
    }
}

impl<'a> StoredSegment<'a> {
    fn of(segment: &'a Segment) -> Self {
        Self {
            service: segment.service.as_str(),
            price: StoredPriceKey::of(&segment.price),
            quantity: segment.quantity.nanos(),
            open: StoredLineage::of(&segment.open),
        }
    }

    fn into_domain(self) -> Result<Segment, Fault> {
        Ok(Segment {
            service: ServiceId::new(self.service),
            price: self.price.into_domain()?,
            consent: None,
            quantity: Quantity::from_nanos(self.quantity),
            open: self.open.into_domain(),
        })
    }
}
