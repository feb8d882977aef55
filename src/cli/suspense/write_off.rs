//! `tally suspense write-off`: shows what would be given up, asks, and writes a control event for each customer.

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde_json::json;

use super::ask::{is_confirmed, refuse};
use super::decide::{Chosen, Telling, chosen, telling};
use super::place::PlaceArgs;
use super::select::SelectArgs;
use crate::cli::faults::counted;
use crate::domain::names::CustomerId;

#[derive(Debug, Args)]
pub struct WriteOffArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    select: SelectArgs,
    /// Who gives them up: an id that names nobody. It is published.
    #[arg(long)]
    actor: String,
    /// Who agrees: somebody else. It is published.
    #[arg(long)]
    approver: String,
    /// Why. It is published.
    #[arg(long)]
    reason: String,
    /// Go on without asking.
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged, or the control events could not be written.
pub fn run(args: &WriteOffArgs) -> Result<ExitCode> {
    let said = [&args.actor, &args.approver, &args.reason].map(|text| text.trim());
    if said.iter().any(|text| text.is_empty()) || said[0] == said[1] {
        return Ok(refuse("--actor, --approver and --reason must say something, and actor and approver must be two people"));
    }
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let chosen = chosen(&place, &args.select)?;
    if chosen.is_empty() {
        return Ok(refuse("Nothing that is asked for waits"));
    }
    stdout().write_all(super::decide::table(&chosen).as_bytes()).into_diagnostic()?;
    let events: u64 = chosen.values().map(|one| one.events).sum();
    let what =
        format!("This gives up {} for ever: they are never charged.", counted(usize::try_from(events).unwrap_or(usize::MAX), "event"));
    if !args.yes && !is_confirmed(&what, "write off")? {
        return Ok(refuse("Nothing was written"));
    }
    let tellings: Vec<Telling> = chosen.iter().map(|(customer, one)| event(customer, one, args)).collect();
    place.tell(&tellings)?;
    eprintln!("{} written; they are given up when tally reads it", counted(tellings.len(), "control event"));
    Ok(ExitCode::SUCCESS)
}

fn event(customer: &CustomerId, one: &Chosen, args: &WriteOffArgs) -> Telling {
    let data = json!({
        "select": args.select.to_json(), "seen_until": one.watermark.to_string(),
        "actor": args.actor.trim(), "approver": args.approver.trim(), "reason": args.reason.trim(),
    });
    telling("write_off", customer, one.watermark, &data)
}
