//! `tally brake on` and `off`: the event that says it, to where tally reads it.

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::SecondsFormat;
use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic, Result};
use serde_json::{Map, Value, json};

use crate::cli::clock;
use crate::cli::config_file::load_config;
use crate::cli::control_log::{ControlLog, Journal, Line, Topic};
use crate::cli::faults::{BAD_CONFIGURATION, counted, report};
use crate::domain::gates::brake::Switch;
use crate::domain::instant::Instant;
use crate::engine::route;
use crate::wire::decode;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("where").required(true))]
#[command(group = ArgGroup::new("scope").required(true).multiple(true))]
pub struct OrderArgs {
    /// All that this customer does; with --service, only that.
    #[arg(long, value_name = "ID", group = "scope")]
    customer: Option<String>,
    /// This service of the catalog, for every customer, or for the one that is named.
    #[arg(long, value_name = "NAME", group = "scope")]
    service: Option<String>,
    /// Events of this `source`.
    #[arg(long, value_name = "SOURCE", group = "scope", conflicts_with_all = ["customer", "service"])]
    source: Option<String>,
    /// Everything.
    #[arg(long, group = "scope", conflicts_with_all = ["customer", "service", "source"])]
    all: bool,
    /// Who does this; stands in the log.
    #[arg(long, value_name = "WHO")]
    actor: String,
    /// Why; stands in the log.
    #[arg(long, value_name = "WHY")]
    reason: String,
    /// A second person who has looked at it: needed to release what has tripped by itself.
    #[arg(long, value_name = "WHO")]
    approver: Option<String>,
    /// When it is said: of two orders the later one counts. [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Instant>,
    /// The journal directory that tally runs on.
    #[arg(long, value_name = "DIR", group = "where")]
    journal: Option<PathBuf>,
    /// The configuration that tally runs with on Kafka.
    #[arg(long, value_name = "FILE", group = "where")]
    config: Option<PathBuf>,
}

fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "write it like 2026-07-01T00:00:00Z".to_owned())
}

/// Exit code 0 if the event is in the log, 2 if tally would refuse it.
pub fn run(args: &OrderArgs, state: Switch) -> Result<ExitCode> {
    let at = args.at.unwrap_or_else(clock::now);
    let event = event(args, state, at);
    if let Err(fault) = decode::control(event.as_bytes(), &[]) {
        eprintln!("error: {fault}");
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    }
    let mut log = if let Some(journal) = &args.journal {
        ControlLog::Journal(Journal::open(journal)?)
    } else {
        let path = args.config.clone().unwrap_or_default();
        let config = match load_config(&path) {
            Ok(config) => config,
            Err(problem) => return Ok(report(&problem)),
        };
        let Some(kafka) = &config.kafka else {
            eprintln!("{} has no [kafka]; add it, or name a --journal", path.display());
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        };
        ControlLog::Topic(Box::new(Topic::connect(&config, kafka).into_diagnostic()?))
    };
    let partitions = log.partitions();
    let of = match &args.customer {
        Some(customer) => vec![(route::partition_of(customer, partitions), customer.as_str())],
        None => (0..partitions).map(|partition| (partition, "")).collect(),
    };
    let lines: Vec<Line<'_>> = of.into_iter().map(|(partition, key)| Line { partition, key, value: &event, at }).collect();
    log.add(&lines)?;
    let said = format!("Brake {}: in the log of {}.\n", state.as_str(), counted(lines.len(), "partition"));
    stdout().write_all(said.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

fn event(args: &OrderArgs, state: Switch, at: Instant) -> String {
    let scope = match (&args.customer, &args.service, &args.source) {
        (Some(customer), ..) => ("customer", customer.as_str()),
        (None, Some(service), _) => ("service", service.as_str()),
        (None, None, Some(source)) => ("source", source.as_str()),
        (None, None, None) => ("all", "all"),
    };
    let time = at.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let mut data = Map::new();
    data.insert("state".to_owned(), json!(state.as_str()));
    data.insert("scope".to_owned(), json!(scope.0));
    let service = args.service.as_ref().filter(|_| args.customer.is_some());
    data.extend(service.map(|service| ("service".to_owned(), json!(service))));
    data.insert("actor".to_owned(), json!(args.actor));
    data.extend(args.approver.as_ref().map(|approver| ("approver".to_owned(), json!(approver))));
    data.insert("reason".to_owned(), json!(args.reason));
    let id = format!("brake-{}-{}-{}", state.as_str(), scope.0, at.nanos());
    json!({
        "specversion": "1.0", "id": id, "source": "//tally/brake", "type": "tally.brake.v1", "subject": scope.1, "time": time,
        "data": Value::Object(data),
    })
    .to_string()
}
