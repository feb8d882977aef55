//! Has this event id been seen? Exact within the horizon, in bounded memory.
//!
//! Newest ids are in memory: a young and an old generation. When the young one is full, the old
//! one is sealed into sorted runs in the store, of which only a filter and the first id of each
//! block stay in memory. An id belongs to the day of its event time and is forgotten when that day
//! is behind the horizon: a copy that comes later is `too_old`, never "assumed new".

mod cold;
mod filter;
mod hot;

use std::collections::BTreeMap;

use crate::domain::instant::{Instant, NANOS_PER_DAY};
use crate::domain::lineage::Fingerprint;
use crate::domain::state::{Meta, StateKey, StateRef};

use self::cold::Cold;
use self::hot::Generation;
use super::input::PostImages;

/// Ids in one stored block of those that just came: 512 KB, below every message limit.
const IDS_PER_BLOCK: usize = 32_768;

/// The fingerprint of an event id: xxh3-128 of the length of `source` (`u32`, big-endian), `source`, `id`.
#[must_use]
pub fn fingerprint(source: &str, id: &str) -> Fingerprint {
    let mut buffer = [0_u8; 4 + 512];
    let length = u32::try_from(source.len()).unwrap_or(u32::MAX);
    let (middle, end) = (4 + source.len(), 4 + source.len() + id.len());
    if end > buffer.len() {
        let joined = [&length.to_be_bytes(), source.as_bytes(), id.as_bytes()].concat();
        return Fingerprint(xxhash_rust::xxh3::xxh3_128(&joined));
    }
    buffer[..4].copy_from_slice(&length.to_be_bytes());
    buffer[4..middle].copy_from_slice(source.as_bytes());
    buffer[middle..end].copy_from_slice(id.as_bytes());
    Fingerprint(xxhash_rust::xxh3::xxh3_128(&buffer[..end]))
}

/// What is known of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    New,
    Seen,
    /// Only the store can tell: these blocks may hold it.
    Ask(Vec<StateKey>),
}

#[derive(Debug)]
pub struct Dedupe {
    horizon: i64,
    /// Ids per generation.
    capacity: usize,
    young: Generation,
    old: Generation,
    /// The generation that was sealed last, until its runs are in the store.
    sealing: Option<(u64, Generation)>,
    cold: Cold,
    /// Ids since the last freeze.
    fresh: Vec<(i32, Fingerprint)>,
    /// Days before this one have been expired.
    expired_before: i32,
}

impl Dedupe {
    /// `ids_in_memory`: how many ids are kept before older ones move to the store.
    #[must_use]
    pub fn new(horizon: i64, ids_in_memory: usize) -> Self {
        let capacity = (ids_in_memory / 2).max(1);
        Self {
            horizon,
            capacity,
            young: Generation::default(),
            old: Generation::default(),
            sealing: None,
            cold: Cold::new(capacity.max(1 << 16)),
            fresh: Vec::new(),
            expired_before: i32::MIN,
        }
    }

    /// Another catalog looks back another time. What is forgotten stays so.
    pub fn set_horizon(&mut self, horizon: i64) {
        self.horizon = horizon;
    }

    /// The day whose ids an event of this time belongs to.
    #[must_use]
    pub fn day_of(time: Instant) -> i32 {
        i32::try_from(time.utc_day()).unwrap_or(i32::MAX)
    }

    fn is_expired(&self, day: i32, watermark: Instant) -> bool {
        let end = (i64::from(day) + 1).saturating_mul(NANOS_PER_DAY);
        end.saturating_add(self.horizon) <= watermark.nanos()
    }

    /// Has this id been remembered, and is it still?
    #[must_use]
    pub fn probe(&self, id: Fingerprint, watermark: Instant) -> Probe {
        let sealing = self.sealing.as_ref().map(|(_, generation)| generation);
        let hot = [Some(&self.young), Some(&self.old), sealing];
        let alive = |day: &i32| !self.is_expired(*day, watermark);
        if hot.into_iter().flatten().filter_map(|generation| generation.day_of(id)).any(|day| alive(&day)) {
            return Probe::Seen;
        }
        self.cold.probe(id, &|day| alive(&day))
    }

    pub fn remember(&mut self, id: Fingerprint, time: Instant) {
        let day = Self::day_of(time);
        self.young.insert(id, day);
        self.fresh.push((day, id));
    }

    /// Ids since the last freeze.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.fresh.len()
    }

    /// Writes the ids since the last freeze, seals a full generation, deletes expired days.
    pub fn freeze(&mut self, epoch: u64, meta: &mut Meta, images: &mut dyn PostImages) {
        self.write_fresh(meta, images);
        if self.young.len() >= self.capacity && self.sealing.is_none() {
            self.seal(epoch, meta, images);
        }
        self.expire(meta.watermark, images);
        self.cold.forget_blocks();
    }

    fn write_fresh(&mut self, meta: &mut Meta, images: &mut dyn PostImages) {
        let mut by_day: BTreeMap<i32, Vec<Fingerprint>> = BTreeMap::new();
        for (day, id) in self.fresh.drain(..) {
            by_day.entry(day).or_default().push(id);
        }
        for (day, ids) in by_day {
            for block in ids.chunks(IDS_PER_BLOCK) {
                let sequence = meta.next_id_block;
                meta.next_id_block += 1;
                images.put(&StateKey::IdBlock { day, sequence }, StateRef::Ids(block));
                self.young.add_block(day, sequence);
            }
        }
    }

    /// Turns the old generation into sorted runs: from the next commit on they are read from there.
    fn seal(&mut self, epoch: u64, meta: &mut Meta, images: &mut dyn PostImages) {
        let young = std::mem::take(&mut self.young);
        let sealed = std::mem::replace(&mut self.old, young);
        for (day, ids) in sealed.sorted_by_day() {
            if !self.is_expired(day, meta.watermark) {
                self.cold.write_run(epoch, day, meta.next_id_run, &ids, images);
                meta.next_id_run += 1;
            }
        }
        for (day, sequence) in sealed.blocks() {
            images.delete(&StateKey::IdBlock { day: *day, sequence: *sequence });
        }
        self.sealing = Some((epoch, sealed));
    }

    fn expire(&mut self, watermark: Instant, images: &mut dyn PostImages) {
        let first_alive = Self::day_of(watermark.saturating_sub(self.horizon));
        if first_alive <= self.expired_before {
            return;
        }
        self.expired_before = first_alive;
        for generation in [&mut self.young, &mut self.old] {
            for (day, sequence) in generation.take_blocks_before(first_alive) {
                images.delete(&StateKey::IdBlock { day, sequence });
            }
        }
        self.cold.expire(first_alive, images);
    }

    /// The store now holds everything up to this epoch.
    pub fn persisted(&mut self, epoch: u64) {
        if self.sealing.as_ref().is_some_and(|(sealed, _)| *sealed <= epoch) {
            self.sealing = None;
        }
        self.cold.persisted(epoch);
    }

    /// Takes back what a store holds of ids as they came.
    pub fn restore_block(&mut self, day: i32, sequence: u64, ids: &[Fingerprint]) {
        for id in ids {
            self.old.insert(*id, day);
        }
        self.old.add_block(day, sequence);
    }

    /// Takes back a block of a sealed run; blocks come in key order.
    pub fn restore_run(&mut self, day: i32, run: u64, block: u32, ids: &[Fingerprint]) {
        self.cold.restore(day, run, block, ids);
    }

    /// Takes a block that a probe asked for.
    pub fn supply(&mut self, day: i32, run: u64, block: u32, ids: Vec<Fingerprint>) {
        self.cold.supply(day, run, block, ids);
    }
}
