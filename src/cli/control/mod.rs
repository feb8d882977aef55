//! `tally control`: control events from files into the log.

mod plan;
mod show;

use std::io::{Read as _, Write as _, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic as _, Result};

use self::plan::Plan;
use super::clock;
use super::control_log::{ControlLog, Line, LogPlace};
use super::faults::{BAD_CONFIGURATION, Look, counted, render, report};
use super::source_files::{FileProblem, read_source};
use crate::domain::instant::{Instant, NANOS_PER_SECOND};
use crate::wire::control_file::{self, Told};
use crate::wire::decode;
use crate::wire::document::{Fault, SourceFile};

/// How far ahead of this clock an event may be recorded, unless the catalog says otherwise.
const SKEW: i64 = 3600 * NANOS_PER_SECOND;

/// Puts control events into the log, or looks whether they could be.
#[derive(Debug, Args)]
pub struct ControlArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write the events of files into the control log, each once and where it belongs
    Apply(ApplyArgs),
    /// Say what is wrong in files of events, or what would be written where; writes nothing
    Check(FileArgs),
}

#[derive(Debug, Args)]
struct ApplyArgs {
    #[command(flatten)]
    files: FileArgs,
    /// Only say what would be written where.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct FileArgs {
    /// Files of control events: NDJSON, or the short form in TOML or JSON; `-` is the standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    place: LogPlace,
    /// The time of events that name none; with a recorded clock, their log time. [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Instant>,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "write it like 2026-07-01T00:00:00Z".to_owned())
}

/// Exit code 0 if all events are in the log, or could be; 2 if one of them must not be, and then none is written.
///
/// # Errors
/// The log cannot be read or written.
pub fn run(args: &ControlArgs) -> Result<ExitCode> {
    match &args.action {
        Action::Apply(apply) => go(&apply.files, !apply.dry_run, true),
        Action::Check(files) => go(files, false, false),
    }
}

fn go(args: &FileArgs, write: bool, needs_log: bool) -> Result<ExitCode> {
    let files = match sources(&args.files) {
        Ok(files) => files,
        Err(problem) => return Ok(report(&problem)),
    };
    let told = match control_file::read(&files, args.at.unwrap_or_else(clock::now)) {
        Ok(told) => told,
        Err(faults) => return Ok(refuse(&faults, &files)),
    };
    let mut log = match args.place.log()? {
        Err(code) => return Ok(code),
        Ok(None) if needs_log => {
            eprintln!("error: nobody says which log: name it with --journal DIR or --config FILE");
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        }
        Ok(log) => log,
    };
    if write && let Some(log) = &mut log {
        log.begin()?;
    }
    let plan = match plan::plan(log.as_ref(), &told, &files)? {
        Ok(plan) => plan,
        Err(faults) => return Ok(refuse(&faults, &files)),
    };
    warn(&plan, &told);
    let file = match log.as_mut().filter(|_| write) {
        Some(log) => add(log, &plan)?,
        None => None,
    };
    let shown = if args.json { show::json(&plan, write, file.as_deref())? } else { show::text(&plan, write, file.as_deref()) };
    stdout().write_all(shown.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

/// Reads files; `-` is the standard input.
///
/// # Errors
/// One of them cannot be read.
pub fn sources(paths: &[PathBuf]) -> Result<Vec<SourceFile>, FileProblem> {
    let read = |path: &PathBuf| {
        if path != Path::new("-") {
            return read_source(path);
        }
        let mut text = String::new();
        let unreadable = |source| FileProblem::Unreadable { path: PathBuf::from("standard input"), source };
        stdin().read_to_string(&mut text).map_err(unreadable)?;
        Ok(SourceFile { name: "standard input".to_owned(), text })
    };
    paths.iter().map(read).collect()
}

fn refuse(faults: &[Fault], files: &[SourceFile]) -> ExitCode {
    eprintln!("{}Nothing was written.", render(faults, files, Look::of_stderr()));
    ExitCode::from(BAD_CONFIGURATION)
}

/// What is no fault, and may not be meant.
fn warn(plan: &Plan<'_>, told: &[Told]) {
    for one in &plan.events {
        if let Some(later) = &one.overtaken_by {
            eprintln!(
                "warning: {} of {} is in the log already, and behind it stands {later}, which says something else; to say it again, give it an `id` of its own",
                one.told.said.kind,
                one.told.said.subject.as_deref().unwrap_or("all"),
            );
        }
    }
    let latest = told.iter().map(|one| one.event.recorded_log_time()).max();
    if let Some(latest) = latest.filter(|latest| plan.is_recorded && *latest > clock::now().saturating_add(SKEW)) {
        eprintln!(
            "warning: {latest} has not come yet, and until then tally refuses an event of that time (`in_future`), unless it runs --until so late"
        );
    }
}

fn add(log: &mut ControlLog, plan: &Plan<'_>) -> Result<Option<String>> {
    let lines: Vec<Line<'_>> = plan.events.iter().flat_map(|one| one.lines()).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let file = log.add(&lines)?;
    tracing::debug!("{} written", counted(lines.len(), "line"));
    Ok(file)
}
