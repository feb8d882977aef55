//! Rosters: pupils, the counts of school units, loads.

mod load;
mod pupil;

pub(super) use load::StoredPiece;
pub(super) use pupil::{StoredCounts, StoredPupil, StoredPupilV1};
