//! `tally bench`: how many events a second, and how long from an event to its commit, on a real Kafka.
//!
//! Two measurements, one after the other, by the same workers on topics of their own:
//! - throughput: all events wait in the topic; from the first that is read to the commit of the last;
//! - latency: events arrive at a steady rate; from the broker's time of each to its commit.
//!
//! The workers, their sources and sinks are those of `tally run`, with a stop-watch around the ports.

mod load;
mod meter;
mod place;
mod report;
mod stage;
mod timed;

use std::io::{Write as _, stdout};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic, Result};

use self::place::Place;
use self::report::Report;
use self::stage::Stage;
use super::config_file::load_config;
use super::faults::{BAD_CONFIGURATION, report};
use crate::config::{Config, Memory, Topics};

/// Measures throughput and latency of the whole pipeline on a Kafka.
///
/// Creates topics with a name of its own, loads generated events, runs the workers in this process,
/// and removes the topics in the end. Topics and state of a running tally are not touched.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub struct BenchArgs {
    /// Kafka, workers, commit interval and memory as in this configuration.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
    /// Kafka at host:port, everything else by default.
    #[arg(long, value_name = "BROKERS", group = "place")]
    bootstrap: Option<String>,
    /// Events of the throughput measurement.
    #[arg(long, default_value = "1000000")]
    events: NonZeroU64,
    /// Events per second of the latency measurement.
    #[arg(long, value_name = "PER_SECOND", default_value = "20000")]
    rate: NonZeroU64,
    /// How long the latency measurement takes.
    #[arg(long, default_value = "10")]
    seconds: NonZeroU64,
    /// Partitions of each topic. [default: the configuration's, or 4]
    #[arg(long)]
    partitions: Option<u32>,
    /// Worker threads. [default: the configuration's, or 2]
    #[arg(long)]
    workers: Option<usize>,
    #[arg(long, default_value = "1")]
    seed: u64,
    /// One JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// No broker answers, or a worker cannot go on.
pub fn run(args: &BenchArgs) -> Result<ExitCode> {
    let config = match &args.config {
        None => None,
        Some(path) => match load_config(path) {
            Ok(config) => Some(config),
            Err(problem) => return Ok(report(&problem)),
        },
    };
    let Some(place) = place(args, config.as_ref()) else {
        eprintln!("the configuration has no [kafka], so there is nothing to measure; add it, or give --bootstrap");
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    };
    let mut stage = Stage::set(place)?;
    let throughput = stage.throughput(args.events.get(), args.seed)?;
    // Another seed: other ids, or all would be duplicates.
    let latency = stage.latency(args.rate, args.seconds.get(), args.seed.wrapping_add(1))?;
    let finished = stage.end()?;
    let report = Report { throughput, latency, finished };
    let text = if args.json { report.json()? } else { report.table() };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

fn place(args: &BenchArgs, config: Option<&Config>) -> Option<Place> {
    let mut place = match (config, &args.bootstrap) {
        (Some(config), _) => Place::of_config(config)?,
        (None, bootstrap) => Place::new(bootstrap.as_deref()?, &Topics::default(), Memory::default()),
    };
    place.partitions = args.partitions.unwrap_or(place.partitions);
    place.workers = args.workers.unwrap_or(place.workers);
    Some(place)
}
