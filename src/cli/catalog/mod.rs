//! `tally catalog`: which catalogs a run knows, and which one is in force from when on.

mod activate;
mod in_force;
mod list;
mod place;

pub use self::place::{Place, PlaceArgs, catalogs_at, catalogs_of_journal, open};

use std::process::ExitCode;

use clap::{Args, Subcommand};
use miette::Result;

/// Shows the catalogs of a run, and puts one in force without a restart.
#[derive(Debug, Args)]
pub struct CatalogArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Put a catalog in force, from this place of the log on
    Activate(activate::ActivateArgs),
    /// Show the known catalogs: version, digest, and which is in force
    List(list::ListArgs),
}

/// Runs the command.
///
/// # Errors
/// The log cannot be written, or the state not be read.
pub fn run(args: &CatalogArgs) -> Result<ExitCode> {
    match &args.action {
        Action::Activate(args) => activate::run(args),
        Action::List(args) => list::run(args),
    }
}
