//! `tally privacy`: keys, pseudonyms, and erasure.

mod act;
mod erase;
mod keys;
mod place;
mod pseudonym;
mod tell;
mod unseal;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use miette::Result;

/// Keys of personal data: makes and shreds them, gives pseudonyms, and opens what is sealed.
#[derive(Debug, Args)]
pub struct PrivacyArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the key ring, add a version, list what there is, shred
    Keys(keys::KeysArgs),
    /// Name persons: ids on stdin, one a line, pseudonyms on stdout
    Pseudonym(pseudonym::PseudonymArgs),
    /// Shred the keys of a customer or a person: what is sealed with them is unreadable for ever
    Erase(erase::EraseArgs),
    /// Open the originals of suspense records: lines on stdin, lines on stdout
    Unseal(unseal::UnsealArgs),
}

/// Runs the command.
///
/// # Errors
/// The key ring cannot be read or changed, or the log not be written.
pub fn run(args: &PrivacyArgs) -> Result<ExitCode> {
    match &args.action {
        Action::Keys(args) => keys::run(args),
        Action::Pseudonym(args) => pseudonym::run(args),
        Action::Erase(args) => erase::run(args),
        Action::Unseal(args) => unseal::run(args),
    }
}
