//! The commands.

pub mod audit;
pub mod bench;
pub mod brake;
pub mod catalog;
pub mod check;
pub mod control;
pub mod demo;
pub mod explain;
pub mod export;
pub mod gaps;
pub mod generate;
pub mod held;
pub mod notify;
pub mod onboarding;
pub mod overview;
pub mod privacy;
pub mod quality;
pub mod rerate;
pub mod roster;
pub mod run;
pub mod sizing;
pub mod suspense;
pub mod topics;
pub mod usage;
pub mod verify;

pub mod catalog_directory;
pub mod catalog_files;
pub mod clock;
pub mod config_file;
pub mod control_log;
pub mod faults;
pub mod lines;
pub mod published_records;
pub mod source_files;
pub mod state_dir;
pub mod state_place;
pub mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::telemetry;

/// Exactly-once usage aggregation: usage events in, billing records out.
#[derive(Debug, Parser)]
#[command(name = "tally", version, propagate_version = true)]
struct Tally {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Catalog(catalog::CatalogArgs),
    Control(control::ControlArgs),
    Audit(audit::AuditArgs),
    Topics(topics::TopicsArgs),
    Usage(usage::UsageArgs),
    Overview(overview::OverviewArgs),
    Sizing(sizing::SizingArgs),
    Explain(explain::ExplainArgs),
    Verify(verify::VerifyArgs),
    Export(export::ExportArgs),
    Held(held::HeldArgs),
    Suspense(suspense::SuspenseArgs),
    Gaps(gaps::GapsArgs),
    Brake(brake::BrakeArgs),
    Notify(notify::NotifyArgs),
    Onboarding(onboarding::OnboardingArgs),
    Rerate(rerate::RerateArgs),
    Privacy(privacy::PrivacyArgs),
    Roster(roster::RosterArgs),
    Quality(quality::QualityArgs),
    Demo(demo::DemoArgs),
    Bench(bench::BenchArgs),
    /// Make a plausible year of usage: into a journal directory, or into Kafka
    Generate(generate::GenerateArgs),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Tally::parse();
    telemetry::start();
    let done = match &arguments.command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => Ok(check::run(args)),
        Command::Catalog(args) => catalog::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Control(args) => control::run(args),
        Command::Topics(args) => topics::run(args),
        Command::Usage(args) => usage::run(args),
        Command::Overview(args) => overview::run(args),
        Command::Sizing(args) => sizing::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Export(args) => export::run(args),
        Command::Held(args) => held::run(args),
        Command::Suspense(args) => suspense::run(args),
        Command::Gaps(args) => gaps::run(args),
        Command::Brake(args) => brake::run(args),
        Command::Notify(args) => notify::run(args),
        Command::Onboarding(args) => onboarding::run(args),
        Command::Rerate(args) => rerate::run(args),
        Command::Privacy(args) => privacy::run(args),
        Command::Roster(args) => roster::run(args),
        Command::Quality(args) => quality::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Generate(args) => generate::run(args).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error:?}");
        ExitCode::FAILURE
    })
}
