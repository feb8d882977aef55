//! `tally demo`: a year of usage for forty municipalities, billed in front of your eyes.

mod invoices;
mod names;
mod outcome;
mod place;
mod progress;
mod report;
mod statement;
mod totals;

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use miette::{Context as _, IntoDiagnostic, Result, miette};

use self::progress::{Watched, bar, follow};
use crate::app::{self, JournalRun};
use crate::cli::catalog_files::load_catalog;
use crate::cli::faults::report as report_faults;
use crate::domain::instant::Instant as LogTime;
use crate::domain::verdict::Sums;
use crate::generate::{CATALOG, JournalTarget, Settings, generate};
use crate::pipeline::{Metrics, Stop};
use crate::wire::decode;

const CUSTOMERS: usize = 40;
const YEAR: i32 = 2026;
/// The year has ended and its last quarter has closed by then.
const UNTIL: &str = "2027-02-15T00:00:00Z";

/// Makes a realistic year of usage, bills it, and shows what came of it.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where its files go: a new directory, an empty one, or that of an earlier demo.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    dir: PathBuf,
    /// Usage events to make, duplicates and bad ones included.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// The same seed gives the same year.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command.
///
/// # Errors
/// The directory is somebody else's or cannot be written.
pub fn run(args: &DemoArgs) -> Result<ExitCode> {
    let settings = Settings { events: args.events, customers: CUSTOMERS, year: YEAR, seed: args.seed, skew: 1.1, tick_at_ms: None };
    settings.check().into_diagnostic()?;
    place::prepare(&args.dir)?;
    let made_in = make(&settings, &args.dir)?;
    let catalog_path = args.dir.join("catalog.toml");
    let catalog = match load_catalog(&catalog_path) {
        Ok((catalog, _)) => Arc::new(catalog),
        Err(problem) => return Ok(report_faults(&problem)),
    };
    let until = decode::instant(UNTIL).ok_or_else(|| miette!("{UNTIL} is no instant"))?;
    let run = JournalRun::new(args.dir.clone(), Arc::clone(&catalog), Some(until));
    let (sums, billed_in) = bill(run, args.events)?;
    let outcome = outcome::read(&args.dir)?;
    let invoices = outcome.samples.write(&args.dir)?;
    let shown = report::Shown { dir: &args.dir, outcome: &outcome, invoices, sums: &sums, made_in, billed_in, until: UNTIL };
    stdout().write_all(report::render(&shown).as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the year, and puts the catalog beside it.
fn make(settings: &Settings, dir: &Path) -> Result<Duration> {
    let started = Instant::now();
    let bar = bar(settings.events, "making ");
    let mut target = JournalTarget::create(dir).into_diagnostic()?;
    generate(settings, &mut Watched::new(&mut target, &bar)).into_diagnostic()?;
    bar.finish_and_clear();
    let catalog = dir.join("catalog.toml");
    std::fs::write(&catalog, CATALOG).into_diagnostic().wrap_err_with(|| format!("cannot write {}", catalog.display()))?;
    Ok(started.elapsed())
}

fn bill(run: JournalRun, events: u64) -> Result<(Sums, Duration)> {
    let started = Instant::now();
    let (stop, metrics) = (Stop::default(), Arc::new(Metrics::default()));
    app::stop_on_signals(stop.clone())?;
    let until = run.until;
    let (stopped, watched) = (stop.clone(), Arc::clone(&metrics));
    let sums = follow(&bar(events, "billing"), &watched, move || app::run_journal(run, stop, metrics))?;
    if stopped.is_requested() {
        let until = until.map_or_else(String::new, |until: LogTime| until.to_string());
        return Err(miette!("stopped; what is billed so far is kept. `tally run --journal DIR --until {until}` goes on from there"));
    }
    Ok((sums, started.elapsed()))
}
