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
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::quantity::Quantity;

    fn instant(seconds: i64) -> Instant {
        Instant::from_nanos(seconds)
    }

    fn order(state: Switch, at: i64, approver: bool) -> BrakeOrder {
        BrakeOrder { at: instant(at), state, actor: "a".to_owned(), approver: approver.then(|| "b".to_owned()), reason: "r".to_owned() }
    }

    fn roster() -> BrakeCause {
        BrakeCause::Roster { load: "l".to_owned(), detail: "d".to_owned() }
    }

    /// Words: `on@5`, `off@6`, `off2@6` (with an approver), `trip@7`. After each the state, and what it did.
    fn check(words: &str, expect: &str) {
        let mut brake = Brake::default();
        let mut found = Vec::new();
        for word in words.split(' ') {
            let (what, at) = word.split_once('@').expect("word@instant");
            let at: i64 = at.parse().expect("a number");
            let did = match what {
                "trip" => if brake.trip(Trip { at: instant(at), cause: roster() }) { "tripped" } else { "known" }.to_owned(),
                "on" => format!("{:?}", brake.put(&order(Switch::On, at, false), instant(at))),
                "off" => format!("{:?}", brake.put(&order(Switch::Off, at, false), instant(at))),
                _ => format!("{:?}", brake.put(&order(Switch::Off, at, true), instant(at))),
            };
            let did = did.replace("Ok(", "").replace("Err(", "").replace(')', "").to_lowercase();
            found.push(format!("{did}:{}", if brake.is_on() { "on" } else { "off" }));
        }
        assert_eq!(found.join(" "), expect, "{words}");
    }

    /// Every state (never, on, off, tripped, on and tripped) and every order and trip, also the forbidden ones.
    #[test]
    fn e13_every_state_and_every_order() {
        // Never on.
        check("on@1", "switched:on");
        check("off@1", "noted:off");
        check("off2@1", "noted:off");
        check("trip@1", "tripped:on");
        // On by hand.
        check("on@1 on@1", "switched:on known:on");
        check("on@1 on@2", "switched:on noted:on");
        check("on@1 off@1", "switched:on noted:on");
        check("on@1 off@2", "switched:on switched:off");
        check("on@1 off2@2", "switched:on switched:off");
        check("on@1 trip@2", "switched:on tripped:on");
        // Off again.
        check("on@1 off@2 on@1", "switched:on switched:off known:off");
        check("on@1 off@2 on@3", "switched:on switched:off switched:on");
        check("on@1 off@2 off@2", "switched:on switched:off known:off");
        check("on@1 off@3 off@2", "switched:on switched:off known:off");
        check("on@1 off@2 trip@3", "switched:on switched:off tripped:on");
        // Told in another order.
        check("off@2 on@1", "noted:off noted:off");
        check("off@2 on@3", "noted:off switched:on");
        // Tripped by itself: two people must look, after it tripped.
        check("trip@2 off@3", "tripped:on needsapprover:on");
        check("trip@2 off2@3", "tripped:on switched:off");
        check("trip@2 off2@1", "tripped:on trippedsince(instant(2:on");
        check("trip@2 trip@3", "tripped:on known:on");
        check("trip@2 on@3", "tripped:on noted:on");
        check("trip@2 off2@3 trip@4", "tripped:on switched:off tripped:on");
        check("trip@2 off2@3 off2@3 trip@4 off2@3", "tripped:on switched:off known:off tripped:on known:on");
        // Both: the release by one is refused, that by two releases both, unless the hand came later.
        check("on@1 trip@2 off@3", "switched:on tripped:on needsapprover:on");
        check("on@1 trip@2 off2@3", "switched:on tripped:on switched:off");
        check("trip@2 on@5 off2@3", "tripped:on noted:on noted:on");
    }

    /// `a waits@2`: a load of this name; `a ends@3`: it is decided about; `use@2`: tripped by use; `on@1`, `off2@4` as above.
    fn check_loads(words: &str, expect: &str) {
        let mut brake = Brake::default();
        let mut found = Vec::new();
        for word in words.split(", ") {
            let (what, at) = word.split_once('@').expect("word@instant");
            let at = at.parse().expect("a number");
            let mut trip = |cause| if brake.trip(Trip { at: instant(at), cause }) { "tripped" } else { "noted" }.to_owned();
            let did = match what.split_once(' ') {
                Some((load, "waits")) => trip(BrakeCause::Roster { load: load.to_owned(), detail: "d".to_owned() }),
                Some((load, _)) => brake.end_load(load).map_or("nothing".to_owned(), |ended| format!("{ended:?}").to_lowercase()),
                None if what == "use" => trip(BrakeCause::Usage(UsageTrip {
                    day: chrono::NaiveDate::MIN,
                    quantity: Quantity::ONE,
                    limit: Quantity::ONE,
                    largest: None,
                    history: 1,
                })),
                None => {
                    let state = if what == "on" { Switch::On } else { Switch::Off };
                    match brake.put(&order(state, at, what == "off2"), instant(at)) {
                        Ok(ordered) => format!("{ordered:?}").to_lowercase(),
                        Err(_) => "refused".to_owned(),
                    }
                }
            };
            let causes: Vec<String> = brake.trips().map(|trip| trip.cause.why()).collect();
            found.push(format!("{did}:{}{}", if brake.is_on() { "on" } else { "off" }, causes.len()));
        }
        assert_eq!(found.join(" "), expect, "{words}");
    }

    /// Every state (never, by hand, by use, by one load, by two) and a load that waits or is decided about.
    #[test]
    fn e13_every_state_and_a_load() {
        // Never on.
        check_loads("a waits@1", "tripped:on1");
        check_loads("a ends@1", "nothing:off0");
        // On by hand: the hand's stays.
        check_loads("on@1, a waits@2", "switched:on0 tripped:on1");
        check_loads("on@1, a ends@2", "switched:on0 nothing:on0");
        check_loads("on@1, a waits@2, a ends@3", "switched:on0 tripped:on1 stayson:on0");
        check_loads("on@1, a waits@2, a ends@3, off@4", "switched:on0 tripped:on1 stayson:on0 switched:off0");
        check_loads("a waits@2, on@3, a ends@4", "tripped:on1 noted:on1 stayson:on0");
        // Tripped by use: that is not what the load's people have looked at.
        check_loads("use@1, a waits@2", "tripped:on1 noted:on2");
        check_loads("use@1, a waits@2, a ends@3", "tripped:on1 noted:on2 stayson:on1");
        check_loads("use@1, a waits@2, off2@3, a ends@4", "tripped:on1 noted:on2 switched:off0 nothing:off0");
        check_loads("use@1, a waits@3, off2@2", "tripped:on1 noted:on2 refused:on2");
        check_loads("a waits@1, use@2, a ends@3", "tripped:on1 noted:on1 released:off0");
        // By one load, by two.
        check_loads("a waits@1, a waits@1", "tripped:on1 noted:on1");
        check_loads("a waits@1, a ends@2", "tripped:on1 released:off0");
        check_loads("a waits@1, b ends@2", "tripped:on1 nothing:on1");
        check_loads("a waits@1, off@2", "tripped:on1 refused:on1");
        check_loads("a waits@1, off2@2, a ends@3", "tripped:on1 switched:off0 nothing:off0");
        check_loads("a waits@1, b waits@2, a ends@3", "tripped:on1 noted:on2 stayson:on1");
        check_loads("a waits@1, b waits@2, a ends@3, b ends@4", "tripped:on1 noted:on2 stayson:on1 released:off0");
        check_loads("a waits@1, b waits@2, b ends@3, a ends@4", "tripped:on1 noted:on2 stayson:on1 released:off0");
        check_loads("a waits@1, b waits@3, off2@2, off2@3", "tripped:on1 noted:on2 refused:on2 switched:off0");
        // Released: another load trips it anew, and the one before does not come back.
        check_loads("a waits@1, off2@2, b waits@3, b ends@4", "tripped:on1 switched:off0 tripped:on1 released:off0");
    }

    #[test]
    fn a_customers_brakes_stop_their_service_only() {
        let (sms, mail) = (ServiceId::new("sms"), ServiceId::new("mail"));
        let mut brakes = Brakes::default();
        let _ = brakes.entry(Some(&sms)).put(&order(Switch::On, 1, false), instant(1));
        assert!(brakes.stops(&sms).is_some() && brakes.stops(&mail).is_none());
        let _ = brakes.entry(None).put(&order(Switch::On, 2, false), instant(2));
        assert!(brakes.stops(&sms).is_some() && brakes.stops(&mail).is_some());
        let _ = brakes.entry(None).put(&order(Switch::Off, 3, false), instant(3));
        assert!(brakes.stops(&sms).is_some() && brakes.stops(&mail).is_none());
        assert!(brakes.was_released(&mail, instant(3)) && !brakes.was_released(&mail, instant(4)));
    }

    fn any_order() -> impl Strategy<Value = BrakeOrder> {
        (any::<bool>(), 0..12_i64, any::<bool>(), "[ab]").prop_map(|(on, at, approver, reason)| {
            let state = if on { Switch::On } else { Switch::Off };
            BrakeOrder { reason, ..order(state, at, approver) }
        })
    }

    proptest! {
        /// Orders by hand may come in any order and more than once: the brake ends the same.
        #[test]
        fn e13_orders_may_come_in_any_order(orders in vec(any_order(), 0..8), shuffled in vec(any::<usize>(), 8), again in 0..8_usize) {
            let end = |orders: &[BrakeOrder]| {
                let mut brake = Brake::default();
                for order in orders {
                    prop_assert!(brake.put(order, Instant::MIN).is_ok());
                }
                Ok((brake.is_on(), brake.on, brake.off))
            };
            let straight = end(&orders)?;
            let mut other: Vec<(usize, BrakeOrder)> = shuffled.into_iter().zip(orders.iter().cloned()).collect();
            other.extend(orders.get(again).map(|order| (usize::MAX, order.clone())));
            other.sort_by_key(|(rank, _)| *rank);
            let other: Vec<BrakeOrder> = other.into_iter().map(|(_, order)| order).collect();
            prop_assert_eq!(end(&other)?, straight);
        }
    }
}
