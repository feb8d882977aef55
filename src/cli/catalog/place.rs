//! The run that is meant: a configuration or a journal, with its catalogs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgGroup, Args};

use crate::cli::catalog_directory::CatalogDirectory;
use crate::cli::config_file::load_config;
use crate::cli::faults::{BAD_CONFIGURATION, report, report_all};
use crate::cli::state_dir::StateDir;
use crate::config::Config;
use crate::pipeline::NoOther;
use crate::pipeline::ports::Catalogs;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub struct PlaceArgs {
    /// Kafka mode: the configuration that tally runs with.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
    /// Embedded mode: the journal directory that tally runs on.
    #[arg(long, value_name = "DIR", group = "place")]
    journal: Option<PathBuf>,
    /// The directory of catalogs that tally runs with. [default: DIR/catalogs, or the configuration's]
    #[arg(long, value_name = "DIR")]
    catalogs: Option<PathBuf>,
}

/// A run, and what of its catalogs is known without asking it.
pub enum Place {
    Journal(PathBuf),
    Kafka(Box<Config>),
}

impl PlaceArgs {
    /// The run, or the code to exit with after what is wrong was told.
    pub fn place(&self) -> Result<Place, ExitCode> {
        match (&self.journal, &self.config) {
            (Some(journal), _) => Ok(Place::Journal(journal.clone())),
            (None, Some(config)) => load_config(config).map(|config| Place::Kafka(Box::new(config))).map_err(|problem| report(&problem)),
            (None, None) => Ok(Place::Journal(PathBuf::from("."))),
        }
    }

    /// Where the directory of catalogs is; none: the run has none.
    pub fn directory_path(&self, place: &Place) -> Option<PathBuf> {
        let default = match place {
            Place::Journal(journal) => Some(journal.join("catalogs")).filter(|path| path.is_dir()),
            Place::Kafka(config) => config.catalogs.clone(),
        };
        self.catalogs.clone().or(default)
    }

    /// The directory of catalogs, or the exit code after it was told that there is none.
    pub fn directory(&self, place: &Place) -> Result<CatalogDirectory, ExitCode> {
        let Some(path) = self.directory_path(place) else {
            if let Place::Journal(journal) = place {
                let path = journal.join("catalogs");
                eprintln!("there is no {}; make it and restart tally once, or name another with --catalogs", path.display());
                return Err(ExitCode::from(BAD_CONFIGURATION));
            }
            eprintln!(
                "the configuration names no directory of catalogs; write `directory = \"catalogs\"` into [catalog], and restart tally with it once"
            );
            return Err(ExitCode::from(BAD_CONFIGURATION));
        };
        open(&path)
    }
}

impl Place {
    /// Where its state lies.
    pub fn state(&self) -> StateDir {
        match self {
            Self::Journal(journal) => StateDir::of_journal(journal),
            Self::Kafka(config) => StateDir::of_config(config),
        }
    }

    pub fn initial(&self) -> Option<PathBuf> {
        match self {
            Self::Journal(journal) => Some(journal.join("catalog.toml")).filter(|path| path.exists()),
            Self::Kafka(config) => config.run.catalog.clone(),
        }
    }
}

/// The catalogs of a directory, or the exit code after all their faults were told.
pub fn open(path: &Path) -> Result<CatalogDirectory, ExitCode> {
    CatalogDirectory::open(path).map_err(|problems| report_all(&problems))
}

/// The catalogs that a log may put in force besides its first; none where no directory is named.
pub fn catalogs_at(directory: Option<&Path>) -> Result<Arc<dyn Catalogs>, ExitCode> {
    match directory {
        None => Ok(Arc::new(NoOther)),
        Some(path) => Ok(Arc::new(open(path)?)),
    }
}

/// Those of a journal: of the directory that is named, or of the one that it brings along.
pub fn catalogs_of_journal(named: Option<&Path>, journal: &Path) -> Result<Arc<dyn Catalogs>, ExitCode> {
    let beside = Some(journal.join("catalogs")).filter(|path| path.is_dir());
    catalogs_at(named.or(beside.as_deref()))
}
