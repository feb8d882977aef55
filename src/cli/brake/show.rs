//! What `tally brake status` says.

use std::fmt::Write as _;

use miette::{IntoDiagnostic, Result};
use serde_json::{Value, json};

use super::read::{Status, Waiting, Whose};
use crate::cli::faults::counted;
use crate::cli::table::{Align, Table};
use crate::domain::directory::BrakeScope;
use crate::domain::gates::brake::{Brake, BrakeCause, Trip};
use crate::domain::instant::Instant;
use crate::domain::quantity::Quantity;

/// Scope, customer, service, source.
fn named(whose: &Whose) -> (&'static str, [Option<&str>; 3]) {
    match whose {
        Whose::Customer(customer, service) => {
            ("customer", [Some(customer.as_str()), service.as_ref().map(crate::domain::names::ServiceId::as_str), None])
        }
        Whose::Everywhere(BrakeScope::All) => ("all", [None; 3]),
        Whose::Everywhere(BrakeScope::Service(service)) => ("service", [None, Some(service.as_str()), None]),
        Whose::Everywhere(BrakeScope::Source(source)) => ("source", [None, None, Some(source)]),
    }
}

/// What to say to release it.
fn release(whose: &Whose, brake: &Brake) -> String {
    let (scope, values) = named(whose);
    let options = ["--customer", "--service", "--source"].into_iter().zip(values);
    let named: String = options.filter_map(|(option, value)| value.map(|value| format!(" {option} {value}"))).collect();
    let named = if scope == "all" { " --all".to_owned() } else { named };
    let second = if brake.trip.is_some() { " --approver WHO" } else { "" };
    format!("tally brake off{named} --actor WHO{second} --reason WHY")
}

fn by(brake: &Brake) -> String {
    let hand = || brake.on.as_ref().map(|on| on.actor.clone()).unwrap_or_default();
    if brake.trip.is_some() { "itself".to_owned() } else { hand() }
}

fn why(brake: &Brake) -> String {
    let hand = || brake.on.as_ref().map(|on| on.reason.clone()).unwrap_or_default();
    let causes: Vec<String> = brake.trips().map(|trip| trip.cause.why()).collect();
    if causes.is_empty() { hand() } else { causes.join("; ") }
}

/// Loads that it stands for: to decide about them releases it too.
fn loads(brake: &Brake) -> Vec<&str> {
    brake.trips().filter_map(load).collect()
}

fn load(trip: &Trip) -> Option<&str> {
    match &trip.cause {
        BrakeCause::Roster { load, .. } => Some(load),
        BrakeCause::Usage(_) | BrakeCause::Culls(_) => None,
    }
}

fn since(brake: &Brake) -> String {
    brake.since().as_ref().map(Instant::to_string).unwrap_or_default()
}

fn quantity(waiting: &Waiting) -> String {
    waiting.quantity.as_ref().map_or_else(|| "too large".to_owned(), Quantity::to_string)
}

pub fn table(status: &Status) -> String {
    let mut text = String::new();
    if status.brakes.is_empty() {
        text.push_str("No brake is on.\n");
    } else {
        let mut table = Table::new(&["scope", "of", "since", "by"].map(|name| (name, Align::Left)));
        for (whose, (brake, _)) in &status.brakes {
            let (scope, values) = named(whose);
            let of: Vec<&str> = values.into_iter().flatten().collect();
            table.row(vec![scope.to_owned(), of.join(" "), since(brake), by(brake)]);
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} on.\n\n{}", counted(status.brakes.len(), "brake"), table.render());
        for (whose, (brake, _)) in &status.brakes {
            let _ = writeln!(text, "{}.\n  Release it: {}", why(brake), release(whose, brake));
            for load in loads(brake) {
                let _ = writeln!(text, "  Or decide about the load {load}: tally.load_decision.v1");
            }
        }
    }
    for (id, freeze) in &status.freezes {
        let _ = writeln!(text, "Freeze window {id}, from {} to {}: {}.", freeze.from, freeze.to, freeze.order.reason);
    }
    if status.waiting.is_empty() {
        text.push_str("Nothing waits behind a brake.\n");
        return text;
    }
    let left = ["customer", "type", "source"].map(|name| (name, Align::Left));
    let right = ["events", "quantity"].map(|name| (name, Align::Right));
    let columns: Vec<_> = left.into_iter().chain(right).chain([("oldest", Align::Left)]).collect();
    let mut table = Table::new(&columns);
    for (of, waiting) in &status.waiting {
        let oldest = waiting.oldest.as_ref().map(Instant::to_string).unwrap_or_default();
        table.row(vec![of.customer.clone(), of.kind.clone(), of.source.clone(), waiting.events.to_string(), quantity(waiting), oldest]);
    }
    let _ = writeln!(text, "\n{}", table.render());
    text
}

pub fn json(status: &Status) -> Result<String> {
    let brakes: Vec<Value> = status.brakes.iter().map(|(whose, (brake, partitions))| json_brake(whose, brake, *partitions)).collect();
    let freezes: Vec<Value> = status
        .freezes
        .iter()
        .map(|(id, freeze)| json!({"id": id.as_str(), "from": freeze.from.to_string(), "to": freeze.to.to_string(), "reason": freeze.order.reason}))
        .collect();
    let waiting: Vec<Value> = status
        .waiting
        .iter()
        .map(|(of, waiting)| {
            json!({"customer": of.customer, "type": of.kind, "source": of.source, "events": waiting.events,
                "quantity": waiting.quantity.map(|quantity| quantity.to_string()), "oldest": waiting.oldest.map(|oldest| oldest.to_string())})
        })
        .collect();
    let document = json!({"schema": "tally/brake-status/1", "brakes": brakes, "freezes": freezes, "waiting": waiting});
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}

fn json_brake(whose: &Whose, brake: &Brake, partitions: usize) -> Value {
    let (scope, [customer, service, source]) = named(whose);
    let cause = brake.trip.as_ref().map(|trip| trip.cause.as_str());
    json!({"scope": scope, "customer": customer, "service": service, "source": source, "since": since(brake), "by": by(brake),
        "cause": cause, "loads": loads(brake), "why": why(brake), "partitions": partitions, "release": release(whose, brake)})
}
