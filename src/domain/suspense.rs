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
    /// The input's bytes; none: redacted, because they hold a personal number.
    pub original: Option<Vec<u8>>,
    /// Who wrote it off, and why.
    pub written_off: Option<Approval>,
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
