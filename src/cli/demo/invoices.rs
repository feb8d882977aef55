//! Some of the records as invoices: the first that shows a plan or a kind of record.

use std::collections::BTreeSet;
use std::path::Path;

use miette::{Context as _, IntoDiagnostic as _, Result, miette};

use crate::cli::export::place;
use crate::wire::published::Record;
use crate::wire::ubl;

pub const DIRECTORY: &str = "invoices";

/// Records of which each has a plan, or is of a kind, that none before it has.
#[derive(Debug, Default)]
pub struct Samples {
    seen: BTreeSet<String>,
    records: Vec<Record>,
}

impl Samples {
    pub fn add(&mut self, record: &Record) {
        let plans = record.lines.iter().map(|line| format!("plan {}", line.plan));
        let mut is_new = self.seen.insert(format!("kind {}", record.kind));
        plans.for_each(|plan| is_new |= self.seen.insert(plan));
        if is_new {
            self.records.push(record.clone());
        }
    }

    /// Writes them, and says how many they are.
    pub fn write(&self, dir: &Path) -> Result<usize> {
        for record in &self.records {
            let faults = |faults: Vec<_>| miette!("{} lacks what an invoice needs: {faults:?}", record.number);
            let document = ubl::document(record).map_err(faults)?;
            place::write(&dir.join(DIRECTORY), &record.number, &document).into_diagnostic().wrap_err("no invoice was written")?;
        }
        Ok(self.records.len())
    }
}
