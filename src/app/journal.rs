//! The embedded mode: a journal directory in, the same directory out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::AppError;
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::verdict::Sums;
use crate::engine::Limits;
use crate::journal::{JournalDirectory, JournalSink, JournalSource, Reading};
use crate::pipeline::ports::{Catalogs, Keys};
use crate::pipeline::{LaneNames, LogClock, Metrics, NoKeys, NoOther, Setup, Stop, Worker};
use crate::store::{Memory, Rebuild, RocksStores, StateDirectory};

/// What a person can choose of an embedded run.
#[derive(Debug, Clone)]
pub struct JournalRun {
    pub directory: PathBuf,
    pub catalog: Arc<Catalog>,
    /// Those that the log may put in force.
    pub catalogs: Arc<dyn Catalogs>,
    /// Those that originals are sealed with.
    pub keys: Arc<dyn Keys>,
    /// Read all, advance the clock to there, and end; none: follow the files.
    pub until: Option<Instant>,
    pub limits: Limits,
    /// None: as often as every run does.
    pub commit_interval: Option<Duration>,
}

impl JournalRun {
    #[must_use]
    pub fn new(directory: PathBuf, catalog: Arc<Catalog>, until: Option<Instant>) -> Self {
        let memory = crate::config::Memory::default();
        let limits = Limits { accounts_in_ram: memory.accounts_in_ram, ids_in_ram: memory.ids_in_ram };
        Self { directory, catalog, catalogs: Arc::new(NoOther), keys: Arc::new(NoKeys), until, limits, commit_interval: None }
    }
}

/// Runs a journal to its end, to `until`, or until it is told to stop.
///
/// # Errors
/// See [`AppError`]; nothing is lost.
pub fn run_journal(run: JournalRun, stop: Stop, metrics: Arc<Metrics>) -> Result<Sums, AppError> {
    let directory = JournalDirectory::open(&run.directory)?;
    let reading = if run.until.is_some() { Reading::Once } else { Reading::Following };
    let source = JournalSource::new(directory.clone(), reading, Box::new(|text| tracing::warn!("{text}")));
    let mut setup = setup(run.catalog, run.limits);
    setup.catalogs = run.catalogs;
    setup.keys = run.keys;
    setup.until = run.until;
    setup.commit_interval = run.commit_interval.unwrap_or(setup.commit_interval);
    work(&directory, source, setup, stop, metrics)
}

/// How every journal is worked on, by a run and by a replay.
pub(super) fn setup(catalog: Arc<Catalog>, limits: Limits) -> Setup {
    let names = LaneNames { control: "usage-control".into(), usage: "usage-events".into() };
    Setup::new(catalog, LogClock::Recorded, names, limits)
}

/// Outputs and state go where the directory says.
pub(super) fn work(
    directory: &JournalDirectory,
    source: JournalSource,
    setup: Setup,
    stop: Stop,
    metrics: Arc<Metrics>,
) -> Result<Sums, AppError> {
    let lock = StateDirectory::lock(&directory.state())?;
    let stores = Arc::new(RocksStores::new(lock, Rebuild::FromInputs, Memory::default())?);
    let sink = JournalSink::new(directory);
    Ok(Worker::new(source, sink, stores, setup, stop, metrics)?.run()?)
}
