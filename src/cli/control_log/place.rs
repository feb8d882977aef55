//! Which log is meant.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, Result};

use super::{ControlLog, Journal, Topic};
use crate::cli::config_file::load_config;
use crate::cli::faults::{report, without_kafka};

#[derive(Debug, Args)]
#[group(id = "log", multiple = false)]
pub struct LogPlace {
    /// The control log in Kafka, where this configuration has it.
    #[arg(long, value_name = "FILE", group = "log")]
    config: Option<PathBuf>,
    /// The control log of this journal directory.
    #[arg(long, value_name = "DIR", group = "log")]
    journal: Option<PathBuf>,
}

impl LogPlace {
    /// The log, none if no place is named; or the exit code after it was told what is wrong.
    ///
    /// # Errors
    /// It cannot be reached.
    pub fn log(&self) -> Result<Result<Option<ControlLog>, ExitCode>> {
        if let Some(journal) = &self.journal {
            return Ok(Ok(Some(ControlLog::Journal(Journal::open(journal)?))));
        }
        let Some(path) = &self.config else { return Ok(Ok(None)) };
        let config = match load_config(path) {
            Ok(config) => config,
            Err(problem) => return Ok(Err(report(&problem))),
        };
        let Some(kafka) = &config.kafka else { return Ok(Err(without_kafka(path))) };
        Ok(Ok(Some(ControlLog::Topic(Box::new(Topic::connect(&config, kafka).into_diagnostic()?)))))
    }
}
