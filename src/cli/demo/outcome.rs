//! Reads what the run wrote, line by line: sums are made on the way, so that memory stays small.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::invoices::Samples;
use super::names::Names;
use super::totals::{TooLarge, Totals};
use crate::cli::lines::Lines;
use crate::wire::published::{Record, Suspense};

#[derive(Debug, Error, Diagnostic)]
pub enum OutcomeError {
    #[error("cannot read {path}: {source}; run the demo again")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path}:{line}: {source}; run the demo again, and report it if it happens again")]
    Malformed { path: PathBuf, line: u64, source: serde_json::Error },
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// What came of the year.
#[derive(Debug, Default)]
pub struct Outcome {
    pub names: Names,
    pub totals: Totals,
    /// Events in suspense by reason: how many went in, and how many of them came out again.
    pub suspended: BTreeMap<String, Suspended>,
    /// The records to make invoices of.
    pub samples: Samples,
    /// The record to show.
    pub example: Option<Record>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Suspended {
    pub went_in: u64,
    pub came_out: u64,
}

/// Reads the files of a demo.
pub fn read(dir: &Path) -> Result<Outcome, OutcomeError> {
    let mut outcome = Outcome::default();
    let control = dir.join("in/usage-control/0.ndjson");
    lines(&control, |_, line| {
        outcome.names.learn(line);
        Ok(())
    })?;
    let records = dir.join("out/billing-records.ndjson");
    lines(&records, |number, line| outcome.add_record(parse(&records, number, line)?))?;
    let suspense = dir.join("out/usage-suspense.ndjson");
    lines(&suspense, |number, line| {
        outcome.add_suspense(&parse(&suspense, number, line)?);
        Ok(())
    })?;
    Ok(outcome)
}

impl Outcome {
    fn add_record(&mut self, record: Record) -> Result<(), OutcomeError> {
        self.totals.add(&record)?;
        self.samples.add(&record);
        if self.example.as_ref().is_none_or(|shown| interest(&record) > interest(shown)) {
            self.example = Some(record);
        }
        Ok(())
    }

    fn add_suspense(&mut self, suspense: &Suspense) {
        let count = self.suspended.entry(suspense.reason.clone()).or_default();
        match suspense.state.as_str() {
            "suspended" => count.went_in += 1,
            _ => count.came_out += 1,
        }
    }
}

/// A quarterly record with many lines shows most: prices that changed, tiers, several services.
fn interest(record: &Record) -> (bool, usize, u64) {
    let events = record.lines.iter().map(|line| line.lineage.events).sum();
    (record.kind == "quarterly", record.lines.len(), events)
}

fn lines(path: &Path, mut each: impl FnMut(u64, &[u8]) -> Result<(), OutcomeError>) -> Result<(), OutcomeError> {
    let unreadable = |source| OutcomeError::Unreadable { path: path.to_owned(), source };
    for line in Lines::open(path).map_err(unreadable)? {
        let line = line.map_err(unreadable)?;
        each(line.number, &line.bytes)?;
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(path: &Path, line: u64, text: &[u8]) -> Result<T, OutcomeError> {
    serde_json::from_slice(text).map_err(|source| OutcomeError::Malformed { path: path.to_owned(), line, source })
}
