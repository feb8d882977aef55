//! Where the two lanes of a partition are read on from, as plain values.

use bincode::{BorrowDecode, Encode};

use super::super::StoredError;
use super::super::key::Kind;
use super::format::{self, Fault};
use super::{body_of, newest_version};

/// Offset of the next unread input, and bytes read of each file in name order (journal only).
pub type LanePosition = (u64, Vec<(String, u64)>);

#[derive(Encode, BorrowDecode)]
struct StoredPositions<'a> {
    control: StoredLane<'a>,
    usage: StoredLane<'a>,
}

#[derive(Encode, BorrowDecode)]
struct StoredLane<'a> {
    next_offset: u64,
    files: Vec<(&'a str, u64)>,
}

/// The value of the key `Positions`.
#[must_use]
pub fn encode_positions(control: (u64, &[(String, u64)]), usage: (u64, &[(String, u64)])) -> Vec<u8> {
    let stored = StoredPositions { control: StoredLane::of(control), usage: StoredLane::of(usage) };
    format::write(newest_version(Kind::Positions), &stored)
}

/// Control and usage.
///
/// # Errors
/// A newer program wrote it, or the bytes are damaged.
pub fn decode_positions(bytes: &[u8]) -> Result<(LanePosition, LanePosition), StoredError> {
    let (_, body) = body_of(Kind::Positions, bytes, || "Positions".to_owned())?;
    let stored: StoredPositions<'_> =
        format::read(body).map_err(|Fault(why)| StoredError::Corrupt { place: "the stored value of Positions".to_owned(), why })?;
    Ok((stored.control.into_plain(), stored.usage.into_plain()))
}

impl<'a> StoredLane<'a> {
    fn of((next_offset, files): (u64, &'a [(String, u64)])) -> Self {
        Self { next_offset, files: files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect() }
    }

    fn into_plain(self) -> LanePosition {
        (self.next_offset, self.files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect())
    }
}
