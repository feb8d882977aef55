//! What outlives a crash: a log with transactions, output files, and stores on a lossy disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use tally::pipeline::ports::{Change, Lane, Output, Positions};

use super::rng::Rng;

pub type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

/// One input of a lane.
#[derive(Debug, Clone)]
pub struct Entry {
    pub offset: u64,
    pub value: Arc<[u8]>,
    pub headers: Vec<(String, Vec<u8>)>,
}

/// Which protocol the sink follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Keeps positions and a changelog; all or nothing.
    Log,
    /// Appends to files and cuts them back; the store is the commit point.
    Files,
}

/// Mistakes that the protocol must notice rather than bill by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    Nothing,
    /// The changelog's tail is not applied at a takeover.
    NoReplay,
    /// The store is written though nothing was published: it is ahead of the commit point.
    StoreAhead,
    /// An input is delivered twice.
    Redelivery,
}

/// What may go wrong, and how often still.
#[derive(Debug)]
pub struct Faults {
    pub rng: Rng,
    pub left: u32,
    pub percent: u64,
}

impl Faults {
    fn happens(&mut self) -> bool {
        let happens = self.left > 0 && self.rng.percent(self.percent);
        self.left -= u32::from(happens);
        happens
    }
}

pub struct World {
    pub mode: Mode,
    pub planted: Planted,
    pub lanes: BTreeMap<(u32, Lane), Vec<Entry>>,
    pub outputs: BTreeMap<u32, Vec<Output>>,
    pub changelog: BTreeMap<u32, Vec<Change>>,
    pub committed: BTreeMap<u32, Positions>,
    pub stores: BTreeMap<u32, Pairs>,
    pub open: BTreeSet<u32>,
    /// Copies of the stores from before.
    pub backups: Vec<BTreeMap<u32, Pairs>>,
    /// The newest incarnation that may publish.
    pub fence: u64,
    pub faults: Faults,
    /// The process is dead: nothing that it does has an effect any more.
    pub crashed: bool,
    pub commits: u64,
    pub takeovers: u64,
}

impl World {
    pub fn begin(mode: Mode, lanes: BTreeMap<(u32, Lane), Vec<Entry>>, faults: Faults) -> Shared {
        let world = Self {
            mode,
            planted: Planted::Nothing,
            lanes,
            outputs: BTreeMap::new(),
            changelog: BTreeMap::new(),
            committed: BTreeMap::new(),
            stores: BTreeMap::new(),
            open: BTreeSet::new(),
            backups: Vec::new(),
            fence: 0,
            faults,
            crashed: false,
            commits: 0,
            takeovers: 0,
        };
        Shared(Arc::new(Mutex::new(world)))
    }

    pub fn fault(&mut self) -> bool {
        self.faults.happens()
    }

    pub fn crash(&mut self) {
        self.crashed = true;
    }

    pub fn partitions(&self) -> Vec<u32> {
        let all: BTreeSet<u32> = self.lanes.keys().map(|(partition, _)| *partition).collect();
        all.into_iter().collect()
    }

    /// Is there an input in the log behind the committed positions?
    pub fn has_unread(&self) -> bool {
        self.mode == Mode::Log
            && self.lanes.iter().any(|((partition, lane), entries)| {
                let next = self.committed.get(partition).map_or(0, |positions| positions.lane(*lane).next_offset);
                entries.last().is_some_and(|last| last.offset >= next)
            })
    }

    /// The machine starts again, perhaps with another disk.
    pub fn restart(&mut self) {
        self.crashed = false;
        self.open.clear();
        if self.faults.left == 0 {
            return;
        }
        let chance = self.faults.rng.below(10);
        if chance == 0 {
            self.stores.clear();
            self.forget_backups(0);
        } else if chance == 1 && !self.backups.is_empty() {
            let one = self.faults.rng.index(self.backups.len());
            self.stores = self.backups[one].clone();
            self.forget_backups(one + 1);
        }
    }

    /// Files are cut back to what an old store knows; a newer one does not fit them any more.
    fn forget_backups(&mut self, keep: usize) {
        if self.mode == Mode::Files {
            self.backups.truncate(keep);
        }
    }
}

#[derive(Clone)]
pub struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("no test thread panics while it holds the world")
    }
}
