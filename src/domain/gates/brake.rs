//! The emergency brake (REQUIREMENTS E13): by hand or by itself. While it is on, use is read, parked and not billed;
//! when it is released, what waited is counted in event-time order.

use std::collections::VecDeque;

use super::rate::{CullsTrip, UsageTrip};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;

/// What somebody ordered: `tally.brake.v1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BrakeOrder {
    /// When it was said: of two orders the later one counts, whichever is told first.
    pub at: Instant,
    pub state: Switch,
    /// Who: an id, no personal data.
    pub actor: String,
    /// A second person, who differs; needed to release what has tripped by itself.
    pub approver: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Switch {
    On,
    Off,
}

impl Switch {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// A brake that went on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// The log time at which it did.
    pub at: Instant,
    pub cause: BrakeCause,
}

/// Why a brake went on by itself, with the figures that a person needs to judge it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrakeCause {
    /// Use at a rate far outside the customer's own history.
    Usage(UsageTrip),
    /// A large part of what is stored would be culled at once (REQUIREMENTS U23).
    Culls(CullsTrip),
    /// A load of a roster would change too much.
    Roster { load: String, detail: String },
}

impl BrakeCause {
    /// As notices and commands name it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::Culls(_) => "culls",
            Self::Roster { .. } => "roster",
        }
    }

    /// What happened, in words.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::Usage(trip) => trip.why(),
            Self::Culls(trip) => trip.why(),
            Self::Roster { load, detail } => format!("the roster load `{load}` waits: {detail}"),
        }
    }
}

/// One brake: the last order of each kind, and whether it has tripped since the last release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brake {
    pub on: Option<BrakeOrder>,
    pub off: Option<BrakeOrder>,
    /// Until somebody releases it, or has decided about the load that it stands for.
    pub trip: Option<Trip>,
    /// Loads that waited when it had tripped already: it stays on until each is decided about.
    pub more: Vec<Trip>,
    /// The log time at which the last release was told: what is dated up to then was looked at.
    pub released: Option<Instant>,
}

/// What an order did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordered {
    /// The brake went on or off.
    Switched,
    /// It is kept, and does not change whether the brake is on.
    Noted,
    /// It was known, or a later one of its kind is.
    Known,
}

/// What the end of a load did to a brake that stood for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Released,
    /// By hand, or for something else.
    StaysOn,
}

/// Why an order is refused: it changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It tripped by itself, and one person alone said to release it.
    NeedsApprover,
    /// It tripped after this was said, so whoever said it has not seen why.
    TrippedSince(Instant),
}

impl Refused {
    /// What is wrong, and what to do.
    #[must_use]
    pub fn why(self) -> String {
        match self {
            Self::NeedsApprover => {
                "the brake has tripped by itself: to release it, `data.approver` must name a second person who has looked at it".to_owned()
            }
            Self::TrippedSince(at) => {
                format!("the brake has tripped by itself at {at}, after this was said: look at why, and say it again")
            }
        }
    }
}

impl Brake {
    /// Is it on? An `off` of the same instant as the `on` does not release: when in doubt, nothing is billed.
    #[must_use]
    pub fn is_on(&self) -> bool {
        let by_hand = match (&self.on, &self.off) {
            (Some(on), Some(off)) => off.at <= on.at,
            (on, _) => on.is_some(),
        };
        by_hand || self.trip.is_some()
    }

    /// Since when it is on, if it is.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        let by_hand = self.on.as_ref().filter(|on| self.off.as_ref().is_none_or(|off| off.at <= on.at)).map(|on| on.at);
        by_hand.into_iter().chain(self.trip.as_ref().map(|trip| trip.at)).min()
    }

    /// Takes an order in, told at a log time. Any order of the same ones ends in the same state.
    ///
    /// # Errors
    /// It may not release what has tripped by itself.
    pub fn put(&mut self, order: &BrakeOrder, watermark: Instant) -> Result<Ordered, Refused> {
        let known = match order.state {
            Switch::On => &self.on,
            Switch::Off => &self.off,
        };
        if known.as_ref().is_some_and(|known| known >= order) {
            return Ok(Ordered::Known);
        }
        let was = self.is_on();
        match order.state {
            Switch::On => self.on = Some(order.clone()),
            Switch::Off => {
                if let Some(at) = self.trips().map(|trip| trip.at).max() {
                    if order.at < at {
                        return Err(Refused::TrippedSince(at));
                    }
                    if order.approver.is_none() {
                        return Err(Refused::NeedsApprover);
                    }
                }
                self.trip = None;
                self.more.clear();
                self.off = Some(order.clone());
            }
        }
        let is = self.is_on();
        if was && !is {
            self.released = Some(watermark);
        }
        Ok(if was == is { Ordered::Noted } else { Ordered::Switched })
    }

    /// Why it went on by itself, the first one first.
    pub fn trips(&self) -> impl Iterator<Item = &Trip> {
        self.trip.iter().chain(&self.more)
    }

    /// Goes on by itself. False: it already has, and nobody has looked at it yet. A load is noted then: what
    /// releases the brake for another cause does not decide about it.
    pub fn trip(&mut self, trip: Trip) -> bool {
        if self.trip.is_none() {
            self.trip = Some(trip);
            return true;
        }
        if matches!(trip.cause, BrakeCause::Roster { .. }) && self.trips().all(|known| known.cause != trip.cause) {
            self.more.push(trip);
        }
        false
    }

    /// A load was decided about: the brake does not stand for it any more. None: it did not.
    pub fn end_load(&mut self, load: &str) -> Option<Ended> {
        let is_of_it = |trip: &Trip| matches!(&trip.cause, BrakeCause::Roster { load: of, .. } if of == load);
        if !self.trips().any(is_of_it) {
            return None;
        }
        let mut left: VecDeque<Trip> = self.trip.take().into_iter().chain(std::mem::take(&mut self.more)).collect();
        left.retain(|trip| !is_of_it(trip));
        self.trip = left.pop_front();
        self.more = left.into();
        Some(if self.is_on() { Ended::StaysOn } else { Ended::Released })
    }
}

/// The brakes of one customer: of all that it does, and of single services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brakes {
    /// By service, ascending, none twice; no service: all of them.
    known: Vec<(Option<ServiceId>, Brake)>,
}

impl Brakes {
    #[must_use]
    pub fn of(known: Vec<(Option<ServiceId>, Brake)>) -> Self {
        let mut known = known;
        known.sort_by(|(a, _), (b, _)| a.cmp(b));
        known.dedup_by(|(later, _), (earlier, _)| later == earlier);
        Self { known }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Option<&ServiceId>, &Brake)> {
        self.known.iter().map(|(service, brake)| (service.as_ref(), brake))
    }

    /// Is any on?
    #[must_use]
    pub fn is_any_on(&self) -> bool {
        self.known.iter().any(|(_, brake)| brake.is_on())
    }

    /// How many are on?
    #[must_use]
    pub fn count_on(&self) -> u64 {
        self.known.iter().filter(|(_, brake)| brake.is_on()).count() as u64
    }

    /// Is this one on: of a service, or (none) of all?
    #[must_use]
    pub fn is_on(&self, service: Option<&ServiceId>) -> bool {
        self.get(service).is_some_and(Brake::is_on)
    }

    #[must_use]
    pub fn get(&self, service: Option<&ServiceId>) -> Option<&Brake> {
        self.known.iter().find(|(known, _)| known.as_ref() == service).map(|(_, brake)| brake)
    }

    /// The first brake that stops use of a service.
    #[must_use]
    pub fn stops(&self, service: &ServiceId) -> Option<(Option<&ServiceId>, &Brake)> {
        self.iter().find(|(known, brake)| known.is_none_or(|known| known == service) && brake.is_on())
    }

    /// For an order or a trip: made, if it is not there.
    pub fn entry(&mut self, service: Option<&ServiceId>) -> &mut Brake {
        let place = match self.known.binary_search_by(|(known, _)| known.as_ref().cmp(&service)) {
            Ok(place) => place,
            Err(place) => {
                self.known.insert(place, (service.cloned(), Brake::default()));
                place
            }
        };
        &mut self.known[place].1
    }

    /// A load was decided about: no brake stands for it any more. Those that did.
    pub fn end_load(&mut self, load: &str) -> Vec<(Option<ServiceId>, Ended)> {
        let ended = self.known.iter_mut().filter_map(|(service, brake)| Some((service.clone(), brake.end_load(load)?)));
        ended.collect()
    }

    /// Was use up to an instant looked at when a brake of this service or of all was released?
    #[must_use]
    pub fn was_released(&self, service: &ServiceId, at: Instant) -> bool {
        let of_it = self.iter().filter(|(known, _)| known.is_none_or(|known| known == service));
        of_it.filter_map(|(_, brake)| brake.released).any(|released| at <= released)
    }
}

#[cfg(test)]
mod tests;
