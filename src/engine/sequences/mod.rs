//! Numbers that sources give to their events: which were seen, which are missing, which came twice.
//!
//! Kept by source in chunks, all in memory: a full chunk takes next to nothing. What it tells depends on inputs and
//! watermark only: chunks are forgotten when the watermark passes a day, never at a commit. A partition that is not
//! alone sees a part of a source's numbers; then `tally gaps` puts the partitions together, and nothing is told here.

mod source;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::source::Source;
use super::dedupe::Dedupe;
use super::input::PostImages;
use super::partition::Engine;
use crate::domain::instant::Instant;
use crate::domain::notice::NoticeKind;
use crate::domain::sequence::{SequenceChunk, SourceGaps};
use crate::domain::state::{StateKey, StateRef};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Verdict;

/// Chunks of all sources together: of a source whose numbers leap, each event begins one. Beyond it the chunk of the
/// smallest numbers of that source is let go.
const MOST_CHUNKS: usize = 1 << 18;

#[derive(Debug, Default)]
pub struct Sequences {
    sources: FxHashMap<Arc<str>, Source>,
    chunks: usize,
    /// When the first gap of a source was found that is not told yet.
    since: BTreeSet<(Instant, Arc<str>)>,
    /// Changed since the last freeze.
    dirty: Vec<(Arc<str>, u64)>,
    dirty_gaps: BTreeSet<Arc<str>>,
    deleted: Vec<StateKey>,
    /// Chunks of days before this one were forgotten.
    forgotten_before: i32,
}

/// A number is a run of digits; other texts are not looked at.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

impl Sequences {
    /// How much there is to commit.
    pub fn changes(&self) -> usize {
        self.dirty.len() + self.deleted.len()
    }

    pub fn restore_chunk(&mut self, source: &str, chunk: u64, value: SequenceChunk) {
        self.chunks += 1;
        self.sources.entry(Arc::from(source)).or_default().restore(chunk, value);
    }

    pub fn restore_gaps(&mut self, source: &str, gaps: SourceGaps) {
        let name: Arc<str> = Arc::from(source);
        self.since.extend(gaps.open.first().map(|gap| (gap.since, Arc::clone(&name))));
        self.sources.entry(name).or_default().gaps = gaps;
    }

    /// Takes the number of an event that is new. What it tells: a number that came twice, a gap that is closed.
    pub fn see(&mut self, event: &UsageEvent<'_>, watermark: Instant, alone: bool) -> Vec<NoticeKind> {
        let Some(number) = event.sequence.as_deref().and_then(number) else { return Vec::new() };
        if !self.sources.contains_key(&*event.source) {
            self.sources.insert(Arc::from(&*event.source), Source::default());
        }
        let Some(name) = self.sources.get_key_value(&*event.source).map(|(name, _)| Arc::clone(name)) else { return Vec::new() };
        let Some(source) = self.sources.get_mut(&name) else { return Vec::new() };
        let marked = source.mark(number, Dedupe::day_of(event.time));
        self.chunks += usize::from(marked.is_new_chunk);
        if marked.is_first_change {
            self.dirty.push((Arc::clone(&name), source::chunk_of(number)));
        }
        if self.chunks > MOST_CHUNKS
            && let Some(chunk) = source.let_go_of_first()
        {
            self.chunks -= 1;
            self.deleted.push(StateKey::Sequence(name.to_string(), chunk));
        }
        let mut told = Vec::new();
        if marked.tell_repeat {
            told.push(NoticeKind::SequenceRepeated { source: name.to_string(), sequence: number, id: event.id.clone().into_owned() });
        }
        if alone && marked.is_new {
            let had_gaps = source.since().is_some();
            if let Some(gap) = source.extend(number, watermark) {
                told.push(NoticeKind::GapClosed { source: name.to_string(), first: gap.first, last: gap.last });
            }
            if !had_gaps {
                self.since.extend(source.since().map(|since| (since, Arc::clone(&name))));
            }
            self.dirty_gaps.insert(name);
        }
        told
    }

    /// The next gap that is to be told at an instant or before.
    pub fn tell_next(&mut self, until: Instant, patience: i64) -> Option<(Instant, Option<NoticeKind>)> {
        let at = self.since.first().map(|(since, _)| since.saturating_add(patience)).filter(|at| *at <= until)?;
        let (_, name) = self.since.pop_first()?;
        let source = self.sources.get_mut(&name)?;
        let gap = source.ripe();
        self.since.extend(source.since().map(|since| (since, Arc::clone(&name))));
        let kind =
            gap.map(|gap| NoticeKind::GapDetected { source: name.to_string(), first: gap.first, last: gap.last, count: gap.missing });
        self.dirty_gaps.insert(name);
        Some((at, kind))
    }

    /// Forgets chunks whose newest event is of a day before `first_alive`.
    pub fn forget(&mut self, first_alive: i32) {
        if first_alive <= self.forgotten_before {
            return;
        }
        self.forgotten_before = first_alive;
        for (name, source) in &mut self.sources {
            for chunk in source.forget(first_alive) {
                self.chunks -= 1;
                self.deleted.push(StateKey::Sequence(name.to_string(), chunk));
                self.dirty_gaps.insert(Arc::clone(name));
            }
            if source.is_forgotten() && source.gaps.span.is_some() {
                self.deleted.push(StateKey::Gaps(name.to_string()));
            }
        }
        self.sources.retain(|_, source| !source.is_forgotten());
    }

    pub fn freeze(&mut self, images: &mut dyn PostImages) {
        self.deleted.sort_unstable();
        for key in self.deleted.drain(..) {
            images.delete(&key);
        }
        for (name, chunk) in self.dirty.drain(..) {
            if let Some(value) = self.sources.get_mut(&name).and_then(|source| source.freeze(chunk)) {
                images.put(&StateKey::Sequence(name.to_string(), chunk), StateRef::Sequence(value));
            }
        }
        for name in std::mem::take(&mut self.dirty_gaps) {
            if let Some(source) = self.sources.get(&name) {
                images.put(&StateKey::Gaps(name.to_string()), StateRef::Gaps(&source.gaps));
            }
        }
    }
}

impl Engine {
    /// After a usage event has its verdict: the number of one that is new counts.
    pub(super) fn see_sequence(&mut self, event: &UsageEvent<'_>, verdict: Verdict) {
        if self.world.catalog.watch.patience.is_none() || event.sequence.is_none() {
            return;
        }
        let is_new = match verdict {
            Verdict::Counted | Verdict::Test => true,
            Verdict::Suspended(reason) => reason.waits(),
            Verdict::Duplicate | Verdict::Undecodable => false,
        };
        if !is_new {
            return;
        }
        let (alone, watermark) = (self.partitions <= 1, self.meta.watermark);
        for kind in self.sequences.see(event, watermark, alone) {
            self.tell(watermark, kind);
        }
    }

    /// Tells the gaps that were not closed in time, up to an instant.
    pub(super) fn tell_gaps(&mut self, until: Instant) {
        let Some(patience) = self.world.catalog.watch.patience else { return };
        while let Some((at, kind)) = self.sequences.tell_next(until, patience) {
            if let Some(kind) = kind {
                self.tell(at, kind);
            }
        }
    }

    /// With the ids of a day, the numbers of its events are forgotten.
    pub(super) fn forget_sequences(&mut self) {
        let horizon = self.world.catalog.dedupe_horizon;
        self.sequences.forget(Dedupe::day_of(self.meta.watermark.saturating_sub(horizon)));
    }
}
