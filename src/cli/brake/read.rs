//! What is braked and what waits, out of the stores of a state directory.

use std::collections::BTreeMap;

use crate::cli::state_dir::StateDir;
use crate::cli::usage::read::UsageError;
use crate::domain::directory::{BrakeScope, DirectoryEntry, DirectoryKey, Freeze, Stage};
use crate::domain::gates::brake::Brake;
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, FreezeId, ServiceId};
use crate::domain::quantity::Quantity;
use crate::domain::state::{StateKey, StateValue};
use crate::domain::usage::Reported;
use crate::domain::verdict::Reason;
use crate::pipeline::ports::Store;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{scan, value};

/// Pieces of one scan.
const PAGE: usize = 4096;

/// Whose brake it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    Everywhere(BrakeScope),
    Customer(CustomerId, Option<ServiceId>),
}

/// What waits behind brakes, of a customer, a type of event and a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Of {
    pub customer: String,
    pub kind: String,
    pub source: String,
}

#[derive(Debug, Default)]
pub struct Waiting {
    pub events: u64,
    /// None: it cannot be summed exactly.
    pub quantity: Option<Quantity>,
    /// The earliest event time.
    pub oldest: Option<Instant>,
}

#[derive(Debug, Default)]
pub struct Status {
    /// Those that are on, and on how many partitions.
    pub brakes: BTreeMap<Whose, (Brake, usize)>,
    /// Those that are not over.
    pub freezes: BTreeMap<FreezeId, Freeze>,
    pub waiting: BTreeMap<Of, Waiting>,
}

/// # Errors
/// See [`UsageError`].
pub fn status(place: &StateDir, customer: Option<&CustomerId>) -> Result<Status, UsageError> {
    let (stores, partitions) = place.open()?;
    let mut status = Status::default();
    for partition in partitions {
        let store = stores.open_read_only(partition)?;
        for kind in [Kind::Directory, Kind::Account, Kind::Parked] {
            let of_customer = customer.filter(|_| kind != Kind::Directory);
            let mut span = of_customer.map_or_else(|| scan::all(kind), |customer| scan::of_customer(kind, customer));
            loop {
                let page = store.scan(&span.start, &span.end, PAGE)?;
                for (bytes, stored) in &page {
                    let piece = key::decode(bytes).and_then(|key| match key {
                        Key::State(key) => value::decode(&key, stored).map(|value| Some((key, value))),
                        _ => Ok(None),
                    });
                    let piece = piece.map_err(|source| UsageError::Stored { partition, source })?;
                    if let Some((key, value)) = piece {
                        status.take(key, value);
                    }
                }
                match page.last() {
                    Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
                    _ => break,
                }
            }
        }
    }
    Ok(status)
}

impl Status {
    fn take(&mut self, key: StateKey, value: StateValue) {
        match (key, value) {
            (StateKey::Directory(DirectoryKey::Brake(scope)), StateValue::Directory(DirectoryEntry::Brake(brake))) => {
                self.brake(Whose::Everywhere(scope), &brake);
            }
            (StateKey::Directory(DirectoryKey::Freeze(id)), StateValue::Directory(DirectoryEntry::Freeze(freeze)))
                if freeze.stage != Stage::Over =>
            {
                self.freezes.insert(id, freeze);
            }
            (StateKey::Account(customer), StateValue::Account(account)) => {
                for (service, brake) in account.gates.brakes.iter() {
                    self.brake(Whose::Customer(customer.clone(), service.cloned()), brake);
                }
            }
            (StateKey::Parked(customer, at), StateValue::Parked(parked)) if parked.reason == Reason::Braked => {
                let event = &parked.event;
                let (kind, source) = (event.kind.clone().into_owned(), event.source.clone().into_owned());
                let new = || Waiting { quantity: Some(Quantity::ZERO), ..Waiting::default() };
                let waiting = self.waiting.entry(Of { customer: customer.to_string(), kind, source }).or_insert_with(new);
                waiting.events += 1;
                let quantity = if let Reported::Given(quantity) = event.quantity { quantity } else { Quantity::ONE };
                waiting.quantity = waiting.quantity.and_then(|sum| sum.checked_add(quantity));
                waiting.oldest = Some(waiting.oldest.map_or(at.time, |oldest| oldest.min(at.time)));
            }
            _ => {}
        }
    }

    fn brake(&mut self, whose: Whose, brake: &Brake) {
        if brake.is_on() {
            self.brakes.entry(whose).or_insert_with(|| (brake.clone(), 0)).1 += 1;
        }
    }
}
