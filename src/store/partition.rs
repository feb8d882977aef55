//! The store of one partition.

use std::sync::Arc;

use rocksdb::{ColumnFamily, DB, Direction, IteratorMode, ReadOptions, WriteBatch, WriteOptions};

use super::directory::StateDirectory;
use super::fault::Place;
use crate::pipeline::ports::{Change, Store, StoreError};

/// `RocksDB`'s own; named so that batched reads, which want a handle, can be used.
pub(super) const COLUMN: &str = "default";

/// Keys of one batched read: bounds the blocks that it pins in memory.
const READ_BATCH: usize = 1024;

/// An open `RocksDB`. It keeps the directory locked for as long as it lives.
pub struct RocksStore {
    db: DB,
    place: Place,
    writable: bool,
    _directory: Arc<StateDirectory>,
}

impl RocksStore {
    pub(super) fn new(db: DB, place: Place, directory: Arc<StateDirectory>, writable: bool) -> Self {
        Self { db, place, writable, _directory: directory }
    }

    fn column(&self) -> Result<&ColumnFamily, StoreError> {
        self.db.cf_handle(COLUMN).ok_or_else(|| StoreError::Unavailable(format!("the state in {} was closed", self.place.path.display())))
    }
}

impl Store for RocksStore {
    fn get_many(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let column = self.column()?;
        let mut values = Vec::with_capacity(keys.len());
        for batch in keys.chunks(READ_BATCH) {
            for value in self.db.batched_multi_get_cf(column, batch, false) {
                let value = value.map_err(|error| self.place.translate("read", &error))?;
                values.push(value.map(|pinned| pinned.to_vec()));
            }
        }
        Ok(values)
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let mut options = ReadOptions::default();
        options.set_iterate_upper_bound(to);
        let start = IteratorMode::From(from, Direction::Forward);
        self.db
            .iterator_opt(start, options)
            .take(limit)
            .map(|pair| match pair {
                Ok((key, value)) => Ok((key.into_vec(), value.into_vec())),
                Err(error) => Err(self.place.translate("read", &error)),
            })
            .collect()
    }

    fn write(&self, changes: &[Change]) -> Result<(), StoreError> {
        if !self.writable {
            let path = self.place.path.display();
            return Err(StoreError::Unavailable(format!("the state in {path} was opened for reading only")));
        }
        let mut batch = WriteBatch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            }
        }
        let mut durably = WriteOptions::default();
        durably.set_sync(true);
        self.db.write_opt(batch, &durably).map_err(|error| self.place.translate("write", &error))
    }
}
