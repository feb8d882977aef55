//! Waiting events out of the stores of a state directory, page by page: ten million of them are never in memory.

use std::path::Path;

use miette::Result;

use crate::cli::catalog_directory::CatalogDirectory;
use crate::cli::catalog_files::load_catalog;
use crate::cli::state_dir::StateDir;
use crate::cli::usage::read::UsageError;
use crate::domain::catalog::Catalog;
use crate::domain::names::CustomerId;
use crate::domain::parked::ParkedEvent;
use crate::domain::service::Service;
use crate::domain::state::{Meta, StateKey, StateValue};
use crate::pipeline::ports::Store;
use crate::store::RocksStore;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{StoredError, scan, value};

const PAGE: usize = 1024;

/// A waiting event, and its partition's meta.
pub struct Waits<'a> {
    pub meta: &'a Meta,
    pub customer: &'a CustomerId,
    pub event: &'a ParkedEvent,
}

/// Calls `each` with every waiting event, by partition, customer and event time; returns what each partition keeps once.
///
/// # Errors
/// The state is in use or damaged, or `each` has failed.
pub fn each_waiting(place: &StateDir, customer: Option<&CustomerId>, each: &mut dyn FnMut(Waits<'_>) -> Result<()>) -> Result<Vec<Meta>> {
    each_piece(place, Kind::Parked, customer, &mut |meta, key, value| match (key, value) {
        (StateKey::Parked(customer, _), StateValue::Parked(event)) => each(Waits { meta, customer: &customer, event: &event }),
        _ => Ok(()),
    })
}

/// Calls `each` with every piece of a kind, by partition and key.
///
/// # Errors
/// The state is in use or damaged, or `each` has failed.
pub fn each_piece(
    place: &StateDir,
    kind: Kind,
    customer: Option<&CustomerId>,
    each: &mut dyn FnMut(&Meta, StateKey, StateValue) -> Result<()>,
) -> Result<Vec<Meta>> {
    let (stores, partitions) = place.open().map_err(UsageError::from)?;
    let mut metas = Vec::new();
    for partition in partitions {
        let store = stores.open_read_only(partition).map_err(UsageError::from)?;
        let damaged = |source: StoredError| UsageError::Stored { partition, source };
        let Some(meta) = meta(&store).map_err(|fault| fault.of(partition))? else { continue };
        let mut span = customer.map_or_else(|| scan::all(kind), |customer| scan::of_customer(kind, customer));
        loop {
            let page = store.scan(&span.start, &span.end, PAGE).map_err(UsageError::from)?;
            for (bytes, stored) in &page {
                let Key::State(key) = key::decode(bytes).map_err(damaged)? else { continue };
                let value = value::decode(&key, stored).map_err(damaged)?;
                each(&meta, key, value)?;
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
                _ => break,
            }
        }
        metas.push(meta);
    }
    Ok(metas)
}

enum MetaFault {
    Stored(StoredError),
    Store(UsageError),
}

impl MetaFault {
    fn of(self, partition: u32) -> UsageError {
        match self {
            Self::Stored(source) => UsageError::Stored { partition, source },
            Self::Store(fault) => fault,
        }
    }
}

fn meta(store: &RocksStore) -> Result<Option<Meta>, MetaFault> {
    let values = store.get_many(&[key::encode(&StateKey::Meta)]).map_err(|fault| MetaFault::Store(fault.into()))?;
    let Some(bytes) = values.into_iter().next().flatten() else { return Ok(None) };
    match value::decode(&StateKey::Meta, &bytes).map_err(MetaFault::Stored)? {
        StateValue::Meta(meta) => Ok(Some(meta)),
        _ => Ok(None),
    }
}

/// Which service a type belongs to, by the catalogs that are at hand.
#[derive(Default)]
pub struct Services(Vec<Catalog>);

impl Services {
    /// The one to begin with, and those of a directory. What cannot be read is left out: types are shown then.
    pub fn of(initial: Option<&Path>, directory: Option<&Path>) -> Self {
        let first = initial.filter(|path| path.exists()).and_then(|path| load_catalog(path).ok()).map(|(catalog, _)| catalog);
        let others = directory.filter(|path| path.is_dir()).and_then(|path| CatalogDirectory::open(path).ok());
        let others = others.iter().flat_map(|directory| directory.entries()).map(|(_, catalog)| Catalog::clone(catalog));
        Self(first.into_iter().chain(others).collect())
    }

    /// By the catalog in force, if it is here, else by the first.
    pub fn of_type(&self, kind: &str, meta: &Meta) -> Option<&Service> {
        let in_force = meta.in_force.map_or(meta.catalog_digest, |one| one.digest);
        let catalog = self.0.iter().find(|one| one.digest == in_force).or(self.0.first())?;
        catalog.service_of_type(kind)
    }
}
