//! `tally notify`: notices as e-mail.

mod deliver;
mod failed;
mod gather;
mod letter;
mod pace;
mod place;
mod post;
mod progress;
mod source;
mod summary;
mod work;

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic, Result};

use self::deliver::Delivery;
use self::failed::Failed;
use self::gather::Gathering;
use self::letter::{Letter, Scribe};
use self::pace::Pace;
use self::place::{Notices, Place};
use self::post::Post;
use self::progress::Progress;
use self::source::{Positions, Source};
use self::summary::Summary;
use self::work::Work;
use crate::app;
use crate::cli::faults::BAD_CONFIGURATION;
use crate::config::Notify;
use crate::domain::instant::Instant;
use crate::pipeline::Stop;
use crate::store::StateDirectory;
use crate::wire::decode;

/// Sends notices as e-mail, to whom the [notify] of the configuration says.
///
/// Each mail has a message id that depends on its notice and recipient only. What the server has taken is
/// remembered in the state directory; a mail is sent again only if the program is killed between the
/// server's word and that, and then with the same message id.
///
/// Exit codes: 0 good, 1 stopped by a failure (nothing is lost, start again) or mails were refused,
/// 2 bad usage or configuration.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("place").required(true).args(["config", "journal"])))]
pub struct NotifyArgs {
    /// The notices in Kafka, where this configuration has them.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The notices of this journal directory.
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    /// The file that has [notify]. [default: the configuration]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Where it is remembered what was sent. [default: what the configuration says, or DIR/notify, or notify beside the configuration]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Do not end with the last notice, wait for more.
    #[arg(long, conflicts_with_all = ["dry_run", "retry_failed"])]
    follow: bool,
    /// Show what would be sent, on the standard output; nothing is sent or remembered.
    #[arg(long)]
    dry_run: bool,
    /// Send the mails that the server has refused before, and nothing else.
    #[arg(long, conflicts_with = "dry_run")]
    retry_failed: bool,
    /// Pass over notices from before this instant, at this start and all later ones.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    since: Option<Instant>,
    /// Print the sums as JSON.
    #[arg(long, conflicts_with = "dry_run")]
    json: bool,
}

fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "write it like 2026-07-01T00:00:00Z".to_owned())
}

/// Sends what there is, and goes on if it is told to.
///
/// # Errors
/// It cannot go on. What was sent is remembered.
pub fn run(args: &NotifyArgs) -> Result<ExitCode> {
    let Place { notices, settings, state_dir } = match Place::of(args) {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let log = match &notices {
        Notices::Journal(journal) => journal.log().to_owned(),
        Notices::Topic(topic) => topic.log().to_owned(),
    };
    let stop = Stop::default();
    app::stop_on_signals(stop.clone())?;
    // Who only looks needs no lock: progress is replaced as a whole.
    let _lock = if args.dry_run { None } else { Some(StateDirectory::lock(&state_dir).map_err(app::AppError::from)?) };
    let mut progress = Progress::read(&state_dir, &log)?;
    progress.begin_at(args.since);
    let failed = Failed::open(&state_dir)?;
    let scribe = Scribe::new(settings.from.address.domain())?;
    let mut work = Work { settings: &settings, scribe, progress, failed, summary: Summary::default() };
    let done = carry_out(args, notices, &log, &stop, &mut work);
    tell(args, &work)?;
    done.map(|code| code.unwrap_or(if work.summary.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }))
}

/// An exit code, where it is not that of the summary.
fn carry_out(args: &NotifyArgs, notices: Notices, log: &str, stop: &Stop, work: &mut Work<'_>) -> Result<Option<ExitCode>> {
    if args.dry_run {
        let source = source(notices, work.settings, &work.progress.next, &mut work.summary)?;
        work.show(Gathering::new(source, log, work.settings.digest, false, stop.clone()), &mut show)?;
        return Ok(None);
    }
    let post = match Post::new(&work.settings.smtp, &work.settings.from) {
        Ok(post) => post,
        Err(error) => {
            eprintln!("error: {error}");
            return Ok(Some(ExitCode::from(BAD_CONFIGURATION)));
        }
    };
    let Notify { mails_per_minute, give_up_after, digest, .. } = work.settings;
    let mut delivery = Delivery::new(post, Pace::new(*mails_per_minute), *give_up_after, stop.clone());
    if args.retry_failed {
        work.retry(&mut delivery)?;
        return Ok(None);
    }
    let source = source(notices, work.settings, &work.progress.next, &mut work.summary)?;
    work.send(Gathering::new(source, log, *digest, args.follow, stop.clone()), &mut delivery)?;
    Ok(None)
}

fn source(notices: Notices, settings: &Notify, from: &Positions, summary: &mut Summary) -> Result<Source> {
    let mut lost = |partition: u32, count: u64| {
        tracing::warn!("partition {partition} has lost up to {count} notices by retention, before they were read");
        summary.lost += count;
    };
    Ok(match notices {
        Notices::Journal(journal) => journal.open(from)?,
        Notices::Topic(topic) => topic.open(from, settings.give_up_after, &mut lost)?,
    })
}

/// A mail as people read it.
fn show(letter: &Letter) -> Result<()> {
    let Letter { id, to, at, subject, body } = letter;
    writeln!(stdout(), "To: {to}\nDate: {at}\nMessage-ID: {id}\nSubject: {subject}\n\n{body}\n").into_diagnostic()
}

fn tell(args: &NotifyArgs, work: &Work<'_>) -> Result<()> {
    if args.json {
        let line = serde_json::to_string(&work.summary).into_diagnostic()?;
        return writeln!(stdout(), "{line}").into_diagnostic();
    }
    eprintln!("{}", work.summary.told(args.dry_run, work.failed.path()));
    Ok(())
}
