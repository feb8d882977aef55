//! `tally roster`: a customer's pupils by school form and unit, and its loads, from a store that nobody writes to.

mod check;
pub mod read;
mod show;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, Result};

use super::state_place::StatePlace;
use crate::domain::names::CustomerId;

/// Shows a customer's active pupils on a day, by school form and school unit, and which loads wait, and why.
///
/// Reads the state directory of a process that has ended, or a copy of one. No pupil is named.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct RosterArgs {
    #[command(subcommand)]
    action: Option<Action>,
    /// The customer: the `subject` of its events.
    #[arg(required = true)]
    customer: Option<String>,
    /// On this local day (YYYY-MM-DD); without it, the last one that was read.
    #[arg(long)]
    on: Option<NaiveDate>,
    #[command(flatten)]
    place: StatePlace,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say which codes files of a source tell, what each means, and which mean nothing; writes nothing
    Check(check::CheckArgs),
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged, or does not know the customer.
pub fn run(args: &RosterArgs) -> Result<ExitCode> {
    if let Some(Action::Check(check)) = &args.action {
        return check::run(check);
    }
    let place = match args.place.directory() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let customer = CustomerId::new(args.customer.as_deref().unwrap_or_default());
    let roster = read::one(&place, &customer)?;
    place.warn_of_missing(Some(&customer))?;
    let on = args.on.unwrap_or_else(|| roster.today());
    let text = if args.json { show::json(&roster, on)? } else { show::text(&roster, on) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}
