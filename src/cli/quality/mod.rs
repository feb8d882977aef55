//! `tally quality`: how good the data of each source is, from a store that nobody writes to (REQUIREMENTS E4).

mod show;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};

use super::roster::read;
use super::state_place::StatePlace;
use crate::domain::names::CustomerId;

/// Shows by customer and source which entries of rosters have something wrong with them: this week, against the four
/// before it.
///
/// Reads the state directory of a process that has ended, or a copy of one.
#[derive(Debug, Args)]
pub struct QualityArgs {
    /// Only this source.
    #[arg(long)]
    source: Option<String>,
    /// Only this customer.
    #[arg(long)]
    customer: Option<String>,
    #[command(flatten)]
    place: StatePlace,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged.
pub fn run(args: &QualityArgs) -> Result<ExitCode> {
    let place = match args.place.directory() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let customer = args.customer.as_deref().map(CustomerId::new);
    let rosters = read::rosters(&place, customer.as_ref())?;
    place.warn_of_missing(customer.as_ref())?;
    let sources = show::sources(&rosters, args.source.as_deref());
    let text = if args.json { show::json(&sources)? } else { show::text(&sources) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}
