//! `tally usage`: what a customer used, from a store that nobody writes to.

pub(super) mod read;
mod show;
pub(super) mod windows;

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{ArgGroup, Args, ValueEnum};
use miette::{IntoDiagnostic, Result};

use self::read::{StateDir, read_customer};
use self::windows::Range;
use super::config_file::load_config;
use super::faults::report;
use crate::domain::names::CustomerId;
use crate::store::Rebuild;

/// Shows what a customer used, by hour, day or quarter of the customer's local time.
///
/// Reads the state directory of a process that has ended, or a copy of one. What has not been
/// committed yet is not in it.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
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
    /// The state of this journal directory.
    #[arg(long, value_name = "DIR", group = "place")]
    journal: Option<PathBuf>,
    /// This state directory.
    #[arg(long, value_name = "DIR", group = "place")]
    state: Option<PathBuf>,
    /// The state directory of this configuration.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
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
    let place = match place(args.journal.as_deref(), args.state.as_deref(), args.config.as_deref()) {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let range = Range { from: args.from, to: args.to };
    let usage = read_customer(&place, &CustomerId::new(&args.customer), range)?;
    let windows = windows::sum(&usage, args.by)?;
    let text = if args.json { show::json(&usage, &windows, args.by)? } else { show::table(&usage, &windows, args.by) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

/// The state of a journal, of a directory of its own, or of a configuration.
pub(super) fn place(journal: Option<&Path>, state: Option<&Path>, config: Option<&Path>) -> Result<StateDir, ExitCode> {
    let of_journal = |journal: &Path| StateDir { path: journal.join("state"), rebuild: Rebuild::FromInputs };
    // A bare state directory may be either's; a journal's lies beside its inputs.
    let of_state = |state: &Path| {
        let beside_inputs = state.parent().unwrap_or_else(|| Path::new("")).join("in").is_dir();
        StateDir { path: state.to_owned(), rebuild: if beside_inputs { Rebuild::FromInputs } else { Rebuild::FromChangelog } }
    };
    match (journal, state, config) {
        (Some(journal), _, _) => Ok(of_journal(journal)),
        (None, Some(state), _) => Ok(of_state(state)),
        (None, None, Some(config)) => {
            let config = load_config(config).map_err(|problem| report(&problem))?;
            Ok(StateDir { path: config.run.state_dir, rebuild: Rebuild::FromChangelog })
        }
        (None, None, None) => Ok(of_journal(Path::new("."))),
    }
}
