//! A state directory that is looked into, and what of a run's state is not in it, or not as of now.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::usage::read::UsageError;
use crate::app;
use crate::config::Config;
use crate::domain::names::CustomerId;
use crate::engine::route;
use crate::kafka::{Settings, last_commits};
use crate::pipeline::ports::{Store as _, StoreError};
use crate::store::{Memory, Rebuild, RocksStores, StateDirectory};
use crate::wire::stored::key::Key;
use crate::wire::stored::value;

/// How long a broker is waited for that says how far others have come: what is looked for is here, with or without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// A state directory, and what it would be made anew from.
#[derive(Debug, Clone)]
pub struct StateDir {
    pub path: PathBuf,
    pub rebuild: Rebuild,
    /// Of whose state it is a part; none: that is not known, or it is all.
    run: Option<Run>,
}

/// Processes that share the partitions of a log.
#[derive(Debug, Clone)]
struct Run {
    partitions: u32,
    /// Where they commit; none: nobody can be asked.
    settings: Option<Settings>,
}

/// Partitions of a run, by what is here of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Elsewhere {
    /// No state is here.
    missing: Vec<u32>,
    /// State is here, and somebody has gone on since.
    behind: Vec<u32>,
}

impl StateDir {
    #[must_use]
    pub fn of_journal(journal: &Path) -> Self {
        Self::at(&journal.join("state"), Rebuild::FromInputs)
    }

    /// That of one process on Kafka: of its own partitions only.
    #[must_use]
    pub fn of_config(config: &Config) -> Self {
        let settings = config.kafka.as_ref().map(|kafka| app::settings(config, kafka));
        let settings = settings.map(|settings| Settings { operation_timeout: PATIENCE, transaction_timeout: PATIENCE, ..settings });
        let run = Run { partitions: config.topics.partitions, settings };
        Self { run: Some(run), ..Self::at(&config.run.state_dir, Rebuild::FromChangelog) }
    }

    /// One of which nothing else is known.
    #[must_use]
    pub fn at(path: &Path, rebuild: Rebuild) -> Self {
        Self { path: path.to_owned(), rebuild, run: None }
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

    /// Warns of partitions whose state is not here, or is an old one: what was asked for may be elsewhere. `customer` is the
    /// only one asked about.
    ///
    /// # Errors
    /// It is in use, or no state of ours.
    pub fn warn_of_missing(&self, customer: Option<&CustomerId>) -> Result<(), UsageError> {
        let Some(run) = &self.run else { return Ok(()) };
        let elsewhere = self.elsewhere(run)?;
        if let Some(text) = elsewhere.warning(run, customer, &self.path) {
            eprintln!("warning: {text}");
        }
        Ok(())
    }

    /// Why a customer was not found: nobody knows it, or its partition is elsewhere.
    #[must_use]
    pub fn unknown(&self, customer: &CustomerId) -> UsageError {
        let (path, id) = (self.path.clone(), customer.to_string());
        let partition = match self.run.as_ref().map(|run| (run, self.elsewhere(run))) {
            Some((run, Ok(elsewhere))) => elsewhere.home(run, customer),
            Some((_, Err(fault))) => return fault,
            None => None,
        };
        match partition {
            Some(partition) => UsageError::Elsewhere { path, customer: id, partition },
            None => UsageError::UnknownCustomer { path, customer: id },
        }
    }

    fn elsewhere(&self, run: &Run) -> Result<Elsewhere, UsageError> {
        let (stores, found) = self.open()?;
        let missing = (0..run.partitions).filter(|partition| !found.contains(partition)).collect();
        let Some(settings) = &run.settings else { return Ok(Elsewhere { missing, behind: Vec::new() }) };
        let commits = match last_commits(settings, &found) {
            Ok(commits) => commits,
            Err(fault) => {
                eprintln!("warning: whether other processes have gone on with these partitions is not known: {fault}");
                return Ok(Elsewhere { missing, behind: Vec::new() });
            }
        };
        let mut behind = Vec::new();
        for (partition, commit) in commits {
            let stored = stores.open_read_only(partition)?.get_many(&[Key::Positions.encode()])?.into_iter().next().flatten();
            let stored = stored.map(|bytes| value::decode_positions(&bytes)).transpose();
            let stored = stored.map_err(|source| UsageError::Stored { partition, source })?;
            let (control, usage) = stored.map_or((0, 0), |(control, usage)| (control.0, usage.0));
            if (control, usage) != (commit.control.next_offset, commit.usage.next_offset) {
                behind.push(partition);
            }
        }
        Ok(Elsewhere { missing, behind })
    }
}

impl Elsewhere {
    /// The partition of a customer, if its state, as of now, is not here.
    fn home(&self, run: &Run, customer: &CustomerId) -> Option<u32> {
        let partition = route::partition_of(customer.as_str(), run.partitions);
        Some(partition).filter(|partition| self.missing.contains(partition) || self.behind.contains(partition))
    }

    fn warning(&self, run: &Run, customer: Option<&CustomerId>, path: &Path) -> Option<String> {
        let path = path.display();
        if let Some(customer) = customer {
            let partition = self.home(run, customer)?;
            let what = if self.missing.contains(&partition) { "is not in" } else { "is an old one in" };
            return Some(format!(
                "what is kept of {customer} is on partition {partition}, whose state {what} {path}: ask the process that works on that partition"
            ));
        }
        let old = || format!("{path} has old state of partition {}, with which somebody has gone on since", listed(&self.behind));
        let absent = || {
            let found = run.partitions as usize - self.missing.len();
            format!("{path} has the state of {found} of {} partitions (not of {})", run.partitions, listed(&self.missing))
        };
        let what = match (self.missing.is_empty(), self.behind.is_empty()) {
            (true, true) => return None,
            (true, false) => old(),
            (false, true) => absent(),
            (false, false) => format!("{}; {}", absent(), old()),
        };
        Some(format!("{what}: what is known there now is not shown; ask the processes that work on them"))
    }
}

fn listed(partitions: &[u32]) -> String {
    partitions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_elsewhere_is_told_of_a_customer_or_of_all() {
        let run = Run { partitions: 4, settings: None };
        let customer = CustomerId::new("SE-1");
        let home = route::partition_of("SE-1", 4);
        let other = (home + 1) % 4;
        let check = |missing: &[u32], behind: &[u32], of_customer: Option<&str>, of_all: Option<&str>| {
            let elsewhere = Elsewhere { missing: missing.to_vec(), behind: behind.to_vec() };
            for (customer, expect) in [(Some(&customer), of_customer), (None, of_all)] {
                let said = elsewhere.warning(&run, customer, Path::new("state"));
                assert_eq!(said.is_some(), expect.is_some(), "{said:?}");
                assert!(said.unwrap_or_default().contains(expect.unwrap_or_default()), "{expect:?}");
            }
        };
        check(&[], &[], None, None);
        check(&[home], &[], Some("is not in state"), Some("3 of 4 partitions"));
        check(&[], &[home], Some("is an old one in state"), Some("old state of partition"));
        check(&[other], &[], None, Some("3 of 4 partitions"));
        check(&[other], &[home], Some("is an old one"), Some("old state of partition"));
    }
}
