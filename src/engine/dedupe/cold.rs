//! Ids in the store: sorted runs of packed blocks, found by a filter and the first id of each block.

use hashbrown::HashMap;

use crate::domain::lineage::Fingerprint;
use crate::domain::state::{StateKey, StateRef};

use super::super::input::PostImages;
use super::Probe;
use super::filter::Filter;

/// Ids in a block of a run: 8 KB.
const IDS_PER_BLOCK: usize = 512;

#[derive(Debug)]
pub struct Cold {
    shelves: Vec<Shelf>,
    /// Ids that a filter is made for.
    filter_capacity: usize,
    /// Blocks that probes asked for, until the next freeze.
    blocks: HashMap<(i32, u64, u32), Vec<Fingerprint>>,
    persisted: u64,
}

/// Runs that share a filter.
#[derive(Debug)]
struct Shelf {
    filter: Filter,
    ids: usize,
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    day: i32,
    number: u64,
    /// The commit that writes it: before that is done, memory still holds its ids.
    epoch: u64,
    /// The first id of each block.
    firsts: Vec<Fingerprint>,
}

impl Run {
    /// The only block that can hold an id.
    fn block_of(&self, id: Fingerprint) -> Option<u32> {
        let after = self.firsts.partition_point(|first| *first <= id);
        after.checked_sub(1).and_then(|block| u32::try_from(block).ok())
    }
}

impl Cold {
    pub fn new(filter_capacity: usize) -> Self {
        Self { shelves: Vec::new(), filter_capacity, blocks: HashMap::new(), persisted: 0 }
    }

    pub fn probe(&self, id: Fingerprint, alive: &dyn Fn(i32) -> bool) -> Probe {
        let mut ask = Vec::new();
        for shelf in self.shelves.iter().filter(|shelf| shelf.filter.may_contain(id)) {
            for run in shelf.runs.iter().filter(|run| run.epoch <= self.persisted && alive(run.day)) {
                let Some(block) = run.block_of(id) else { continue };
                match self.blocks.get(&(run.day, run.number, block)) {
                    Some(ids) if ids.binary_search(&id).is_ok() => return Probe::Seen,
                    Some(_) => {}
                    None => ask.push(StateKey::IdRun { day: run.day, run: run.number, block }),
                }
            }
        }
        if ask.is_empty() { Probe::New } else { Probe::Ask(ask) }
    }

    pub fn write_run(&mut self, epoch: u64, day: i32, number: u64, ids: &[Fingerprint], images: &mut dyn PostImages) {
        let mut firsts = Vec::with_capacity(ids.len().div_ceil(IDS_PER_BLOCK));
        for (block, ids) in (0_u32..).zip(ids.chunks(IDS_PER_BLOCK)) {
            firsts.extend(ids.first());
            images.put(&StateKey::IdRun { day, run: number, block }, StateRef::Ids(ids));
        }
        let shelf = self.shelf_for(ids.len());
        ids.iter().for_each(|id| shelf.filter.insert(*id));
        shelf.runs.push(Run { day, number, epoch, firsts });
    }

    pub fn restore(&mut self, day: i32, number: u64, block: u32, ids: &[Fingerprint]) {
        let shelf = if block == 0 { self.shelf_for(ids.len()) } else { self.last_shelf(ids.len()) };
        ids.iter().for_each(|id| shelf.filter.insert(*id));
        if block == 0 {
            shelf.runs.push(Run { day, number, epoch: 0, firsts: Vec::new() });
        }
        if let Some(run) = shelf.runs.last_mut() {
            run.firsts.extend(ids.first());
        }
    }

    /// The newest shelf, or a new one if that is full.
    fn shelf_for(&mut self, ids: usize) -> &mut Shelf {
        let full = self.shelves.last().is_none_or(|shelf| shelf.ids >= self.filter_capacity);
        if full {
            self.shelves.push(Shelf { filter: Filter::new(self.filter_capacity * 2), ids: 0, runs: Vec::new() });
        }
        self.last_shelf(ids)
    }

    fn last_shelf(&mut self, ids: usize) -> &mut Shelf {
        if self.shelves.is_empty() {
            self.shelves.push(Shelf { filter: Filter::new(self.filter_capacity * 2), ids: 0, runs: Vec::new() });
        }
        let last = self.shelves.len() - 1;
        let shelf = &mut self.shelves[last];
        shelf.ids += ids;
        shelf
    }

    pub fn expire(&mut self, first_alive: i32, images: &mut dyn PostImages) {
        for shelf in &mut self.shelves {
            for run in shelf.runs.extract_if(.., |run| run.day < first_alive) {
                for (block, _) in (0_u32..).zip(&run.firsts) {
                    images.delete(&StateKey::IdRun { day: run.day, run: run.number, block });
                }
            }
        }
        self.shelves.retain(|shelf| !shelf.runs.is_empty());
    }

    pub fn persisted(&mut self, epoch: u64) {
        self.persisted = self.persisted.max(epoch);
    }

    pub fn supply(&mut self, day: i32, run: u64, block: u32, ids: Vec<Fingerprint>) {
        self.blocks.insert((day, run, block), ids);
    }

    pub fn forget_blocks(&mut self) {
        self.blocks.clear();
    }
}
