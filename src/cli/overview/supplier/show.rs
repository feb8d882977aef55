//! Calls for people and for programs.

use std::fmt::Write as _;

use chrono::NaiveDate;
use miette::{IntoDiagnostic as _, Result};
use serde_json::{Value, json};

use super::By;
use super::calls::{Calls, Span, Trial, label};
use crate::cli::table::{Align, Table, grouped};
use crate::domain::names::PartyId;

pub fn table(supplier: &PartyId, name: &str, calls: &Calls, by: By) -> String {
    let as_of = calls.as_of.map_or_else(|| "nothing".to_owned(), |at| at.to_string());
    let mut text = format!("{supplier} {name}; read up to {as_of}. Calls of its own systems, in the customers' local time.\n");
    if calls.spans.is_empty() {
        text.push_str("\nNothing was called.\n");
    } else {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{}", of_agreements(calls, by));
    }
    if !calls.trials.is_empty() {
        let _ = write!(text, "\nTests, which cost nothing and are in no other number\n{}", of_trials(calls, by));
    }
    text
}

fn of_trials(calls: &Calls, by: By) -> String {
    let columns =
        [("customer", Align::Left), ("system", Align::Left), ("service", Align::Left), (by.name(), Align::Left), ("calls", Align::Right)];
    let mut table = Table::new(&columns);
    for (one, count) in &calls.trials {
        let names = [one.customer.as_str(), one.system.as_str(), one.service.as_str()].map(str::to_owned);
        table.row([names.as_slice(), &[label(one.from, by), grouped(&count.to_string())]].concat());
    }
    table.render()
}

fn of_agreements(calls: &Calls, by: By) -> String {
    let mut table = Table::new(&[
        ("customer", Align::Left),
        ("system", Align::Left),
        ("service", Align::Left),
        ("agreement", Align::Left),
        (by.name(), Align::Left),
        ("calls", Align::Right),
    ]);
    for (span, count) in &calls.spans {
        let names = [span.customer.as_str(), span.system.as_str(), span.service.as_str(), span.agreement.as_str()].map(str::to_owned);
        table.row([names.as_slice(), &[label(span.from, by), grouped(&count.to_string())]].concat());
    }
    table.render()
}

/// One JSON document.
///
/// # Errors
/// None that could happen: strings and numbers can be written.
pub fn json(supplier: &PartyId, calls: &Calls, by: By) -> Result<String> {
    let last_day = |to: NaiveDate| to.pred_opt().unwrap_or(to).to_string();
    let row = |(span, count): (&Span, &u64)| {
        json!({
            "customer": span.customer.as_str(), "system": span.system.as_str(), "service": span.service.as_str(),
            "agreement": span.agreement.as_str(), "period": {"from": span.from.to_string(), "to": last_day(span.to)}, "calls": count,
        })
    };
    let tried = |(one, count): (&Trial, &u64)| {
        json!({
            "customer": one.customer.as_str(), "system": one.system.as_str(), "service": one.service.as_str(),
            "period": {"from": one.from.to_string(), "to": last_day(one.to)}, "calls": count,
        })
    };
    let document: Value = json!({
        "schema": "tally/overview/1", "as": "supplier", "party": supplier.as_str(), "by": by.name(),
        "as_of": calls.as_of.map(|at| at.to_string()), "calls": calls.spans.iter().map(row).collect::<Vec<_>>(),
        "tests": calls.trials.iter().map(tried).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}
