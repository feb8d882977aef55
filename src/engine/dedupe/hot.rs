//! Ids in memory.

use std::collections::BTreeMap;
use std::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashMap;

use crate::domain::lineage::Fingerprint;

/// Some ids with their days, and the stored blocks that hold them.
#[derive(Debug, Default)]
pub struct Generation {
    days: HashMap<Fingerprint, i32, BuildHasherDefault<Unhashed>>,
    blocks: Vec<(i32, u64)>,
}

/// A fingerprint is a hash already.
#[derive(Debug, Default)]
pub struct Unhashed(u64);

impl Hasher for Unhashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, id: u128) {
        let bytes = id.to_le_bytes();
        let (low, _) = bytes.split_at(8);
        self.0 = low.try_into().map_or(0, u64::from_le_bytes);
    }
}

impl Generation {
    pub fn len(&self) -> usize {
        self.days.len()
    }

    pub fn insert(&mut self, id: Fingerprint, day: i32) {
        self.days.insert(id, day);
    }

    pub fn day_of(&self, id: Fingerprint) -> Option<i32> {
        self.days.get(&id).copied()
    }

    pub fn add_block(&mut self, day: i32, sequence: u64) {
        self.blocks.push((day, sequence));
    }

    pub fn blocks(&self) -> &[(i32, u64)] {
        &self.blocks
    }

    /// Gives up the blocks of days before `first_alive`, to be deleted.
    pub fn take_blocks_before(&mut self, first_alive: i32) -> Vec<(i32, u64)> {
        let (expired, alive) = self.blocks.drain(..).partition(|(day, _)| *day < first_alive);
        self.blocks = alive;
        expired
    }

    pub fn sorted_by_day(&self) -> BTreeMap<i32, Vec<Fingerprint>> {
        let mut by_day: BTreeMap<i32, Vec<Fingerprint>> = BTreeMap::new();
        for (id, day) in &self.days {
            by_day.entry(*day).or_default().push(*id);
        }
        for ids in by_day.values_mut() {
            ids.sort_unstable();
        }
        by_day
    }
}
