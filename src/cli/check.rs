//! `tally check`: is this catalog good?

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::catalog_files::load_catalog;
use super::faults::{counted, report};
use crate::domain::catalog::{Catalog, Model, Plan, Service};
use crate::domain::names::ServiceId;

/// Checks a catalog and names every fault with its file, its line and what to write instead.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A file, or a folder of *.toml files that are one catalog together.
    #[arg(long, value_name = "PATH")]
    pub catalog: PathBuf,
}

/// Exit code 0 if it is good, 2 if not.
#[must_use]
pub fn run(args: &CheckArgs) -> ExitCode {
    match load_catalog(&args.catalog) {
        Ok((catalog, files)) => match stdout().write_all(overview(&catalog, files.len()).as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads us has gone: nobody is left to tell.
            Err(_) => ExitCode::FAILURE,
        },
        Err(problem) => report(&problem),
    }
}

/// What is in a good catalog, in a few lines.
#[must_use]
pub fn overview(catalog: &Catalog, files: usize) -> String {
    let prices = catalog.plans.iter().map(price_count).sum();
    let mut lines = vec![
        format!("Catalog {} is good ({}).", catalog.version, counted(files, "file")),
        format!(
            "{}, {}, {}, {}",
            counted(catalog.sellers.len(), "seller"),
            counted(catalog.services.len(), "service"),
            counted(catalog.plans.len(), "plan"),
            counted(prices, "price"),
        ),
    ];
    lines.extend(catalog.plans.iter().map(plan_line));
    let free: Vec<&Service> = catalog.services.iter().filter(|service| service.plan.is_none()).collect();
    lines.extend(free.iter().map(|service| format!("  {}: no plan names it, so its use waits in suspense (no_price)", service.id)));
    lines.push(format!("digest sha256:{}", hex::encode(catalog.digest)));
    lines.join("\n") + "\n"
}

fn plan_line(plan: &Plan) -> String {
    let services: Vec<&str> = plan.services.iter().map(ServiceId::as_str).collect();
    let model = match plan.model {
        Model::Package(_) => "package",
        Model::Metered(_) => "metered",
        Model::Archive(_) => "archive",
        Model::Capacity(_) => "capacity",
    };
    format!("  {}: {model} of {} by {}, {}", plan.id, services.join(", "), plan.seller, counted(price_count(plan), "price"))
}

fn price_count(plan: &Plan) -> usize {
    match &plan.model {
        Model::Package(package) => package.prices.iter().count(),
        Model::Metered(metered) => metered.prices.iter().count(),
        Model::Archive(archive) => archive.prices.iter().count(),
        Model::Capacity(capacity) => capacity.prices.iter().count(),
    }
}
