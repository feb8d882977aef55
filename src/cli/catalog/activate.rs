//! `tally catalog activate`: the event that puts a catalog in force, on every partition of the control log.

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::SecondsFormat;
use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde_json::json;

use super::place::{Place, PlaceArgs};
use crate::cli::catalog_directory::CatalogDirectory;
use crate::cli::catalog_files::load_catalog;
use crate::cli::clock;
use crate::cli::control_log::{ControlLog, Journal, Line, Topic};
use crate::cli::faults::{BAD_CONFIGURATION, counted, report};
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::wire::decode;

#[derive(Debug, Args)]
pub struct ActivateArgs {
    /// The catalog: a file or a folder, equal to an entry of the directory of catalogs that tally runs with.
    #[arg(long, value_name = "PATH")]
    catalog: PathBuf,
    #[command(flatten)]
    place: PlaceArgs,
    /// Who decides this; it stands in the log.
    #[arg(long, value_name = "WHO")]
    actor: String,
    /// Why; it stands in the log.
    #[arg(long, value_name = "WHY")]
    reason: String,
    /// When it is recorded: with a recorded clock, its log time. [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Instant>,
}

fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "write it like 2026-07-01T00:00:00Z".to_owned())
}

/// Exit code 0 if the event is in the log, 2 if it would do harm there.
pub fn run(args: &ActivateArgs) -> Result<ExitCode> {
    let catalog = match load_catalog(&args.catalog) {
        Ok((catalog, _)) => catalog,
        Err(problem) => return Ok(report(&problem)),
    };
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let directory = match args.place.directory(&place) {
        Ok(directory) => directory,
        Err(code) => return Ok(code),
    };
    let now = clock::now();
    let at = args.at.unwrap_or(now);
    let refused = refusal(args, &catalog, &directory, at, now).or_else(|| other_environment(args, &catalog, &place));
    if let Some(why) = refused {
        eprintln!("error: {why}");
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    }
    let event = event(args, &catalog, at);
    let mut log = match &place {
        Place::Journal(journal) => ControlLog::Journal(Journal::open(journal)?),
        Place::Kafka(config) => match &config.kafka {
            Some(kafka) => ControlLog::Topic(Box::new(Topic::connect(config, kafka).into_diagnostic()?)),
            None => {
                eprintln!("the configuration has no [kafka]; add it, or name a --journal");
                return Ok(ExitCode::from(BAD_CONFIGURATION));
            }
        },
    };
    let lines: Vec<Line<'_>> = (0..log.partitions()).map(|partition| Line { partition, key: "", value: &event, at }).collect();
    log.add(&lines)?;
    let digest = hex::encode(catalog.digest);
    let said = format!("Catalog {} (sha256:{digest}) is in the log of {}.\n", catalog.version, counted(lines.len(), "partition"));
    stdout().write_all(said.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

/// Why the event is not written: tally would stop at it, or refuse it.
fn refusal(args: &ActivateArgs, catalog: &Catalog, directory: &CatalogDirectory, at: Instant, now: Instant) -> Option<String> {
    if args.actor.trim().is_empty() || args.reason.trim().is_empty() {
        return Some("--actor and --reason must say something: they are what an auditor finds in the log".to_owned());
    }
    if !directory.entries().iter().any(|(_, known)| known.digest == catalog.digest) {
        let (from, to) = (args.catalog.display(), directory.path().display());
        return Some(format!(
            "{from} is not in {to}, so a running tally would not find it; copy it there (cp -r {from} {to}/), then say this again"
        ));
    }
    (at > now.saturating_add(catalog.max_future_skew)).then(|| {
        format!("--at {at} has not come yet, so tally would refuse the event; a catalog takes effect where it stands in the log: say this when it shall")
    })
}

/// A log is of one environment: that of the catalog with which it began.
fn other_environment(args: &ActivateArgs, catalog: &Catalog, place: &Place) -> Option<String> {
    let initial = place.initial()?;
    let (first, _) = load_catalog(&initial).ok()?;
    let (named, initial) = (args.catalog.display(), initial.display());
    (first.test_environment != catalog.test_environment).then(|| {
        format!("{named} is of the other environment than {initial}, with which this log began, so tally would refuse it: see its key `environment`")
    })
}

fn event(args: &ActivateArgs, catalog: &Catalog, at: Instant) -> String {
    let digest = hex::encode(catalog.digest);
    let short: String = digest.chars().take(16).collect();
    let time = at.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
    json!({
        "specversion": "1.0", "id": format!("catalog-{short}-{}", at.nanos()), "source": "//tally/catalog", "type": "tally.catalog.v1",
        "time": time,
        "data": {
            "digest": format!("sha256:{digest}"), "version": catalog.version, "actor": args.actor.trim(), "reason": args.reason.trim(),
        },
    })
    .to_string()
}
