//! `tally explain`: how each amount of a published record came about, in words.

mod events;
mod exact;
mod find;
mod line;
mod lineage;
mod page;
mod record;
mod voice;
mod words;

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use miette::{IntoDiagnostic, Result};

use self::find::find;
use self::voice::Voice;
use super::catalog_files::load_catalog;
use super::faults::report;
use crate::app::AppError;
use crate::domain::catalog::Catalog;
use crate::journal::{JournalDirectory, OUTPUT_FILES};

/// Tells in plain words how each amount of a billing record came about.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The record, e.g. SE-0180-000017.
    #[arg(value_name = "RECORD-NUMBER")]
    number: String,
    /// The journal directory that published it.
    #[arg(long, value_name = "DIR")]
    journal: PathBuf,
    /// The catalog that it was made with. [default: DIR/catalog.toml]
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
/// There is no such record, or the journal cannot be read.
pub fn run(args: &ExplainArgs) -> Result<ExitCode> {
    let journal = JournalDirectory::open(&args.journal).map_err(AppError::from)?;
    let [records, suspense, _] = OUTPUT_FILES.map(|name| journal.outputs().join(name));
    let found = find(&records, &args.number)?;
    let catalog = match catalog(args, &args.journal) {
        Ok(catalog) => catalog,
        Err(code) => return Ok(code),
    };
    let rules = catalog.as_ref().filter(|catalog| found.record.catalog.digest == format!("sha256:{}", hex::encode(catalog.digest)));
    let voice = Voice::of(args.lang)?;
    let mut text = record::explain(&found, rules, &voice)?;
    let mut all_match = true;
    if let Some(catalog) = catalog.as_ref().filter(|_| args.events) {
        let input = events::read(&journal, &suspense, &found.record, catalog)?;
        let (listed, matching) = events::list(&found, &input, catalog, &voice);
        text.push_str(&listed);
        all_match = matching;
    }
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(if all_match { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The catalog says more about a line; only the events cannot do without it.
fn catalog(args: &ExplainArgs, directory: &Path) -> Result<Option<Catalog>, ExitCode> {
    let default = directory.join("catalog.toml");
    let path = args.catalog.as_deref().unwrap_or(&default);
    if args.catalog.is_none() && !args.events && !path.exists() {
        return Ok(None);
    }
    load_catalog(path).map(|(catalog, _)| Some(catalog)).map_err(|problem| report(&problem))
}
