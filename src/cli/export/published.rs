//! The records that were published: in a journal, or on the topic.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, Result};
use thiserror::Error;

use crate::cli::lines::Lines;
use crate::kafka::topic::{Read, read_topic};
use crate::kafka::{KafkaFault, Settings};
use crate::wire::published::Record;

#[derive(Debug, Error, Diagnostic)]
pub enum PublishedError {
    #[error("cannot read {path}: {source}; is it a journal, and has `tally run` written to it?")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{place}, record {number}: {source}; was it written by a newer version of tally? Else report it")]
    Malformed { place: String, number: usize, source: serde_json::Error },
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
}

pub enum Published {
    /// A journal directory.
    Journal(PathBuf),
    Topic(Box<Settings>),
}

/// Where they are, for messages.
impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(dir) => write!(f, "{}", records_of(dir).display()),
            Self::Topic(settings) => write!(f, "the topic {} at {}", settings.topics.records, settings.bootstrap),
        }
    }
}

fn records_of(dir: &Path) -> PathBuf {
    dir.join("out/billing-records.ndjson")
}

impl Published {
    /// Every record, in the order of publication (in Kafka: of each customer).
    ///
    /// # Errors
    /// They cannot be read, or `each` has failed.
    pub fn each(&self, each: &mut dyn FnMut(Record) -> Result<()>) -> Result<()> {
        let place = self.to_string();
        let mut number = 0;
        let mut parse = |bytes: &[u8]| {
            number += 1;
            let record = serde_json::from_slice(bytes);
            let record = record.map_err(|source| PublishedError::Malformed { place: place.clone(), number, source })?;
            each(record)
        };
        match self {
            Self::Journal(dir) => lines(&records_of(dir), &mut parse),
            Self::Topic(settings) => {
                let mut failed = Ok(());
                let parse_until_it_fails = &mut |read: Read<'_>| {
                    if failed.is_ok() {
                        failed = parse(read.value);
                    }
                };
                read_topic(settings, &settings.topics.records, parse_until_it_fails).map_err(PublishedError::from)?;
                failed
            }
        }
    }
}

fn lines(path: &Path, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let unreadable = |source| PublishedError::Unreadable { path: path.to_owned(), source };
    for line in Lines::open(path).map_err(unreadable)? {
        each(&line.map_err(unreadable)?.bytes)?;
    }
    Ok(())
}
