//! One thing that is not as it should be.

use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The output file or check that shows it.
    pub place: String,
    /// The record's number, or whatever names the line.
    pub of: String,
    /// The line in the output file; none if it is missing there.
    pub line: Option<u64>,
    /// The member that differs, e.g. `lines[0].net_amount`; `(line)` for all of it.
    pub member: String,
    /// None: it is not there.
    pub published: Option<String>,
    pub expected: Option<String>,
}

/// Differences are counted to the end, but only the first ones are kept.
pub const KEPT: usize = 100;

#[derive(Debug, Clone, Default)]
pub struct Differences {
    pub first: Vec<Difference>,
    pub count: u64,
}

impl Differences {
    pub fn add(&mut self, difference: Difference) {
        self.count += 1;
        if self.first.len() < KEPT {
            self.first.push(difference);
        }
    }

    pub fn add_all(&mut self, other: Self) {
        self.count += other.count;
        let room = KEPT.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }
}
