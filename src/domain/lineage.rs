//! Where a line's number comes from: a digest over the billed events, in counting order.
//!
//! Each event is one 64-byte entry, which is exactly one SHA-256 block, so that the digest of any
//! number of events is kept as 32 bytes and needs one compression per event.

use sha2::block_api::compress256;

use super::instant::Instant;
use super::quantity::Quantity;

/// Bytes of an entry.
pub const ENTRY_BYTES: usize = 64;

/// Version of the entry's layout: its first byte.
pub const ENTRY_VERSION: u8 = 1;

/// The facts of an event that its entry holds. All numbers are big-endian:
///
/// | bytes | content |
/// |---|---|
/// | 0 | layout version, 1 |
/// | 1 | action: 0 none, 1 created, 2 culled |
/// | 2..4 | zero |
/// | 4..8 | archive: creation date in days since 1970-01-01 (`i32`), else 0 |
/// | 8..24 | fingerprint of the event id |
/// | 24..32 | event time, ns since 1970-01-01T00:00:00Z (`i64`) |
/// | 32..48 | quantity in 10⁻⁹ units (`i128`) |
/// | 48..56 | xxh3-64 of the customer id |
/// | 56..64 | xxh3-64 of the service's name |
///
/// There is no offset in it, so that a journal and a Kafka topic of the same events agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub action: u8,
    pub created_day: i32,
    pub event: Fingerprint,
    pub time: Instant,
    pub quantity: Quantity,
    pub customer_hash: u64,
    pub service_hash: u64,
}

impl Entry {
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ENTRY_BYTES] {
        let mut bytes = [0; ENTRY_BYTES];
        bytes[0] = ENTRY_VERSION;
        bytes[1] = self.action;
        bytes[4..8].copy_from_slice(&self.created_day.to_be_bytes());
        bytes[8..24].copy_from_slice(&self.event.0.to_be_bytes());
        bytes[24..32].copy_from_slice(&self.time.nanos().to_be_bytes());
        bytes[32..48].copy_from_slice(&self.quantity.nanos().to_be_bytes());
        bytes[48..56].copy_from_slice(&self.customer_hash.to_be_bytes());
        bytes[56..64].copy_from_slice(&self.service_hash.to_be_bytes());
        bytes
    }
}

/// An event id `(source, id)` as 128 bits: what is remembered to find duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

/// SHA-256 over the entries so far: the mid-state, with the number of blocks beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lineage {
    pub state: [u32; 8],
    pub events: u64,
    /// Offsets of the first and the last event in the usage lane of its partition.
    pub first_offset: u64,
    pub last_offset: u64,
}

/// FIPS 180-4, section 5.3.3.
const SHA256_INITIAL: [u32; 8] = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

impl Default for Lineage {
    fn default() -> Self {
        Self { state: SHA256_INITIAL, events: 0, first_offset: 0, last_offset: 0 }
    }
}

impl Lineage {
    /// Appends an event. Offsets are the smallest and largest seen: released events come later than
    /// their offset says.
    pub fn push(&mut self, entry: &[u8; ENTRY_BYTES], offset: u64) {
        compress256(&mut self.state, std::slice::from_ref(entry));
        if self.events == 0 {
            self.first_offset = offset;
            self.last_offset = offset;
        }
        self.first_offset = self.first_offset.min(offset);
        self.last_offset = self.last_offset.max(offset);
        self.events += 1;
    }

    /// The SHA-256 of all entries so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut state = self.state;
        let mut padding = [0; ENTRY_BYTES];
        padding[0] = 0x80;
        let bits = self.events * ENTRY_BYTES as u64 * 8;
        padding[56..].copy_from_slice(&bits.to_be_bytes());
        compress256(&mut state, std::slice::from_ref(&padding));
        let mut digest = [0; 32];
        for (chunk, word) in digest.chunks_exact_mut(4).zip(state) {
            chunk.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    fn entry(n: i32) -> Entry {
        Entry {
            action: 1,
            created_day: n,
            event: Fingerprint(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10),
            time: Instant::from_nanos(-1),
            quantity: Quantity::from_units(2),
            customer_hash: 3,
            service_hash: 4,
        }
    }

    #[test]
    fn the_layout_of_an_entry_is_fixed() {
        let expect = "01010000000000070102030405060708090a0b0c0d0e0f10ffffffffffffffff0000000000000000000000007735940000000000000000030000000000000004";
        assert_eq!(hex::encode(entry(7).to_bytes()), expect);
    }

    #[test]
    fn the_midstate_digest_is_sha256_of_the_concatenated_entries() {
        for count in 0..5 {
            let (mut lineage, mut all) = (Lineage::default(), Vec::new());
            for n in 0..count {
                let bytes = entry(n).to_bytes();
                lineage.push(&bytes, 10);
                all.extend_from_slice(&bytes);
            }
            assert_eq!(lineage.digest()[..], Sha256::digest(&all)[..], "{count} events");
        }
    }
}
