//! What is published about an input in suspense.

use super::instant::Instant;
use super::parked::Origin;
use super::verdict::Reason;
use super::write_off::Approval;

/// A record for the suspense topic (CONTRACT 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspenseRecord {
    pub state: SuspenseState,
    pub reason: Reason,
    pub detail: String,
    pub customer: Option<String>,
    /// Source and id, where they could be read.
    pub event_id: Option<(String, String)>,
    pub log_time: Option<Instant>,
    pub origin: Origin,
    /// The pseudonym that the event names, if it names one: with its customer it says with which keys the
    /// original is sealed. It is not published.
    pub person: Option<String>,
    pub original: Original,
    /// Who wrote it off, and why.
    pub written_off: Option<Approval>,
}

/// What is kept of an input's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Original {
    /// As they came.
    Clear(Vec<u8>),
    Sealed(Sealed),
    /// They hold a personal number.
    Redacted,
}

/// Bytes that only the key ring opens (REQUIREMENTS E5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Of the keys.
    pub version: u32,
    /// Which person's key it needs besides the customer's: a digest of customer and pseudonym.
    pub person: Option<[u8; 16]>,
    /// None: the keys had been shredded when it was to be sealed.
    pub value: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuspenseState {
    Suspended,
    Released,
    /// Given up: it is never counted.
    WrittenOff,
}

impl SuspenseState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Released => "released",
            Self::WrittenOff => "written_off",
        }
    }
}
