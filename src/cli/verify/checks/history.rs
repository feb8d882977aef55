//! Numbers without a gap, ids only once, and corrections of records that are there.

use std::collections::{BTreeMap, HashSet};

use super::Finding;
use crate::wire::published::Record;

#[derive(Default)]
pub struct History {
    /// By customer, when each of its records was issued.
    issued: BTreeMap<String, BTreeMap<String, String>>,
    last: BTreeMap<String, u64>,
    ids: HashSet<String>,
}

impl History {
    pub fn customers(&self) -> u64 {
        self.last.len() as u64
    }

    pub fn check(&mut self, record: &Record, finding: &mut Finding<'_>) {
        self.number(record, finding);
        if !self.ids.insert(record.id.clone()) {
            finding.must_be("ids are unique", "id", &record.id, "an id that no earlier record has");
        }
        let issued = self.issued.entry(record.customer.clone()).or_default();
        for (place, preceding) in record.preceding.iter().enumerate() {
            let member = format!("preceding[{place}]");
            let said = format!("{} of {}", preceding.number, preceding.issued_at);
            let known = issued.get(&preceding.number).map(|at| format!("{} of {at}", preceding.number));
            finding.must_be("corrected records exist", member, said, known.as_deref().unwrap_or("an earlier record of the customer"));
        }
        issued.insert(record.number.clone(), record.issued_at.clone());
        if (record.kind == "correction") == record.period.is_some() {
            finding.must_be("kinds", "kind", &record.kind, "a correction if and only if there is no header period");
        }
    }

    /// Goes on from the number that is there, so that one gap is one finding.
    fn number(&mut self, record: &Record, finding: &mut Finding<'_>) {
        let last = self.last.entry(record.customer.clone()).or_default();
        let next = *last + 1;
        finding.must_be("numbers have no gap", "number", &record.number, format!("{}-{next:06}", record.customer));
        let own = record.number.strip_prefix(record.customer.as_str()).and_then(|rest| rest.strip_prefix('-')?.parse().ok());
        *last = own.unwrap_or(next);
    }
}
