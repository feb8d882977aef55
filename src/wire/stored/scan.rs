//! Ranges of keys for scans: `start` is in, `end` is not.

use std::ops::Range;

use super::key::{Kind, PUPIL, UNIT, encode};
use super::ordered::KeyWriter;
use crate::domain::account::PeriodKey;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::parked::ParkedKey;
use crate::domain::person::PersonKey;
use crate::domain::state::StateKey;

/// All keys of a kind. Timers come in the order in which they are due, ids by day.
#[must_use]
pub fn all(kind: Kind) -> Range<Vec<u8>> {
    vec![kind.number()]..vec![kind.number() + 1]
}

/// The keys of a customer in a kind whose keys begin with the customer (4 to 9, 13 to 15, 17 and 18).
#[must_use]
pub fn of_customer(kind: Kind, customer: &CustomerId) -> Range<Vec<u8>> {
    beginning_with(KeyWriter::new(kind.number()).name(customer.as_str()).finish())
}

/// A customer's waiting events after a key (none: from the first), in the order of their release.
#[must_use]
pub fn parked_after(customer: &CustomerId, after: Option<ParkedKey>) -> Range<Vec<u8>> {
    let range = of_customer(Kind::Parked, customer);
    match after {
        None => range,
        Some(key) => just_after(encode(&StateKey::Parked(customer.clone(), key)))..range.end,
    }
}

/// The persons of a period of a customer and plan after one of them (none: from the first).
#[must_use]
pub fn persons_after(customer: &CustomerId, plan: &PlanId, period: &PeriodKey, after: Option<&PersonKey>) -> Range<Vec<u8>> {
    let prefix = KeyWriter::new(Kind::Person.number()).name(customer.as_str()).name(plan.as_str()).period(period);
    let range = beginning_with(prefix.finish());
    match after {
        None => range,
        Some(key) => just_after(encode(&StateKey::Person(customer.clone(), key.clone())))..range.end,
    }
}

/// The pupils of a customer after one of them (none: from the first), in the order of their fingerprints.
#[must_use]
pub fn pupils_after(customer: &CustomerId, after: Option<Fingerprint>) -> Range<Vec<u8>> {
    let range = beginning_with(KeyWriter::new(Kind::Pupil.number()).name(customer.as_str()).u8(PUPIL).finish());
    match after {
        None => range,
        Some(pupil) => just_after(encode(&StateKey::Pupil(customer.clone(), pupil)))..range.end,
    }
}

/// The school units of a customer's roster.
#[must_use]
pub fn units_of(customer: &CustomerId) -> Range<Vec<u8>> {
    beginning_with(KeyWriter::new(Kind::Pupil.number()).name(customer.as_str()).u8(UNIT).finish())
}

/// The keys after `key`, up to the end of `range`: to go on where a scan with a limit stopped.
#[must_use]
pub fn rest_after(range: Range<Vec<u8>>, key: &[u8]) -> Range<Vec<u8>> {
    just_after(key.to_vec())..range.end
}

/// The smallest key after this one.
fn just_after(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

fn beginning_with(prefix: Vec<u8>) -> Range<Vec<u8>> {
    let mut end = prefix.clone();
    // Ends at the kind byte at the latest, which is never 255.
    while end.last() == Some(&u8::MAX) {
        end.pop();
    }
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    prefix..end
}
