//! What a new catalog would change.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::facts::{self, Facts, Figure, Kind, Thing};
use crate::domain::catalog::Catalog;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub kind: Kind,
    /// Of the seller, service or plan; empty for the catalog as a whole.
    pub name: String,
    /// None: the whole thing was added or removed.
    pub item: Option<String>,
    /// For prices: use from this local date on.
    pub from: Option<NaiveDate>,
    pub old: Option<String>,
    pub new: Option<String>,
    /// Of a number, against the old one: two digits, rounded half away from zero.
    pub percent: Option<Decimal>,
    /// Use of days that have been would be charged otherwise: it needs a rerate.
    pub past: bool,
}

/// All differences, in the order of their things. `today`: prices of days up to it may have been charged.
#[must_use]
pub fn between(old: &Catalog, new: &Catalog, today: NaiveDate) -> Vec<Change> {
    let (old, new) = (facts::of(old), facts::of(new));
    let places: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for place in places {
        match (old.get(place), new.get(place)) {
            (Some(old), Some(new)) => of_thing(place, old, new, today, &mut changes),
            (old, _) => changes.push(whole(place, old.is_none())),
        }
    }
    changes
}

fn whole((kind, name): &(Kind, String), added: bool) -> Change {
    let (old, new) = if added { (None, Some("added".to_owned())) } else { (Some("removed".to_owned()), None) };
    Change { kind: *kind, name: name.clone(), item: None, from: None, old, new, percent: None, past: false }
}

fn of_thing(place: &(Kind, String), old: &Thing, new: &Thing, today: NaiveDate, changes: &mut Vec<Change>) {
    compare(place, None, &old.settings, &new.settings, false, changes);
    let dates: BTreeSet<NaiveDate> = old.prices.iter().chain(&new.prices).map(|(from, _)| *from).collect();
    let nothing = Facts::new();
    for from in dates {
        let (before, after) = (at(&old.prices, from).unwrap_or(&nothing), at(&new.prices, from).unwrap_or(&nothing));
        let past = from <= today;
        compare(place, Some(from), before, after, past, changes);
        let has = |prices: &[(NaiveDate, Facts)]| prices.iter().any(|(date, _)| *date == from);
        if before == after && has(&old.prices) && !has(&new.prices) {
            // Use was counted by this date, and is charged by it.
            changes.push(Change { from: Some(from), past, ..gone(place) });
        }
    }
}

fn gone((kind, name): &(Kind, String)) -> Change {
    let item = Some("the price list's entry".to_owned());
    let old = Some("there".to_owned());
    Change { kind: *kind, name: name.clone(), item, from: None, old, new: None, percent: None, past: false }
}

/// What is in force on a date.
fn at(prices: &[(NaiveDate, Facts)], date: NaiveDate) -> Option<&Facts> {
    prices.iter().rev().find(|(from, _)| *from <= date).map(|(_, facts)| facts)
}

fn compare(place: &(Kind, String), from: Option<NaiveDate>, old: &Facts, new: &Facts, past: bool, changes: &mut Vec<Change>) {
    let find = |facts: &Facts, name: &str| facts.iter().find(|(other, _)| other == name).map(|(_, figure)| figure.clone());
    let lost = old.iter().filter(|(name, _)| find(new, name).is_none());
    for (item, _) in new.iter().chain(lost) {
        let (before, after) = (find(old, item), find(new, item));
        if before != after {
            changes.push(Change {
                kind: place.0,
                name: place.1.clone(),
                item: Some(item.clone()),
                from,
                percent: before.as_ref().zip(after.as_ref()).and_then(|(before, after)| percent(before, after)),
                old: before.map(|figure| figure.to_string()),
                new: after.map(|figure| figure.to_string()),
                past,
            });
        }
    }
}

fn percent(old: &Figure, new: &Figure) -> Option<Decimal> {
    let (Figure::Number(old), Figure::Number(new)) = (old, new) else { return None };
    let share = new.checked_sub(*old)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(*old)?;
    let mut rounded = share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    Some(rounded)
}
