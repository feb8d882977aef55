//! A state directory that is looked into, and what of a run's state is not in it.

use std::path::{Path, PathBuf};

use super::usage::read::UsageError;
use crate::config::Config;
use crate::domain::names::CustomerId;
use crate::engine::route;
use crate::pipeline::ports::StoreError;
use crate::store::{Memory, Rebuild, RocksStores, StateDirectory};

/// A state directory, and what it would be made anew from.
#[derive(Debug, Clone)]
pub struct StateDir {
    pub path: PathBuf,
    pub rebuild: Rebuild,
    /// How many partitions the run has; none: that is not known, or one is all.
    partitions: Option<u32>,
}

impl StateDir {
    #[must_use]
    pub fn of_journal(journal: &Path) -> Self {
        Self::at(&journal.join("state"), Rebuild::FromInputs)
    }

    /// That of one process on Kafka: of its own partitions only.
    #[must_use]
    pub fn of_config(config: &Config) -> Self {
        Self { partitions: Some(config.topics.partitions), ..Self::at(&config.run.state_dir, Rebuild::FromChangelog) }
    }

    /// One of which nothing else is known.
    #[must_use]
    pub fn at(path: &Path, rebuild: Rebuild) -> Self {
        Self { path: path.to_owned(), rebuild, partitions: None }
    }

    /// Its stores for queries, and the partitions that it has.
    ///
    /// # Errors
    /// It is in use, or no state of ours.
    pub fn open(&self) -> Result<(RocksStores, Vec<u32>), StoreError> {
        let stores = RocksStores::new(StateDirectory::lock_shared(&self.path)?, self.rebuild, Memory::default())?;
        let partitions = stores.partitions()?;
        Ok((stores, partitions))
    }

    /// Warns of partitions whose state is not here: what was asked for may be on them. `customer` is the only one asked about.
    ///
    /// # Errors
    /// It is in use, or no state of ours.
    pub fn warn_of_missing(&self, customer: Option<&CustomerId>) -> Result<(), UsageError> {
        let found = self.open()?.1;
        let missing = self.missing(&found);
        let path = self.path.display();
        match customer.map(|customer| (customer, self.elsewhere(customer, &found))) {
            Some((customer, Some(partition))) => eprintln!(
                "warning: what is kept of {customer} is on partition {partition}, whose state is not in {path}: ask the process that works on that partition"
            ),
            None if !missing.is_empty() => eprintln!(
                "warning: {path} has the state of {} of {} partitions (not of {}); what the others know is not shown: ask the other processes too",
                found.len(),
                found.len() + missing.len(),
                listed(&missing)
            ),
            _ => {}
        }
        Ok(())
    }

    /// Why a customer was not found: nobody knows it, or its partition is elsewhere.
    #[must_use]
    pub fn unknown(&self, customer: &CustomerId) -> UsageError {
        match self.open() {
            Ok((_, found)) => self.not_among(&found, customer),
            Err(fault) => fault.into(),
        }
    }

    fn not_among(&self, found: &[u32], customer: &CustomerId) -> UsageError {
        let (path, customer_id) = (self.path.clone(), customer.to_string());
        match self.elsewhere(customer, found) {
            Some(partition) => UsageError::Elsewhere { path, customer: customer_id, partition },
            None => UsageError::UnknownCustomer { path, customer: customer_id },
        }
    }

    fn missing(&self, found: &[u32]) -> Vec<u32> {
        (0..self.partitions.unwrap_or_default()).filter(|partition| !found.contains(partition)).collect()
    }

    /// The partition of a customer, if its state is not here.
    fn elsewhere(&self, customer: &CustomerId, found: &[u32]) -> Option<u32> {
        let partition = route::partition_of(customer.as_str(), self.partitions?);
        Some(partition).filter(|partition| !found.contains(partition))
    }
}

fn listed(partitions: &[u32]) -> String {
    partitions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_unknown_or_elsewhere() {
        let of = |partitions: Option<u32>| StateDir { partitions, ..StateDir::at(Path::new("state"), Rebuild::FromChangelog) };
        let customer = CustomerId::new("SE-1");
        let home = route::partition_of("SE-1", 4);
        let others: Vec<u32> = (0..4).filter(|partition| *partition != home).collect();
        let check = |partitions: Option<u32>, found: &[u32], expect: Option<u32>| {
            let elsewhere = match of(partitions).not_among(found, &customer) {
                UsageError::Elsewhere { partition, .. } => Some(partition),
                _ => None,
            };
            assert_eq!(elsewhere, expect, "{partitions:?} {found:?}");
        };
        check(Some(4), &others, Some(home));
        check(Some(4), &[0, 1, 2, 3], None);
        check(Some(4), &[], Some(home));
        check(None, &[], None);
        assert_eq!(of(Some(4)).missing(&others), [home]);
        assert_eq!(of(None).missing(&[]), []);
    }
}
