//! `tally catalog list`: what a run knows, and what is in force.

use std::collections::BTreeSet;
use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde_json::{Value, json};

use super::in_force::{self, StateError};
use super::place::{Place, PlaceArgs, open};
use crate::cli::catalog_directory::CatalogDirectory;
use crate::cli::catalog_files::load_catalog;
use crate::cli::faults::report;
use crate::cli::table::{Align, Table};
use crate::domain::catalog::Catalog;
use crate::domain::state::Meta;
use crate::pipeline::ports::StoreError;

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// A catalog, and whether the run begins with it.
struct Known {
    path: PathBuf,
    catalog: Arc<Catalog>,
    initial: bool,
}

/// What the partitions say; none: the state is in use.
type States = Option<Vec<(u32, Meta)>>;

pub fn run(args: &ListArgs) -> Result<ExitCode> {
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let known = match known(args, &place) {
        Ok(known) => known,
        Err(code) => return Ok(code),
    };
    let states = states(&place)?;
    if states.is_none() {
        eprintln!("tally is running on this state, so which catalog is in force is not read from it; its log and its /status say so");
    }
    let text = if args.json { format!("{}\n", as_json(&known, &states)) } else { as_table(&known, &states) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

fn known(args: &ListArgs, place: &Place) -> Result<Vec<Known>, ExitCode> {
    let directory = args.place.directory_path(place).map(|path| open(&path)).transpose()?;
    let listed = directory.iter().flat_map(CatalogDirectory::entries).map(|(path, catalog)| Known {
        path: path.clone(),
        catalog: Arc::clone(catalog),
        initial: false,
    });
    let mut known: Vec<Known> = listed.collect();
    if let Some(path) = place.initial() {
        let (catalog, _) = load_catalog(&path).map_err(|problem| report(&problem))?;
        let before = known.iter_mut().find(|one| one.catalog.digest == catalog.digest);
        match before {
            Some(same) => same.initial = true,
            None => known.insert(0, Known { path, catalog: Arc::new(catalog), initial: true }),
        }
    }
    Ok(known)
}

fn states(place: &Place) -> Result<States> {
    let state = place.state();
    match in_force::read(&state) {
        Ok(states) if states.is_empty() => Ok(Some(states)),
        Ok(states) => {
            state.warn_of_missing(None)?;
            Ok(Some(states))
        }
        Err(StateError::Store(StoreError::Locked(_))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The partitions that have a catalog in force, each with the log time since when; none where the run began with it.
fn partitions(one: &Known, states: &States) -> Vec<(u32, Option<String>)> {
    let said = |(partition, meta): &(u32, Meta)| match meta.in_force {
        Some(in_force) => (in_force.digest == one.catalog.digest).then(|| (*partition, Some(in_force.since.to_string()))),
        None => one.initial.then_some((*partition, None)),
    };
    states.iter().flatten().filter_map(said).collect()
}

/// Catalogs that the log put in force and nobody has: tally will not go on without them.
fn missing(known: &[Known], states: &States) -> BTreeSet<[u8; 32]> {
    let named = states.iter().flatten().filter_map(|(_, meta)| meta.in_force.map(|in_force| in_force.digest));
    named.filter(|digest| !known.iter().any(|one| one.catalog.digest == *digest)).collect()
}

fn as_table(known: &[Known], states: &States) -> String {
    let columns = [("version", Align::Left), ("in force", Align::Left), ("where", Align::Left), ("digest", Align::Left)];
    let mut table = Table::new(&columns);
    for one in known {
        let digest = format!("sha256:{}", hex::encode(one.catalog.digest));
        table.row(vec![one.catalog.version.clone(), told(one, states), one.path.display().to_string(), digest]);
    }
    for digest in missing(known, states) {
        let row = ["?", "in force", "MISSING: put it into the directory"].map(str::to_owned);
        table.row([row.as_slice(), &[format!("sha256:{}", hex::encode(digest))]].concat());
    }
    table.render()
}

fn told(one: &Known, states: &States) -> String {
    match states {
        None => "?".to_owned(),
        Some(begun) if begun.is_empty() && one.initial => "at the start".to_owned(),
        Some(begun) => {
            let found = partitions(one, states);
            let since =
                found.iter().find_map(|(_, since)| since.clone()).map_or_else(|| "from the start".to_owned(), |at| format!("since {at}"));
            match found.len() {
                0 => String::new(),
                all if all == begun.len() => since,
                some => format!("on {some} of {} partitions, {since}", begun.len()),
            }
        }
    }
}

fn as_json(known: &[Known], states: &States) -> Value {
    let row = |one: &Known| {
        let on = |(partition, since): (u32, Option<String>)| json!({"partition": partition, "since": since});
        let in_force = states.is_some().then(|| partitions(one, states).into_iter().map(on).collect::<Vec<_>>());
        json!({
            "version": one.catalog.version, "digest": format!("sha256:{}", hex::encode(one.catalog.digest)),
            "path": one.path.display().to_string(), "initial": one.initial, "in_force": in_force,
        })
    };
    let missing: Vec<String> = missing(known, states).iter().map(|digest| format!("sha256:{}", hex::encode(digest))).collect();
    json!({"catalogs": known.iter().map(row).collect::<Vec<_>>(), "missing": missing})
}
