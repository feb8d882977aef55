//! What the store keeps for the sink: the committed lengths of the output files.

use thiserror::Error;

/// How many output files there are.
pub(super) const FILES: usize = 3;

/// Raise it with any change of the layout, and keep reading the older ones.
const VERSION: u8 = 1;

/// Committed lengths in bytes, in the order of [`super::outfile::NAMES`].
///
/// Layout: version (one byte, 1), then three lengths of eight bytes, big-endian.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lengths(pub [u64; FILES]);

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReceiptError {
    #[error("has version {0}, written by a newer version of the program; this one knows versions up to {VERSION}")]
    Newer(u8),
    #[error("is damaged: {0} bytes that are not what was written")]
    Damaged(usize),
}

impl Lengths {
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let lengths = self.0.iter().flat_map(|length| length.to_be_bytes());
        std::iter::once(VERSION).chain(lengths).collect()
    }

    /// # Errors
    /// See [`ReceiptError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let damaged = ReceiptError::Damaged(bytes.len());
        let Some((version, rest)) = bytes.split_first() else { return Err(damaged) };
        if *version > VERSION {
            return Err(ReceiptError::Newer(*version));
        }
        let (words, []) = rest.as_chunks::<8>() else { return Err(damaged) };
        match words {
            [a, b, c] if *version == VERSION => Ok(Self([a, b, c].map(|word| u64::from_be_bytes(*word)))),
            _ => Err(damaged),
        }
    }
}
