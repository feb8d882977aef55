//! `tally onboarding`: how far a customer has come in taking services into use, from a store that nobody writes to.

mod read;
mod show;

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use miette::{IntoDiagnostic, Result};

use super::catalog_files::load_catalog;
use super::faults::report;
use super::state_place::StatePlace;
use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::engine::onboarding_view;
use crate::wire::decode;

/// Shows each gate of each service that a customer takes into use: open or shut, since when, and what opens it.
///
/// Reads the state directory of a process that has ended, or a copy of one.
#[derive(Debug, Args)]
pub struct OnboardingArgs {
    /// The customer, as in `subject` of its events.
    #[arg(required_unless_present = "test_ids")]
    customer: Option<String>,
    /// The ledger of test ids instead: to whom each is granted and issued. They are keyed hashes.
    #[arg(long)]
    test_ids: bool,
    #[command(flatten)]
    place: StatePlace,
    /// The catalog: a file, or a folder of *.toml files. [default: the journal's catalog.toml, or the configuration's]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// As it is for use at this instant, e.g. 2026-02-14T08:15:30Z. [default: as far as the log was read]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    at: Option<Instant>,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

fn instant(text: &str) -> Result<Instant, String> {
    decode::instant(text).ok_or_else(|| "not an instant with offset such as 2026-02-14T08:15:30Z".to_owned())
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged, or does not know the customer.
pub fn run(args: &OnboardingArgs) -> Result<ExitCode> {
    let place = match args.place.directory() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let customer = args.customer.as_deref().map(CustomerId::new);
    let text = match &customer {
        Some(customer) if !args.test_ids => {
            let catalog = match catalog(args) {
                Ok(catalog) => Arc::new(catalog),
                Err(code) => return Ok(code),
            };
            let found = read::customer(&place, customer)?;
            place.warn_of_missing(Some(customer))?;
            if found.catalog != catalog.digest {
                let digest = hex::encode(found.catalog);
                eprintln!("The state was made with another catalog, sha256:{digest}: name that one with --catalog to see its gates.");
            }
            let at = args.at.unwrap_or(found.watermark);
            let services = onboarding_view(&found.account, &catalog, found.directory, at);
            let page = show::Page { customer, at, services: &services };
            if args.json { page.json()? } else { page.table() }
        }
        customer => {
            let directory = read::directory(&place)?;
            let rows = show::test_ids(&directory, customer.as_ref());
            if args.json { show::test_ids_json(&rows)? } else { show::test_ids_table(&rows) }
        }
    };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

fn catalog(args: &OnboardingArgs) -> Result<Catalog, ExitCode> {
    let path = args.place.catalog(args.catalog.as_deref())?;
    load_catalog(&path).map(|(catalog, _)| catalog).map_err(|problem| report(&problem))
}
