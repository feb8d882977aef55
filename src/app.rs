//! Puts a process together: which source, sink and store the workers get, and who may stop them.

mod journal;
mod kafka;
mod kafka_replay;
mod replay;
mod signals;

pub use journal::{JournalRun, run_journal};
pub use kafka::{input_time, run_kafka, settings};
pub use kafka_replay::{PartitionCommit, Replayed, partition_commits, replay_partition};
pub use replay::{CatalogsOfLog, Commit, Replay, last_commit, replay_journal};
pub use signals::stop_on_signals;

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::http::HttpError;
use crate::journal::ReceiptError;
use crate::kafka::KafkaFault;
use crate::keyring::KeyringFault;
use crate::pipeline::RunError;
use crate::pipeline::ports::{SourceError, StoreError};
use crate::wire::stored::StoredError;

/// Why a run ended before its time. Nothing is lost: the next start goes on from the last commit.
#[derive(Debug, Error, Diagnostic)]
pub enum AppError {
    #[error(transparent)]
    Journal(#[from] SourceError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Keys(#[from] KeyringFault),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("cannot start {what}: {source}; free resources of this machine, then start again")]
    Thread { what: &'static str, source: std::io::Error },
    #[error("the state of the last commit: {0}")]
    Stored(#[from] StoredError),
    #[error("the lengths of the output files in {}: {source}; restore the whole journal directory from a backup", path.display())]
    Receipt { path: PathBuf, source: ReceiptError },
    #[error("the last commit cannot be read: {0}")]
    Commit(String),
    #[error("nothing has been committed in {}: there is nothing published yet; run the journal first", _0.display())]
    NothingCommitted(PathBuf),
    #[error("a worker ended without a word; the log above says why, the next start goes on from the last commit")]
    WorkerLost,
}
