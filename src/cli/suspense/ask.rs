//! Before anything is written, a person is asked.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};
use std::process::ExitCode;

use miette::{IntoDiagnostic, Result};

use crate::cli::faults::BAD_CONFIGURATION;

/// Has somebody typed the word?
///
/// # Errors
/// The terminal cannot be read.
pub fn is_confirmed(what: &str, word: &str) -> Result<bool> {
    if !stdin().is_terminal() {
        eprintln!("There is nobody to ask: add --yes to go on without a confirmation");
        return Ok(false);
    }
    write!(stderr(), "{what} Type `{word}` to go on: ").into_diagnostic()?;
    let mut typed = String::new();
    stdin().read_line(&mut typed).into_diagnostic()?;
    Ok(typed.trim() == word)
}

pub fn refuse(text: &str) -> ExitCode {
    eprintln!("{text}.");
    ExitCode::from(BAD_CONFIGURATION)
}
