//! What a verification found.

use std::fs;

use super::checks::Checked;
use super::compare::Compared;
use super::difference::{Difference, Differences};
use crate::app::Commit;
use crate::domain::instant::Instant;
use crate::domain::verdict::Sums;
use crate::journal::JournalDirectory;
use crate::pipeline::ports::{Lane, Positions};

#[derive(Debug)]
pub struct Outcome {
    /// None: the log was not folded again.
    pub recomputed: Option<Recomputed>,
    pub checked: Checked,
}

/// What folding the log again gave, beside what was published.
#[derive(Debug)]
pub struct Recomputed {
    /// Log time of the last commit.
    pub watermark: Option<Instant>,
    /// Inputs that the last commit had read, by lane.
    pub usage_read: u64,
    pub control_read: u64,
    /// Bytes of input that were not read then.
    pub unread: u64,
    pub inputs: u64,
    pub sums_differ: Differences,
    pub outputs: Vec<Compared>,
}

impl Recomputed {
    #[must_use]
    pub fn of(commit: &Commit, sums: &Sums, unread: u64) -> Self {
        Self {
            watermark: Some(commit.watermark).filter(|watermark| *watermark > Instant::MIN),
            usage_read: commit.positions.usage.next_offset,
            control_read: commit.positions.control.next_offset,
            unread,
            inputs: commit.sums.inputs,
            sums_differ: compare_sums(&commit.sums, sums),
            outputs: Vec::new(),
        }
    }
}

impl Outcome {
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.difference_count() == 0
    }

    #[must_use]
    pub fn difference_count(&self) -> u64 {
        self.all().map(|differences| differences.count).sum()
    }

    /// The first ones of each kind.
    pub fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.all().flat_map(|differences| &differences.first)
    }

    fn all(&self) -> impl Iterator<Item = &Differences> {
        let recomputed = self.recomputed.iter();
        let of_log = recomputed.flat_map(|one| one.outputs.iter().map(|output| &output.differences).chain([&one.sums_differ]));
        of_log.chain([&self.checked.differences])
    }
}

fn compare_sums(published: &Sums, recomputed: &Sums) -> Differences {
    let rows = |sums: &Sums| {
        [
            ("inputs", sums.inputs),
            ("counted", sums.counted),
            ("duplicate", sums.duplicate),
            ("test", sums.test),
            ("suspended", sums.suspended),
            ("undecodable", sums.undecodable),
            ("records", sums.records),
            ("notices", sums.notices),
        ]
    };
    let mut differences = Differences::default();
    for ((name, one), (_, other)) in rows(published).into_iter().zip(rows(recomputed)).filter(|(one, other)| one != other) {
        let (published, expected) = (Some(one.to_string()), Some(other.to_string()));
        let (place, of, member) = ("verdict sums".to_owned(), "all inputs".to_owned(), name.to_owned());
        differences.add(Difference { place, of, line: None, member, published, expected });
    }
    differences
}

/// Bytes of input files that the last commit had not read.
pub fn unread(journal: &JournalDirectory, positions: &Positions) -> u64 {
    let mut bytes = 0;
    for lane in Lane::ALL {
        let directory = journal.inputs(lane);
        let read = &positions.lane(lane).files;
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_input = entry.path().extension().is_some_and(|extension| extension == "ndjson");
            let length = entry.metadata().map_or(0, |metadata| metadata.len());
            let position = read.iter().find(|(file, _)| name == file.as_str()).map_or(0, |(_, position)| *position);
            bytes += if is_input { length.saturating_sub(position) } else { 0 };
        }
    }
    bytes
}
