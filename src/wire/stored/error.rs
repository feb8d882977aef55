//! Why stored bytes cannot be read.

use thiserror::Error;

/// `place` is the key whose value it is, or the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoredError {
    #[error(
        "the stored value of {place} has version {found}, this program reads up to {known}: a newer tally wrote it; \
         start that version, or remove the state directory and it is rebuilt from the log"
    )]
    Newer { place: String, found: u8, known: u8 },
    #[error(
        "the stored value of {place} has version {found}, this program reads from {oldest} on: a tally of before its first release \
         wrote it; start with an empty state directory, changelog and consumer group, and the log is read again"
    )]
    Older { place: String, found: u8, oldest: u8 },
    #[error(
        "the store holds a key of kind {kind}, which this program does not know: a newer tally wrote it; \
         start that version, or remove the state directory and it is rebuilt from the log"
    )]
    UnknownKind { kind: u8 },
    #[error("{place} cannot be read: {why}; the store is damaged: remove the state directory and it is rebuilt from the log")]
    Corrupt { place: String, why: String },
}
