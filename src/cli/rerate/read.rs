//! What a rerate would change, out of the stores of a state directory.

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::state_dir::StateDir;
use crate::domain::account::Account;
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::rerate::Rerate;
use crate::domain::state::{Meta, StateKey, StateValue};
use crate::engine::preview::{Preview, Stored, preview};
use crate::pipeline::ports::{Store, StoreError};
use crate::store::RocksStore;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{StoredError, scan, value};

/// Accounts of one scan.
const PAGE: usize = 1024;

/// A customer, and what would change for it.
#[derive(Debug)]
pub struct Customer {
    pub id: CustomerId,
    /// Log time up to which its partition was read.
    pub watermark: Instant,
    /// Digest of the catalog in force there.
    pub catalog: [u8; 32],
    /// The periods, or why none can be reckoned again.
    pub periods: Result<Vec<Preview>, String>,
}

#[derive(Debug, Error, Diagnostic)]
pub enum ReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("partition {partition}: {source}")]
    Stored { partition: u32, source: StoredError },
}

/// # Errors
/// See [`ReadError`].
pub fn read_customers(state: &StateDir, only: &[CustomerId], rerate: &Rerate, catalog: &Catalog) -> Result<Vec<Customer>, ReadError> {
    let (stores, partitions) = state.open()?;
    let mut customers = Vec::new();
    for partition in partitions {
        let reader = Reader { store: stores.open_read_only(partition)?, partition };
        let Some(StateValue::Meta(meta)) = reader.get(&StateKey::Meta)? else { continue };
        reader.each_account(|id, account| {
            if !account.versions.is_empty() && (only.is_empty() || only.contains(&id)) {
                customers.push(reader.customer(id, account, &meta, rerate, catalog)?);
            }
            Ok(())
        })?;
    }
    Ok(customers)
}

/// The store of a partition, decoded.
struct Reader {
    store: RocksStore,
    partition: u32,
}

impl Reader {
    fn customer(&self, id: CustomerId, account: Account, meta: &Meta, rerate: &Rerate, catalog: &Catalog) -> Result<Customer, ReadError> {
        let stored = Stored { id: id.clone(), account, watermark: meta.watermark };
        let periods = preview(stored, rerate, catalog, |key| self.get(key))?;
        Ok(Customer {
            id,
            watermark: meta.watermark,
            catalog: meta.in_force.map_or(meta.catalog_digest, |in_force| in_force.digest),
            periods,
        })
    }

    fn each_account(&self, mut each: impl FnMut(CustomerId, Account) -> Result<(), ReadError>) -> Result<(), ReadError> {
        let mut span = scan::all(Kind::Account);
        loop {
            let page = self.store.scan(&span.start, &span.end, PAGE)?;
            for (bytes, stored) in &page {
                let Key::State(key) = key::decode(bytes).map_err(|source| self.damaged(source))? else { continue };
                let value = value::decode(&key, stored).map_err(|source| self.damaged(source))?;
                if let (StateKey::Account(id), StateValue::Account(account)) = (key, value) {
                    each(id, account)?;
                }
            }
            match page.last() {
                Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
                _ => return Ok(()),
            }
        }
    }

    fn get(&self, key: &StateKey) -> Result<Option<StateValue>, ReadError> {
        let values = self.store.get_many(&[key::encode(key)])?;
        let found = values.into_iter().next().flatten();
        found.map(|bytes| value::decode(key, &bytes).map_err(|source| self.damaged(source))).transpose()
    }

    fn damaged(&self, source: StoredError) -> ReadError {
        ReadError::Stored { partition: self.partition, source }
    }
}
