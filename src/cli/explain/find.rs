//! One record among all that were published, and what was published about it later.

use std::collections::BTreeMap;

use miette::Diagnostic;
use thiserror::Error;

use crate::wire::published::{Preceding, Record};

#[derive(Debug)]
pub struct Found {
    pub record: Record,
    /// The customer's zone: the record's own, or that of another record, as a correction has none.
    pub zone: Option<String>,
    /// Later records that correct it.
    pub corrected_by: Vec<Preceding>,
}

#[derive(Debug, Error, Diagnostic)]
pub enum NotFound {
    #[error("{place}:{line} is no billing record: {source}; `tally verify` says what it should be")]
    Malformed { place: String, line: u64, source: serde_json::Error },
    #[error("there are no records yet: no period has been closed and no package bought")]
    NoRecords,
    #[error("there is no record {number}: the last one of {customer} is {last}{}", did_you_mean(meant.as_deref()))]
    UnknownNumber { number: String, customer: String, last: String, meant: Option<String> },
    #[error("there is no record {number}, and no customer whose records begin like that{}", did_you_mean(meant.as_deref()))]
    UnknownCustomer { number: String, meant: Option<String> },
}

fn did_you_mean(meant: Option<&str>) -> String {
    meant.map_or_else(
        || "; a number is the customer and six digits, e.g. SE-0180-000017".to_owned(),
        |meant| format!("; did you mean {meant}?"),
    )
}

/// Looks at all records, one after the other.
#[derive(Debug)]
pub struct Search<'a> {
    number: &'a str,
    record: Option<Record>,
    corrected_by: Vec<Preceding>,
    /// By customer, the last number and the zone.
    last: BTreeMap<String, String>,
    zones: BTreeMap<String, String>,
    malformed: Option<NotFound>,
}

impl<'a> Search<'a> {
    #[must_use]
    pub fn of(number: &'a str) -> Self {
        let (last, zones) = (BTreeMap::new(), BTreeMap::new());
        Self { number, record: None, corrected_by: Vec::new(), last, zones, malformed: None }
    }

    pub fn look_at(&mut self, place: &str, line: u64, text: &[u8]) {
        let record: Record = match serde_json::from_slice(text) {
            Ok(record) => record,
            Err(source) => {
                self.malformed.get_or_insert(NotFound::Malformed { place: place.to_owned(), line, source });
                return;
            }
        };
        if record.preceding.iter().any(|preceding| preceding.number == self.number) {
            self.corrected_by.push(Preceding { number: record.number.clone(), issued_at: record.issued_at.clone() });
        }
        self.last.insert(record.customer.clone(), record.number.clone());
        if let Some(period) = &record.period {
            self.zones.insert(record.customer.clone(), period.zone.clone());
        }
        if record.number == self.number {
            self.record = Some(record);
        }
    }

    /// # Errors
    /// There is none of that number, or a record cannot be read.
    pub fn finish(mut self) -> Result<Found, NotFound> {
        if let Some(malformed) = self.malformed {
            return Err(malformed);
        }
        let Some(record) = self.record else { return Err(absent(self.number, &self.last)) };
        let own = record.period.as_ref().map(|period| period.zone.clone());
        let zone = own.or_else(|| self.zones.remove(&record.customer));
        Ok(Found { record, zone, corrected_by: self.corrected_by })
    }
}

fn absent(number: &str, last: &BTreeMap<String, String>) -> NotFound {
    let number = number.to_owned();
    if last.is_empty() {
        return NotFound::NoRecords;
    }
    let (customer, running) = number.rsplit_once('-').unwrap_or((&number, ""));
    if let Some((customer, last)) = last.get_key_value(customer) {
        let (customer, last) = (customer.clone(), last.clone());
        let meant = running.parse::<u64>().ok().map(|running| format!("{customer}-{running:06}"));
        let meant = meant.filter(|meant| *meant != number && *meant <= last && !meant.ends_with("-000000"));
        return NotFound::UnknownNumber { number, customer, last, meant };
    }
    let distance = |known: &str| strsim::osa_distance(&customer.to_lowercase(), &known.to_lowercase());
    let nearest = last.iter().min_by_key(|(known, _)| distance(known)).filter(|(known, _)| distance(known) <= 3);
    let meant = nearest.map(|(known, last)| match running.parse::<u64>() {
        Ok(running) if format!("{known}-{running:06}") <= *last => format!("{known}-{running:06}"),
        _ => last.clone(),
    });
    NotFound::UnknownCustomer { number, meant }
}
