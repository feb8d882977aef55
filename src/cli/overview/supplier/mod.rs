//! What a supplier sees (REQUIREMENTS P16): the number of calls of its own systems. No price, no amount, and no
//! number that depends on one: look-ups are left out too, and spans are whole days at least. What belongs to others
//! is answered like what does not exist.

mod calls;
mod show;

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use miette::Result;

use self::calls::Own;
use super::OverviewArgs;
use crate::cli::catalog::Place;
use crate::cli::faults::BAD_CONFIGURATION;
use crate::cli::usage::read;
use crate::cli::usage::windows::Range;
use crate::domain::directory::{Directory, Role};
use crate::domain::names::{CustomerId, PartyId, SystemId};

/// What of its calls a supplier asks for.
#[derive(Debug, Args)]
pub struct Asked {
    /// For a supplier: how long each span is, in the customers' local time. [default: month]
    #[arg(long, value_enum)]
    by: Option<By>,
    /// For a supplier: the first local day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// For a supplier: the last local day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<NaiveDate>,
    /// For a supplier: only calls for this customer.
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// For a supplier: only calls of this system of its own.
    #[arg(long, value_name = "ID")]
    system: Option<String>,
    /// For a supplier: only calls of this service.
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Day,
    Month,
    Quarter,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
        }
    }
}

impl Asked {
    /// Is any of it asked?
    pub fn is_any(&self) -> bool {
        let named = self.customer.is_some() || self.system.is_some() || self.service.is_some();
        named || self.by.is_some() || self.from.is_some() || self.to.is_some()
    }

    fn range(&self) -> Range {
        Range { from: self.from, to: self.to }
    }
}

/// The overview as text; or the exit code after it was told why there is none.
pub fn of(args: &OverviewArgs, place: &Place) -> Result<Result<String, ExitCode>> {
    let state = place.state();
    let directory = read::directory(&state)?;
    let supplier = PartyId::new(&args.party);
    if let Some(why) = refusal(&args.asked, &supplier, &directory) {
        eprintln!("error: {why}");
        return Ok(Err(ExitCode::from(BAD_CONFIGURATION)));
    }
    let by = args.asked.by.unwrap_or(By::Month);
    let calls = calls::read(&state, Own { supplier: &supplier, directory: &directory }, &args.asked, by)?;
    state.warn_of_missing(args.asked.customer.as_deref().map(CustomerId::new).as_ref())?;
    let text = if args.json { show::json(&supplier, &calls, by)? } else { show::table(&supplier, name(&directory, &supplier), &calls, by) };
    Ok(Ok(text))
}

fn refusal(asked: &Asked, supplier: &PartyId, directory: &Directory) -> Option<String> {
    let party = directory.party(supplier);
    if !party.is_some_and(|party| party.versions().any(|version| version.roles.contains(&Role::Supplier))) {
        return Some(format!("no supplier {supplier} is registered; it is the `subject` of a `tally.party.v1` with the role `supplier`"));
    }
    let system = asked.system.as_deref().filter(|system| !owns(directory, supplier, system))?;
    Some(format!(
        "{supplier} has no system {system}; it is the `subject` of a `tally.it_system.v1` or `tally.trial.v1` that names the supplier"
    ))
}

/// Was the system ever registered, or connected by trial, as one of the supplier's?
fn owns(directory: &Directory, supplier: &PartyId, system: &str) -> bool {
    let id = SystemId::new(system);
    let mut registered = directory.system(&id).into_iter().flat_map(|system| system.versions());
    let mut tried = directory.trial(&id).into_iter().flat_map(|trial| trial.versions());
    registered.any(|version| version.supplier == *supplier) || tried.any(|version| version.supplier == *supplier)
}

fn name<'a>(directory: &'a Directory, supplier: &PartyId) -> &'a str {
    let last = directory.party(supplier).and_then(|party| party.versions().last());
    last.map_or("", |version| version.name.as_str())
}
