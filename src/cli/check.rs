//! `tally check`: is this catalog good? And what would it change?

mod capacity;
pub mod changes;
pub mod facts;
pub mod rules;
pub mod show;
mod standing;

use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::catalog_files::load_catalog;
use super::clock;
use super::faults::{counted, report, report_all};
use crate::domain::catalog::{Catalog, Model, Plan, Service};
use crate::domain::names::ServiceId;

/// Checks a catalog and names every fault with its file, its line and what to write instead.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A file, or a folder of *.toml files that are one catalog together.
    #[arg(long, value_name = "PATH")]
    pub catalog: PathBuf,
    /// Show what it would change against this one, which may be in force today.
    #[arg(long, value_name = "PATH")]
    pub against: Option<PathBuf>,
    /// JSON for programs, of the changes.
    #[arg(long, requires = "against")]
    pub json: bool,
}

/// Exit code 0 if it is good, 2 if not.
#[must_use]
pub fn run(args: &CheckArgs) -> ExitCode {
    let loaded = load_catalog(&args.catalog);
    let Some(against) = &args.against else {
        return match loaded {
            Ok((catalog, files)) => say(&overview(&catalog, files.len())),
            Err(problem) => report(&problem),
        };
    };
    match (loaded, load_catalog(against)) {
        (Ok((new, _)), Ok((old, _))) => {
            let changes = changes::between(&old, &new, clock::now().to_utc().date_naive());
            let document = || format!("{}\n", show::document(&old, &new, &changes));
            say(&if args.json { document() } else { show::text(&old, &new, &changes) })
        }
        (new, old) => report_all([new.err(), old.err()].iter().flatten()),
    }
}

fn say(text: &str) -> ExitCode {
    match stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads us has gone: nobody is left to tell.
        Err(_) => ExitCode::FAILURE,
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
    if catalog.test_environment {
        lines.push("  Its log is of the external test environment: nothing is ever charged from it.".to_owned());
    }
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
        Model::PerHead(_) => "per_head",
        Model::Subscription(_) => "subscription",
        Model::Fixed(_) => "fixed",
        Model::Capacity(_) => "capacity",
    };
    if services.is_empty() {
        return format!("  {}: {model} by {}, ended: it only closes what is open", plan.id, plan.seller);
    }
    format!("  {}: {model} of {} by {}, {}", plan.id, services.join(", "), plan.seller, counted(price_count(plan), "price"))
}

fn price_count(plan: &Plan) -> usize {
    match &plan.model {
        Model::Package(package) => package.prices.iter().count(),
        Model::Metered(metered) => metered.prices.iter().count(),
        Model::Archive(archive) => archive.prices.iter().count(),
        Model::PerHead(per_head) => per_head.prices.iter().count(),
        Model::Subscription(subscription) => subscription.prices.iter().count(),
        Model::Fixed(fixed) => fixed.prices.iter().count(),
        Model::Capacity(capacity) => capacity.prices.iter().count(),
    }
}
