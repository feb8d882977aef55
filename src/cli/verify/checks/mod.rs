//! What must be true of records whatever the log says: needs no engine, and works without the inputs.

mod amounts;
mod history;
mod packages;

use super::difference::{Difference, Differences};
use super::lines::{Lines, Unreadable};
use super::members;
use crate::wire::published::Record;

/// What was looked at, and what was wrong.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    pub records: u64,
    pub customers: u64,
    pub differences: Differences,
}

/// Where a finding belongs.
struct Finding<'a> {
    record: &'a Record,
    line: u64,
    differences: &'a mut Differences,
}

impl Finding<'_> {
    /// Notes a member that is not what it must be.
    fn must_be(&mut self, check: &str, member: impl Into<String>, published: impl ToString, expected: impl ToString) {
        let (published, expected) = (published.to_string(), expected.to_string());
        if published != expected {
            self.differences.add(Difference {
                place: check.to_owned(),
                of: self.record.number.clone(),
                line: Some(self.line),
                member: member.into(),
                published: Some(published),
                expected: Some(expected),
            });
        }
    }
}

/// # Errors
/// The file cannot be read.
pub fn check(lines: Lines) -> Result<Checked, Unreadable> {
    let mut checked = Checked::default();
    let (mut history, mut pools) = (history::History::default(), packages::Pools::default());
    for line in lines {
        let line = line?;
        checked.records += 1;
        let record: Record = match serde_json::from_slice(&line.bytes) {
            Ok(record) => record,
            Err(error) => {
                checked.differences.add(unreadable(line.number, &line.bytes, &error));
                continue;
            }
        };
        let mut finding = Finding { record: &record, line: line.number, differences: &mut checked.differences };
        history.check(&record, &mut finding);
        amounts::check(&record, &mut finding);
        pools.check(&record, &mut finding);
    }
    checked.customers = history.customers();
    Ok(checked)
}

fn unreadable(number: u64, line: &[u8], error: &serde_json::Error) -> Difference {
    Difference {
        place: "readable".to_owned(),
        of: format!("line {number}"),
        line: Some(number),
        member: "(line)".to_owned(),
        published: Some(members::shown(line)),
        expected: Some(format!("a billing record ({error})")),
    }
}
