//! Sums with their lineage.

use bincode::{BorrowDecode, Encode};

use crate::domain::cell::Tally;
use crate::domain::lineage::Lineage;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredTally {
    quantity: i128,
    lineage: StoredLineage,
}

impl StoredTally {
    pub fn of(tally: &Tally) -> Self {
        Self { quantity: tally.quantity.nanos(), lineage: StoredLineage::of(&tally.lineage) }
    }

    pub fn into_domain(self) -> Tally {
        Tally { quantity: Quantity::from_nanos(self.quantity), lineage: self.lineage.into_domain() }
    }
}

/// None: no event yet, which most late tallies are.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredLineage(Option<Begun>);

/// The mid-state is eight big-endian words, as SHA-256 defines them.
#[derive(Encode, BorrowDecode)]
struct Begun {
    state: [u8; 32],
    events: u64,
    first_offset: u64,
    last_offset: u64,
}

impl StoredLineage {
    pub fn of(lineage: &Lineage) -> Self {
        if *lineage == Lineage::default() {
            return Self(None);
        }
        let mut state = [0; 32];
        for (chunk, word) in state.chunks_exact_mut(4).zip(lineage.state) {
            chunk.copy_from_slice(&word.to_be_bytes());
        }
        Self(Some(Begun { state, events: lineage.events, first_offset: lineage.first_offset, last_offset: lineage.last_offset }))
    }

    pub fn into_domain(self) -> Lineage {
        let Some(begun) = self.0 else { return Lineage::default() };
        let mut state = [0_u32; 8];
        for (word, chunk) in state.iter_mut().zip(begun.state.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*chunk);
        }
        Lineage { state, events: begun.events, first_offset: begun.first_offset, last_offset: begun.last_offset }
    }
}
