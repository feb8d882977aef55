//! A customer's account and the directory of its partition, out of the stores of a state directory.

use crate::cli::state_dir::StateDir;
use crate::cli::usage::read::UsageError;
use crate::domain::account::Account;
use crate::domain::directory::Directory;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::state::{Meta, StateKey, StateValue};
use crate::pipeline::ports::Store;
use crate::store::RocksStore;
use crate::wire::stored::key::{self, Key, Kind};
use crate::wire::stored::{StoredError, scan, value};

/// Entries of one scan.
const PAGE: usize = 4096;

/// What is known of a customer, and what its partition knows.
#[derive(Debug)]
pub struct Found {
    pub account: Account,
    pub directory: Directory,
    /// Log time up to which the partition was read.
    pub watermark: Instant,
    /// Digest of the catalog that it was read with.
    pub catalog: [u8; 32],
}

/// # Errors
/// See [`UsageError`].
pub fn customer(place: &StateDir, customer: &CustomerId) -> Result<Found, UsageError> {
    let key = StateKey::Account(customer.clone());
    let found = first(place, |store, partition| {
        let Some(StateValue::Account(account)) = get(store, partition, &key)? else { return Ok(None) };
        let meta = match get(store, partition, &StateKey::Meta)? {
            Some(StateValue::Meta(meta)) => meta,
            _ => Meta::default(),
        };
        let (watermark, catalog) = (meta.watermark, meta.catalog_digest);
        Ok(Some(Found { account, directory: entries(store, partition)?, watermark, catalog }))
    })?;
    let Some(found) = found else { return Err(place.unknown(customer)) };
    Ok(found)
}

/// The directory of the first partition: all have the same one.
///
/// # Errors
/// See [`UsageError`].
pub fn directory(place: &StateDir) -> Result<Directory, UsageError> {
    Ok(first(place, |store, partition| entries(store, partition).map(Some))?.unwrap_or_default())
}

/// What the first partition gives that has it.
fn first<T>(place: &StateDir, read: impl Fn(&RocksStore, u32) -> Result<Option<T>, UsageError>) -> Result<Option<T>, UsageError> {
    let (stores, partitions) = place.open()?;
    for partition in partitions {
        if let Some(found) = read(&stores.open_read_only(partition)?, partition)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn get(store: &RocksStore, partition: u32, key: &StateKey) -> Result<Option<StateValue>, UsageError> {
    let found = store.get_many(&[key::encode(key)])?.into_iter().next().flatten();
    found.map(|bytes| value::decode(key, &bytes).map_err(|source| damaged(partition, source))).transpose()
}

fn entries(store: &RocksStore, partition: u32) -> Result<Directory, UsageError> {
    let mut directory = Directory::default();
    let mut span = scan::all(Kind::Directory);
    loop {
        let page = store.scan(&span.start, &span.end, PAGE)?;
        for (bytes, entry) in &page {
            let Key::State(key) = key::decode(bytes).map_err(|source| damaged(partition, source))? else { continue };
            let entry = value::decode(&key, entry).map_err(|source| damaged(partition, source))?;
            if let (StateKey::Directory(key), StateValue::Directory(entry)) = (key, entry) {
                directory.restore(key, entry);
            }
        }
        match page.last() {
            Some((last, _)) if page.len() == PAGE => span = scan::rest_after(span, last),
            _ => return Ok(directory),
        }
    }
}

fn damaged(partition: u32, source: StoredError) -> UsageError {
    UsageError::Stored { partition, source }
}
