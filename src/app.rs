//! Puts a process together: which source, sink and store the workers get, and who may stop them.

mod journal;
mod kafka;
mod signals;

pub use journal::{JournalRun, run_journal};
pub use kafka::{input_time, run_kafka, settings};
pub use signals::stop_on_signals;

use miette::Diagnostic;
use thiserror::Error;

use crate::http::HttpError;
use crate::kafka::KafkaFault;
use crate::pipeline::RunError;
use crate::pipeline::ports::{SourceError, StoreError};

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
    Http(#[from] HttpError),
    #[error("cannot start {what}: {source}; free resources of this machine, then start again")]
    Thread { what: &'static str, source: std::io::Error },
    #[error("a worker ended without a word; the log above says why, the next start goes on from the last commit")]
    WorkerLost,
}
