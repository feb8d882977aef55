//! `tally roster check`: before a source is taken into use, which codes does it tell, and what do they mean
//! (REQUIREMENTS E16)?

mod found;
mod show;

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};

use self::found::Found;
use crate::cli::catalog_files::load_catalog;
use crate::cli::clock;
use crate::cli::control::sources;
use crate::cli::faults::{BAD_CONFIGURATION, Look, render, report};
use crate::wire::control_file;

/// Lists the school types that files of a source tell, what each means by a catalog, and which mean nothing; and what
/// else is wrong with the entries. Writes nothing.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files of `tally.pupil.v1`, `tally.roster.v1`, `tally.master_count.v1`: NDJSON, or the short form; `-` is the
    /// standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The catalog whose `[roster.school_types]` says what codes mean.
    #[arg(long, value_name = "PATH")]
    catalog: PathBuf,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// Exit code 0 if every code has a meaning, 2 if not, or if a file or the catalog has faults.
///
/// # Errors
/// Nobody reads what is said.
pub fn run(args: &CheckArgs) -> Result<ExitCode> {
    let (catalog, files) = match load_catalog(&args.catalog).and_then(|(catalog, _)| Ok((catalog, sources(&args.files)?))) {
        Ok(read) => read,
        Err(problem) => return Ok(report(&problem)),
    };
    let told = match control_file::read(&files, clock::now()) {
        Ok(told) => told,
        Err(faults) => {
            eprint!("{}", render(&faults, &files, Look::of_stderr()));
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        }
    };
    let found = Found::of(&told, &catalog.roster.codes);
    let text = if args.json { show::json(&found)? } else { show::text(&found) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(if found.has_unknown() { ExitCode::from(BAD_CONFIGURATION) } else { ExitCode::SUCCESS })
}
