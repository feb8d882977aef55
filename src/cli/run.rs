//! `tally run`: a journal directory, or Kafka.

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic, Result, miette};

use super::catalog::{catalogs_at, catalogs_of_journal};
use super::catalog_files::load_catalog;
use super::config_file::load_config;
use super::faults::{BAD_CONFIGURATION, report};
use crate::app::{self, JournalRun};
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::verdict::Sums;
use crate::keyring;
use crate::pipeline::{Metrics, Stop};
use crate::wire::decode;

/// Reads usage, keeps aggregates, publishes billing records: each exactly once.
///
/// Exit codes: 0 good, 1 stopped by a failure (nothing is lost, start again), 2 bad usage,
/// catalog or configuration.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("mode").required(true).args(["config", "journal"])))]
pub struct RunArgs {
    /// Kafka mode: the configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Embedded mode: a directory with in/usage-events/*.ndjson and in/usage-control/*.ndjson.
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    /// The catalog: a file, or a folder of *.toml files. [default: DIR/catalog.toml, or the configuration's]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// Further catalogs that the log may put in force, each a file or a folder in this directory.
    /// [default: DIR/catalogs if it is there, or the configuration's]
    #[arg(long, value_name = "DIR")]
    catalogs: Option<PathBuf>,
    /// Read all there is, move the clock to this instant, close what is due, print the sums, and end.
    #[arg(long, value_name = "INSTANT", requires = "journal", value_parser = instant)]
    until: Option<Instant>,
    /// The key ring that originals in suspense are sealed with. [default: `TALLY_KEYS`; none: they stand in the clear]
    #[arg(long, value_name = "FILE", requires = "journal")]
    keys: Option<PathBuf>,
    /// Milliseconds between commits: what a kill repeats at most, and most of an output's latency. [default: 200]
    #[arg(long, value_name = "MS", requires = "journal")]
    commit_interval: Option<u64>,
}

fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "write it like 2026-07-01T00:00:00Z".to_owned())
}

/// Runs until the end, or until it is stopped.
///
/// # Errors
/// The run was stopped by a failure.
pub fn run(args: &RunArgs) -> Result<ExitCode> {
    match (&args.journal, &args.config) {
        (Some(directory), _) => journal(args, directory),
        (None, Some(config)) => kafka(args, config),
        (None, None) => Err(miette!("name a --config or a --journal")),
    }
}

fn journal(args: &RunArgs, directory: &Path) -> Result<ExitCode> {
    let path = args.catalog.clone().unwrap_or_else(|| directory.join("catalog.toml"));
    let catalog = match catalog(&path) {
        Ok(catalog) => catalog,
        Err(code) => return Ok(code),
    };
    let catalogs = match catalogs_of_journal(args.catalogs.as_deref(), directory) {
        Ok(catalogs) => catalogs,
        Err(code) => return Ok(code),
    };
    let stop = Stop::default();
    app::stop_on_signals(stop.clone())?;
    let mut run = JournalRun::new(directory.to_owned(), catalog, args.until);
    run.catalogs = catalogs;
    run.keys = keyring::open(keyring::place(args.keys.as_deref(), None).as_deref()).map_err(app::AppError::from)?;
    run.commit_interval = args.commit_interval.map(Duration::from_millis);
    let sums = app::run_journal(run, stop, Arc::new(Metrics::default()))?;
    if args.until.is_some() {
        print(&sums)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn kafka(args: &RunArgs, path: &Path) -> Result<ExitCode> {
    let config = match load_config(path) {
        Ok(config) => config,
        Err(problem) => return Ok(report(&problem)),
    };
    let Some(kafka) = &config.kafka else {
        eprintln!("{} has no [kafka]; add it, or use `tally run --journal DIR`", path.display());
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    };
    let Some(catalog_path) = args.catalog.as_ref().or(config.run.catalog.as_ref()) else {
        eprintln!("{} names no catalog; write `catalog = \"catalog.toml\"` into [run], or give --catalog", path.display());
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    };
    let catalog = match catalog(catalog_path) {
        Ok(catalog) => catalog,
        Err(code) => return Ok(code),
    };
    let catalogs = match catalogs_at(args.catalogs.as_deref().or(config.catalogs.as_deref())) {
        Ok(catalogs) => catalogs,
        Err(code) => return Ok(code),
    };
    let stop = Stop::default();
    app::stop_on_signals(stop.clone())?;
    app::run_kafka(&config, kafka, catalog, catalogs, &stop, &Arc::new(Metrics::default()))?;
    Ok(ExitCode::SUCCESS)
}

fn catalog(path: &Path) -> Result<Arc<Catalog>, ExitCode> {
    load_catalog(path).map(|(catalog, _)| Arc::new(catalog)).map_err(|problem| report(&problem))
}

/// The verdict sums, which add up (CONTRACT 9).
fn print(sums: &Sums) -> Result<()> {
    let Sums { inputs, counted, duplicate, test, suspended, undecodable, written_off, records, notices, .. } = sums;
    let mut line = serde_json::json!({
        "inputs": inputs, "counted": counted, "duplicate": duplicate, "test": test, "suspended": suspended,
        "undecodable": undecodable, "records": records, "notices": notices,
    });
    if *written_off > 0 {
        line["written_off"] = (*written_off).into();
    }
    writeln!(stdout(), "{line}").into_diagnostic()
}
