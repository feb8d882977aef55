//! What a municipality sees (REQUIREMENTS P15, P19): calls, look-ups, the price in force, what is issued, tests, and what
//! is running up, marked as provisional.

mod items;
mod packages;
mod prices;
mod read;
mod show;

use std::process::ExitCode;

use miette::Result;

use super::OverviewArgs;
use super::catalog_in_force::Known;
use crate::cli::catalog::Place;
use crate::cli::usage::read::{UsageError, at_customer};
use crate::cli::usage::windows::Range;
use crate::domain::names::CustomerId;

/// How many records are shown, unless somebody says it.
const RECORDS: usize = 4;

/// The overview as text; or the exit code after it was told why there is none.
pub fn of(args: &OverviewArgs, place: &Place) -> Result<Result<String, ExitCode>> {
    let known = match Known::of(args, place) {
        Ok(known) => known,
        Err(code) => return Ok(Err(code)),
    };
    let (state, customer) = (place.state(), CustomerId::new(&args.party));
    let whole = Range { from: None, to: None };
    let read = at_customer(&state, &customer, whole, |reader, usage| {
        Ok::<_, UsageError>(match known.in_force(&reader.meta()?) {
            Ok(catalog) => Ok(read::read(reader, usage, &catalog)?),
            Err(code) => Err(code),
        })
    })?;
    let overview = match read {
        Ok(overview) => overview,
        Err(code) => return Ok(Err(code)),
    };
    state.warn_of_missing(Some(&customer))?;
    let issued = read::issued(place, &customer, args.records.unwrap_or(RECORDS))?;
    if args.json {
        return Ok(Ok(show::json(&overview, &issued)?));
    }
    Ok(Ok(show::text(&overview, &issued)))
}
