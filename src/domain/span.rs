//! Spans between two instants.

use super::instant::Instant;

/// `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Instant,
    pub to: Instant,
}

impl Span {
    pub const ALL: Self = Self { from: Instant::MIN, to: Instant::MAX };

    #[must_use]
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }

    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// Keeps the part around `at` that a boundary does not cut off.
    pub fn cut(&mut self, at: Instant, boundary: Instant) {
        if boundary <= at {
            self.from = self.from.max(boundary);
        } else {
            self.to = self.to.min(boundary);
        }
    }
}
