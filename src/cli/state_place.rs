//! Which state a command looks into: that of a journal, a directory of its own, or that of a configuration.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};

use super::config_file::load_config;
use super::faults::report;
use super::state_dir::StateDir;
use crate::store::Rebuild;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub struct StatePlace {
    /// The state of this journal directory.
    #[arg(long, value_name = "DIR", group = "place")]
    journal: Option<PathBuf>,
    /// This state directory.
    #[arg(long, value_name = "DIR", group = "place")]
    state: Option<PathBuf>,
    /// The state directory of this configuration.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
}

impl StatePlace {
    /// The catalog that is named, or else that of the place: beside a journal's lanes, or the configuration's.
    ///
    /// # Errors
    /// The exit code, where the configuration has faults: they have been told.
    pub fn catalog(&self, named: Option<&Path>) -> Result<PathBuf, ExitCode> {
        let of_place = match (&self.journal, &self.config) {
            (Some(journal), _) => Some(journal.join("catalog.toml")),
            (None, Some(config)) => load_config(config).map_err(|problem| report(&problem))?.run.catalog,
            (None, None) => None,
        };
        Ok(named.map(Path::to_owned).or(of_place).unwrap_or_else(|| PathBuf::from("catalog.toml")))
    }

    /// # Errors
    /// The exit code, where the configuration has faults: they have been told.
    pub fn directory(&self) -> Result<StateDir, ExitCode> {
        // A bare state directory may be either's; a journal's lies beside its inputs.
        let of_state = |state: &Path| {
            let beside_inputs = state.parent().unwrap_or_else(|| Path::new("")).join("in").is_dir();
            StateDir::at(state, if beside_inputs { Rebuild::FromInputs } else { Rebuild::FromChangelog })
        };
        match (&self.journal, &self.state, &self.config) {
            (Some(journal), _, _) => Ok(StateDir::of_journal(journal)),
            (None, Some(state), _) => Ok(of_state(state)),
            (None, None, Some(config)) => {
                let config = load_config(config).map_err(|problem| report(&problem))?;
                Ok(StateDir::of_config(&config))
            }
            (None, None, None) => Ok(StateDir::of_journal(Path::new("."))),
        }
    }
}
