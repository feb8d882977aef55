//! `tally suspense`: what waits and why, and what people decide about it.

pub mod read;

mod ask;
mod cure;
mod decide;
mod list;
mod originals;
mod place;
mod quantities;
mod recycle;
mod sample;
mod select;
mod send;
mod write_off;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use miette::Result;

/// Shows events in suspense, and what would cure them; has them tried again, or gives them up.
///
/// Reads the state directory of a process that has ended, or a copy of one. What is decided is written to the control
/// log, and takes effect when tally reads it.
#[derive(Debug, Args)]
pub struct SuspenseArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What waits, by reason, customer, service and age, with the cure of each reason
    List(list::ListArgs),
    /// A few events of each reason, without personal data
    Sample(sample::SampleArgs),
    /// Waiting events are tried again; with --own-fault, refused ones are sent to the input again
    Recycle(recycle::RecycleArgs),
    /// Waiting events are given up: two people and a reason are needed
    WriteOff(write_off::WriteOffArgs),
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged, or nothing could be written.
pub fn run(args: &SuspenseArgs) -> Result<ExitCode> {
    match &args.command {
        Command::List(args) => list::run(args),
        Command::Sample(args) => sample::run(args),
        Command::Recycle(args) => recycle::run(args),
        Command::WriteOff(args) => write_off::run(args),
    }
}
