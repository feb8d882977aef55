//! `tally sizing`: which sizes of package would suit whom (REQUIREMENTS U10, U11), from a store that nobody writes to.

mod show;
mod what_if;

use std::io::{Write as _, stdout};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use miette::{IntoDiagnostic, Result, miette};

use self::what_if::{CustomerSizes, Question};
use super::catalog_files::load_catalog;
use super::config_file::load_config;
use super::faults::report;
use super::state_dir::StateDir;
use super::usage::read::each_customer;
use crate::domain::catalog::{Catalog, Model, Plan};
use crate::domain::names::{CustomerId, PlanId};

/// Shows for each customer what every size of package would cost a year, and how often it would be bought.
///
/// It looks back at the recorded use and changes nothing. Reads the state directory of a process
/// that has ended, or a copy of one.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true))]
pub struct SizingArgs {
    /// The state of this journal directory.
    #[arg(long, value_name = "DIR", group = "place")]
    journal: Option<PathBuf>,
    /// The state directory of this configuration.
    #[arg(long, value_name = "FILE", group = "place")]
    config: Option<PathBuf>,
    /// The catalog: a file, or a folder of *.toml files. [default: DIR/catalog.toml, or the configuration's]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// Most purchases per customer and year. [default: the plan's own, or 4]
    #[arg(long, value_name = "NUMBER")]
    target: Option<NonZeroU32>,
    /// Only this plan.
    #[arg(long, value_name = "NAME")]
    plan: Option<String>,
    /// Only this customer.
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged, or does not know the customer; the catalog does not know the plan.
pub fn run(args: &SizingArgs) -> Result<ExitCode> {
    let (place, catalog) = match inputs(args) {
        Ok(inputs) => inputs,
        Err(code) => return Ok(code),
    };
    let plans = plans(&catalog, args.plan.as_deref())?;
    let ids: Vec<PlanId> = plans.iter().map(|plan| plan.id.clone()).collect();
    let question = Question { plans: &plans, target: args.target.map(NonZeroU32::get) };
    let wanted = |id: &str| args.customer.as_deref().is_none_or(|wanted| wanted == id);
    let mut known = args.customer.is_none();
    let mut found: Vec<CustomerSizes> = Vec::new();
    each_customer(&place, &ids, |usage, pools| {
        if wanted(usage.customer.as_str()) {
            known = true;
            found.extend(what_if::answer(&question, &usage, &pools));
        }
    })?;
    let customer = args.customer.as_deref().map(CustomerId::new);
    if let Some(customer) = customer.as_ref().filter(|_| !known) {
        return Err(place.unknown(customer).into());
    }
    place.warn_of_missing(customer.as_ref())?;
    found.sort_by(|a, b| a.customer.cmp(&b.customer));
    let text = if args.json { show::json(&found)? } else { show::table(&found) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

fn inputs(args: &SizingArgs) -> Result<(StateDir, Catalog), ExitCode> {
    let (place, catalog) = match (&args.journal, &args.config) {
        (_, Some(config)) => {
            let config = load_config(config).map_err(|problem| report(&problem))?;
            (StateDir::of_config(&config), config.run.catalog)
        }
        (journal, None) => {
            let journal = journal.clone().unwrap_or_default();
            (StateDir::of_journal(&journal), Some(journal.join("catalog.toml")))
        }
    };
    let path = args.catalog.clone().or(catalog).unwrap_or_else(|| PathBuf::from("catalog.toml"));
    load_catalog(&path).map(|(catalog, _)| (place, catalog)).map_err(|problem| report(&problem))
}

fn plans<'c>(catalog: &'c Catalog, wanted: Option<&str>) -> Result<Vec<&'c Plan>> {
    let has_packages = |plan: &&Plan| matches!(plan.model, Model::Package(_));
    let plans: Vec<&Plan> = catalog.plans.iter().filter(has_packages).collect();
    let Some(wanted) = wanted else { return Ok(plans) };
    let names: Vec<&str> = plans.iter().map(|plan| plan.id.as_str()).collect();
    let found: Vec<&Plan> = plans.iter().copied().filter(|plan| plan.id.as_str() == wanted).collect();
    if found.is_empty() {
        return Err(miette!("no plan of packages is called `{wanted}`; the catalog has: {}", names.join(", ")));
    }
    Ok(found)
}
