//! `tally suspense recycle`: waiting events are tried again, or events that were refused are sent once more.

use std::fs;
use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde_json::json;

use super::ask::{is_confirmed, refuse};
use super::decide::{Telling, chosen, table, telling};
use super::originals::{self, Copy};
use super::place::{Place, PlaceArgs};
use super::read::each_waiting;
use super::select::SelectArgs;
use crate::cli::faults::counted;
use crate::domain::instant::Instant;

#[derive(Debug, Args)]
pub struct RecycleArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    select: SelectArgs,
    /// Who does this: an id that names nobody.
    #[arg(long)]
    actor: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Events that were suspended for their own fault are sent to the input again, as they were.
    #[arg(long)]
    own_fault: bool,
    /// With --own-fault: they are written to this file to be mended, and not sent.
    #[arg(long, value_name = "FILE", requires = "own_fault")]
    out: Option<PathBuf>,
    /// With --own-fault: what is sent are the events of this file, one a line, instead of the originals.
    #[arg(long, value_name = "FILE", requires = "own_fault", conflicts_with = "out")]
    mended: Option<PathBuf>,
    /// Go on without asking.
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
///
/// # Errors
/// State or suspense cannot be read, or the events could not be written.
pub fn run(args: &RecycleArgs) -> Result<ExitCode> {
    if args.actor.trim().is_empty() || args.reason.trim().is_empty() {
        return Ok(refuse("--actor and --reason must say something: they are what an auditor finds in the log"));
    }
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    if args.own_fault { resend(args, &place) } else { try_again(args, &place) }
}

fn try_again(args: &RecycleArgs, place: &Place) -> Result<ExitCode> {
    let chosen = chosen(place, &args.select)?;
    if chosen.is_empty() {
        return Ok(refuse("Nothing that is asked for waits"));
    }
    stdout().write_all(table(&chosen).as_bytes()).into_diagnostic()?;
    let what = "All waiting events of these customers are tried again.";
    if !args.yes && !is_confirmed(what, "recycle")? {
        return Ok(refuse("Nothing was written"));
    }
    let data = json!({"actor": args.actor.trim(), "reason": args.reason.trim()});
    let tellings: Vec<Telling> = chosen.iter().map(|(customer, one)| telling("recycle", customer, one.watermark, &data)).collect();
    place.tell(&tellings)?;
    eprintln!("{} written", counted(tellings.len(), "control event"));
    Ok(ExitCode::SUCCESS)
}

fn resend(args: &RecycleArgs, place: &Place) -> Result<ExitCode> {
    let watermark = watermark(place)?;
    let copies = match &args.mended {
        Some(file) => originals::of_file(file)?,
        None => originals::refused(place, &args.select, args.actor.trim(), watermark)?,
    };
    stdout().write_all(originals::table(&copies).as_bytes()).into_diagnostic()?;
    let sendable: Vec<&Copy> = copies.iter().filter(|copy| copy.event.is_some()).collect();
    if let Some(out) = &args.out {
        let lines: String = sendable.iter().filter_map(|copy| copy.event.as_deref()).flat_map(|line| [line, "\n"]).collect();
        fs::write(out, lines).into_diagnostic()?;
        eprintln!("{} written to {}: mend them, and send them with --mended", counted(sendable.len(), "event"), out.display());
        return Ok(ExitCode::SUCCESS);
    }
    if sendable.is_empty() {
        return Ok(refuse("There is nothing that could be sent"));
    }
    let what = format!("{} are sent to the input again.", counted(sendable.len(), "event"));
    if !args.yes && !is_confirmed(&what, "recycle")? {
        return Ok(refuse("Nothing was written"));
    }
    let data = json!({"actor": args.actor.trim(), "reason": args.reason.trim()});
    let mut customers: Vec<_> = sendable.iter().map(|copy| &copy.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let tellings: Vec<Telling> = customers.into_iter().map(|customer| telling("recycle", customer, watermark, &data)).collect();
    place.tell(&tellings)?;
    let events: Vec<Telling> = sendable.iter().filter_map(|copy| copy.telling()).collect();
    place.send(&events)?;
    eprintln!("{} sent to the input again", counted(events.len(), "event"));
    Ok(ExitCode::SUCCESS)
}

/// The largest of all partitions: copies are recorded then.
fn watermark(place: &Place) -> Result<Instant> {
    let nobody = crate::domain::names::CustomerId::new("");
    let metas = each_waiting(&place.state, Some(&nobody), &mut |_| Ok(()))?;
    Ok(metas.iter().map(|meta| meta.watermark).max().unwrap_or(Instant::MIN))
}
