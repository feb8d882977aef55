//! `tally privacy keys`: the ring itself.

use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::{ArgGroup, Args, Subcommand};
use miette::{IntoDiagnostic, Result};

use super::act::{ActorArgs, PairArgs, instant};
use super::erase::shred;
use super::place::{PlaceArgs, RingArgs};
use super::tell::Telling;
use crate::cli::clock;
use crate::cli::faults::BAD_CONFIGURATION;
use crate::cli::table::{Align, Table};
use crate::domain::instant::{Instant, NANOS_PER_DAY};
use crate::keyring::{self, Guard, KeyringFault};
use crate::wire::keys::{KeyRing, KeyVersion, Shredded, Tombstone};

#[derive(Debug, Args)]
pub struct KeysArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the key ring; nobody but its owner may read it
    Init(MakeArgs),
    /// Add a version, for what comes later; older ones still open what they sealed
    Rotate(MakeArgs),
    /// Show the versions and what was shredded; never a key
    List(RingArgs),
    /// Shred a whole version, its pseudonyms alone, or the keys of inputs that could not be read
    Shred(ShredArgs),
}

#[derive(Debug, Args)]
struct MakeArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    by: ActorArgs,
    /// Inputs with a log time from here on are sealed with it. [default: init: 1970, all that is read from now on; rotate: the next
    /// midnight in UTC]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    from: Option<Instant>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true))]
struct ShredArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    by: PairArgs,
    /// The version.
    #[arg(long, value_name = "NUMBER", group = "what")]
    version: Option<u32>,
    /// Of the version, only what names persons: what is sealed can still be opened.
    #[arg(long, requires = "version")]
    only_pseudonyms: bool,
    /// Originals of inputs of which no customer is known.
    #[arg(long, group = "what")]
    unread: bool,
}

pub fn run(args: &KeysArgs) -> Result<ExitCode> {
    match &args.action {
        Action::Init(args) => make(args, true),
        Action::Rotate(args) => make(args, false),
        Action::List(args) => match args.ring() {
            Ok(path) => say(&listed(&keyring::load(&path)?)),
            Err(code) => Ok(code),
        },
        Action::Shred(args) => {
            let what = match args.version {
                Some(number) => Shredded::Version { number, only_pseudonyms: args.only_pseudonyms },
                None => Shredded::Unread,
            };
            shred(&args.place, &args.by, |_| Ok(vec![what]))
        }
    }
}

fn make(args: &MakeArgs, is_first: bool) -> Result<ExitCode> {
    if let Some(fault) = args.by.fault() {
        return Ok(refused(&fault));
    }
    let (path, log) = match args.place.places() {
        Ok(places) => places,
        Err(code) => return Ok(code),
    };
    let from = args.from.unwrap_or_else(|| if is_first { Instant::from_nanos(0) } else { next_midnight(clock::now()) });
    let (number, from) = if is_first && path.exists() {
        // Made, but perhaps not told: told again, it is the same event.
        let ring = keyring::load(&path)?;
        match ring.versions() {
            [only] if ring.tombstones().is_empty() => (only.number, only.from),
            _ => return Err(KeyringFault::There(path).into()),
        }
    } else if is_first {
        let mut ring = KeyRing::default();
        let number = ring.rotate(&keyring::seeds()?, from).into_diagnostic()?;
        keyring::create(&path, &ring)?;
        (number, from)
    } else {
        let guard = Guard::open(&path)?;
        let mut ring = guard.ring().clone();
        match ring.rotate(&keyring::seeds()?, from) {
            Ok(number) => {
                guard.replace(&ring)?;
                (number, from)
            }
            Err(fault) => return Ok(refused(&fault.to_string())),
        }
    };
    log.tell(&[Telling::of_keys(number, from, &args.by.actor, &args.by.reason)], args.by.at)?;
    say(&format!("Version {number} of the keys is in {}, in force from {from} on. Keep a copy apart from the data.\n", path.display()))
}

fn next_midnight(now: Instant) -> Instant {
    Instant::from_nanos((now.utc_day() + 1).saturating_mul(NANOS_PER_DAY))
}

fn listed(ring: &KeyRing) -> String {
    let mut versions =
        Table::new(&[("version", Align::Right), ("from", Align::Left), ("originals", Align::Left), ("pseudonyms", Align::Left)]);
    let state = |gone: bool| if gone { "shredded" } else { "kept" }.to_owned();
    let row = |version: &KeyVersion| {
        vec![version.number.to_string(), version.from.to_string(), state(version.is_shredded()), state(version.names_nobody())]
    };
    ring.versions().iter().for_each(|version| versions.row(row(version)));
    let mut text = versions.render();
    if !ring.tombstones().is_empty() {
        let columns = ["shredded", "when", "actor", "approver", "reason"].map(|name| (name, Align::Left));
        let mut shredded = Table::new(&columns);
        ring.tombstones().iter().for_each(|tombstone| shredded.row(buried(tombstone)));
        text.push('\n');
        text.push_str(&shredded.render());
    }
    text
}

fn buried(Tombstone { what, act }: &Tombstone) -> Vec<String> {
    let what = match what {
        Shredded::Customer(customer) => format!("customer {customer}"),
        Shredded::Person { customer, pseudonym } => format!("person {pseudonym} of {customer}"),
        Shredded::Unread => "unread inputs".to_owned(),
        Shredded::Version { number, only_pseudonyms: true } => format!("pseudonyms of version {number}"),
        Shredded::Version { number, only_pseudonyms: false } => format!("version {number}"),
    };
    vec![what, act.at.to_string(), act.actor.clone(), act.approver.clone(), act.reason.clone()]
}

pub fn refused(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(BAD_CONFIGURATION)
}

pub fn say(text: &str) -> Result<ExitCode> {
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}
