//! What a worker is told when it starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::ports::{Catalogs, Keys, Lane};
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::engine::Limits;
use crate::wire::keys::KeyRing;

/// Where an input's log time comes from (CONTRACT 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogClock {
    /// The broker's timestamp.
    Broker,
    /// The event's `recordedtime`, or else its `time`.
    Recorded,
}

/// The lanes' names in suspense records: topics, or a journal's directories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneNames {
    pub control: String,
    pub usage: String,
}

impl LaneNames {
    #[must_use]
    pub fn of(&self, lane: Lane) -> &str {
        match lane {
            Lane::Control => &self.control,
            Lane::Usage => &self.usage,
        }
    }
}

/// Tells the wall time. Passed in, so that a simulation can have its own.
pub type Wall = Arc<dyn Fn() -> Instant + Send + Sync>;

/// How a worker works; the same for all workers of a process.
#[derive(Clone)]
pub struct Setup {
    /// In force until the log names another one.
    pub catalog: Arc<Catalog>,
    /// Those that the log may name.
    pub catalogs: Arc<dyn Catalogs>,
    /// Those that originals are sealed with.
    pub keys: Arc<dyn Keys>,
    pub clock: LogClock,
    /// Read all, advance every clock to there, and end.
    pub until: Option<Instant>,
    /// How many partitions the input topics have.
    pub partitions: u32,
    pub names: LaneNames,
    pub limits: Limits,
    pub commit_interval: Duration,
    /// A commit is due at this many changed pieces of state in a partition, or this many bytes of outputs.
    pub commit_changes: usize,
    pub commit_bytes: usize,
    /// Inputs of a lane that are read ahead, in bytes over all partitions of the worker.
    pub buffer_bytes: usize,
    /// Inputs that are folded between two looks at everything else.
    pub batch: usize,
    /// How long the outside world may fail before the worker gives up.
    pub patience: Duration,
    pub wall: Wall,
}

impl Setup {
    /// The usual sizes; what is not a matter of size must be said.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, clock: LogClock, names: LaneNames, limits: Limits) -> Self {
        Self {
            catalog,
            catalogs: Arc::new(NoOther),
            keys: Arc::new(NoKeys),
            clock,
            until: None,
            partitions: 1,
            names,
            limits,
            commit_interval: Duration::from_millis(200),
            commit_changes: 100_000,
            commit_bytes: 16 << 20,
            buffer_bytes: 16 << 20,
            batch: 512,
            patience: Duration::from_secs(60),
            wall: Arc::new(wall),
        }
    }
}

/// The run's own catalog is the only one.
#[derive(Debug, Clone, Copy)]
pub struct NoOther;

impl Catalogs for NoOther {
    fn known(&self) -> Vec<Arc<Catalog>> {
        Vec::new()
    }

    fn find(&self, _digest: &[u8; 32]) -> Result<Arc<Catalog>, String> {
        Err("this run has no directory of catalogs: name one (`--catalogs DIR`, or `directory` in [catalog] of the configuration), \
             put the catalog there"
            .to_owned())
    }
}

/// Nothing is sealed.
#[derive(Debug, Clone, Copy)]
pub struct NoKeys;

impl Keys for NoKeys {
    fn ring(&self) -> Arc<KeyRing> {
        Arc::default()
    }
}

fn wall() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// A wish to stop, shared with whoever catches signals.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
