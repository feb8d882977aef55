//! The three ports of the shell: where inputs come from, where outputs go, where state rests.
//!
//! Each has a Kafka, a journal (files) and a simulated implementation. They move bytes: what the
//! bytes mean is known to `wire` alone.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::domain::catalog::Catalog;
use crate::wire::keys::KeyRing;

/// One of the two inputs of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Facts that move the rules: read first on a tie of log times.
    Control,
    /// Usage events.
    Usage,
}

impl Lane {
    pub const ALL: [Lane; 2] = [Lane::Control, Lane::Usage];
}

/// Where a lane is read on from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// Offset of the next unread input: Kafka's offset, or the running number of a journal's line.
    pub next_offset: u64,
    /// Journal only: bytes already read of each file, in name order.
    pub files: Vec<(String, u64)>,
}

/// The positions of both lanes of a partition: the input half of a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions {
    pub control: Position,
    pub usage: Position,
}

impl Positions {
    #[must_use]
    pub fn lane(&self, lane: Lane) -> &Position {
        match lane {
            Lane::Control => &self.control,
            Lane::Usage => &self.usage,
        }
    }

    pub fn lane_mut(&mut self, lane: Lane) -> &mut Position {
        match lane {
            Lane::Control => &mut self.control,
            Lane::Usage => &mut self.usage,
        }
    }
}

/// One input as its source holds it; borrowed until the batch that it is in has been folded.
pub trait Message {
    fn lane(&self) -> Lane;
    fn partition(&self) -> u32;
    /// Offset of this input in its lane (see [`Position::next_offset`]).
    fn offset(&self) -> u64;
    /// The broker's time of the input in milliseconds since the epoch; none in a journal.
    fn timestamp_ms(&self) -> Option<i64>;
    /// The value; none is a Kafka tombstone.
    fn value(&self) -> Option<&[u8]>;
    fn key(&self) -> Option<&[u8]> {
        None
    }
    /// Calls `each` with name and value of every header.
    fn headers<'a>(&'a self, each: &mut dyn FnMut(&'a str, &'a [u8]));
    /// True if there is a header at all: structured events have none or just `content-type`.
    fn has_headers(&self) -> bool;
    /// Journal only: the file and the byte after this line.
    fn file(&self) -> Option<(&str, u64)> {
        None
    }
    /// Memory that this input holds, for back-pressure, in bytes.
    fn footprint(&self) -> usize;
}

/// What a poll of a source brings, in order.
#[derive(Debug)]
pub enum Arrival<M> {
    Input(M),
    /// The lane of this partition has been read to its end: end offset, or last whole line.
    /// Holds until the next input of that lane.
    AtEnd {
        lane: Lane,
        partition: u32,
    },
    /// Take these partitions over, then call [`Source::start`] for each.
    Assigned(Vec<u32>),
    /// Let these partitions go: uncommitted work on them is dropped.
    Revoked(Vec<u32>),
    /// Nothing will ever arrive any more (a journal read without following).
    Exhausted,
}

/// Which lanes a poll may read now: back-pressure is a lane that is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub control: bool,
    pub usage: bool,
}

#[derive(Debug, Error)]
pub enum SourceError {
    /// Nothing was lost; a later poll may go well (broker away).
    #[error("{0}")]
    Retry(String),
    /// Inputs would be lost or read twice if the worker went on.
    #[error("{0}")]
    Fatal(String),
}

/// Where inputs come from.
pub trait Source {
    type Message: Message;

    /// Appends at most `max` arrivals to `out`, waiting at most `wait` for the first.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn poll(&mut self, max: usize, room: Room, wait: Duration, out: &mut Vec<Arrival<Self::Message>>) -> Result<(), SourceError>;

    /// Starts delivering both lanes of a partition that was taken over.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn start(&mut self, partition: u32, from: &Positions) -> Result<(), SourceError>;

    /// Stops delivering a partition; called for revoked ones and before dropping the source.
    ///
    /// # Errors
    /// See [`SourceError`].
    fn stop(&mut self, partition: u32) -> Result<(), SourceError>;

    /// Journal with `--until`: reads no more of an input file in this run, and delivers the lane
    /// anew from `from` on. Whatever of the lane was delivered behind `from` must be forgotten, its
    /// end included: so offsets stay contiguous however far was read ahead.
    fn close_file(&mut self, _lane: Lane, _file: &str, _from: &Position) {}
}

/// Where the catalogs are that a log may put in force.
pub trait Catalogs: Debug + Send + Sync {
    /// Those that were there at the start.
    fn known(&self) -> Vec<Arc<Catalog>>;

    /// The catalog with this digest; also one that was added since.
    ///
    /// # Errors
    /// Where it was looked for in vain, and what to do.
    fn find(&self, digest: &[u8; 32]) -> Result<Arc<Catalog>, String>;
}

/// Where the keys are that originals are sealed with.
pub trait Keys: Debug + Send + Sync {
    /// All that there are now; an empty ring seals nothing.
    fn ring(&self) -> Arc<KeyRing>;
}

/// The output topics, by what they are for; names are configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outlet {
    Records,
    Suspense,
    Notices,
    /// An input that a producer put on the wrong partition, on its way to the right one.
    Forward(Lane),
}

/// One message to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub outlet: Outlet,
    /// The partition to publish to; none: by key.
    pub partition: Option<u32>,
    pub key: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub value: Vec<u8>,
}

/// A key and its post-image; none deletes.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// All that one partition hands to one commit. It is immutable, and so can be published while the
/// worker folds on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publication {
    pub partition: u32,
    pub changes: Vec<Change>,
    pub outputs: Vec<Output>,
    pub positions: Positions,
}

/// What the sink wants to find again in the store: Kafka's changelog position, a journal's file lengths.
pub type Receipt = Vec<u8>;

#[derive(Debug, Error)]
pub enum PublishError {
    /// Nothing was published; the worker's partitions are taken over anew from the last commit.
    #[error("{0}")]
    Aborted(String),
    /// It is not known whether it was published: partitions are taken over anew, which finds out.
    #[error("{0}")]
    Unknown(String),
    /// Another owner has taken over: drop all that is not committed.
    #[error("{0}")]
    Fenced(String),
    /// Going on would lose or double something, or the medium is full or broken.
    #[error("{0}")]
    Fatal(String),
}

/// What a takeover found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// The committed input positions, if the sink keeps them (Kafka's group offsets).
    /// None: the store's own positions are the commit point (journal), or nothing was committed yet.
    pub committed: Option<Positions>,
    /// The new receipt to store with the replayed changes, if any were replayed.
    pub receipt: Option<Receipt>,
}

/// Where outputs go: step 2 of the commit.
pub trait Sink: Send {
    /// Does it keep the input positions itself, so that a takeover can compare them with the
    /// store's (Kafka)? If not, the store's own are the commit point (journal).
    fn keeps_positions(&self) -> bool {
        false
    }

    /// Publishes all of it or nothing, atomically with the input positions.
    /// Returns one receipt per publication, in order.
    ///
    /// # Errors
    /// See [`PublishError`].
    fn publish(&mut self, publications: &[Publication]) -> Result<Vec<Receipt>, PublishError>;

    /// Makes this worker the only writer (Kafka: `init_transactions`). Called before `recover`,
    /// and after any publish that did not succeed.
    ///
    /// # Errors
    /// See [`PublishError`].
    fn fence(&mut self) -> Result<(), PublishError>;

    /// Brings a partition to its commit point: hands every change that was published after
    /// `receipt` to `replay` (Kafka), or cuts the files to the committed lengths (journal).
    ///
    /// # Errors
    /// See [`PublishError`].
    fn recover(
        &mut self,
        partition: u32,
        receipt: Option<&[u8]>,
        replay: &mut dyn FnMut(Vec<Change>, Receipt) -> Result<(), StoreError>,
    ) -> Result<Recovered, PublishError>;
}

#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("{0}")]
    Locked(String),
    /// Written by a newer version of the program.
    #[error("{0}")]
    Newer(String),
    #[error("{0}")]
    Corrupt(String),
    /// Disk full, permission, input/output error.
    #[error("{0}")]
    Unavailable(String),
}

/// Where the state of one partition rests.
pub trait Store: Send {
    /// Values of `keys`, in their order.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn get_many(&self, keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Up to `limit` pairs with `from <= key < to`, in key order.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError>;

    /// Writes all changes or none, durably: step 3 of the commit.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn write(&self, changes: &[Change]) -> Result<(), StoreError>;
}

/// Opens the stores of partitions; one per process, so that they share a block cache.
pub trait Stores: Send + Sync {
    type Store: Store + Sync + 'static;

    /// Opens or creates the store of a partition; at most one is open per partition.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn open(&self, partition: u32) -> Result<Self::Store, StoreError>;
}
