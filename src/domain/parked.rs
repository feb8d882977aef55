//! Events that wait for the world: parked with all that their release needs.

use super::instant::Instant;
use super::lineage::Fingerprint;
use super::suspense::Original;
use super::usage::OwnedUsage;
use super::verdict::Reason;

/// The order of release: event time, then arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParkedKey {
    pub time: Instant,
    /// Running number of parked events in the partition.
    pub arrival: u64,
}

/// A parked event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    pub reason: Reason,
    pub event: OwnedUsage,
    pub fingerprint: Fingerprint,
    pub log_time: Instant,
    pub origin: Origin,
    pub original: Original,
}

/// Where an input stands: topic (or a journal's lane), partition, offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub topic: String,
    pub partition: u32,
    pub offset: u64,
}
