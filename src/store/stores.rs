//! All stores of a process: they share memory and one locked directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rocksdb::DB;

use super::directory::StateDirectory;
use super::fault::{Place, Rebuild, corrupt, unavailable};
use super::format;
use super::options::{Memory, Setup};
use super::partition::{COLUMN, RocksStore};
use crate::pipeline::ports::{StoreError, Stores};

/// Opens the `RocksDB` of each partition.
pub struct RocksStores {
    directory: Arc<StateDirectory>,
    rebuild: Rebuild,
    setup: Setup,
}

impl RocksStores {
    /// Takes over a locked directory: one held alone is written to (and set up if it is empty),
    /// one held with other readers is only read.
    ///
    /// # Errors
    /// [`StoreError::Newer`] or [`StoreError::Corrupt`] if its format is not ours.
    pub fn new(directory: StateDirectory, rebuild: Rebuild, memory: Memory) -> Result<Self, StoreError> {
        if directory.is_exclusive() {
            format::check_or_create(directory.path(), rebuild)?;
        } else {
            format::check_existing(directory.path(), rebuild)?;
        }
        Ok(Self { directory: Arc::new(directory), rebuild, setup: Setup::new(memory) })
    }

    /// Opens a partition for queries. It must exist.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open_read_only(&self, partition: u32) -> Result<RocksStore, StoreError> {
        let place = self.place(partition);
        if !place.path.join("CURRENT").exists() {
            return Err(StoreError::Unavailable(format!(
                "there is no state of partition {partition} in {}: nothing has been committed there yet",
                self.directory.path().display()
            )));
        }
        let options = self.setup.options();
        let columns = [(COLUMN, options.clone())];
        DB::open_cf_with_opts_for_read_only(&options, &place.path, columns, false)
            .map_err(|error| place.translate("open", &error))
            .map(|db| RocksStore::new(db, place, Arc::clone(&self.directory), false))
    }

    /// Partitions that have state here, in order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the directory cannot be listed.
    pub fn partitions(&self) -> Result<Vec<u32>, StoreError> {
        let path = self.directory.path();
        let names = names(path)?;
        let mut partitions: Vec<u32> = names.iter().filter_map(|name| name.strip_prefix("p-")?.parse().ok()).collect();
        partitions.sort_unstable();
        Ok(partitions)
    }

    fn place(&self, partition: u32) -> Place {
        let path: PathBuf = self.directory.path().join(format!("p-{partition:05}"));
        Place { path, rebuild: self.rebuild }
    }
}

impl Stores for RocksStores {
    type Store = RocksStore;

    fn open(&self, partition: u32) -> Result<RocksStore, StoreError> {
        if !self.directory.is_exclusive() {
            return self.open_read_only(partition);
        }
        let place = self.place(partition);
        fs::create_dir_all(&place.path).map_err(|error| unavailable(&place.path, "create", &error))?;
        refuse_headless(&place)?;
        let options = self.setup.options();
        let columns = [(COLUMN, options.clone())];
        DB::open_cf_with_opts(&options, &place.path, columns)
            .map_err(|error| place.translate("open", &error))
            .map(|db| RocksStore::new(db, place, Arc::clone(&self.directory), true))
    }
}

/// Without its root file `RocksDB` would take the directory for a new one, and delete what is there.
/// A first start that was killed may lack the root file too, but then there is no data either.
fn refuse_headless(place: &Place) -> Result<(), StoreError> {
    if place.path.join("CURRENT").exists() {
        return Ok(());
    }
    let is_data = |name: &String| [".sst", ".log"].iter().any(|end| name.ends_with(end));
    if names(&place.path)?.iter().any(is_data) {
        return Err(corrupt(&place.path, place.rebuild, "the file CURRENT is missing"));
    }
    Ok(())
}

fn names(path: &Path) -> Result<Vec<String>, StoreError> {
    let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| unavailable(path, "list", &error))?;
    Ok(entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}
