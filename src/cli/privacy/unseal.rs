//! `tally privacy unseal`: a filter that opens what is sealed, for those who hold the keys.

use std::io::{BufRead as _, BufWriter, Write as _, stdin, stdout};
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use miette::{IntoDiagnostic, Result, WrapErr as _};
use serde_json::Value;

use super::place::RingArgs;
use crate::keyring;
use crate::wire::keys::{KeyRing, PublishedOriginal};

/// Reads suspense records from stdin and writes them to stdout with `original` in the place of `original_sealed`.
///
/// One that cannot be opened gets `"unopened"` with why: `shredded`, for example. All else passes as it is.
#[derive(Debug, Args)]
pub struct UnsealArgs {
    #[command(flatten)]
    ring: RingArgs,
}

pub fn run(args: &UnsealArgs) -> Result<ExitCode> {
    let path = match args.ring.ring() {
        Ok(path) => path,
        Err(code) => return Ok(code),
    };
    let ring = keyring::load(&path)?;
    let mut out = BufWriter::new(stdout().lock());
    for (index, line) in stdin().lock().lines().enumerate() {
        let line = line.into_diagnostic()?;
        let opened = opened(&ring, &line).into_diagnostic().wrap_err_with(|| format!("line {} is no suspense record", index + 1))?;
        writeln!(out, "{}", opened.unwrap_or(line)).into_diagnostic()?;
    }
    out.flush().into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

/// None: nothing is sealed in it.
fn opened(ring: &KeyRing, line: &str) -> serde_json::Result<Option<String>> {
    let original: PublishedOriginal = serde_json::from_str(line)?;
    if !original.is_sealed() {
        return Ok(None);
    }
    let mut record: Value = serde_json::from_str(line)?;
    if let Some(members) = record.as_object_mut() {
        let (name, text) = match original.open(ring) {
            Ok(bytes) => ("original", STANDARD.encode(bytes.unwrap_or_default())),
            Err(why) => ("unopened", why.to_string()),
        };
        if name == "original" {
            members.remove("original_sealed");
        }
        members.insert(name.to_owned(), Value::from(text));
    }
    Ok(Some(record.to_string()))
}
