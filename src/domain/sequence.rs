//! Numbers that a source gives to its events without a gap: which of them were seen (CONTRACT 4, `sequence`).

use super::instant::Instant;

/// Numbers of one chunk.
pub const NUMBERS_PER_CHUNK: u64 = 1024;
const WORDS: usize = 16;

/// The numbers of a chunk that were seen on a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceChunk {
    pub seen: Seen,
    /// UTC day of the newest event time in it, as days since 1970: it is forgotten with that day's ids.
    pub day: i32,
    /// That two events had one number of it was told.
    pub repeat_told: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    All,
    /// A bit for each number, the first in the lowest bit of the first word.
    Some(Box<[u64; WORDS]>),
}

/// Numbers of a source that are missing, where one partition sees all of its events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceGaps {
    /// The smallest and the largest number that was seen; none: nothing was.
    pub span: Option<(u64, u64)>,
    /// Found and not told yet, in the order in which they were found.
    pub open: Vec<Gap>,
    /// Told, and not closed.
    pub told: Vec<Gap>,
}

/// Missing numbers, from the first to the last; some between them may have been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub first: u64,
    pub last: u64,
    /// How many are missing.
    pub missing: u64,
    /// Log time at which it was found.
    pub since: Instant,
}

impl Default for Seen {
    fn default() -> Self {
        Self::Some(Box::new([0; WORDS]))
    }
}

fn place(number: u64) -> (usize, u64) {
    let bit = number % NUMBERS_PER_CHUNK;
    (usize::try_from(bit / 64).unwrap_or(0), 1 << (bit % 64))
}

impl Seen {
    /// Marks a number; false if it was marked before.
    pub fn mark(&mut self, number: u64) -> bool {
        let Self::Some(words) = self else { return false };
        let (word, bit) = place(number);
        let Some(word) = words.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        if words.iter().all(|word| *word == u64::MAX) {
            *self = Self::All;
        }
        is_new
    }

    #[must_use]
    pub fn has(&self, number: u64) -> bool {
        match self {
            Self::All => true,
            Self::Some(words) => {
                let (word, bit) = place(number);
                words.get(word).is_some_and(|word| word & bit != 0)
            }
        }
    }

    /// Both together. True, if one number was in both.
    pub fn add(&mut self, other: &Self) -> bool {
        match (&mut *self, other) {
            (Self::All, other) => other.count() > 0,
            (this, Self::All) => {
                let repeated = this.count() > 0;
                *self = Self::All;
                repeated
            }
            (Self::Some(words), Self::Some(others)) => {
                let repeated = words.iter().zip(others.iter()).any(|(one, other)| one & other != 0);
                words.iter_mut().zip(others.iter()).for_each(|(one, other)| *one |= other);
                if words.iter().all(|word| *word == u64::MAX) {
                    *self = Self::All;
                }
                repeated
            }
        }
    }

    /// How many were seen.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Self::All => NUMBERS_PER_CHUNK,
            Self::Some(words) => words.iter().map(|word| u64::from(word.count_ones())).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_chunk_is_kept_as_such() {
        let mut seen = Seen::default();
        assert!((0..NUMBERS_PER_CHUNK).all(|number| !seen.has(number) && seen.mark(number + 3 * NUMBERS_PER_CHUNK)));
        assert_eq!((&seen, seen.count()), (&Seen::All, NUMBERS_PER_CHUNK));
        assert!(!seen.mark(7));
    }

    #[test]
    fn partitions_are_put_together() {
        let of = |numbers: &[u64]| {
            let mut seen = Seen::default();
            numbers.iter().for_each(|number| assert!(seen.mark(*number)));
            seen
        };
        let check = |one: &[u64], other: &[u64], repeated: bool, count: u64| {
            let mut sum = of(one);
            assert_eq!((sum.add(&of(other)), sum.count()), (repeated, count), "{one:?} {other:?}");
        };
        check(&[1, 64, 1023], &[0, 65], false, 5);
        check(&[1, 64], &[64], true, 2);
        let even: Vec<u64> = (0..512).map(|number| number * 2).collect();
        let odd: Vec<u64> = even.iter().map(|number| number + 1).collect();
        check(&even, &odd, false, 1024);
    }
}
