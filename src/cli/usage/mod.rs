//! `tally usage`: what a customer used, from a store that nobody writes to.

pub(super) mod read;
mod show;
pub(super) mod tried;
pub(super) mod windows;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic, Result};

use self::read::read_customer;
use self::windows::Range;
use super::state_place::StatePlace;
use crate::domain::names::CustomerId;

/// Shows what a customer used, by hour, day or quarter of the customer's local time.
///
/// Reads the state directory of a process that has ended, or a copy of one. What has not been
/// committed yet is not in it.
#[derive(Debug, Args)]
pub struct UsageArgs {
    /// The customer, as in `subject` of its events.
    customer: String,
    /// How long each span is.
    #[arg(long, value_enum, default_value_t = By::Day)]
    by: By,
    /// The first local day to show.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// The last local day to show.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<NaiveDate>,
    #[command(flatten)]
    place: StatePlace,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Hour,
    Day,
    Quarter,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Quarter => "quarter",
        }
    }
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged, or does not know the customer.
pub fn run(args: &UsageArgs) -> Result<ExitCode> {
    let place = match args.place.directory() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let range = Range { from: args.from, to: args.to };
    let customer = CustomerId::new(&args.customer);
    let usage = read_customer(&place, &customer, range)?;
    place.warn_of_missing(Some(&customer))?;
    let windows = windows::sum(&usage, args.by)?;
    let tried = tried::sum(&usage, args.by);
    let text = if args.json { show::json(&usage, &windows, &tried, args.by)? } else { show::table(&usage, &windows, &tried, args.by) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}
