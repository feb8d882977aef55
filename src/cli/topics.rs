//! `tally topics`: makes the topics, or compares them with what they must be.

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use miette::{IntoDiagnostic, Result};

use super::config_file::load_config;
use super::faults::{BAD_CONFIGURATION, counted, report};
use crate::app;
use crate::config::{self, Config};
use crate::kafka::KafkaFault;
use crate::kafka::admin::{Admin, Layout};

/// Creates or checks the topics that a configuration names.
#[derive(Debug, Args)]
pub struct TopicsArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create the topics that do not exist yet, then check all of them
    Create(At),
    /// Compare the topics with what they must be, and tell every difference
    Check(At),
}

#[derive(Debug, Args)]
struct At {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Exit code 0 if the topics are as they must be, 2 if they are not.
///
/// # Errors
/// No broker answers, or it refuses.
pub fn run(args: &TopicsArgs) -> Result<ExitCode> {
    let (Action::Create(At { config: path }) | Action::Check(At { config: path })) = &args.action;
    let config = match load_config(path) {
        Ok(config) => config,
        Err(problem) => return Ok(report(&problem)),
    };
    let Some(kafka) = &config.kafka else {
        eprintln!("{} has no [kafka]; add it with `bootstrap = \"127.0.0.1:9092\"`", path.display());
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    };
    let settings = app::settings(&config, kafka);
    let admin = Admin::connect(&settings, config.run.give_up_after, &mut |text| tracing::warn!("{text}")).into_diagnostic()?;
    if matches!(args.action, Action::Create(_)) {
        create(&admin, &config)?;
    }
    check(&admin, &config, kafka, path)
}

fn create(admin: &Admin, config: &Config) -> Result<()> {
    let layout = Layout {
        partitions: config.topics.partitions,
        replication: u32::from(config.topics.replication),
        input_time: app::input_time(config.run.clock),
    };
    let created = admin.create(&layout).into_diagnostic()?;
    let names = if created.is_empty() { String::new() } else { format!(": {}", created.join(", ")) };
    say(&format!("{} created{names}\n", counted(created.len(), "topic")))
}

fn check(admin: &Admin, config: &Config, kafka: &config::Kafka, path: &Path) -> Result<ExitCode> {
    let partitions = match admin.check(app::input_time(config.run.clock)) {
        Ok(partitions) => partitions,
        Err(fault @ KafkaFault::Topics { .. }) => {
            eprintln!("{fault}");
            return Ok(ExitCode::from(BAD_CONFIGURATION));
        }
        Err(fault) => return Err(fault).into_diagnostic(),
    };
    if partitions != config.topics.partitions {
        eprintln!(
            "{} says partitions = {}, but the topics at {} have {partitions}; customers are spread by that number, so write \
             partitions = {partitions}",
            path.display(),
            config.topics.partitions,
            kafka.bootstrap
        );
        return Ok(ExitCode::from(BAD_CONFIGURATION));
    }
    say(&format!("The topics at {} are good, with {}.\n", kafka.bootstrap, counted(partitions as usize, "partition")))?;
    Ok(ExitCode::SUCCESS)
}

fn say(text: &str) -> Result<()> {
    stdout().write_all(text.as_bytes()).into_diagnostic()
}
