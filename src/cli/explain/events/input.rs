//! What the input holds of a customer, as far as it can have been charged.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use chrono::NaiveDate;
use miette::{IntoDiagnostic, Result, WrapErr};

use super::told::Told;
use crate::app::AppError;
use crate::domain::catalog::{Catalog, Model, Service};
use crate::domain::lineage::Entry;
use crate::domain::names::ServiceId;
use crate::domain::usage::UsageEvent;
use crate::engine::dedupe::fingerprint;
use crate::engine::reported;
use crate::journal::{JournalDirectory, JournalSource, Line, PARTITION, Reading};
use crate::pipeline::ports::{Arrival, Lane, Message as _, Positions, Room, Source as _};
use crate::wire::decode;
use crate::wire::published::{Record, Suspense};

/// Lines of one look at the files.
const AT_ONCE: usize = 4096;
const USAGE: &str = "usage-events";

/// An event that may be behind a line.
#[derive(Debug, Clone)]
pub struct Event {
    pub offset: u64,
    pub source: String,
    pub id: String,
    pub service: ServiceId,
    pub entry: Entry,
    /// The date of an archive's document parts.
    pub created: Option<NaiveDate>,
    /// It waited in suspense before it was counted.
    pub released: bool,
}

/// The events of one customer in the order of the input.
#[derive(Debug, Default)]
pub struct Input {
    pub events: Vec<Event>,
    /// What all of the log tells of systems and agreements.
    pub told: Told,
}

/// What became of an event in suspense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its own fault: its id was not remembered.
    Refused,
    Waiting,
    Released,
}

/// Reads the input from its beginning: a copy of an event counts less if the first one is earlier.
///
/// # Errors
/// The files cannot be read.
pub fn read(journal: &JournalDirectory, suspense: &Path, record: &Record, catalog: &Catalog) -> Result<Input> {
    let fates = fates(suspense)?;
    let mut source = JournalSource::new(journal.clone(), Reading::Once, Box::new(|text| tracing::warn!("{text}")));
    source.start(PARTITION, &Positions::default()).map_err(AppError::from)?;
    let (mut input, mut seen, mut arrivals) = (Input::default(), HashSet::new(), Vec::new());
    let (mut control, mut usage) = (true, true);
    while control || usage {
        source.poll(AT_ONCE, Room { control, usage }, Duration::ZERO, &mut arrivals).map_err(AppError::from)?;
        for arrival in arrivals.drain(..) {
            match arrival {
                Arrival::Input(line) if line.lane() == Lane::Control => input.told.take(&line, &record.customer),
                Arrival::Input(line) => input.events.extend(candidate(&line, record, catalog, &fates, &mut seen)),
                Arrival::AtEnd { lane: Lane::Usage, .. } => usage = false,
                Arrival::AtEnd { lane: Lane::Control, .. } => control = false,
                _ => {}
            }
        }
    }
    Ok(input)
}

fn fates(path: &Path) -> Result<BTreeMap<u64, Fate>> {
    let bytes = fs::read(path).into_diagnostic().wrap_err_with(|| format!("cannot read {}", path.display()))?;
    let mut fates = BTreeMap::new();
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let one: Suspense = serde_json::from_slice(line).into_diagnostic().wrap_err_with(|| format!("in {}", path.display()))?;
        if one.origin.topic == USAGE {
            fates.insert(one.origin.offset, fate(&one));
        }
    }
    Ok(fates)
}

fn fate(suspense: &Suspense) -> Fate {
    match (suspense.state.as_str(), suspense.reason.as_str()) {
        ("released", _) => Fate::Released,
        (_, "undecodable" | "bad_quantity" | "bad_data" | "personal_data" | "in_future" | "too_old" | "nothing_to_retract") => {
            Fate::Refused
        }
        _ => Fate::Waiting,
    }
}

/// The event of this line, if it was charged to the customer as far as can be seen.
fn candidate(line: &Line, record: &Record, catalog: &Catalog, fates: &BTreeMap<u64, Fate>, seen: &mut HashSet<u128>) -> Option<Event> {
    let fate = fates.get(&line.offset()).copied();
    if fate == Some(Fate::Refused) {
        return None;
    }
    let event = decode::usage(line.value()?, &[], catalog.personal_numbers).ok().filter(|event| event.subject == record.customer)?;
    let is_new = seen.insert(fingerprint(&event.source, &event.id).0);
    if !is_new || fate == Some(Fate::Waiting) || event.environment.is_test(catalog.test_environment) {
        return None;
    }
    let service = catalog.service_of_type(&event.kind).filter(|service| service.bills(event.outcome.as_deref()))?;
    let (action, created) = archive(&event, service, catalog);
    let entry = Entry {
        action,
        created_day: created.map_or(0, |created| created.to_epoch_days()),
        event: fingerprint(&event.source, &event.id),
        time: event.time,
        quantity: reported::quantity(&event, Some(service)).ok()?,
        customer_hash: xxhash_rust::xxh3::xxh3_64(event.subject.as_bytes()),
        service_hash: xxhash_rust::xxh3::xxh3_64(service.id.as_str().as_bytes()),
    };
    let (source, id) = (event.source.clone().into_owned(), event.id.clone().into_owned());
    Some(Event { offset: line.offset(), source, id, service: service.id.clone(), entry, created, released: fate.is_some() })
}

fn archive(event: &UsageEvent<'_>, service: &Service, catalog: &Catalog) -> (u8, Option<NaiveDate>) {
    match catalog.plan_of(service).map(|plan| &plan.model) {
        Some(Model::Archive(_)) => {
            let action = if event.action.as_deref() == Some("culled") { 2 } else { 1 };
            (action, event.created.as_deref().and_then(decode::date))
        }
        _ => (0, None),
    }
}
