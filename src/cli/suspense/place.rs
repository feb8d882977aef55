//! Where waiting events are looked for, and where decisions about them are written.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic as _, Result};

use super::decide::Telling;
use super::read::Services;
use super::send;
use crate::cli::config_file::load_config;
use crate::cli::control_log::{ControlLog, Journal, Line, Topic};
use crate::cli::faults::{report, without_kafka};
use crate::cli::state_dir::StateDir;
use crate::config::{self, Config};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub struct PlaceArgs {
    /// The journal directory.
    #[arg(long, value_name = "DIR", group = "place")]
    journal: Option<PathBuf>,
    /// The configuration of a run on Kafka.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
    /// The catalog that names the services. [default: DIR/catalog.toml, or the configuration's]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
}

/// A run that has ended.
pub struct Place {
    pub state: StateDir,
    pub services: Services,
    pub medium: Medium,
}

pub enum Medium {
    Journal(PathBuf),
    Kafka(Box<Config>, config::Kafka),
}

impl PlaceArgs {
    /// # Errors
    /// The exit code, where the configuration has faults: they have been told.
    pub fn place(&self) -> Result<Place, ExitCode> {
        let Some(path) = &self.config else {
            let journal = self.journal.clone().unwrap_or_else(|| PathBuf::from("."));
            let (initial, others) = (self.catalog.clone().unwrap_or_else(|| journal.join("catalog.toml")), journal.join("catalogs"));
            return Ok(Place {
                state: StateDir::of_journal(&journal),
                services: Services::of(Some(&initial), Some(&others)),
                medium: Medium::Journal(journal),
            });
        };
        let config = load_config(path).map_err(|problem| report(&problem))?;
        let Some(kafka) = config.kafka.clone() else { return Err(without_kafka(path)) };
        let initial = self.catalog.as_ref().or(config.run.catalog.as_ref());
        Ok(Place {
            state: StateDir::of_config(&config),
            services: Services::of(initial.map(PathBuf::as_path), config.catalogs.as_deref()),
            medium: Medium::Kafka(Box::new(config), kafka),
        })
    }
}

impl Place {
    /// Adds control events to the log, all or none.
    ///
    /// # Errors
    /// None were added, or it is not known; saying it again is always right.
    pub fn tell(&self, tellings: &[Telling]) -> Result<()> {
        let mut log = match &self.medium {
            Medium::Journal(journal) => ControlLog::Journal(Journal::open(journal)?),
            Medium::Kafka(config, kafka) => ControlLog::Topic(Box::new(Topic::connect(config, kafka).into_diagnostic()?)),
        };
        let lines: Vec<Line<'_>> = tellings.iter().map(|one| one.line(log.partitions())).collect();
        log.add(&lines).map(|_| ())
    }

    /// The key ring that the configuration names.
    #[must_use]
    pub fn keys(&self) -> Option<&Path> {
        match &self.medium {
            Medium::Journal(_) => None,
            Medium::Kafka(config, _) => config.privacy.keys.as_deref(),
        }
    }

    /// Sends usage events to the input.
    ///
    /// # Errors
    /// Some may have been sent; sending them again does no harm, because their ids are the same.
    pub fn send(&self, events: &[Telling]) -> Result<()> {
        match &self.medium {
            Medium::Journal(journal) => send::to_journal(journal, events),
            Medium::Kafka(config, kafka) => send::to_topic(config, kafka, events),
        }
    }
}
