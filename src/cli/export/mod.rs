//! `tally export`: billing records as invoices and credit notes.

pub mod place;
mod published;

use std::collections::BTreeSet;
use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args, ValueEnum};
use miette::{IntoDiagnostic, Result};

pub use self::published::Published;
use super::config_file::load_config;
use super::faults::{BAD_CONFIGURATION, counted, report};
use crate::app;
use crate::wire::published::Record;
use crate::wire::ubl;

/// Writes billing records as invoices and credit notes, one file a record.
///
/// A single record is written to the standard output, unless a directory is named.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true), group = ArgGroup::new("which").required(true))]
pub struct ExportArgs {
    /// What to write.
    #[arg(long, value_enum)]
    format: Format,
    /// The records of this journal directory.
    #[arg(long, value_name = "DIR", group = "place")]
    journal: Option<PathBuf>,
    /// The records in Kafka, where this configuration has them.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
    /// Where to write the files NUMBER.xml; made, if it is not there.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Numbers of records, e.g. SE-0180-000017.
    #[arg(value_name = "NUMBER", group = "which")]
    numbers: Vec<String>,
    /// All records.
    #[arg(long, group = "which")]
    all: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// UBL 2.1 for Peppol BIS Billing 3.0 (EN 16931)
    #[value(name = "peppol-bis-3")]
    PeppolBis3,
}

/// What came of the records.
#[derive(Debug, Default)]
struct Outcome {
    exported: usize,
    found: BTreeSet<String>,
    /// Each names its record.
    faults: Vec<String>,
}

/// Exit code 0 if all are exported, 1 if some cannot be, 2 if nobody says where to.
///
/// # Errors
/// The records cannot be read, or a file cannot be written.
pub fn run(args: &ExportArgs) -> Result<ExitCode> {
    let wanted: BTreeSet<&str> = args.numbers.iter().map(String::as_str).collect();
    if args.out.is_none() && (args.all || wanted.len() > 1) {
        eprintln!("several records are several files: name a directory for them, e.g. --out invoices");
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    }
    let published = match published(args) {
        Ok(published) => published,
        Err(code) => return Ok(code),
    };
    let Format::PeppolBis3 = args.format;
    let mut outcome = Outcome::default();
    published.each(&mut |record| {
        let is_wanted = args.all || wanted.contains(record.number.as_str());
        // A record may be read twice, and is one all the same.
        if is_wanted && outcome.found.insert(record.number.clone()) { export(&record, args, &mut outcome) } else { Ok(()) }
    })?;
    let unknown = wanted.iter().filter(|number| !outcome.found.contains(**number));
    let unknown = unknown.map(|number| format!("{number}: no record in {published} has this number; numbers are CUSTOMER-000001 and up"));
    outcome.faults.extend(unknown);
    Ok(tell(&outcome, args))
}

fn published(args: &ExportArgs) -> Result<Published, ExitCode> {
    let Some(path) = &args.config else {
        return Ok(Published::Journal(args.journal.clone().unwrap_or_default()));
    };
    let config = load_config(path).map_err(|problem| report(&problem))?;
    let Some(kafka) = &config.kafka else {
        eprintln!("{} has no [kafka]; add it with `bootstrap = \"127.0.0.1:9092\"`, or name a journal: --journal DIR", path.display());
        return Err(ExitCode::from(BAD_CONFIGURATION));
    };
    Ok(Published::Topic(Box::new(app::settings(&config, kafka))))
}

fn export(record: &Record, args: &ExportArgs, outcome: &mut Outcome) -> Result<()> {
    match ubl::document(record) {
        Ok(document) => {
            match &args.out {
                Some(dir) => place::write(dir, &record.number, &document)?,
                None => stdout().write_all(&document).into_diagnostic()?,
            }
            outcome.exported += 1;
        }
        Err(faults) => outcome.faults.extend(faults.iter().map(|fault| format!("{}: {fault}", record.number))),
    }
    Ok(())
}

fn tell(outcome: &Outcome, args: &ExportArgs) -> ExitCode {
    for fault in &outcome.faults {
        eprintln!("error: {fault}");
    }
    if let Some(dir) = &args.out {
        eprintln!("{} exported to {}", counted(outcome.exported, "record"), dir.display());
    }
    if outcome.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
