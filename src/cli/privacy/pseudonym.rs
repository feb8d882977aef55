//! `tally privacy pseudonym`: a filter.

use std::io::{BufWriter, Write as _, stdin, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use zeroize::Zeroizing;

use super::act::instant;
use super::keys::refused;
use super::place::RingArgs;
use crate::cli::clock;
use crate::domain::instant::Instant;
use crate::keyring;
use crate::wire::keys::pseudonym;

/// Reads ids from stdin, one a line, and writes their pseudonyms to stdout, in the same order.
///
/// The same id, written in the same way, has the same pseudonym within a customer and a version of the keys.
#[derive(Debug, Args)]
pub struct PseudonymArgs {
    #[command(flatten)]
    ring: RingArgs,
    /// The customer that the persons belong to.
    #[arg(long, value_name = "ID")]
    customer: String,
    /// The version in force at this instant: the beginning of the billing period in which the use happened. [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    on: Option<Instant>,
}

pub fn run(args: &PseudonymArgs) -> Result<ExitCode> {
    let path = match args.ring.ring() {
        Ok(path) => path,
        Err(code) => return Ok(code),
    };
    let ring = keyring::load(&path)?;
    let on = args.on.unwrap_or_else(clock::now);
    let Some(version) = ring.version_at(on) else { return Ok(refused(&format!("no keys are in force at {on}"))) };
    let mut out = BufWriter::new(stdout().lock());
    let mut line = Zeroizing::new(String::new());
    while stdin().read_line(&mut line).into_diagnostic()? > 0 {
        let named = if line.trim().is_empty() { Some(String::new()) } else { pseudonym(version, &args.customer, line.trim()) };
        let Some(named) = named else {
            out.flush().into_diagnostic()?;
            return Ok(refused(&format!(
                "the keys of {} in version {} are shredded: nobody can be named by them",
                args.customer, version.number
            )));
        };
        writeln!(out, "{named}").into_diagnostic()?;
        line.clear();
    }
    out.flush().into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}
