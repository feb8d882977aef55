//! What a verification found.

use std::fs;

use super::checks::Checked;
use super::compare::Compared;
use super::difference::{Difference, Differences};
use crate::app::{Commit, PartitionCommit};
use crate::domain::instant::Instant;
use crate::domain::verdict::Sums;
use crate::journal::JournalDirectory;
use crate::pipeline::ports::{Lane, Positions};

#[derive(Debug)]
pub struct Outcome {
    pub recomputed: Recomputed,
    pub checked: Checked,
}

/// What folding the log again gave, beside what was published.
#[derive(Debug, Default)]
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
    /// Parts of the log that could not be folded again, and why.
    pub left_out: Vec<String>,
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
            left_out: Vec::new(),
        }
    }

    /// Was all of the log folded again?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left_out.is_empty()
    }

    /// Adds one of several partitions; the least log time is that of all.
    pub fn add_partition(&mut self, commit: &PartitionCommit, sums: &Sums) {
        let watermark = Some(commit.meta.watermark).filter(|watermark| *watermark > Instant::MIN);
        self.watermark = [self.watermark, watermark].into_iter().flatten().min();
        self.usage_read += commit.positions.usage.next_offset;
        self.control_read += commit.positions.control.next_offset;
        self.inputs += commit.meta.sums.inputs;
        self.sums_differ.add_all(compare_sums(&commit.meta.sums, sums));
    }

    /// Adds an output of a partition to the same one of the others.
    pub fn add_output(&mut self, output: Compared) {
        match self.outputs.iter_mut().find(|known| known.output == output.output) {
            Some(known) => known.add(output),
            None => self.outputs.push(output),
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
        let outputs = self.recomputed.outputs.iter().map(|output| &output.differences);
        outputs.chain([&self.recomputed.sums_differ, &self.checked.differences])
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
            ("written_off", sums.written_off),
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
