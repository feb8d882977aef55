//! A blocked Bloom filter: one cache line per look-up, never a false "no".
//! (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters, 2007.)

use crate::domain::lineage::Fingerprint;

const WORDS_PER_BLOCK: usize = 8;
const BITS_PER_ID: usize = 12;
const PROBES: u32 = 6;

#[derive(Debug)]
pub struct Filter {
    blocks: Vec<[u64; WORDS_PER_BLOCK]>,
}

impl Filter {
    /// A filter that is wrong for about one new id in a hundred when it holds `ids` ids.
    pub fn new(ids: usize) -> Self {
        let blocks = (ids * BITS_PER_ID).div_ceil(WORDS_PER_BLOCK * 64).max(1);
        Self { blocks: vec![[0; WORDS_PER_BLOCK]; blocks] }
    }

    pub fn insert(&mut self, id: Fingerprint) {
        let (block, bits) = self.place(id);
        if let Some(words) = self.blocks.get_mut(block) {
            for bit in positions(bits) {
                words[bit / 64] |= 1 << (bit % 64);
            }
        }
    }

    pub fn may_contain(&self, id: Fingerprint) -> bool {
        let (block, bits) = self.place(id);
        let Some(words) = self.blocks.get(block) else { return true };
        positions(bits).all(|bit| words[bit / 64] & (1 << (bit % 64)) != 0)
    }

    /// The block by the upper half of the id, the bits in it by the lower half.
    fn place(&self, id: Fingerprint) -> (usize, u64) {
        let upper = id.0 >> 64;
        let block = (upper * self.blocks.len() as u128) >> 64;
        let lower = id.0 & u128::from(u64::MAX);
        (usize::try_from(block).unwrap_or(0), u64::try_from(lower).unwrap_or(0))
    }
}

/// Six positions of nine bits each.
fn positions(bits: u64) -> impl Iterator<Item = usize> {
    (0..PROBES).map(move |probe| usize::try_from((bits >> (9 * probe)) & 0x1ff).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> Fingerprint {
        Fingerprint(xxhash_rust::xxh3::xxh3_128(&n.to_le_bytes()))
    }

    #[test]
    fn never_says_no_to_an_id_that_is_in() {
        let mut filter = Filter::new(10_000);
        (0..10_000).for_each(|n| filter.insert(id(n)));
        assert!((0..10_000).all(|n| filter.may_contain(id(n))));
        let wrong = (10_000..110_000).filter(|n| filter.may_contain(id(*n))).count();
        assert!(wrong < 3_000, "{wrong} of 100000 are wrong");
    }
}
