//! `tally overview`: what a party may see of its use.

mod catalog_in_force;
mod municipality;
mod supplier;
mod suppliers;

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic as _, Result};

use super::catalog::PlaceArgs;
use super::faults::BAD_CONFIGURATION;

/// Shows what a party may see of its use: a municipality calls, look-ups, prices and amounts, a supplier the calls of its systems.
///
/// Reads the state directory of a process that has ended, or a copy of one.
#[derive(Debug, Args)]
pub struct OverviewArgs {
    /// The municipality, as in `subject` of its events; or the supplier, as in `subject` of its `tally.party.v1`.
    party: String,
    /// In which role it looks.
    #[arg(long = "as", value_enum)]
    role: Role,
    #[command(flatten)]
    place: PlaceArgs,
    /// The catalog in force, if it is neither the run's first one nor in its directory of catalogs.
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// For a municipality: how many of the last records are shown. [default: 4]
    #[arg(long, value_name = "COUNT")]
    records: Option<usize>,
    #[command(flatten)]
    asked: supplier::Asked,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Its calls and look-ups, the prices in force, what is issued and what open periods amount to
    Municipality,
    /// The calls of its own systems, by customer, service and span; no price, and nothing that follows one
    Supplier,
}

/// Exit code 0; 2 if the catalog in force is not to be found, or no such supplier.
///
/// # Errors
/// The state is in use or damaged, or does not know the party.
pub fn run(args: &OverviewArgs) -> Result<ExitCode> {
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    if let Some(stray) = stray(args) {
        eprintln!("error: {stray} is not for this role; leave it out");
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    }
    let text = match args.role {
        Role::Municipality => municipality::of(args, &place)?,
        Role::Supplier => supplier::of(args, &place)?,
    };
    match text {
        Ok(text) => {
            stdout().write_all(text.as_bytes()).into_diagnostic()?;
            Ok(ExitCode::SUCCESS)
        }
        Err(code) => Ok(code),
    }
}

/// An option that says nothing in the role that is asked for.
fn stray(args: &OverviewArgs) -> Option<&'static str> {
    match args.role {
        Role::Municipality => args.asked.is_any().then_some("--by, --from, --to, --customer, --system or --service"),
        Role::Supplier if args.records.is_some() => Some("--records"),
        Role::Supplier => args.catalog.is_some().then_some("--catalog"),
    }
}
