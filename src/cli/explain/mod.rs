//! `tally explain`: how each amount of a published record came about, in words.

mod events;
mod exact;
mod find;
mod line;
mod lineage;
mod page;
mod record;
pub mod voice;
pub mod words;

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args, ValueEnum};
use miette::{IntoDiagnostic, Result, miette};

use self::events::Input;
use self::find::{Found, Search};
use self::voice::Voice;
use super::catalog_files::load_catalog;
use super::config_file::load_config;
use super::faults::{BAD_CONFIGURATION, report, without_kafka};
use super::published_records;
use crate::app::AppError;
use crate::domain::catalog::Catalog;
use crate::journal::{JournalDirectory, OUTPUT_FILES};

/// Tells in plain words how each amount of a billing record came about.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("place").required(true).args(["journal", "config"])))]
pub struct ExplainArgs {
    /// The record, e.g. SE-0180-000017.
    #[arg(value_name = "RECORD-NUMBER")]
    number: String,
    /// The journal directory that published it.
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    /// Kafka: the configuration of the process that published it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The catalog that it was made with. [default: DIR/catalog.toml, or the configuration's]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// The language.
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
    /// List the events behind each line, read from the input again, and recompute their digest.
    #[arg(long)]
    events: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Language {
    Sv,
    Da,
    Fi,
    En,
}

/// Runs the command. Exit code 1 also if the events are not those that were charged.
///
/// # Errors
/// There is no such record, or it cannot be read.
pub fn run(args: &ExplainArgs) -> Result<ExitCode> {
    match (&args.journal, &args.config) {
        (Some(directory), _) => of_journal(args, directory),
        (None, Some(config)) => of_kafka(args, config),
        (None, None) => Err(miette!("no record without a place; give --journal DIR or --config FILE")),
    }
}

fn of_journal(args: &ExplainArgs, directory: &Path) -> Result<ExitCode> {
    let journal = JournalDirectory::open(directory).map_err(AppError::from)?;
    let [records, ..] = OUTPUT_FILES.map(|name| journal.outputs().join(name));
    let mut search = Search::of(&args.number);
    published_records::of_file(&records, &mut |place, line, text| search.look_at(place, line, text))?;
    let found = search.finish()?;
    let default = Some(directory.join("catalog.toml")).filter(|path| args.events || path.exists());
    let catalog = match catalog(args.catalog.clone().or(default)) {
        Ok(catalog) => catalog,
        Err(code) => return Ok(code),
    };
    tell(args, &found, catalog.as_ref(), |catalog| events::journal::read(&journal, &found.record, catalog))
}

fn of_kafka(args: &ExplainArgs, path: &Path) -> Result<ExitCode> {
    let config = match load_config(path) {
        Ok(config) => config,
        Err(problem) => return Ok(report(&problem)),
    };
    let Some(kafka) = &config.kafka else { return Ok(without_kafka(path)) };
    let mut search = Search::of(&args.number);
    published_records::of_topic(&config, kafka, &mut |place, offset, text| search.look_at(place, offset, text))?;
    let found = search.finish()?;
    let catalog = match catalog(args.catalog.clone().or_else(|| config.run.catalog.clone())) {
        Ok(None) if args.events => {
            eprintln!("{} names no catalog; write `catalog = \"catalog.toml\"` into [run], or give --catalog", path.display());
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        }
        Ok(catalog) => catalog,
        Err(code) => return Ok(code),
    };
    tell(args, &found, catalog.as_ref(), |catalog| events::topic::read(&config, kafka, &found.record, catalog))
}

/// Tells it all; with the events behind each line, if they are asked for and there is a catalog that they are told apart by.
fn tell(args: &ExplainArgs, found: &Found, catalog: Option<&Catalog>, read: impl FnOnce(&Catalog) -> Result<Input>) -> Result<ExitCode> {
    let voice = Voice::of(args.lang)?;
    let mut text = page(found, catalog, &voice)?;
    let mut all_match = true;
    if let Some(catalog) = catalog.filter(|_| args.events) {
        let (listed, matching) = events::list(found, &read(catalog)?, catalog, &voice);
        text.push_str(&listed);
        all_match = matching;
    }
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(if all_match { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Only the catalog that the record was made with says more about it.
fn page(found: &Found, catalog: Option<&Catalog>, voice: &Voice) -> Result<String> {
    let rules = catalog.filter(|catalog| found.record.catalog.digest == format!("sha256:{}", hex::encode(catalog.digest)));
    record::explain(found, rules, voice)
}

fn catalog(path: Option<PathBuf>) -> Result<Option<Catalog>, ExitCode> {
    let loaded = path.map(|path| load_catalog(&path).map(|(catalog, _)| catalog).map_err(|problem| report(&problem)));
    loaded.transpose()
}
