//! The billing records that were published: in a journal's file, or in Kafka's topic.

use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use super::lines::Lines;
use crate::app;
use crate::config::{Config, Kafka};
use crate::kafka::{KafkaFault, topic};

#[derive(Debug, Error, Diagnostic)]
pub enum RecordsError {
    #[error("cannot read {}: {source}; if nothing was published yet, run the journal first: `tally run --journal DIR`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
}

/// Calls `each` with place (as people name it), number of the line and text of every record.
///
/// # Errors
/// The file cannot be read.
pub fn of_file(path: &Path, each: &mut dyn FnMut(&str, u64, &[u8])) -> Result<(), RecordsError> {
    let unreadable = |source| RecordsError::Unreadable { path: path.to_owned(), source };
    let place = path.display().to_string();
    for line in Lines::open(path).map_err(unreadable)? {
        let line = line.map_err(unreadable)?;
        each(&place, line.number, &line.bytes);
    }
    Ok(())
}

/// Calls `each` with place, offset and text of every record in the topic of the configuration.
///
/// # Errors
/// The topic cannot be read.
pub fn of_topic(config: &Config, kafka: &Kafka, each: &mut dyn FnMut(&str, u64, &[u8])) -> Result<(), RecordsError> {
    let settings = app::settings(config, kafka);
    let name = &settings.topics.records;
    topic::read_topic(&settings, name, &mut |read| each(&format!("{name} {}", read.partition), read.offset, read.value))?;
    Ok(())
}
