//! Why a worker ends.

use std::time::Duration;

use thiserror::Error;

use super::ports::{Lane, Positions, PublishError, SourceError, StoreError};
use crate::engine::input::EngineError;
use crate::wire::stored::StoredError;

/// Why a worker ended. Nothing is lost by any of these: a restart goes on from the last commit.
#[derive(Debug, Error)]
pub enum RunError {
    #[error("{0}")]
    Input(String),
    #[error("{0}")]
    Output(String),
    #[error("partition {partition}: {source}")]
    Store { partition: u32, source: StoreError },
    #[error("partition {partition}: {source}")]
    Stored { partition: u32, source: StoredError },
    #[error(
        "partition {partition}: the catalog sha256:{} takes effect {place}, and is not known here: {why}, and start again. \
         Nothing was skipped, it goes on from the last commit",
        hex::encode(digest)
    )]
    UnknownCatalog { partition: u32, digest: [u8; 32], place: String, why: String },
    #[error("partition {partition}: {source}")]
    Engine { partition: u32, source: EngineError },
    #[error(
        "partition {partition}: the state directory says that {}, but the consumer group says {}. \
         Going on would lose or double inputs, so the partition is not started. If the group's offsets were reset by hand, set \
         them back; else remove the state directory of this partition, and it is rebuilt from the changelog",
        told(stored.as_deref()),
        told(committed.as_deref())
    )]
    Mismatch { partition: u32, stored: Option<Box<Positions>>, committed: Option<Box<Positions>> },
    #[error(
        "partition {partition}: the state directory has input positions without a receipt, or a receipt without positions; \
         it is damaged: remove it, and it is rebuilt"
    )]
    HalfStored { partition: u32 },
    #[error(
        "partition {partition}: offset {offset} of {lane:?} came where {expected} or later was due: it would be counted twice. \
         Restart to continue from the last commit; if it comes again, report it"
    )]
    OffsetWentBack { partition: u32, lane: Lane, offset: u64, expected: u64 },
    #[error("tried for {} s without success, last: {last}. Restart when that is mended; it continues from the last commit", patience.as_secs())]
    GaveUp { patience: Duration, last: String },
    #[error(
        "the last commit failed, or did not end in time; whether it was made will be seen at the next start, which continues from there"
    )]
    StoppedUncommitted,
    #[error("the thread that commits is gone: {0}. Restart to continue from the last commit")]
    CommitterGone(String),
}

fn told(positions: Option<&Positions>) -> String {
    positions.map_or_else(
        || "nothing was read yet".to_owned(),
        |at| format!("usage was read up to offset {} and control up to {}", at.usage.next_offset, at.control.next_offset),
    )
}

/// A failure of the outside world: does it pass?
#[derive(Debug)]
pub(super) enum Trouble {
    /// Perhaps: take over anew, later.
    Passing(String),
    Lasting(RunError),
}

impl From<RunError> for Trouble {
    fn from(error: RunError) -> Self {
        Self::Lasting(error)
    }
}

impl From<PublishError> for Trouble {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Aborted(text) | PublishError::Unknown(text) | PublishError::Fenced(text) => Self::Passing(text),
            PublishError::Fatal(text) => Self::Lasting(RunError::Output(text)),
        }
    }
}

impl From<SourceError> for Trouble {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Retry(text) => Self::Passing(text),
            SourceError::Fatal(text) => Self::Lasting(RunError::Input(text)),
        }
    }
}
