//! Brakes: of a customer among its gates, of a service, a source or all in the directory.

use bincode::{BorrowDecode, Encode};

use super::format::Fault;
use super::rate::{StoredCullsTrip, StoredUsageTrip};
use crate::domain::gates::brake::{Brake, BrakeCause, BrakeOrder, Brakes, Switch, Trip};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredBrake<'a> {
    on: Option<StoredOrder<'a>>,
    off: Option<StoredOrder<'a>>,
    trip: Option<StoredTrip<'a>>,
    released: Option<i64>,
}

#[derive(Encode, BorrowDecode)]
struct StoredOrder<'a> {
    at: i64,
    actor: &'a str,
    approver: Option<&'a str>,
    reason: &'a str,
}

#[derive(Encode, BorrowDecode)]
struct StoredTrip<'a> {
    at: i64,
    cause: StoredCause<'a>,
}

/// The order of the variants is part of the format.
#[derive(Encode, BorrowDecode)]
enum StoredCause<'a> {
    Usage(StoredUsageTrip),
    Culls(StoredCullsTrip),
    Roster { load: &'a str, detail: &'a str },
}

impl<'a> StoredBrake<'a> {
    pub fn of(brake: &'a Brake) -> Self {
        Self {
            on: brake.on.as_ref().map(StoredOrder::of),
            off: brake.off.as_ref().map(StoredOrder::of),
            trip: brake.trip.as_ref().map(StoredTrip::of),
            released: brake.released.map(Instant::nanos),
        }
    }

    pub fn into_domain(self) -> Result<Brake, Fault> {
        Ok(Brake {
            on: self.on.map(|on| on.into_domain(Switch::On)),
            off: self.off.map(|off| off.into_domain(Switch::Off)),
            trip: self.trip.map(StoredTrip::into_domain).transpose()?,
            more: Vec::new(),
            released: self.released.map(Instant::from_nanos),
        })
    }
}

impl<'a> StoredOrder<'a> {
    fn of(order: &'a BrakeOrder) -> Self {
        let BrakeOrder { at, actor, approver, reason, .. } = order;
        Self { at: at.nanos(), actor, approver: approver.as_deref(), reason }
    }

    fn into_domain(self, state: Switch) -> BrakeOrder {
        BrakeOrder {
            at: Instant::from_nanos(self.at),
            state,
            actor: self.actor.to_owned(),
            approver: self.approver.map(str::to_owned),
            reason: self.reason.to_owned(),
        }
    }
}

impl<'a> StoredTrip<'a> {
    fn of(trip: &'a Trip) -> Self {
        let cause = match &trip.cause {
            BrakeCause::Usage(trip) => StoredCause::Usage(StoredUsageTrip::of(trip)),
            BrakeCause::Culls(trip) => StoredCause::Culls(StoredCullsTrip::of(trip)),
            BrakeCause::Roster { load, detail } => StoredCause::Roster { load, detail },
        };
        Self { at: trip.at.nanos(), cause }
    }

    fn into_domain(self) -> Result<Trip, Fault> {
        let cause = match self.cause {
            StoredCause::Usage(trip) => BrakeCause::Usage(trip.into_domain()?),
            StoredCause::Culls(trip) => BrakeCause::Culls(trip.into_domain()?),
            StoredCause::Roster { load, detail } => BrakeCause::Roster { load: load.to_owned(), detail: detail.to_owned() },
        };
        Ok(Trip { at: Instant::from_nanos(self.at), cause })
    }
}

/// More that a brake stands for, by its service: none was kept before version 4 of accounts.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredMore<'a>(Vec<(Option<&'a str>, Vec<StoredTrip<'a>>)>);

impl<'a> StoredMore<'a> {
    pub fn of(brakes: &'a Brakes) -> Self {
        let more = brakes.iter().filter(|(_, brake)| !brake.more.is_empty());
        Self(more.map(|(service, brake)| (service.map(ServiceId::as_str), brake.more.iter().map(StoredTrip::of).collect())).collect())
    }

    pub fn add_to(self, brakes: &mut Brakes) -> Result<(), Fault> {
        for (service, more) in self.0 {
            let more = more.into_iter().map(StoredTrip::into_domain).collect::<Result<_, Fault>>()?;
            brakes.entry(service.map(ServiceId::new).as_ref()).more = more;
        }
        Ok(())
    }
}

/// Those of one customer: service, brake.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredBrakes<'a>(Vec<(Option<&'a str>, StoredBrake<'a>)>);

impl<'a> StoredBrakes<'a> {
    pub fn of(brakes: &'a Brakes) -> Self {
        Self(brakes.iter().map(|(service, brake)| (service.map(ServiceId::as_str), StoredBrake::of(brake))).collect())
    }

    pub fn into_domain(self) -> Result<Brakes, Fault> {
        let known = self.0.into_iter().map(|(service, brake)| Ok((service.map(ServiceId::new), brake.into_domain()?)));
        Ok(Brakes::of(known.collect::<Result<_, Fault>>()?))
    }
}
