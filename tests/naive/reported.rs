//! What an event says was used, and what is kept of it so that it can be taken back.

use super::calendar::{self, Instant};
use super::catalog::{Catalog, Plan, Service};
use super::decode::Usage;
use super::number::Dec;
use super::succession::goes_with_mergers;

/// The quantity as it is reported, or reckoned from the length of a message. Not yet negative for a retraction.
pub fn quantity(catalog: &Catalog, usage: &Usage) -> Result<Dec, &'static str> {
    let service = catalog.service_of(&usage.envelope.kind).map(|name| &catalog.services[name]);
    let by_segments = service.is_some_and(|service| service.quantity.as_deref() == Some("sms_segments"));
    let quantity = match &usage.quantity {
        Some(Some(quantity)) => quantity.clone(),
        Some(None) => return Err("bad_quantity"),
        None if by_segments => segments(usage)?,
        None => Dec::int(1),
    };
    let negative_allowed = service.is_some_and(|service| service.negative) && usage.retracts.is_none();
    if quantity.is_negative() && !negative_allowed {
        return Err("bad_quantity");
    }
    match &usage.retracts {
        Some(id) if id.is_empty() || id.len() > 256 || service.is_some_and(|service| !service.retractable) => Err("bad_data"),
        _ => Ok(quantity),
    }
}

fn segments(usage: &Usage) -> Result<Dec, &'static str> {
    let (one, more) = match (&usage.characters, usage.encoding.as_deref()) {
        (None, None) => return Ok(Dec::int(1)),
        (Some(Some(_)), Some("gsm7")) => (160, 153),
        (Some(Some(_)), Some("ucs2")) => (70, 67),
        _ => return Err("bad_data"),
    };
    let mut left = usage.characters.flatten().unwrap();
    if left <= one {
        return Ok(Dec::int(1));
    }
    let mut count = 0;
    while left > 0 {
        count += 1;
        left = left.saturating_sub(more);
    }
    Ok(Dec::int(count))
}

pub fn is_pseudonym(person: Option<&str>) -> bool {
    person.is_some_and(|text| (16..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
}

/// Part and pseudonym.
pub type Person = (String, String);

pub fn person(plan: &Plan, usage: &Usage) -> Option<Person> {
    plan.by_person.then(|| (usage.part.clone().unwrap_or_default(), usage.person.clone().unwrap_or_default()))
}

pub fn is_billed(service: &Service, usage: &Usage) -> bool {
    let outcome = usage.outcome.clone().unwrap_or_default();
    service.bill_on.as_ref().is_none_or(|listed| listed.contains(&outcome))
}

/// All that an event was counted with.
#[derive(PartialEq)]
pub struct Content {
    customer: String,
    /// On whom it counts, unless that is whoever has the pool.
    owner: Option<String>,
    service: String,
    time: Instant,
    quantity: Dec,
    outcome: Option<String>,
    billed: bool,
    person: Option<Person>,
    part_of_archive: Option<(Option<chrono::NaiveDate>, bool)>,
}

impl Content {
    pub fn of(catalog: &Catalog, plan: &Plan, service: &str, usage: &Usage, quantity: &Dec) -> Content {
        let is_archive = plan.model == super::catalog::Model::Archive;
        let part = || (usage.created.as_deref().and_then(calendar::date), usage.action.as_deref() == Some("culled"));
        Content {
            customer: usage.envelope.told.clone(),
            owner: (!goes_with_mergers(plan)).then(|| usage.envelope.subject.clone()),
            service: service.to_owned(),
            time: usage.envelope.time,
            quantity: quantity.clone(),
            outcome: usage.outcome.clone(),
            billed: is_billed(&catalog.services[service], usage),
            person: person(plan, usage),
            part_of_archive: is_archive.then(part),
        }
    }
}

/// A counted event that may be taken back, until it is.
pub struct Retractable {
    pub content: Content,
    /// Later of its time and the watermark when it was counted.
    pub since: Instant,
    pub taken_back: bool,
}
