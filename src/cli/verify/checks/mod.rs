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

/// Looks at all records, those of a customer in their order.
#[derive(Default)]
pub struct Checker {
    checked: Checked,
    history: history::History,
    pools: packages::Pools,
}

impl Checker {
    /// A record, and the line or offset where it stands.
    pub fn look_at(&mut self, line: u64, text: &[u8]) {
        self.checked.records += 1;
        let record: Record = match serde_json::from_slice(text) {
            Ok(record) => record,
            Err(error) => return self.checked.differences.add(unreadable(line, text, &error)),
        };
        let mut finding = Finding { record: &record, line, differences: &mut self.checked.differences };
        self.history.check(&record, &mut finding);
        amounts::check(&record, &mut finding);
        self.pools.check(&record, &mut finding);
    }

    #[must_use]
    pub fn finish(self) -> Checked {
        Checked { customers: self.history.customers(), ..self.checked }
    }
}

/// # Errors
/// The file cannot be read.
pub fn check(lines: Lines) -> Result<Checked, Unreadable> {
    let mut checker = Checker::default();
    for line in lines {
        let line = line?;
        checker.look_at(line.number, &line.bytes);
    }
    Ok(checker.finish())
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
