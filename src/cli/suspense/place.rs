//! Where waiting events are looked for, and where decisions about them are written.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args};

use super::read::Services;
use crate::cli::config_file::load_config;
use crate::cli::faults::report;
use crate::cli::rerate::tell;
use crate::cli::usage::read::StateDir;
use crate::config::Config;
use crate::store::Rebuild;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub struct PlaceArgs {
    /// The journal directory.
    #[arg(long, value_name = "DIR", group = "place")]
    pub journal: Option<PathBuf>,
    /// The configuration of a run on Kafka.
    #[arg(long, value_name = "FILE", group = "place")]
    pub config: Option<PathBuf>,
    /// The catalog that names the services. [default: DIR/catalog.toml, or the configuration's]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
}

/// A run that has ended.
pub struct Place {
    pub state: StateDir,
    pub services: Services,
    /// None: a journal.
    pub config: Option<Box<Config>>,
    pub log: tell::Place,
}

impl PlaceArgs {
    /// # Errors
    /// The exit code, where the configuration has faults: they have been told.
    pub fn place(&self) -> Result<Place, ExitCode> {
        let Some(path) = &self.config else {
            let journal = self.journal.clone().unwrap_or_else(|| PathBuf::from("."));
            let (initial, others) = (self.catalog.clone().unwrap_or_else(|| journal.join("catalog.toml")), journal.join("catalogs"));
            return Ok(Place {
                state: StateDir { path: journal.join("state"), rebuild: Rebuild::FromInputs },
                services: Services::of(Some(&initial), Some(&others)),
                config: None,
                log: tell::Place::Journal(tell::Journal { directory: journal }),
            });
        };
        let config = load_config(path).map_err(|problem| report(&problem))?;
        let initial = self.catalog.as_ref().or(config.run.catalog.as_ref());
        Ok(Place {
            state: StateDir { path: config.run.state_dir.clone(), rebuild: Rebuild::FromChangelog },
            services: Services::of(initial.map(PathBuf::as_path), config.catalogs.as_deref()),
            config: Some(Box::new(config.clone())),
            log: tell::Place::Kafka(Box::new(tell::Kafka { config, path: path.clone() })),
        })
    }
}
