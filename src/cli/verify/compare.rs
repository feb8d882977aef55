//! An output file against the one that was made anew.
//!
//! Lines belong together by what they are about, so that one line too few does not make all that
//! follow it look changed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::difference::{Difference, Differences};
use super::lines::{Lines, OutputLine, Unreadable};
use super::members;
use super::sealed::{Alike, Opener};
use crate::domain::catalog::Catalog;

/// How many lines may be missing or too many in a row before the rest is compared line by line.
const WINDOW: usize = 64;

/// How a file compares.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    pub output: String,
    pub published: u64,
    pub recomputed: u64,
    pub equal: u64,
    /// Of these, made with one of the earlier catalogs.
    pub earlier_catalog: u64,
    /// Of these, with an original that cannot be opened, and so was not compared.
    pub unopened: u64,
    pub differences: Differences,
}

impl Compared {
    /// The same output of another partition.
    pub fn add(&mut self, other: Self) {
        self.published += other.published;
        self.recomputed += other.recomputed;
        self.equal += other.equal;
        self.earlier_catalog += other.earlier_catalog;
        self.unopened += other.unopened;
        self.differences.add_all(other.differences);
    }
}

/// # Errors
/// A file cannot be read.
pub fn compare(name: &str, published: Lines, expected: Lines, catalogs: &[Arc<Catalog>], opener: &Opener) -> Result<Compared, Unreadable> {
    let output = name.trim_end_matches(".ndjson").to_owned();
    let mut comparison = Comparison {
        published: Side::new(published),
        expected: Side::new(expected),
        catalogs: catalogs.iter().map(|catalog| as_published(catalog)).collect(),
        opener: opener.clone(),
        done: Compared { output, ..Compared::default() },
    };
    while comparison.step()? {}
    let Comparison { published, expected, mut done, .. } = comparison;
    (done.published, done.recomputed) = (published.taken, expected.taken);
    Ok(done)
}

/// The member `catalog` of a record.
fn as_published(catalog: &Catalog) -> String {
    let version = serde_json::Value::from(catalog.version.as_str());
    format!(r#""catalog":{{"version":{version},"digest":"sha256:{}"}}"#, hex::encode(catalog.digest))
}

struct Comparison {
    published: Side,
    expected: Side,
    catalogs: Vec<String>,
    opener: Opener,
    done: Compared,
}

impl Comparison {
    /// Compares the next lines. False: there are none.
    fn step(&mut self) -> Result<bool, Unreadable> {
        self.published.fill(1)?;
        self.expected.fill(1)?;
        let (skipped, missing) = match (self.published.ahead.front(), self.expected.ahead.front()) {
            (None, None) => return Ok(false),
            (Some(one), Some(other)) if one.bytes == other.bytes || key(&one.bytes) == key(&other.bytes) => (0, 0),
            _ => self.apart()?,
        };
        let in_pairs = skipped.min(missing).max(usize::from(skipped == 0 && missing == 0));
        for _ in 0..in_pairs {
            if let (Some(one), Some(other)) = (self.published.take(), self.expected.take()) {
                self.pair(&one, &other);
            }
        }
        for _ in in_pairs..skipped {
            self.published.take().into_iter().for_each(|line| self.one_sided(Some(&line), None));
        }
        for _ in in_pairs..missing {
            self.expected.take().into_iter().for_each(|line| self.one_sided(None, Some(&line)));
        }
        Ok(true)
    }

    /// How many lines of either side come before the next that are about the same.
    fn apart(&mut self) -> Result<(usize, usize), Unreadable> {
        self.published.fill(WINDOW)?;
        self.expected.fill(WINDOW)?;
        let keys = |side: &Side| side.ahead.iter().map(|line| key(&line.bytes)).collect::<Vec<_>>();
        let (ours, theirs) = (keys(&self.published), keys(&self.expected));
        let meeting = ours.iter().enumerate().filter_map(|(a, key)| theirs.iter().position(|other| other == key).map(|b| (a, b)));
        Ok(meeting.min_by_key(|(a, b)| a + b).unwrap_or((ours.len(), theirs.len())))
    }

    fn pair(&mut self, one: &OutputLine, other: &OutputLine) {
        if one.bytes == other.bytes {
            self.done.equal += 1;
        } else if self.differs_by_catalog_only(one, other) {
            self.done.equal += 1;
            self.done.earlier_catalog += 1;
        } else if let alike @ (Alike::Yes | Alike::ButForTheOriginal) = self.opener.compare(&one.bytes, &other.bytes) {
            self.done.equal += 1;
            self.done.unopened += u64::from(alike == Alike::ButForTheOriginal);
        } else {
            for changed in members::changed(&one.bytes, &other.bytes) {
                let members::Changed { member, published, expected } = changed;
                let (place, of) = (self.done.output.clone(), key(&other.bytes));
                self.done.differences.add(Difference { place, of, line: Some(one.number), member, published, expected });
            }
        }
    }

    /// The catalog is part of a record, and an earlier one may have been in force when it was made.
    fn differs_by_catalog_only(&self, one: &OutputLine, other: &OutputLine) -> bool {
        let Some((in_force, earlier)) = self.catalogs.split_first() else { return false };
        let Ok(expected) = std::str::from_utf8(&other.bytes) else { return false };
        earlier.iter().any(|catalog| expected.replace(in_force, catalog).as_bytes() == one.bytes)
    }

    fn one_sided(&mut self, published: Option<&OutputLine>, expected: Option<&OutputLine>) {
        let of = published.or(expected).map_or_else(String::new, |line| key(&line.bytes));
        let text = |line: Option<&OutputLine>| line.map(|line| members::shown(&line.bytes));
        let line = published.map(|line| line.number);
        let (place, member) = (self.done.output.clone(), "(line)".to_owned());
        let (published, expected) = (text(published), text(expected));
        self.done.differences.add(Difference { place, of, line, member, published, expected });
    }
}

/// The lines of one file, some of them read ahead.
struct Side {
    lines: Lines,
    ahead: VecDeque<OutputLine>,
    taken: u64,
}

impl Side {
    fn new(lines: Lines) -> Self {
        Self { lines, ahead: VecDeque::new(), taken: 0 }
    }

    fn fill(&mut self, count: usize) -> Result<(), Unreadable> {
        while self.ahead.len() < count {
            let Some(line) = self.lines.next() else { return Ok(()) };
            self.ahead.push_back(line?);
        }
        Ok(())
    }

    fn take(&mut self) -> Option<OutputLine> {
        self.taken += u64::from(!self.ahead.is_empty());
        self.ahead.pop_front()
    }
}

/// What a line is about: a record's number, an event's state and place in the log, a notice's occasion.
fn key(line: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(line) else { return members::shown(line) };
    let text = |name: &str| value.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned));
    let names: &[&str] = match (value.get("number"), value.get("origin"), value.get("kind")) {
        (Some(_), _, _) => &["number"],
        (None, Some(_), None) => &["state", "reason", "origin"],
        _ => &["kind", "customer", "at", "plan", "ordinal", "origin"],
    };
    names.iter().filter_map(|name| text(name)).collect::<Vec<_>>().join(" ")
}
