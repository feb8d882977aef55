//! `tally verify`: the log folded once more, elsewhere, and compared with what was published.

mod checks;
mod compare;
mod difference;
mod extent;
mod kafka;
mod lines;
mod members;
mod outcome;
mod report;
mod sealed;
mod work;

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic, Result, miette};

use self::kafka::OnKafka;
use self::lines::Lines;
use self::outcome::{Outcome, Recomputed};
use self::sealed::Opener;
use self::work::WorkDirectory;
use super::catalog::{catalogs_at, catalogs_of_journal};
use super::catalog_files::load_catalog;
use super::config_file::load_config;
use super::faults::{BAD_CONFIGURATION, NOT_ALL_SEEN, report as report_faults, without_kafka};
use crate::app::{self, AppError, CatalogsOfLog, Replay};
use crate::domain::catalog::Catalog;
use crate::journal::{JournalDirectory, OUTPUT_FILES};
use crate::keyring;
use crate::pipeline::{Metrics, Stop};

/// Recomputes everything from the log, and compares it with what was published.
///
/// Folds all that the last commit had read, with an engine that knows nothing yet, in a temporary
/// directory; then compares records, suspense, notices and verdict sums byte by byte and number by
/// number. Writes nothing into the journal, and may run beside a process that works on it.
///
/// Kafka's partitions are folded from the beginning of the topics, if that is still there.
///
/// Exit codes: 0 nothing differs, 1 something differs or the log cannot be read, 2 bad usage or catalog, 3 nothing differs
/// in what could be folded, and partitions were left out.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("place").required(true).args(["journal", "config"])))]
pub struct VerifyArgs {
    /// The journal directory to verify.
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    /// Kafka: the configuration of the processes whose records are checked.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The catalog. Give earlier ones too, if records were made with them: the first is the one in force. [default: DIR/catalog.toml, or the configuration's]
    #[arg(long, value_name = "PATH")]
    catalog: Vec<PathBuf>,
    /// Catalogs that the log has put in force. [default: DIR/catalogs if it is there, or the configuration's]
    #[arg(long, value_name = "DIR")]
    catalogs: Option<PathBuf>,
    /// The key ring that originals in suspense are sealed with. [default: `TALLY_KEYS`, or the configuration's]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// What was published cannot be read, or nothing was published yet.
pub fn run(args: &VerifyArgs) -> Result<ExitCode> {
    let (verified, place) = match (&args.journal, &args.config) {
        (Some(journal), _) => (of_journal(args, journal)?, journal),
        (None, Some(config)) => (of_kafka(args, config)?, config),
        (None, None) => return Err(miette!("nothing to verify; give --journal DIR or --config FILE")),
    };
    let outcome = match verified {
        Ok(outcome) => outcome,
        Err(code) => return Ok(code),
    };
    let text = if args.json { report::json(&outcome)? } else { report::text(&outcome, place) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(match (outcome.is_equal(), outcome.recomputed.is_whole()) {
        (false, _) => ExitCode::FAILURE,
        (true, false) => ExitCode::from(NOT_ALL_SEEN),
        (true, true) => ExitCode::SUCCESS,
    })
}

/// What was found, or the exit code where files of the user were refused.
type Verified = Result<Outcome, ExitCode>;

fn of_journal(args: &VerifyArgs, directory: &Path) -> Result<Verified> {
    let catalogs = match catalogs(args, &directory.join("catalog.toml")) {
        Ok(catalogs) => catalogs,
        Err(code) => return Ok(Err(code)),
    };
    let Some(in_force) = catalogs.first().cloned() else { return Err(miette!("no catalog; give --catalog PATH")) };
    let others = match catalogs_of_journal(args.catalogs.as_deref(), directory) {
        Ok(others) => others,
        Err(code) => return Ok(Err(code)),
    };
    let keys = keyring::open(keyring::place(args.keys.as_deref(), None).as_deref()).map_err(AppError::from)?;
    let journal = JournalDirectory::open(directory).map_err(AppError::from)?;
    let commit = app::last_commit(&journal)?;
    let work = WorkDirectory::create()?;
    let replay = Replay { journal, catalogs: CatalogsOfLog { first: in_force, others }, keys, commit, work: work.path().to_owned() };
    verify(&replay, &catalogs).map(Ok)
}

fn of_kafka(args: &VerifyArgs, path: &Path) -> Result<Verified> {
    let mut config = match load_config(path) {
        Ok(config) => config,
        Err(problem) => return Ok(Err(report_faults(&problem))),
    };
    let Some(default) = args.catalog.first().or(config.run.catalog.as_ref()) else {
        eprintln!("{} names no catalog; write `catalog = \"catalog.toml\"` into [run], or give --catalog", path.display());
        return Ok(Err(ExitCode::from(BAD_CONFIGURATION)));
    };
    let catalogs = match catalogs(args, default) {
        Ok(catalogs) => catalogs,
        Err(code) => return Ok(Err(code)),
    };
    let others = match catalogs_at(args.catalogs.as_deref().or(config.catalogs.as_deref())) {
        Ok(others) => others,
        Err(code) => return Ok(Err(code)),
    };
    config.privacy.keys = keyring::place(args.keys.as_deref(), config.privacy.keys.as_deref());
    let keys = keyring::open(config.privacy.keys.as_deref()).map_err(AppError::from)?;
    let work = WorkDirectory::create()?;
    let Some(kafka) = &config.kafka else { return Ok(Err(without_kafka(path))) };
    OnKafka { opener: Opener { ring: keys.ring() }, config: &config, kafka, catalogs: &catalogs, others: &others, work: &work }
        .verify()
        .map(Ok)
}

/// Those that were given, or the one at `default`.
fn catalogs(args: &VerifyArgs, default: &Path) -> Result<Vec<Arc<Catalog>>, ExitCode> {
    let default = [default.to_owned()];
    let paths = if args.catalog.is_empty() { default.as_slice() } else { &args.catalog };
    paths.iter().map(|path| load_catalog(path).map(|(catalog, _)| Arc::new(catalog)).map_err(|problem| report_faults(&problem))).collect()
}

fn verify(replay: &Replay, catalogs: &[Arc<Catalog>]) -> Result<Outcome> {
    let Replay { journal, keys, commit, work, .. } = replay;
    let extent = extent::published(journal, commit)?;
    let stop = Stop::default();
    app::stop_on_signals(stop.clone())?;
    let sums = app::replay_journal(replay.clone(), stop.clone(), Arc::new(Metrics::default()))?;
    if stop.is_requested() {
        return Err(miette!("stopped before all was recomputed: nothing can be said; run it again"));
    }
    let recomputed = journal.clone().working_in(work);
    let opener = Opener { ring: keys.ring() };
    let mut made_anew = Recomputed::of(commit, &sums, outcome::unread(journal, &commit.positions));
    for (name, length) in OUTPUT_FILES.iter().zip(extent) {
        let published = Lines::open(&journal.outputs().join(name), length)?;
        let expected = Lines::open(&recomputed.outputs().join(name), u64::MAX)?;
        made_anew.outputs.push(compare::compare(name, published, expected, catalogs, &opener)?);
    }
    let ([records, ..], [length, ..]) = (OUTPUT_FILES, extent);
    let checked = checks::check(Lines::open(&journal.outputs().join(records), length)?)?;
    Ok(Outcome { recomputed: made_anew, checked })
}
