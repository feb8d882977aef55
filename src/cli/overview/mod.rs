//! `tally overview`: what a party may see of its use.

mod catalog_in_force;
mod municipality;
mod suppliers;

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic as _, Result};

use super::catalog::{Place, PlaceArgs};
use super::usage::read::StateDir;
use crate::store::Rebuild;

/// Shows what a party may see of its use: a municipality calls, look-ups, prices and amounts.
///
/// Reads the state directory of a process that has ended, or a copy of one.
#[derive(Debug, Args)]
pub struct OverviewArgs {
    /// The municipality, as in `subject` of its events.
    party: String,
    /// In which role it looks.
    #[arg(long = "as", value_enum)]
    role: Role,
    #[command(flatten)]
    place: PlaceArgs,
    /// The catalog in force, if it is neither the run's first one nor in its directory of catalogs.
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// How many of the last records are shown.
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    records: usize,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Its calls and look-ups, the prices in force, what is issued and what open periods amount to
    Municipality,
}

/// Exit code 0; 2 if the catalog in force is not to be found.
///
/// # Errors
/// The state is in use or damaged, or does not know the party.
pub fn run(args: &OverviewArgs) -> Result<ExitCode> {
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let text = match args.role {
        Role::Municipality => municipality::of(args, &place)?,
    };
    match text {
        Ok(text) => {
            stdout().write_all(text.as_bytes()).into_diagnostic()?;
            Ok(ExitCode::SUCCESS)
        }
        Err(code) => Ok(code),
    }
}

/// Where the state of a run lies.
fn state_of(place: &Place) -> StateDir {
    match place {
        Place::Journal(journal) => StateDir { path: journal.join("state"), rebuild: Rebuild::FromInputs },
        Place::Kafka(config) => StateDir { path: config.run.state_dir.clone(), rebuild: Rebuild::FromChangelog },
    }
}
