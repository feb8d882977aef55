//! Brakes, by hand and by themselves (E13, U23): every order and every trip is kept by what it is of, and every use
//! looks at all days that its customer ever used.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::calendar::Instant;
use super::catalog::{CullsRule, Plan, UsageRule};
use super::number::Dec;

/// What a brake is of: scope, its subject, and of a customer one service or all.
pub type Of = (String, String, Option<String>);

#[derive(Default, Clone)]
pub struct Brake {
    on: Option<Instant>,
    off: Option<Instant>,
    tripped: Option<Instant>,
    /// The log time at which it was released last.
    released: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Put {
    Refused,
    Known,
    Noted,
    Switched,
}

impl Brake {
    pub fn is_on(&self) -> bool {
        self.tripped.is_some() || (self.on.is_some() && self.on >= self.off)
    }

    /// An order that was said at one time, and is told at another. What has tripped by itself is released by two, who
    /// have seen that it did.
    pub fn put(&mut self, said: Instant, is_on: bool, by_two: bool, told: Instant) -> Put {
        let was = self.is_on();
        let known = if is_on { &mut self.on } else { &mut self.off };
        if known.is_some_and(|known| known >= said) {
            return Put::Known;
        }
        if !is_on && self.tripped.is_some_and(|at| said < at || !by_two) {
            return Put::Refused;
        }
        *known = Some(said);
        if !is_on {
            self.tripped = None;
        }
        if was && !self.is_on() {
            self.released = Some(told);
        }
        if was == self.is_on() { Put::Noted } else { Put::Switched }
    }
}

#[derive(Default)]
pub struct Brakes(BTreeMap<Of, Brake>);

impl Brakes {
    pub fn put(&mut self, of: &Of, said: Instant, is_on: bool, by_two: bool, told: Instant) -> Put {
        self.0.entry(of.clone()).or_default().put(said, is_on, by_two, told)
    }

    /// False: it has tripped before, and nobody has looked at it.
    pub fn trip(&mut self, customer: &str, service: &str, at: Instant) -> bool {
        let brake = self.0.entry(("customer".to_owned(), customer.to_owned(), Some(service.to_owned()))).or_default();
        let is_new = brake.tripped.is_none();
        brake.tripped.get_or_insert(at);
        is_new
    }

    fn of_use(&self, customer: &str, service: &str, source: &str) -> impl Iterator<Item = &Brake> {
        let is_of = move |(scope, subject, only): &&Of| match scope.as_str() {
            "customer" => *subject == customer && only.as_ref().is_none_or(|only| only == service),
            "service" => subject == service,
            "source" => subject == source,
            _ => true,
        };
        self.0.iter().filter(move |(of, _)| is_of(of)).map(|(_, brake)| brake)
    }

    pub fn stop(&self, customer: &str, service: &str, source: &str) -> bool {
        self.of_use(customer, service, source).any(Brake::is_on)
    }

    /// Use of a day that had begun when a brake of it was released was looked at.
    pub fn were_looked_at(&self, customer: &str, service: &str, source: &str, begun: Instant) -> bool {
        self.of_use(customer, service, source).any(|brake| brake.released.is_some_and(|released| begun <= released))
    }

    /// Are a customer's records of a plan held? `waits`: does any of its events wait behind a brake?
    pub fn hold(&self, customer: &str, plan: &Plan, waits: bool) -> bool {
        self.0.iter().filter(|(_, brake)| brake.is_on()).any(|((scope, subject, only), _)| match scope.as_str() {
            "customer" => *subject == customer && only.as_ref().is_none_or(|only| plan.services.contains(only)),
            "service" => plan.services.contains(subject),
            "source" => waits,
            _ => true,
        })
    }
}

/// A use that was counted, for the sums of days.
pub struct Use {
    pub service: String,
    pub day: NaiveDate,
    pub quantity: Dec,
    pub is_cull: bool,
}

fn sum<'a>(uses: impl Iterator<Item = &'a Use>) -> Dec {
    uses.fold(Dec::int(0), |sum, one| &sum + &one.quantity)
}

/// The figures, if this use is far outside of the customer's own history.
pub fn usage(rule: &UsageRule, uses: &[Use], service: &str, day: NaiveDate, quantity: &Dec, expected: Option<Dec>) -> Option<String> {
    let on = |day: NaiveDate| sum(uses.iter().filter(|one| one.service == service && one.day == day));
    let today = &on(day) + quantity;
    let before = (1..=u64::from(rule.history)).map(|back| on(day - Days::new(back)));
    let largest = before.max().filter(Dec::is_positive);
    let usual = largest.map_or(rule.start.clone(), |largest| &largest * &rule.factor);
    let limit = &usual.max(rule.at_least.clone()) * &expected.unwrap_or(Dec::int(1));
    (quantity.is_positive() && today > limit).then(|| format!("{today} on {day} above {limit}"))
}

/// The figures, if a large part of what is stored is culled at once. `stored`: what is there now.
pub fn culls(rule: &CullsRule, uses: &[Use], service: &str, day: NaiveDate, quantity: &Dec, stored: &Dec) -> Option<String> {
    let from = day - Days::new(u64::from(rule.within) - 1);
    let culled = sum(uses.iter().filter(|one| one.is_cull && one.service == service && from <= one.day && one.day <= day));
    let (stored, culled) = (stored + &culled, &culled + quantity);
    let is_large = quantity.is_positive() && culled > rule.at_least && culled > &stored * &rule.share;
    is_large.then(|| format!("{culled} of {stored} culled from {from} to {day}"))
}
