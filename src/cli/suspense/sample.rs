//! `tally suspense sample`: a few events of each reason, without anybody's data.

use std::collections::BTreeMap;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde_json::{Map, Value, json};

use super::place::PlaceArgs;
use super::read::{Waits, each_waiting};
use super::select::SelectArgs;
use crate::domain::suspense::Original;
use crate::domain::verdict::Reason;

/// Members of `data` whose values say nothing of a person.
const OPEN: [&str; 7] = ["quantity", "outcome", "environment", "action", "created", "characters", "encoding"];
/// Characters of an id that are shown.
const SHOWN: usize = 2;

#[derive(Debug, Args)]
pub struct SampleArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    select: SelectArgs,
    /// Events of each reason.
    #[arg(long, default_value_t = 3, value_name = "NUMBER")]
    count: usize,
}

/// Runs the command: a JSON object a line.
///
/// # Errors
/// The state is in use or damaged.
pub fn run(args: &SampleArgs) -> Result<ExitCode> {
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let mut taken: BTreeMap<Reason, Vec<String>> = BTreeMap::new();
    each_waiting(&place.state, args.select.customer_id().as_ref(), &mut |waits| {
        let samples = taken.entry(waits.event.reason).or_default();
        if samples.len() < args.count && args.select.covers(&waits, &place.services) {
            samples.push(shown(&waits).to_string());
        }
        Ok(())
    })?;
    place.state.warn_of_missing(args.select.customer_id().as_ref())?;
    for line in taken.into_values().flatten() {
        writeln!(stdout(), "{line}").into_diagnostic()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(waits: &Waits<'_>) -> Value {
    let (event, origin) = (&waits.event.event, &waits.event.origin);
    json!({
        "reason": waits.event.reason.as_str(),
        "customer": waits.customer.as_str(),
        "source": event.source,
        "id": masked(&event.id),
        "type": event.kind,
        "time": event.time.to_string(),
        "log_time": waits.event.log_time.to_string(),
        "origin": {"topic": origin.topic, "partition": origin.partition, "offset": origin.offset},
        "data": data(&waits.event.original),
    })
}

/// The members by name; what may be about a person is only named.
fn data(original: &Original) -> Value {
    let Original::Clear(original) = original else { return "sealed".into() };
    let event: Value = serde_json::from_slice(original).unwrap_or_default();
    // In Kafka's binary mode the value is the data itself.
    let data = if event.get("specversion").is_some() { event.get("data") } else { Some(&event) };
    let Some(Value::Object(members)) = data else { return Value::Null };
    let member = |(name, value): (&String, &Value)| {
        let value = if OPEN.contains(&name.as_str()) { value.clone() } else { "…".into() };
        (name.clone(), value)
    };
    Value::Object(members.iter().map(member).collect::<Map<_, _>>())
}

fn masked(id: &str) -> String {
    let begin: String = id.chars().take(SHOWN).collect();
    format!("{begin}… ({} bytes)", id.len())
}
