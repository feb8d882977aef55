//! Where the key ring is, and the log that is told what is done with it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};

use crate::cli::config_file::load_config;
use crate::cli::faults::{BAD_CONFIGURATION, report};
use crate::config::Config;
use crate::keyring;

/// The key ring alone.
#[derive(Debug, Args)]
pub struct RingArgs {
    /// The file of the key ring. [default: `TALLY_KEYS`, or the configuration's]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The configuration that names the key ring in [privacy].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The key ring, and the run whose log is told.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("log").required(true))]
pub struct PlaceArgs {
    /// The file of the key ring. [default: `TALLY_KEYS`, or the configuration's]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Kafka mode: the configuration that tally runs with.
    #[arg(long, value_name = "FILE", group = "log")]
    config: Option<PathBuf>,
    /// Embedded mode: the journal directory that tally runs on.
    #[arg(long, value_name = "DIR", group = "log")]
    journal: Option<PathBuf>,
}

/// A log that is told.
#[derive(Debug)]
pub enum Log {
    Journal(PathBuf),
    Kafka(Box<Config>),
}

impl RingArgs {
    /// The file of the ring, or the code to exit with after what is wrong was told.
    pub fn ring(&self) -> Result<PathBuf, ExitCode> {
        let config = self.config.as_deref().map(load_config).transpose().map_err(|problem| report(&problem))?;
        named(self.keys.as_deref(), config.as_ref())
    }
}

impl PlaceArgs {
    /// The file of the ring and the log, or the code to exit with after what is wrong was told.
    pub fn places(&self) -> Result<(PathBuf, Log), ExitCode> {
        let config = self.config.as_deref().map(load_config).transpose().map_err(|problem| report(&problem))?;
        let ring = named(self.keys.as_deref(), config.as_ref())?;
        let journal = || Log::Journal(self.journal.clone().unwrap_or_else(|| PathBuf::from(".")));
        Ok((ring, config.map_or_else(journal, |config| Log::Kafka(Box::new(config)))))
    }
}

fn named(keys: Option<&Path>, config: Option<&Config>) -> Result<PathBuf, ExitCode> {
    let configured = config.and_then(|config| config.privacy.keys.as_deref());
    keyring::place(keys, configured).ok_or_else(|| {
        eprintln!(
            "no key ring is named; give --keys FILE, set {}, or write `keys = \"…\"` into [privacy] of the configuration",
            keyring::VARIABLE
        );
        ExitCode::from(BAD_CONFIGURATION)
    })
}
