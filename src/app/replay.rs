//! A journal once more: its commit point read, and its log folded anew up to there, elsewhere.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{AppError, JournalRun, journal};
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::state::{Meta, StateKey, StateValue};
use crate::domain::verdict::Sums;
use crate::journal::{JournalDirectory, JournalSource, Lengths, PARTITION, Reading};
use crate::pipeline::ports::{Catalogs, Keys, Position, Positions, Store as _, StoreError};
use crate::pipeline::{Metrics, Stop};
use crate::store::{Memory, Rebuild, RocksStores, StateDirectory};
use crate::wire::stored::key::Key;
use crate::wire::stored::value;

/// A writer that tidies up can be in the way for a moment.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// The last commit of a journal: what was read, and what had come of it.
#[derive(Debug, Clone)]
pub struct Commit {
    pub positions: Positions,
    /// Bytes of the output files, in the order of [`crate::journal::OUTPUT_FILES`].
    pub lengths: Lengths,
    /// Log time up to which was read; [`Instant::MIN`] if nothing with a log time was.
    pub watermark: Instant,
    pub sums: Sums,
}

/// The last commit; a process may go on committing meanwhile.
///
/// # Errors
/// There is no state, or it cannot be read.
pub fn last_commit(directory: &JournalDirectory) -> Result<Commit, AppError> {
    for _ in 1..TRIES {
        match read(directory) {
            Err(AppError::Store(StoreError::Unavailable(_) | StoreError::Corrupt(_))) => thread::sleep(BETWEEN_TRIES),
            other => return other,
        }
    }
    read(directory)
}

fn read(directory: &JournalDirectory) -> Result<Commit, AppError> {
    let stores = RocksStores::new(StateDirectory::look_on(&directory.state())?, Rebuild::FromInputs, Memory::default())?;
    let store = stores.open_read_only(PARTITION)?;
    let meta = Key::State(StateKey::Meta);
    let values = store.get_many(&[Key::Positions, Key::Receipt, meta].map(|key| key.encode()))?;
    let [Some(positions), Some(receipt), Some(meta)] = values.as_slice() else {
        return Err(AppError::NothingCommitted(directory.state()));
    };
    let (control, usage) = value::decode_positions(positions)?;
    let position = |(next_offset, files)| Position { next_offset, files };
    let positions = Positions { control: position(control), usage: position(usage) };
    let lengths = Lengths::decode(receipt).map_err(|fault| AppError::Receipt { path: directory.state(), source: fault })?;
    let meta = match value::decode(&StateKey::Meta, meta)? {
        StateValue::Meta(meta) => meta,
        _ => Meta::default(),
    };
    Ok(Commit { positions, lengths, watermark: meta.watermark, sums: meta.sums })
}

/// The catalogs that a log is folded by: the one that it begins with, and those that it may name.
#[derive(Debug, Clone)]
pub struct CatalogsOfLog {
    pub first: Arc<Catalog>,
    pub others: Arc<dyn Catalogs>,
}

/// What to fold again, and where.
#[derive(Debug, Clone)]
pub struct Replay {
    pub journal: JournalDirectory,
    pub catalogs: CatalogsOfLog,
    pub keys: Arc<dyn Keys>,
    pub commit: Commit,
    /// An empty directory, for outputs and state.
    pub work: PathBuf,
}

/// Folds what the commit had read, with an engine that knows nothing yet.
///
/// Inputs that were too far in the future for the clocks of then are so again: all that counted
/// has moved the watermark, so what is later than that did not count.
///
/// # Errors
/// See [`AppError`].
pub fn replay_journal(replay: Replay, stop: Stop, metrics: Arc<Metrics>) -> Result<Sums, AppError> {
    let Replay { journal, catalogs, keys, commit, work } = replay;
    let directory = journal.working_in(&work);
    let warn = Box::new(|text: &str| tracing::warn!("{text}"));
    let source = JournalSource::new(directory.clone(), Reading::Once, warn).up_to(commit.positions);
    let limits = JournalRun::new(work, Arc::clone(&catalogs.first), None).limits;
    let wall = commit.watermark.saturating_sub(catalogs.first.max_future_skew);
    let mut setup = journal::setup(catalogs.first, limits);
    setup.catalogs = catalogs.others;
    setup.keys = keys;
    setup.until = Some(commit.watermark).filter(|watermark| *watermark > Instant::MIN);
    setup.wall = Arc::new(move || wall);
    journal::work(&directory, source, setup, stop, metrics)
}
