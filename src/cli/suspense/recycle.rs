//! `tally suspense recycle`: waiting events are tried again, or events that were refused are sent once more.

use std::collections::BTreeSet;
use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write as _, stdout};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result, WrapErr as _};
use serde_json::json;

use super::ask::{is_confirmed, refuse};
use super::decide::{Telling, chosen, table, telling};
use super::originals::{self, Asked, Copy, Provenance};
use super::place::{Place, PlaceArgs};
use super::read::each_waiting;
use super::select::SelectArgs;
use crate::app::AppError;
use crate::cli::faults::counted;
use crate::domain::names::CustomerId;
use crate::domain::state::Meta;
use crate::keyring;

/// Of a file with originals: its owner reads and writes it, and nobody else does.
const MODE: u32 = 0o600;

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
    /// With --own-fault: the key ring that originals are sealed with. [default: `TALLY_KEYS`, or the configuration's]
    #[arg(long, value_name = "FILE", requires = "own_fault")]
    keys: Option<PathBuf>,
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
    let meta = read_furthest(place)?;
    let copies = copies(args, place, &meta)?;
    stdout().write_all(originals::table(&copies).as_bytes()).into_diagnostic()?;
    let events: Vec<Telling> = copies.iter().filter_map(Copy::telling).collect();
    if let Some(out) = &args.out {
        write(out, &copies).into_diagnostic().wrap_err_with(|| format!("cannot write {}", out.display()))?;
        eprintln!("{} written to {}: mend them, and send them with --mended", counted(events.len(), "event"), out.display());
        return Ok(ExitCode::SUCCESS);
    }
    if events.is_empty() {
        return Ok(refuse("There is nothing that could be sent"));
    }
    let what = format!("{} are sent to the input again.", counted(events.len(), "event"));
    if !args.yes && !is_confirmed(&what, "recycle")? {
        return Ok(refuse("Nothing was written"));
    }
    let data = json!({"actor": args.actor.trim(), "reason": args.reason.trim()});
    // One that names no customer cannot be told of any; who sends it again stands in the event itself.
    let customers: BTreeSet<&CustomerId> =
        events.iter().map(|one| &one.customer).filter(|customer| !customer.as_str().is_empty()).collect();
    let tellings: Vec<Telling> = customers.into_iter().map(|customer| telling("recycle", customer, meta.watermark, &data)).collect();
    place.tell(&tellings)?;
    place.send(&events)?;
    eprintln!("{} sent to the input again", counted(events.len(), "event"));
    Ok(ExitCode::SUCCESS)
}

fn copies(args: &RecycleArgs, place: &Place, meta: &Meta) -> Result<Vec<Copy>> {
    if let Some(file) = &args.mended {
        return originals::of_file(file);
    }
    let keys = keyring::open(keyring::place(args.keys.as_deref(), place.keys()).as_deref()).map_err(AppError::from)?;
    let provenance = Provenance { actor: args.actor.trim(), recorded: meta.watermark };
    originals::refused(&Asked { place, select: &args.select, ring: &keys.ring(), provenance, meta })
}

/// For its owner alone: what was sealed is in the clear here.
fn write(path: &Path, copies: &[Copy]) -> io::Result<()> {
    let lines: String = copies.iter().filter_map(Copy::event).flat_map(|line| [line, "\n"]).collect();
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(path)?;
    // It may have been there, and open to others.
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all(lines.as_bytes())
}

/// What the partition keeps that was read furthest: copies are recorded at its log time.
fn read_furthest(place: &Place) -> Result<Meta> {
    let nobody = CustomerId::new("");
    let metas = each_waiting(&place.state, Some(&nobody), &mut |_| Ok(()))?;
    Ok(metas.into_iter().max_by_key(|meta| meta.watermark).unwrap_or_default())
}
