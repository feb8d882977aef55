//! `tally held`: records and corrections that are due and held back, from a store that nobody writes to.

mod read;

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde::Serialize;

use self::read::HeldRecord;
use super::faults::counted;
use super::state_place::StatePlace;
use super::table::{Align, Table};
use crate::domain::account::TaskKind;
use crate::domain::names::CustomerId;

/// Shows which records are due and held back, since when, why, and what would release them.
///
/// Reads the state directory of a process that has ended, or a copy of one.
#[derive(Debug, Args)]
pub struct HeldArgs {
    /// Only those of this customer.
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
pub fn run(args: &HeldArgs) -> Result<ExitCode> {
    let place = match args.place.directory() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let customer = args.customer.as_deref().map(CustomerId::new);
    let held = read::held(&place, customer.as_ref())?;
    place.warn_of_missing(customer.as_ref())?;
    let text = if args.json { json(&held)? } else { table(&held) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

fn what(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Close | TaskKind::Bundle | TaskKind::Forget | TaskKind::Remind => "record",
        TaskKind::Correct => "correction",
    }
}

const RETRIED: &str = "A record is tried again every day, a correction with the plan's next close; both when what is missing has come.\n";

fn table(held: &[HeldRecord]) -> String {
    if held.is_empty() {
        return "Nothing is held.\n".to_owned();
    }
    let columns = ["customer", "plan", "period from", "what", "since"].map(|name| (name, Align::Left));
    let mut table = Table::new(&columns);
    for HeldRecord { customer, held } in held {
        let from = held.period.from.to_string();
        let cells = [customer.as_str(), held.plan.as_str(), &from, what(held.what), &held.since.to_string()];
        table.row(cells.map(str::to_owned).to_vec());
    }
    let mut text = format!("{} held.\n\n{}\n", counted(held.len(), "record"), table.render());
    for HeldRecord { customer, held } in held {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{customer} {} {}: {}.", held.plan, held.period.from, held.why);
    }
    text + "\n" + RETRIED
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    held: Vec<JsonHeld<'a>>,
}

#[derive(Serialize)]
struct JsonHeld<'a> {
    customer: &'a str,
    plan: &'a str,
    what: &'static str,
    period_from: String,
    zone: &'a str,
    currency: &'a str,
    since: String,
    why: &'a str,
}

fn json(held: &[HeldRecord]) -> Result<String> {
    let document = Document { schema: "tally/held/1", held: held.iter().map(json_held).collect() };
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}

fn json_held(one: &HeldRecord) -> JsonHeld<'_> {
    let held = &one.held;
    JsonHeld {
        customer: one.customer.as_str(),
        plan: held.plan.as_str(),
        what: what(held.what),
        period_from: held.period.from.to_string(),
        zone: held.period.zone.name(),
        currency: held.period.currency.as_str(),
        since: held.since.to_string(),
        why: &held.why,
    }
}
