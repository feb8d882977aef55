//! `tally audit`: who did what, when and why, out of the control log.

mod refused;
mod rows;
mod show;
mod words;

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic as _, Result};

use self::rows::{Row, Rows};
use super::control_log::LogPlace;
use super::faults::BAD_CONFIGURATION;
use crate::domain::instant::Instant;
use crate::wire::decode::{self, Json};

/// Shows who did what, when and why: every control event, in the order of the log.
///
/// Reads the control log and what was refused of it. A fact of all partitions is shown once; that it is missing on one of
/// them is said loudly, and the exit code is 1.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Only events that are about this customer, party or thing, or name it.
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// Only what this person did or agreed to.
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,
    /// Only events of this type: `tally.brake.v1`, or `brake`.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only events of this log time and later: an instant, or a day in UTC.
    #[arg(long, value_name = "INSTANT", value_parser = moment)]
    from: Option<Instant>,
    /// Only events of before this log time: an instant, or a day in UTC.
    #[arg(long, value_name = "INSTANT", value_parser = moment)]
    to: Option<Instant>,
    #[command(flatten)]
    place: LogPlace,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

fn moment(text: &str) -> Result<Instant, String> {
    let day = || decode::date(text).and_then(|_| decode::instant(&format!("{text}T00:00:00Z")));
    decode::instant(text).or_else(day).ok_or_else(|| "write it like 2026-07-01T00:00:00Z, or 2026-07-01".to_owned())
}

/// Exit code 0, or 1 if a partition lacks an event that all must have.
///
/// # Errors
/// The log cannot be read.
pub fn run(args: &AuditArgs) -> Result<ExitCode> {
    let log = match args.place.log()? {
        Err(code) => return Ok(code),
        Ok(None) => {
            eprintln!("error: nobody says which log: name it with --journal DIR or --config FILE");
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        }
        Ok(Some(log)) => log,
    };
    let refused = refused::read(&log)?;
    let mut rows = Rows::default();
    log.read(&mut |entry| rows.take(&entry, log.partitions(), &refused))?;
    let rows = rows.in_order();
    let lacking: Vec<&Row> = rows.iter().filter(|row| !row.missing.is_empty()).collect();
    let shown: Vec<&Row> = rows.iter().filter(|row| is_asked(args, row)).collect();
    let text = if args.json { show::json(&log, &shown, lacking.len())? } else { show::table(&shown, log.partitions()) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    for row in &lacking {
        eprintln!("warning: {}", show::lacking(row));
    }
    Ok(if lacking.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_asked(args: &AuditArgs, row: &Row) -> bool {
    let in_span = args.from.is_none_or(|from| from <= row.at) && args.to.is_none_or(|to| row.at < to);
    let has_filter = args.customer.is_some() || args.actor.is_some() || args.kind.is_some();
    let Some(said) = &row.said else { return in_span && !has_filter };
    let of_customer =
        args.customer.as_ref().is_none_or(|id| said.subject.as_ref() == Some(id) || said.data.values().any(|one| names(one, id)));
    let by_actor = args.actor.as_deref().is_none_or(|who| ["actor", "approver"].iter().any(|role| said.text(role) == Some(who)));
    let of_kind = args.kind.as_deref().is_none_or(|kind| said.kind == kind || words::short(&said.kind) == kind);
    in_span && of_customer && by_actor && of_kind
}

/// Does a value name the id, at any depth?
fn names(value: &Json, id: &str) -> bool {
    match value {
        Json::Text(text) => text == id,
        Json::List(items) => items.iter().any(|item| names(item, id)),
        Json::Object(members) => members.values().any(|member| names(member, id)),
        _ => false,
    }
}
