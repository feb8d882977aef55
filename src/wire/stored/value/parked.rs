//! Waiting events.

use std::borrow::Cow;

use bincode::{BorrowDecode, Encode};

use super::code::Coded;
use super::format::Fault;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::parked::{Origin, ParkedEvent};
use crate::domain::quantity::Quantity;
use crate::domain::suspense::{Original, Sealed};
use crate::domain::usage::{CertificateRef, Environment, OwnedUsage, Reported};
use crate::domain::verdict::Reason;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredParked<'a> {
    before: StoredParkedV2<'a>,
    /// Its bytes, where they do not stand in the clear: the older place of them is empty then.
    kept: Option<StoredKept<'a>>,
    /// Issuer, serial.
    certificate: Option<(&'a str, &'a str)>,
}

/// Before originals were sealed.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredParkedV2<'a> {
    known: StoredParkedV1<'a>,
    more: StoredMore<'a>,
}

/// An original that is not in the clear.
#[derive(Encode, BorrowDecode)]
enum StoredKept<'a> {
    Redacted,
    Sealed { version: u32, person: Option<[u8; 16]>, value: Option<&'a [u8]> },
}

/// What can be taken back, is counted by person or in segments, or stored.
#[derive(Encode, BorrowDecode)]
struct StoredMore<'a> {
    /// Was a quantity reported?
    has_quantity: bool,
    /// Was a length reported? None: it is no number.
    has_characters: bool,
    characters: Option<u64>,
    encoding: Option<&'a str>,
    person: Option<&'a str>,
    part: Option<&'a str>,
    retracts: Option<&'a str>,
    unit: Option<&'a str>,
    lifecycle: Option<&'a str>,
}

/// Before the event could say more.
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
        let before = StoredParkedV2 { known: StoredParkedV1::of(parked), more: StoredMore::of(&parked.event) };
        let kept = match &parked.original {
            Original::Clear(_) => None,
            Original::Redacted => Some(StoredKept::Redacted),
            Original::Sealed(Sealed { version, person, value }) => {
                Some(StoredKept::Sealed { version: *version, person: *person, value: value.as_deref() })
            }
        };
        let certificate = parked.event.certificate.as_ref().map(|one| (&*one.issuer, &*one.serial));
        Self { before, kept, certificate }
    }

    pub fn into_domain(self) -> Result<ParkedEvent, Fault> {
        let mut parked = self.before.into_domain()?;
        parked.event.certificate = self.certificate.map(|(issuer, serial)| CertificateRef { issuer: own(issuer), serial: own(serial) });
        match self.kept {
            None => {}
            Some(StoredKept::Redacted) => parked.original = Original::Redacted,
            Some(StoredKept::Sealed { version, person, value }) => {
                parked.original = Original::Sealed(Sealed { version, person, value: value.map(<[u8]>::to_vec) });
            }
        }
        Ok(parked)
    }
}

impl StoredParkedV2<'_> {
    pub fn into_domain(self) -> Result<ParkedEvent, Fault> {
        let mut parked = self.known.into_domain()?;
        self.more.put_into(&mut parked.event);
        Ok(parked)
    }
}

impl<'a> StoredMore<'a> {
    fn of(event: &'a OwnedUsage) -> Self {
        Self {
            has_quantity: event.quantity != Reported::Absent,
            has_characters: event.characters != Reported::Absent,
            characters: event.characters.given(),
            encoding: event.encoding.as_deref(),
            person: event.person.as_deref(),
            part: event.part.as_deref(),
            retracts: event.retracts.as_deref(),
            unit: event.unit.as_deref(),
            lifecycle: event.lifecycle.as_deref(),
        }
    }

    fn put_into(self, event: &mut OwnedUsage) {
        if !self.has_quantity {
            event.quantity = Reported::Absent;
        }
        if self.has_characters {
            event.characters = self.characters.map_or(Reported::Unreadable, Reported::Given);
        }
        event.encoding = self.encoding.map(own);
        event.person = self.person.map(own);
        event.part = self.part.map(own);
        event.retracts = self.retracts.map(own);
        event.unit = self.unit.map(own);
        event.lifecycle = self.lifecycle.map(own);
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
            original: match &parked.original {
                Original::Clear(bytes) => bytes,
                Original::Redacted | Original::Sealed(_) => &[],
            },
        }
    }

    pub fn into_domain(self) -> Result<ParkedEvent, Fault> {
        Ok(ParkedEvent {
            reason: Reason::of_code(self.reason)?,
            event: self.event.into_domain()?,
            fingerprint: Fingerprint(u128::from_be_bytes(self.fingerprint)),
            log_time: Instant::from_nanos(self.log_time),
            origin: Origin { topic: self.topic.to_owned(), partition: self.partition, offset: self.offset },
            original: Original::Clear(self.original.to_vec()),
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
            quantity: event.quantity.given().map(Quantity::nanos),
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
            quantity: self.quantity.map_or(Reported::Unreadable, |nanos| Reported::Given(Quantity::from_nanos(nanos))),
            characters: Reported::Absent,
            encoding: None,
            outcome: self.outcome.map(own),
            environment: Environment::of_code(self.environment)?,
            created: self.created.map(own),
            action: self.action.map(own),
            person: None,
            part: None,
            retracts: None,
            unit: None,
            lifecycle: None,
            certificate: None,
            personal: None,
        })
    }
}

fn own(text: &str) -> Cow<'static, str> {
    Cow::Owned(text.to_owned())
}
