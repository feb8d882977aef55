//! Waiting events.

use std::borrow::Cow;

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::parked::{Origin, ParkedEvent};
use crate::domain::quantity::Quantity;
use crate::domain::usage::{Environment, OwnedUsage};
use crate::domain::verdict::Reason;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredParked<'a> {
    base: StoredParkedV1<'a>,
    unit: Option<&'a str>,
    lifecycle: Option<&'a str>,
}

/// Version 1: without what tells stored bytes apart.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredParkedV1<'a> {
    reason: u8,
    event: StoredEvent<'a>,
    fingerprint: [u8; 16],
    log_time: i64,
    topic: &'a str,
    partition: u32,
    offset: u64,
    original: &'a [u8],
}

/// A usage event, decoded. It says nothing of personal data: an event that holds some never waits.
#[derive(Encode, BorrowDecode)]
struct StoredEvent<'a> {
    source: &'a str,
    id: &'a str,
    kind: &'a str,
    subject: &'a str,
    time: i64,
    recorded: Option<i64>,
    sequence: Option<&'a str>,
    quantity: Option<i128>,
    outcome: Option<&'a str>,
    environment: u8,
    created: Option<&'a str>,
    action: Option<&'a str>,
}

impl<'a> StoredParked<'a> {
    pub fn of(parked: &'a ParkedEvent) -> Self {
        let OwnedUsage { unit, lifecycle, .. } = &parked.event;
        Self { base: StoredParkedV1::of(parked), unit: unit.as_deref(), lifecycle: lifecycle.as_deref() }
    }

    pub fn into_domain(self) -> Result<ParkedEvent, Fault> {
        let mut parked = self.base.into_domain()?;
        (parked.event.unit, parked.event.lifecycle) = (self.unit.map(own), self.lifecycle.map(own));
        Ok(parked)
    }
}

impl<'a> StoredParkedV1<'a> {
    fn of(parked: &'a ParkedEvent) -> Self {
        Self {
            reason: parked.reason.code(),
            event: StoredEvent::of(&parked.event),
            fingerprint: parked.fingerprint.0.to_be_bytes(),
            log_time: parked.log_time.nanos(),
            topic: &parked.origin.topic,
            partition: parked.origin.partition,
            offset: parked.origin.offset,
            original: &parked.original,
        }
    }

    pub fn into_domain(self) -> Result<ParkedEvent, Fault> {
        Ok(ParkedEvent {
            reason: Reason::of_code(self.reason)?,
            event: self.event.into_domain()?,
            fingerprint: Fingerprint(u128::from_be_bytes(self.fingerprint)),
            log_time: Instant::from_nanos(self.log_time),
            origin: Origin { topic: self.topic.to_owned(), partition: self.partition, offset: self.offset },
            original: self.original.to_vec(),
        })
    }
}

impl<'a> StoredEvent<'a> {
    fn of(event: &'a OwnedUsage) -> Self {
        Self {
            source: &event.source,
            id: &event.id,
            kind: &event.kind,
            subject: &event.subject,
            time: event.time.nanos(),
            recorded: event.recorded.map(Instant::nanos),
            sequence: event.sequence.as_deref(),
            quantity: event.quantity.map(Quantity::nanos),
            outcome: event.outcome.as_deref(),
            environment: event.environment.code(),
            created: event.created.as_deref(),
            action: event.action.as_deref(),
        }
    }

    fn into_domain(self) -> Result<OwnedUsage, Fault> {
        Ok(OwnedUsage {
            source: own(self.source),
            id: own(self.id),
            kind: own(self.kind),
            subject: own(self.subject),
            time: Instant::from_nanos(self.time),
            recorded: self.recorded.map(Instant::from_nanos),
            sequence: self.sequence.map(own),
            quantity: self.quantity.map(Quantity::from_nanos),
            outcome: self.outcome.map(own),
            environment: Environment::of_code(self.environment)?,
            created: self.created.map(own),
            action: self.action.map(own),
            unit: None,
            lifecycle: None,
            personal: None,
        })
    }
}

fn own(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}
