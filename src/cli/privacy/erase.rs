//! `tally privacy erase`: the keys of a customer or of persons are shredded, and the log is told.

use std::io::stdin;
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result, WrapErr as _};
use zeroize::Zeroizing;

use super::act::PairArgs;
use super::keys::{refused, say};
use super::place::PlaceArgs;
use super::tell::Telling;
use crate::cli::faults::counted;
use crate::domain::personal::{self, Forms};
use crate::keyring::Guard;
use crate::wire::keys::{KeyRing, Shredded, pseudonym};

/// Shreds keys. Issued records, digests and their verification stay as they are.
#[derive(Debug, Args)]
pub struct EraseArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    by: PairArgs,
    /// The customer; without --person or --pseudonym all of it.
    #[arg(long, value_name = "ID")]
    customer: String,
    /// Only persons of the customer, whose ids stand on stdin, one a line; never on the command line.
    #[arg(long)]
    person: bool,
    /// Only the person with this pseudonym. May be repeated.
    #[arg(long, value_name = "PSEUDONYM", conflicts_with = "person")]
    pseudonym: Vec<String>,
}

pub fn run(args: &EraseArgs) -> Result<ExitCode> {
    if [&args.customer].into_iter().chain(&args.pseudonym).any(|name| personal::holds(name, Forms::All)) {
        return Ok(refused("a personal number stands on the command line, where others can see it; use --person, and write it to stdin"));
    }
    shred(&args.place, &args.by, |ring| {
        let customer = args.customer.clone();
        let of = |pseudonym: String| Shredded::Person { customer: customer.clone(), pseudonym };
        match () {
            () if args.person => Ok(pseudonyms_on_stdin(ring, &customer)?.into_iter().map(of).collect()),
            () if args.pseudonym.is_empty() => Ok(vec![Shredded::Customer(customer)]),
            () => Ok(args.pseudonym.iter().cloned().map(of).collect()),
        }
    })
}

/// What these persons are called by every version that still names anybody.
fn pseudonyms_on_stdin(ring: &KeyRing, customer: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut line = Zeroizing::new(String::new());
    while stdin().read_line(&mut line).into_diagnostic().wrap_err("stdin cannot be read")? > 0 {
        if !line.trim().is_empty() {
            found.extend(ring.versions().iter().filter_map(|version| pseudonym(version, customer, line.trim())));
        }
        line.clear();
    }
    Ok(found)
}

/// Destroys keys, then tells the log. Told again, if it failed at the second.
pub fn shred(place: &PlaceArgs, by: &PairArgs, what: impl FnOnce(&KeyRing) -> Result<Vec<Shredded>>) -> Result<ExitCode> {
    let act = match by.act() {
        Ok(act) => act,
        Err(why) => return Ok(refused(&why)),
    };
    let (path, log) = match place.places() {
        Ok(places) => places,
        Err(code) => return Ok(code),
    };
    let guard = Guard::open(&path)?;
    let mut ring = guard.ring().clone();
    let all = what(&ring)?;
    let mut shredded = 0;
    for one in &all {
        match ring.shred(one.clone(), act.clone()) {
            Ok(changed) => shredded += usize::from(changed),
            Err(fault) => return Ok(refused(&fault.to_string())),
        }
    }
    if shredded > 0 {
        guard.replace(&ring)?;
    }
    let is_meant = |one: &Shredded| all.contains(one);
    let tellings: Vec<Telling> = ring.tombstones().iter().filter(|stone| is_meant(&stone.what)).map(Telling::of_erasure).collect();
    log.tell(&tellings, by.by.at).wrap_err("the keys are shredded, but the log was not told; say it again")?;
    let before = if shredded < all.len() { "; the others had been shredded before" } else { "" };
    say(&format!(
        "Shredded: the keys of {} in {}{before}. A running tally lets go of them within a second; destroy copies of the key ring.\n",
        counted(shredded, "name"),
        path.display()
    ))
}
