//! `tally generate`: a made-up year of usage into a journal directory or into Kafka.

mod kafka;
pub(super) mod paced;

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::DateTime;
use clap::Args;
use miette::{Context, IntoDiagnostic, Result, miette};

use crate::generate::{self, CATALOG, EventTarget, JournalTarget, Settings};
use kafka::KafkaTarget;
use paced::Paced;

#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Usage events to make, duplicates and bad ones included
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// The same seed and settings give the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Customers: the largest Nordic municipalities first, then made-up ones
    #[arg(long, default_value_t = 40)]
    customers: usize,
    /// The calendar year (UTC) in which the events happen
    #[arg(long, default_value_t = 2025)]
    year: i32,
    /// How unequal customers are: 0 all alike, 1 the classic Zipf distribution
    #[arg(long, default_value_t = 1.1)]
    skew: f64,
    /// Events per second [default: as fast as the target takes them]
    #[arg(long, value_name = "PER_SECOND")]
    rate: Option<NonZeroU64>,
    /// End with a tick at this instant on every partition, e.g. 2026-02-15T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = instant_ms)]
    tick_at: Option<i64>,
    /// Write a new journal directory, with a catalog that fits
    #[arg(long, value_name = "DIR", conflicts_with = "kafka", required_unless_present = "kafka")]
    journal: Option<PathBuf>,
    /// Write to Kafka: host:port of its brokers, comma-separated
    #[arg(long, value_name = "BOOTSTRAP")]
    kafka: Option<String>,
    /// Topic for usage events
    #[arg(long, value_name = "TOPIC", default_value = "usage-events")]
    topic_usage: String,
    /// Topic for control events
    #[arg(long, value_name = "TOPIC", default_value = "usage-control")]
    topic_control: String,
}

fn instant_ms(text: &str) -> Result<i64, String> {
    let parsed = DateTime::parse_from_rfc3339(text).map(|instant| instant.timestamp_millis());
    parsed.map_err(|error| format!("{error}; write it like 2026-02-15T00:00:00Z"))
}

/// Runs the command.
///
/// # Errors
/// If a setting is out of range, or the target cannot be written.
pub fn run(args: &GenerateArgs) -> Result<()> {
    let started = Instant::now();
    let settings = Settings {
        events: args.events,
        customers: args.customers,
        year: args.year,
        seed: args.seed,
        skew: args.skew,
        tick_at_ms: args.tick_at,
    };
    settings.check().into_diagnostic()?;
    let mut target = open(args)?;
    let mut paced = Paced::new(target.as_mut(), args.events, args.rate);
    generate::generate(&settings, &mut paced).into_diagnostic()?;
    drop(paced);
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{} usage events of {} customers in {seconds:.1} s", args.events, args.customers);
    if let Some(dir) = &args.journal {
        let catalog = write_catalog(dir)?;
        let next_year = args.year.saturating_add(1);
        eprintln!("next: tally run --journal {} --catalog {} --until {next_year}-02-15T00:00:00Z", dir.display(), catalog.display());
    }
    Ok(())
}

fn open(args: &GenerateArgs) -> Result<Box<dyn EventTarget>> {
    match (&args.journal, &args.kafka) {
        (Some(dir), _) => Ok(Box::new(JournalTarget::create(dir).into_diagnostic()?)),
        (None, Some(bootstrap)) => {
            let target = KafkaTarget::connect(bootstrap, &args.topic_usage, &args.topic_control);
            Ok(Box::new(target.into_diagnostic()?))
        }
        (None, None) => Err(miette!("nowhere to write to: give --journal DIR or --kafka BOOTSTRAP")),
    }
}

/// The catalog beside the events, so that the journal can be run as it is.
fn write_catalog(dir: &Path) -> Result<PathBuf> {
    let path = dir.join("catalog.toml");
    std::fs::write(&path, CATALOG).into_diagnostic().wrap_err_with(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
