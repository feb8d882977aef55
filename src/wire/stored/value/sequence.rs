//! Numbers of sources.

use bincode::{BorrowDecode, Encode};

use crate::domain::instant::Instant;
use crate::domain::sequence::{Gap, Seen, SequenceChunk, SourceGaps};

const WORDS: usize = 16;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredChunk {
    /// A bit for each of 1,024 numbers, eight bytes a word, little-endian; none: all were seen.
    seen: Option<[[u8; 8]; WORDS]>,
    day: i32,
    repeat_told: bool,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGaps {
    span: Option<(u64, u64)>,
    open: Vec<StoredGap>,
    told: Vec<StoredGap>,
}

#[derive(Encode, BorrowDecode)]
struct StoredGap {
    first: u64,
    last: u64,
    missing: u64,
    since: i64,
}

impl StoredChunk {
    pub fn of(chunk: &SequenceChunk) -> Self {
        let seen = match &chunk.seen {
            Seen::All => None,
            Seen::Some(words) => Some(words.map(u64::to_le_bytes)),
        };
        Self { seen, day: chunk.day, repeat_told: chunk.repeat_told }
    }

    pub fn into_domain(self) -> SequenceChunk {
        let seen = self.seen.map_or(Seen::All, |words| Seen::Some(Box::new(words.map(u64::from_le_bytes))));
        SequenceChunk { seen, day: self.day, repeat_told: self.repeat_told }
    }
}

impl StoredGaps {
    pub fn of(gaps: &SourceGaps) -> Self {
        let stored = |gaps: &[Gap]| gaps.iter().map(StoredGap::of).collect();
        Self { span: gaps.span, open: stored(&gaps.open), told: stored(&gaps.told) }
    }

    pub fn into_domain(self) -> SourceGaps {
        let gaps = |gaps: Vec<StoredGap>| gaps.into_iter().map(StoredGap::into_domain).collect();
        SourceGaps { span: self.span, open: gaps(self.open), told: gaps(self.told) }
    }
}

impl StoredGap {
    fn of(gap: &Gap) -> Self {
        Self { first: gap.first, last: gap.last, missing: gap.missing, since: gap.since.nanos() }
    }

    fn into_domain(self) -> Gap {
        Gap { first: self.first, last: self.last, missing: self.missing, since: Instant::from_nanos(self.since) }
    }
}
