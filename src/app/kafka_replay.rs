//! A partition of Kafka once more: its commit point read, and its log folded anew up to there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::kafka::{settings, setup};
use super::{AppError, CatalogsOfLog};
use crate::config::{self, Config};
use crate::domain::instant::Instant;
use crate::domain::state::{Meta, StateKey, StateValue};
use crate::domain::verdict::Sums;
use crate::journal::{JournalDirectory, JournalSink, PARTITION};
use crate::kafka::topic::read_topic;
use crate::kafka::{Rereading, last_commit};
use crate::keyring;
use crate::pipeline::ports::{Change, Outlet, Positions, Publication, PublishError, Receipt, Recovered, Sink, StoreError};
use crate::pipeline::{Metrics, Setup, Stop, Worker};
use crate::store::{Memory, Rebuild, RocksStores, StateDirectory};
use crate::wire::stored::key::Key;
use crate::wire::stored::value;

/// The last commit of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionCommit {
    pub positions: Positions,
    pub meta: Meta,
}

/// The last commits by partition, as the group and the changelog have them.
///
/// # Errors
/// They cannot be read.
pub fn partition_commits(config: &Config, kafka: &config::Kafka) -> Result<BTreeMap<u32, PartitionCommit>, AppError> {
    let settings = settings(config, kafka);
    let wanted = Key::State(StateKey::Meta).encode();
    let mut metas: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
    read_topic(&settings, &settings.topics.changelog, &mut |read| {
        if read.key == wanted {
            metas.insert(read.partition, read.value.to_vec());
        }
    })?;
    let mut commits = BTreeMap::new();
    for (partition, bytes) in metas {
        let Some(positions) = last_commit(&settings, partition).map_err(|error| AppError::Commit(error.to_string()))? else { continue };
        if let StateValue::Meta(meta) = value::decode(&StateKey::Meta, &bytes)? {
            commits.insert(partition, PartitionCommit { positions, meta });
        }
    }
    Ok(commits)
}

/// How a partition came out.
#[derive(Debug, Clone)]
pub enum Replayed {
    Sums(Sums),
    /// Retention has taken the beginning of this topic.
    Cut(String),
}

/// Folds what the commit had read of a partition; outputs and state go into the directory, as a journal's.
///
/// # Errors
/// See [`AppError`].
pub fn replay_partition(
    config: &Config,
    kafka: &config::Kafka,
    catalogs: CatalogsOfLog,
    (partition, partitions): (u32, u32),
    commit: &PartitionCommit,
    work: &Path,
    stop: &Stop,
) -> Result<Replayed, AppError> {
    let source = Rereading::connect(&settings(config, kafka), partition, &commit.positions)?;
    if let Some(topic) = source.first_cut()? {
        return Ok(Replayed::Cut(topic));
    }
    let directory = JournalDirectory::made_in(work);
    let stores = Arc::new(RocksStores::new(StateDirectory::lock(&directory.state())?, Rebuild::FromInputs, Memory::default())?);
    let wall = commit.meta.watermark.saturating_sub(catalogs.first.max_future_skew);
    let keys = keyring::open(config.privacy.keys.as_deref())?;
    let mut setup = Setup { catalogs: catalogs.others, keys, ..setup(config, catalogs.first, partitions) };
    setup.until = Some(commit.meta.watermark).filter(|watermark| *watermark > Instant::MIN);
    setup.wall = Arc::new(move || wall);
    let sink = OneOfMany(JournalSink::new(&directory));
    let worker = Worker::new(source, sink, stores, setup, stop.clone(), Arc::new(Metrics::default()))?;
    Ok(Replayed::Sums(worker.run()?))
}

/// A partition's outputs as those of a journal. What it forwards is in the topic already.
struct OneOfMany(JournalSink);

impl Sink for OneOfMany {
    fn publish(&mut self, publications: &[Publication]) -> Result<Vec<Receipt>, PublishError> {
        let own = publications.iter().map(|publication| {
            let outputs = publication.outputs.iter().filter(|output| !matches!(output.outlet, Outlet::Forward(_)));
            Publication { partition: PARTITION, outputs: outputs.cloned().collect(), ..Publication::default() }
        });
        self.0.publish(&own.collect::<Vec<_>>())
    }

    fn fence(&mut self) -> Result<(), PublishError> {
        self.0.fence()
    }

    fn recover(
        &mut self,
        _partition: u32,
        receipt: Option<&[u8]>,
        replay: &mut dyn FnMut(Vec<Change>, Receipt) -> Result<(), StoreError>,
    ) -> Result<Recovered, PublishError> {
        self.0.recover(PARTITION, receipt, replay)
    }
}
