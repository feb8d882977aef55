//! `tally rerate`: charges a span of a plan again, after its prices were mended.

mod changes;
mod read;
mod tell;

use std::io::{IsTerminal as _, Write as _, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic, Result};

use self::changes::Changes;
use self::read::read_customers;
use self::tell::Telling;
use super::catalog_files::load_catalog;
use super::config_file::load_config;
use super::control_log::{ControlLog, Journal, Line, Topic};
use super::faults::{counted, report, without_kafka};
use super::state_dir::StateDir;
use crate::config::{self, Config};
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::period::Period;
use crate::domain::rerate::Rerate;

const BAD_USAGE: u8 = 2;
/// What a person types to go on.
const WORD: &str = "rerate";

/// Charges a span of a plan again with a mended catalog: the differences become corrections.
///
/// First shows what would change, from the state of a process that has ended or a copy of it. After a confirmation,
/// one control event per customer is written; the corrections are issued with the plan's next close. No issued record
/// is changed.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub struct RerateArgs {
    /// The journal directory.
    #[arg(long, value_name = "DIR", group = "place")]
    journal: Option<PathBuf>,
    /// The configuration of a run on Kafka.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
    /// The plan that had the wrong prices.
    #[arg(long)]
    plan: String,
    /// The first local day that is charged again; its whole period is.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: NaiveDate,
    /// The last local day that is charged again; its whole period is.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: NaiveDate,
    /// The mended catalog: a file, or a directory of them.
    #[arg(long, value_name = "PATH")]
    catalog: PathBuf,
    /// Only these customers; without it, all.
    #[arg(long, value_name = "ID")]
    customer: Vec<String>,
    /// Who does this; stands in the notices.
    #[arg(long)]
    actor: String,
    /// Why; stands in the notices.
    #[arg(long)]
    reason: String,
    /// Go on without asking.
    #[arg(long)]
    yes: bool,
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged, or the control events could not be written.
pub fn run(args: &RerateArgs) -> Result<ExitCode> {
    let (catalog, _) = match load_catalog(&args.catalog) {
        Ok(loaded) => loaded,
        Err(problem) => return Ok(report(&problem)),
    };
    let Some(rerate) = asked(args) else { return Ok(refuse("--to is before --from; write the span the other way around")) };
    let (state, place) = match place(args) {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let only: Vec<CustomerId> = args.customer.iter().map(|id| CustomerId::new(id)).collect();
    let customers = read_customers(&state, &only, &rerate, &catalog)?;
    if let Some(unknown) = only.iter().find(|id| customers.iter().all(|one| one.id != **id)) {
        return Ok(refuse(&state.unknown(unknown).to_string()));
    }
    match &only[..] {
        [] => state.warn_of_missing(None)?,
        named => named.iter().try_for_each(|one| state.warn_of_missing(Some(one)))?,
    }
    let changes = Changes::of(&customers);
    stdout().write_all(changes.table().as_bytes()).into_diagnostic()?;
    if changes.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if customers.iter().any(|one| one.catalog != catalog.digest) {
        return Ok(refuse(&format!(
            "Nothing was written: another catalog than {path} is in force. Put {path} in force with `tally catalog activate` (if no catalog was ever activated, start tally with it), stop tally again, and repeat this command",
            path = args.catalog.display()
        )));
    }
    if !args.yes && !is_confirmed(changes.customers().len())? {
        return Ok(refuse("Nothing was written"));
    }
    let events: Vec<Telling> = changes.customers().into_iter().map(|one| Telling::new(one, &rerate)).collect();
    let mut log = place.log()?;
    let lines: Vec<Line<'_>> = events.iter().map(|one| one.line(log.partitions())).collect();
    log.add(&lines)?;
    eprintln!("{} written; the corrections come with the plan's next close", counted(events.len(), "control event"));
    Ok(ExitCode::SUCCESS)
}

fn refuse(text: &str) -> ExitCode {
    eprintln!("{text}.");
    ExitCode::from(BAD_USAGE)
}

fn asked(args: &RerateArgs) -> Option<Rerate> {
    let to = args.to.succ_opt().filter(|to| *to > args.from)?;
    let span = Period { from: args.from, to };
    Some(Rerate { plan: PlanId::new(&args.plan), span, actor: args.actor.clone(), reason: args.reason.clone() })
}

/// Where the state lies, and where the log.
enum Place {
    Journal(PathBuf),
    Kafka(Box<Config>, config::Kafka),
}

impl Place {
    fn log(&self) -> Result<ControlLog> {
        Ok(match self {
            Self::Journal(journal) => ControlLog::Journal(Journal::open(journal)?),
            Self::Kafka(config, kafka) => ControlLog::Topic(Box::new(Topic::connect(config, kafka).into_diagnostic()?)),
        })
    }
}

fn place(args: &RerateArgs) -> Result<(StateDir, Place), ExitCode> {
    if let Some(journal) = &args.journal {
        let state = StateDir::of_journal(journal);
        return Ok((state, Place::Journal(journal.clone())));
    }
    let path = args.config.clone().unwrap_or_default();
    let config: Config = load_config(&path).map_err(|problem| report(&problem))?;
    let state = StateDir::of_config(&config);
    let Some(kafka) = config.kafka.clone() else { return Err(without_kafka(&path)) };
    Ok((state, Place::Kafka(Box::new(config), kafka)))
}

fn is_confirmed(customers: usize) -> Result<bool> {
    if !stdin().is_terminal() {
        eprintln!("There is nobody to ask: add --yes to go on without a confirmation");
        return Ok(false);
    }
    eprint!("This charges {} again. Type `{WORD}` to go on: ", counted(customers, "customer"));
    let mut typed = String::new();
    stdin().read_line(&mut typed).into_diagnostic()?;
    Ok(typed.trim() == WORD)
}
