//! What an event says was used: how much, by whom, and which other event it takes back.

use crate::domain::catalog::{Measure, Service};
use crate::domain::lineage::Fingerprint;
use crate::domain::message::{self, Encoding};
use crate::domain::quantity::Quantity;
use crate::domain::usage::{Reported, UsageEvent, is_pseudonym};
use crate::domain::verdict::Reason;

use super::dedupe;
use super::gate::Refusal;

/// Bytes of an id that is taken back, at most: as of any id.
const LONGEST_ID: usize = 256;

/// The quantity that an event counts with: negative, if it takes another one back.
///
/// # Errors
/// `bad_quantity`, `bad_data`.
pub fn quantity(event: &UsageEvent<'_>, service: Option<&Service>) -> Result<Quantity, Refusal> {
    let quantity = match event.quantity {
        Reported::Given(quantity) => quantity,
        Reported::Absent if service.is_some_and(|service| service.measure == Measure::SmsSegments) => segments(event)?,
        Reported::Absent => Quantity::ONE,
        Reported::Unreadable => {
            return Err(Refusal::new(
                Reason::BadQuantity,
                "data.quantity is not a decimal of at most 18 integer and 9 fraction digits without exponent",
            ));
        }
    };
    let is_negative = quantity < Quantity::ZERO;
    if is_negative && !service.is_some_and(|service| service.negative) {
        return Err(Refusal::new(Reason::BadQuantity, "data.quantity is negative, which this service does not allow"));
    }
    let Some(id) = event.retracts.as_deref() else { return Ok(quantity) };
    if is_negative {
        return Err(Refusal::new(
            Reason::BadQuantity,
            "data.quantity is negative beside data.retracts: repeat that of the event which is taken back",
        ));
    }
    retraction(id, service).map(|()| quantity.negated())
}

fn retraction(id: &str, service: Option<&Service>) -> Result<(), Refusal> {
    let bad = |detail: &str| Err(Refusal::new(Reason::BadData, detail));
    match service {
        Some(service) if !service.retractable => bad("data.retracts is given, and events of this service cannot be taken back"),
        _ if !(1..=LONGEST_ID).contains(&id.len()) => bad("data.retracts is no id: 1 to 256 bytes are"),
        _ => Ok(()),
    }
}

/// Segments of a text message; without length and alphabet it is one.
fn segments(event: &UsageEvent<'_>) -> Result<Quantity, Refusal> {
    let bad = |detail: &str| Refusal::new(Reason::BadData, detail);
    let characters = match (event.characters, &event.encoding) {
        (Reported::Absent, None) => return Ok(Quantity::ONE),
        (Reported::Absent, Some(_)) => return Err(bad("data.encoding is given without data.characters")),
        (Reported::Unreadable, _) => return Err(bad("data.characters is not a whole number of at most 18 digits")),
        (Reported::Given(_), None) => return Err(bad("data.characters is given without data.encoding: `gsm7` or `ucs2`")),
        (Reported::Given(characters), Some(_)) => characters,
    };
    let encoding = event.encoding.as_deref().and_then(Encoding::parse).ok_or_else(|| bad("data.encoding is neither `gsm7` nor `ucs2`"))?;
    let units = i64::try_from(message::segments(characters, encoding)).unwrap_or(i64::MAX);
    Ok(Quantity::from_units(units))
}

/// Is `data.person` a pseudonym? Judged after personal numbers, so that one in its place is redacted.
///
/// # Errors
/// `bad_data`.
pub fn pseudonym(event: &UsageEvent<'_>) -> Result<(), Refusal> {
    let bad = |detail: &str| Err(Refusal::new(Reason::BadData, detail));
    match event.person.as_deref() {
        None => bad("data.person is missing: this service is charged by person, so send a keyed pseudonym"),
        Some(text) if is_pseudonym(text) => Ok(()),
        Some(_) => bad("data.person is no pseudonym: 16 to 128 characters of hex or base64url, e.g. an HMAC-SHA-256"),
    }
}

/// A person in a part of a service: the whole of it, if the event names no part.
#[must_use]
pub fn person(event: &UsageEvent<'_>) -> Fingerprint {
    dedupe::fingerprint(event.part.as_deref().unwrap_or_default(), event.person.as_deref().unwrap_or_default())
}
