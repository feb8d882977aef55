//! The numbers of one source.

use std::collections::BTreeMap;

use crate::domain::instant::Instant;
use crate::domain::sequence::{Gap, NUMBERS_PER_CHUNK, Seen, SequenceChunk, SourceGaps};

/// Gaps of a source that are kept apart; further ones become one with the last.
const MOST_GAPS: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Source {
    chunks: BTreeMap<u64, Chunk>,
    pub gaps: SourceGaps,
}

#[derive(Debug)]
struct Chunk {
    value: SequenceChunk,
    dirty: bool,
}

/// What became of a number.
#[derive(Debug, Default)]
pub(super) struct Marked {
    pub is_new: bool,
    /// It came before, and of its chunk that was not told.
    pub tell_repeat: bool,
    pub is_new_chunk: bool,
    /// The chunk was clean before.
    pub is_first_change: bool,
}

pub(super) fn chunk_of(number: u64) -> u64 {
    number / NUMBERS_PER_CHUNK
}

impl Source {
    pub fn restore(&mut self, chunk: u64, value: SequenceChunk) {
        self.chunks.insert(chunk, Chunk { value, dirty: false });
    }

    pub fn mark(&mut self, number: u64, day: i32) -> Marked {
        let mut marked = Marked::default();
        let chunk = self.chunks.entry(chunk_of(number)).or_insert_with(|| {
            marked.is_new_chunk = true;
            Chunk { value: SequenceChunk { seen: Seen::default(), day, repeat_told: false }, dirty: false }
        });
        marked.is_new = chunk.value.seen.mark(number);
        marked.tell_repeat = !marked.is_new && !chunk.value.repeat_told;
        chunk.value.repeat_told |= marked.tell_repeat;
        chunk.value.day = chunk.value.day.max(day);
        marked.is_first_change = !chunk.dirty;
        chunk.dirty = true;
        marked
    }

    /// Lets go of the smallest numbers, but for those that were changed just now.
    pub fn let_go_of_first(&mut self) -> Option<u64> {
        let first = *self.chunks.first_key_value().filter(|_| self.chunks.len() > 1)?.0;
        self.chunks.remove(&first).map(|_| first)
    }

    /// With the numbers go the gaps that were told of them: whether one of a gap's numbers comes for the first time is not
    /// known any more.
    pub fn forget(&mut self, first_alive: i32) -> Vec<u64> {
        let forgotten: Vec<u64> = self.chunks.extract_if(.., |_, chunk| chunk.value.day < first_alive).map(|(number, _)| number).collect();
        let is_known = |gap: &Gap| !forgotten.iter().any(|chunk| (chunk_of(gap.first)..=chunk_of(gap.last)).contains(chunk));
        self.gaps.told.retain(is_known);
        forgotten
    }

    /// Is nothing left of it that anybody asks for?
    pub fn is_forgotten(&self) -> bool {
        self.chunks.is_empty() && self.gaps.open.is_empty()
    }

    pub fn freeze(&mut self, chunk: u64) -> Option<&SequenceChunk> {
        let chunk = self.chunks.get_mut(&chunk)?;
        chunk.dirty = false;
        Some(&chunk.value)
    }

    /// When the first gap was found that is not told yet.
    pub fn since(&self) -> Option<Instant> {
        self.gaps.open.first().map(|gap| gap.since)
    }

    /// A new number: it may leave a gap behind it, or fill one. The gap that was told and is closed by it.
    pub fn extend(&mut self, number: u64, watermark: Instant) -> Option<Gap> {
        let Some((lowest, highest)) = self.gaps.span else {
            self.gaps.span = Some((number, number));
            return None;
        };
        self.gaps.span = Some((lowest.min(number), highest.max(number)));
        if number > highest {
            self.open(highest.saturating_add(1), number.saturating_sub(1), watermark);
        } else if number < lowest {
            self.open(number.saturating_add(1), lowest.saturating_sub(1), watermark);
        } else {
            return self.fill(number);
        }
        None
    }

    fn open(&mut self, first: u64, last: u64, since: Instant) {
        if first > last {
            return;
        }
        let are_many = self.gaps.open.len() >= MOST_GAPS;
        match self.gaps.open.last_mut() {
            Some(gap) if are_many => (gap.first, gap.last) = (gap.first.min(first), gap.last.max(last)),
            _ => self.gaps.open.push(Gap { first, last, missing: last - first + 1, since }),
        }
    }

    fn fill(&mut self, number: u64) -> Option<Gap> {
        let place = self.gaps.told.iter().position(|gap| (gap.first..=gap.last).contains(&number))?;
        let gap = self.gaps.told.get_mut(place)?;
        gap.missing = gap.missing.saturating_sub(1);
        if gap.missing > 0 { None } else { Some(self.gaps.told.remove(place)) }
    }

    /// The first gap, after it was waited for: what of it is still missing, which is told now.
    pub fn ripe(&mut self) -> Option<Gap> {
        if self.gaps.open.is_empty() {
            return None;
        }
        let gap = self.gaps.open.remove(0);
        let first = self.first_missing(gap.first, gap.last)?;
        let last = self.last_missing(first, gap.last)?;
        let seen: u64 = self.seen_between(first, last);
        let told = Gap { first, last, missing: (last - first).saturating_add(1).saturating_sub(seen), since: gap.since };
        if self.gaps.told.len() >= MOST_GAPS {
            self.gaps.told.remove(0);
        }
        self.gaps.told.push(told);
        Some(told)
    }

    fn has(&self, number: u64) -> bool {
        self.chunks.get(&chunk_of(number)).is_some_and(|chunk| chunk.value.seen.has(number))
    }

    fn is_full(&self, chunk: u64) -> bool {
        self.chunks.get(&chunk).is_some_and(|chunk| chunk.value.seen == Seen::All)
    }

    fn first_missing(&self, first: u64, last: u64) -> Option<u64> {
        let mut number = first;
        while number <= last && self.has(number) {
            let skip = if self.is_full(chunk_of(number)) { NUMBERS_PER_CHUNK - number % NUMBERS_PER_CHUNK } else { 1 };
            number = number.checked_add(skip)?;
        }
        (number <= last).then_some(number)
    }

    fn last_missing(&self, first: u64, last: u64) -> Option<u64> {
        let mut number = last;
        while number >= first && self.has(number) {
            let skip = if self.is_full(chunk_of(number)) { number % NUMBERS_PER_CHUNK + 1 } else { 1 };
            number = number.checked_sub(skip)?;
        }
        (number >= first).then_some(number)
    }

    fn seen_between(&self, first: u64, last: u64) -> u64 {
        let chunks = self.chunks.range(chunk_of(first)..=chunk_of(last));
        chunks
            .map(|(chunk, one)| {
                let start = chunk * NUMBERS_PER_CHUNK;
                let end = start.saturating_add(NUMBERS_PER_CHUNK - 1);
                if first <= start && end <= last {
                    return one.value.seen.count();
                }
                (start.max(first)..=end.min(last)).filter(|number| one.value.seen.has(*number)).count() as u64
            })
            .sum()
    }
}
