//! Reading what an engine lacks: one batched read for all the state that the next inputs want.

use rustc_hash::FxHashSet;

use super::fault::RunError;
use super::ports::{Catalogs, Store};
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::parked::{ParkedEvent, ParkedKey};
use crate::domain::person::PersonKey;
use crate::domain::roster::Pupil;
use crate::domain::state::{StateKey, StateValue};
use crate::engine::Engine;
use crate::engine::input::Want;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{StoredError, scan, value};

/// Waiting events of a customer that are read at once.
const PARKED_AT_ONCE: usize = 256;
/// Persons of an old period that are let go at once.
const PERSONS_AT_ONCE: usize = 1024;
/// Pupils that a full load is held against at once.
const PUPILS_AT_ONCE: usize = 1024;

/// A store that is read as state, with the partition's number for what may go wrong.
pub(super) struct Fetch<'a, D> {
    pub partition: u32,
    pub store: &'a D,
}

/// Catalogs by digest, and where the one that is looked for is named, for what may go wrong.
pub(super) struct Shelf<'a> {
    pub catalogs: &'a dyn Catalogs,
    pub place: &'a dyn Fn() -> String,
}

impl<D: Store> Fetch<'_, D> {
    /// Hands over all that is wanted, and known not to be there.
    pub fn supply(&self, engine: &mut Engine, wants: Vec<Want>, shelf: &Shelf<'_>) -> Result<(), RunError> {
        let mut seen = FxHashSet::default();
        let mut keys = Vec::with_capacity(wants.len());
        for want in wants {
            match want {
                Want::State(key) => {
                    if seen.insert(key.clone()) {
                        keys.push(key);
                    }
                }
                Want::Parked { customer, after } => self.supply_parked(engine, &customer, after)?,
                Want::Customer { after, waiting } => {
                    let kind = if waiting { Kind::Parked } else { Kind::Account };
                    engine.supply_customer(after.as_ref(), self.next_customer(kind, after.as_ref())?);
                }
                Want::Catalog(digest) => engine.know(shelf.catalogs.find(&digest).map_err(|why| {
                    let (partition, place) = (self.partition, (shelf.place)());
                    RunError::UnknownCatalog { partition, digest, place, why }
                })?),
                Want::Pupils { customer, after } => self.supply_pupils(engine, &customer, after)?,
                Want::Persons { customer, plan, period, after } => {
                    let range = scan::persons_after(&customer, &plan, &period, after.as_ref());
                    let pairs = self.scan(&range, PERSONS_AT_ONCE)?;
                    let end = pairs.len() < PERSONS_AT_ONCE;
                    engine.supply_persons(
                        &customer,
                        (&plan, period),
                        after.as_ref(),
                        pairs.into_iter().filter_map(as_person).collect(),
                        end,
                    );
                }
            }
        }
        let bytes: Vec<Vec<u8>> = keys.iter().map(key::encode).collect();
        let values = self.store.get_many(&bytes).map_err(|source| RunError::Store { partition: self.partition, source })?;
        for (key, bytes) in keys.into_iter().zip(values) {
            let value = bytes.map(|bytes| value::decode(&key, &bytes)).transpose().map_err(|fault| self.stored(fault))?;
            engine.supply(key, value).map_err(|source| RunError::Engine { partition: self.partition, source })?;
        }
        Ok(())
    }

    fn supply_parked(&self, engine: &mut Engine, customer: &CustomerId, after: Option<ParkedKey>) -> Result<(), RunError> {
        let range = scan::parked_after(customer, after);
        let pairs = self.scan(&range, PARKED_AT_ONCE)?;
        let end = pairs.len() < PARKED_AT_ONCE;
        let events = pairs.into_iter().filter_map(as_parked).collect();
        engine.supply_parked(customer, after, events, end);
        Ok(())
    }

    fn supply_pupils(&self, engine: &mut Engine, customer: &CustomerId, after: Option<Fingerprint>) -> Result<(), RunError> {
        let pairs = self.scan(&scan::pupils_after(customer, after), PUPILS_AT_ONCE)?;
        let end = pairs.len() < PUPILS_AT_ONCE;
        engine.supply_pupils(customer, after, pairs.into_iter().filter_map(as_pupil).collect(), end);
        Ok(())
    }

    /// The first customer after this one that has pieces of a kind.
    fn next_customer(&self, kind: Kind, after: Option<&CustomerId>) -> Result<Option<CustomerId>, RunError> {
        let mut range = scan::all(kind);
        if let Some(after) = after {
            range.start = scan::of_customer(kind, after).end;
        }
        let first = self.scan(&range, 1)?;
        Ok(first.into_iter().find_map(|(key, _)| match key {
            StateKey::Account(customer) | StateKey::Parked(customer, _) => Some(customer),
            _ => None,
        }))
    }

    /// Pieces of state in a range of keys, in order.
    pub fn scan(&self, range: &std::ops::Range<Vec<u8>>, limit: usize) -> Result<Vec<(StateKey, StateValue)>, RunError> {
        let pairs =
            self.store.scan(&range.start, &range.end, limit).map_err(|source| RunError::Store { partition: self.partition, source })?;
        let mut pieces = Vec::with_capacity(pairs.len());
        for (key, bytes) in pairs {
            if let Key::State(key) = key::decode(&key).map_err(|fault| self.stored(fault))? {
                let value = value::decode(&key, &bytes).map_err(|fault| self.stored(fault))?;
                pieces.push((key, value));
            }
        }
        Ok(pieces)
    }

    fn stored(&self, source: StoredError) -> RunError {
        RunError::Stored { partition: self.partition, source }
    }
}

fn as_parked(piece: (StateKey, StateValue)) -> Option<(ParkedKey, ParkedEvent)> {
    match piece {
        (StateKey::Parked(_, key), StateValue::Parked(event)) => Some((key, event)),
        _ => None,
    }
}

fn as_person(piece: (StateKey, StateValue)) -> Option<PersonKey> {
    match piece {
        (StateKey::Person(_, key), _) => Some(key),
        _ => None,
    }
}

fn as_pupil(piece: (StateKey, StateValue)) -> Option<(Fingerprint, Pupil)> {
    match piece {
        (StateKey::Pupil(_, key), StateValue::Pupil(pupil)) => Some((key, pupil)),
        _ => None,
    }
}
