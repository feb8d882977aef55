//! The keys of the store, all of them. The first byte is the kind:
//!
//! | kind | piece | after the kind byte |
//! |---|---|---|
//! | 1 | `Meta` | nothing: once per partition |
//! | 2 | `Positions` | nothing: where the input is read on from |
//! | 3 | `Receipt` | nothing: what the sink wants to find again |
//! | 4 | `Account` | customer |
//! | 5 | `Pool` | customer, plan |
//! | 6 | `Period` | customer, plan, first day, zone, currency |
//! | 7 | `Archive` | customer, plan |
//! | 8 | `Day` | customer, service, local day |
//! | 9 | `Parked` | customer, event time, arrival |
//! | 10 | `Timer` | due, customer |
//! | 11 | `IdBlock` | day, sequence |
//! | 12 | `IdRun` | day, run, block |
//! | 13 | `Issued` | customer |
//! | 14 | `Levels` | customer, plan |
//! | 15 | `Person` | customer, plan, first day, zone, currency, service, fingerprint |
//! | 16 | `Directory` | 1 and a party, 2 and a system, 3 and a certificate (issuer, serial number), 4 and a system that is tried, 5 and a service (its description), 6 and a test id (hashed), 7 and a brake, 8 and a freeze window |
//! | 17 | `Pupil` | customer, then 1 and a fingerprint, or 2 and a school unit |
//! | 18 | `RosterLoad` | customer, load, part (0: its head) |
//! | 20 | `Sequence` | source, chunk |
//! | 21 | `Gaps` | source |
//! | 22 | `Rate` | customer, service, 1 for use or 2 for culls |
//!
//! Customer, plan, service, source and zone are names (`u16` length, UTF-8), a currency is its three
//! letters, days are `i32` since 1970-01-01, instants `i64` ns since then; see `ordered` for their
//! bytes. A kind that is no longer written keeps its number for ever; 0 and 255 are never used.

use super::StoredError;
use super::directory;
use super::ordered::{KeyReader, KeyWriter};
use crate::domain::gates::rate::RateOf;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::{CustomerId, PlanId, ServiceId};
use crate::domain::parked::ParkedKey;
use crate::domain::person::PersonKey;
use crate::domain::roster::LoadKey;
use crate::domain::state::StateKey;

/// What follows the customer in a key of the roster. Permanent.
pub(super) const PUPIL: u8 = 1;
pub(super) const UNIT: u8 = 2;

/// Kind numbers. Permanent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    Meta = 1,
    Positions = 2,
    Receipt = 3,
    Account = 4,
    Pool = 5,
    Period = 6,
    Archive = 7,
    Day = 8,
    Parked = 9,
    Timer = 10,
    IdBlock = 11,
    IdRun = 12,
    Issued = 13,
    Levels = 14,
    Person = 15,
    Directory = 16,
    Pupil = 17,
    RosterLoad = 18,
    Sequence = 20,
    Gaps = 21,
    Rate = 22,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::Meta,
        Self::Positions,
        Self::Receipt,
        Self::Account,
        Self::Pool,
        Self::Period,
        Self::Archive,
        Self::Day,
        Self::Parked,
        Self::Timer,
        Self::IdBlock,
        Self::IdRun,
        Self::Issued,
        Self::Levels,
        Self::Person,
        Self::Directory,
        Self::Pupil,
        Self::RosterLoad,
        Self::Sequence,
        Self::Gaps,
        Self::Rate,
    ];

    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// A key of the store: a piece of the engine's state, or what the shell keeps beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    State(StateKey),
    Positions,
    Receipt,
}

impl Key {
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::State(key) => encode(key),
            Self::Positions => KeyWriter::new(Kind::Positions.number()).finish(),
            Self::Receipt => KeyWriter::new(Kind::Receipt.number()).finish(),
        }
    }
}

#[must_use]
pub fn encode(key: &StateKey) -> Vec<u8> {
    let kind = |kind: Kind| KeyWriter::new(kind.number());
    match key {
        StateKey::Meta => kind(Kind::Meta),
        StateKey::Account(customer) => kind(Kind::Account).name(customer.as_str()),
        StateKey::Pool(customer, plan) => kind(Kind::Pool).name(customer.as_str()).name(plan.as_str()),
        StateKey::Period(customer, plan, period) => kind(Kind::Period).name(customer.as_str()).name(plan.as_str()).period(period),
        StateKey::Archive(customer, plan) => kind(Kind::Archive).name(customer.as_str()).name(plan.as_str()),
        StateKey::Levels(customer, plan) => kind(Kind::Levels).name(customer.as_str()).name(plan.as_str()),
        StateKey::Issued(customer) => kind(Kind::Issued).name(customer.as_str()),
        StateKey::Day(customer, service, date) => kind(Kind::Day).name(customer.as_str()).name(service.as_str()).date(*date),
        StateKey::Parked(customer, parked) => kind(Kind::Parked).name(customer.as_str()).instant(parked.time).u64(parked.arrival),
        StateKey::Person(customer, one) => kind(Kind::Person)
            .name(customer.as_str())
            .name(one.plan.as_str())
            .period(&one.period)
            .name(one.service.as_str())
            .u128(one.person.0),
        StateKey::Directory(key) => directory::encode(kind(Kind::Directory), key),
        StateKey::Pupil(customer, pupil) => kind(Kind::Pupil).name(customer.as_str()).u8(PUPIL).u128(pupil.0),
        StateKey::SchoolUnit(customer, unit) => kind(Kind::Pupil).name(customer.as_str()).u8(UNIT).name(unit),
        StateKey::RosterLoad(customer, key) => kind(Kind::RosterLoad).name(customer.as_str()).name(&key.load).u32(key.part),
        StateKey::Sequence(source, chunk) => kind(Kind::Sequence).name(source).u64(*chunk),
        StateKey::Gaps(source) => kind(Kind::Gaps).name(source),
        StateKey::Rate(customer, service, of) => kind(Kind::Rate).name(customer.as_str()).name(service.as_str()).u8(rate_of(*of)),
        StateKey::Timer(due, customer) => kind(Kind::Timer).instant(*due).name(customer.as_str()),
        StateKey::IdBlock { day, sequence } => kind(Kind::IdBlock).i32(*day).u64(*sequence),
        StateKey::IdRun { day, run, block } => kind(Kind::IdRun).i32(*day).u64(*run).u32(*block),
    }
    .finish()
}

/// # Errors
/// A kind of a newer program, or bytes that are not a key.
pub fn decode(bytes: &[u8]) -> Result<Key, StoredError> {
    let corrupt = |why: &str| StoredError::Corrupt { place: format!("the key {}", hex::encode(bytes)), why: why.to_owned() };
    let (&number, rest) = bytes.split_first().ok_or_else(|| corrupt("it is empty"))?;
    let kind = Kind::of_number(number).ok_or(StoredError::UnknownKind { kind: number })?;
    let mut reader = KeyReader(rest);
    let key = parts(kind, &mut reader).ok_or_else(|| corrupt("it is too short, or a name or date in it is impossible"))?;
    if reader.0.is_empty() { Ok(key) } else { Err(corrupt("it goes on after its end")) }
}

fn parts(kind: Kind, reader: &mut KeyReader<'_>) -> Option<Key> {
    let state = match kind {
        Kind::Positions => return Some(Key::Positions),
        Kind::Receipt => return Some(Key::Receipt),
        Kind::Meta => StateKey::Meta,
        Kind::Account => StateKey::Account(customer(reader)?),
        Kind::Pool => StateKey::Pool(customer(reader)?, plan(reader)?),
        Kind::Period => StateKey::Period(customer(reader)?, plan(reader)?, reader.period()?),
        Kind::Archive => StateKey::Archive(customer(reader)?, plan(reader)?),
        Kind::Levels => StateKey::Levels(customer(reader)?, plan(reader)?),
        Kind::Issued => StateKey::Issued(customer(reader)?),
        Kind::Day => StateKey::Day(customer(reader)?, ServiceId::new(reader.name()?), reader.date()?),
        Kind::Parked => StateKey::Parked(customer(reader)?, ParkedKey { time: reader.instant()?, arrival: reader.u64()? }),
        Kind::Person => StateKey::Person(customer(reader)?, person(reader)?),
        Kind::Directory => StateKey::Directory(directory::decode(reader)?),
        Kind::Pupil => of_roster(reader)?,
        Kind::RosterLoad => {
            let customer = customer(reader)?;
            StateKey::RosterLoad(customer, LoadKey { load: reader.name()?.to_owned(), part: reader.u32()? })
        }
        Kind::Sequence => StateKey::Sequence(reader.name()?.to_owned(), reader.u64()?),
        Kind::Gaps => StateKey::Gaps(reader.name()?.to_owned()),
        Kind::Rate => StateKey::Rate(customer(reader)?, ServiceId::new(reader.name()?), rate(reader.u8()?)?),
        Kind::Timer => StateKey::Timer(reader.instant()?, customer(reader)?),
        Kind::IdBlock => StateKey::IdBlock { day: reader.i32()?, sequence: reader.u64()? },
        Kind::IdRun => StateKey::IdRun { day: reader.i32()?, run: reader.u64()?, block: reader.u32()? },
    };
    Some(Key::State(state))
}

fn of_roster(reader: &mut KeyReader<'_>) -> Option<StateKey> {
    let customer = customer(reader)?;
    match reader.u8()? {
        PUPIL => Some(StateKey::Pupil(customer, Fingerprint(reader.u128()?))),
        UNIT => Some(StateKey::SchoolUnit(customer, reader.name()?.to_owned())),
        _ => None,
    }
}

fn rate_of(of: RateOf) -> u8 {
    match of {
        RateOf::Use => 1,
        RateOf::Culls => 2,
    }
}

fn rate(number: u8) -> Option<RateOf> {
    [RateOf::Use, RateOf::Culls].into_iter().find(|of| rate_of(*of) == number)
}

fn person(reader: &mut KeyReader<'_>) -> Option<PersonKey> {
    let (plan, period) = (plan(reader)?, reader.period()?);
    Some(PersonKey { plan, period, service: ServiceId::new(reader.name()?), person: Fingerprint(reader.u128()?) })
}

fn customer(reader: &mut KeyReader<'_>) -> Option<CustomerId> {
    reader.name().map(CustomerId::new)
}

fn plan(reader: &mut KeyReader<'_>) -> Option<PlanId> {
    reader.name().map(PlanId::new)
}
