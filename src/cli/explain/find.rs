//! One record among all that were published, and what was published about it later.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

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
    #[error("cannot read {}: {source}; if nothing was published yet, run the journal first: `tally run --journal DIR`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{}:{line} is no billing record: {source}; `tally verify` says what it should be", path.display())]
    Malformed { path: PathBuf, line: usize, source: serde_json::Error },
    #[error("there are no records in {} yet: no period has been closed and no package bought", path.display())]
    NoRecords { path: PathBuf },
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

/// # Errors
/// There is none of that number, or the records cannot be read.
pub fn find(path: &Path, number: &str) -> Result<Found, NotFound> {
    let unreadable = |source| NotFound::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let (mut found, mut corrected_by) = (None, Vec::new());
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    let mut zones: BTreeMap<String, String> = BTreeMap::new();
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.map_err(unreadable)?;
        let malformed = |source| NotFound::Malformed { path: path.to_owned(), line: index + 1, source };
        let record: Record = serde_json::from_slice(&line).map_err(malformed)?;
        if record.preceding.iter().any(|preceding| preceding.number == number) {
            corrected_by.push(Preceding { number: record.number.clone(), issued_at: record.issued_at.clone() });
        }
        last.insert(record.customer.clone(), record.number.clone());
        if let Some(period) = &record.period {
            zones.insert(record.customer.clone(), period.zone.clone());
        }
        if record.number == number {
            found = Some(record);
        }
    }
    match found {
        Some(record) => {
            let own = record.period.as_ref().map(|period| period.zone.clone());
            let zone = own.or_else(|| zones.remove(&record.customer));
            Ok(Found { record, zone, corrected_by })
        }
        None => Err(absent(path, number, &last)),
    }
}

fn absent(path: &Path, number: &str, last: &BTreeMap<String, String>) -> NotFound {
    let number = number.to_owned();
    if last.is_empty() {
        return NotFound::NoRecords { path: path.to_owned() };
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
