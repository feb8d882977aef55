//! `tally brake`: stops and releases use, and shows what is stopped.

mod order;
mod read;
mod show;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, Result};

use super::state_place::StatePlace;
use crate::domain::gates::brake::Switch;
use crate::domain::names::CustomerId;

/// The emergency brake: what is braked is read and waits, nothing is lost, nothing is billed.
#[derive(Debug, Args)]
pub struct BrakeArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Stop use: of a customer, a service, a source, or all
    On(order::OrderArgs),
    /// Release it: what waits is counted, in event-time order
    Off(order::OrderArgs),
    /// Show what is braked, since when, by whom and why, and what waits
    Status(StatusArgs),
}

/// Reads the state directory of a process that has ended, or a copy of one.
#[derive(Debug, Args)]
struct StatusArgs {
    /// Only what waits of this customer.
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
/// The log cannot be written, or the state not be read.
pub fn run(args: &BrakeArgs) -> Result<ExitCode> {
    match &args.action {
        Action::On(args) => order::run(args, Switch::On),
        Action::Off(args) => order::run(args, Switch::Off),
        Action::Status(args) => status(args),
    }
}

fn status(args: &StatusArgs) -> Result<ExitCode> {
    let place = match args.place.directory() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let customer = args.customer.as_deref().map(CustomerId::new);
    let status = read::status(&place, customer.as_ref())?;
    place.warn_of_missing(customer.as_ref())?;
    let text = if args.json { show::json(&status)? } else { show::table(&status) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}
