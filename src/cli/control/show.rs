//! What is, or would be, written where.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use miette::{IntoDiagnostic as _, Result};
use serde_json::{Value, json};

use super::plan::{Plan, Planned};
use crate::cli::faults::counted;
use crate::cli::table::{Align, Table};

pub fn text(plan: &Plan<'_>, written: bool, file: Option<&str>) -> String {
    let mut text = if written { String::new() } else { events(plan) + "\n" };
    let (new, part, there) = sums(plan);
    // Writing to a String cannot fail.
    let _ = match (plan.partitions, written) {
        (None, _) => writeln!(text, "{} good.", counted(plan.events.len(), "event")),
        (Some(_), true) => writeln!(text, "{} written{}.", counted(new + part, "event"), beside(part, there)),
        (Some(_), false) => writeln!(text, "{} to be written{}. Nothing was written.", counted(new + part, "event"), beside(part, there)),
    };
    let by_partition = by_partition(plan);
    if written && !by_partition.is_empty() {
        let mut table = Table::new(&[("partition", Align::Right), ("events", Align::Right)]);
        by_partition.iter().for_each(|(partition, count)| table.row(vec![partition.to_string(), count.to_string()]));
        let _ = write!(text, "\n{}", table.render());
    }
    if plan.partitions.is_some() && there > 0 {
        text.push_str("What is in the log already is not written again; to say it once more, give it an `id` or a `time` of its own.\n");
    }
    if let Some(file) = file {
        let _ = writeln!(text, "\nThey are in in/usage-control/{file}.");
    }
    text
}

/// New events, those that were on some of their partitions, and those that were on all.
fn sums(plan: &Plan<'_>) -> (usize, usize, usize) {
    let there = plan.events.iter().filter(|one| one.missing.is_empty()).count();
    let is_part = |one: &&Planned<'_>| !one.missing.is_empty() && one.missing.len() < one.partitions.len();
    let part = plan.events.iter().filter(is_part).count();
    (plan.events.len() - part - there, part, there)
}

fn beside(part: usize, there: usize) -> String {
    let mut text = String::new();
    if part > 0 {
        let _ = write!(text, ", of which {part} on the partitions that had lacked them");
    }
    if there > 0 {
        let _ = write!(text, "; {there} in the log already");
    }
    text
}

fn by_partition(plan: &Plan<'_>) -> BTreeMap<u32, usize> {
    let mut counts = BTreeMap::new();
    plan.events.iter().flat_map(|one| &one.missing).for_each(|partition| *counts.entry(*partition).or_default() += 1);
    counts
}

fn events(plan: &Plan<'_>) -> String {
    let mut table = Table::new(&["type", "subject", "goes to", "id"].map(|name| (name, Align::Left)));
    for one in &plan.events {
        let said = &one.told.said;
        table.row(vec![said.kind.clone(), said.subject.clone().unwrap_or_default(), goes_to(one, plan), said.id.clone()]);
    }
    table.render()
}

fn goes_to(one: &Planned<'_>, plan: &Plan<'_>) -> String {
    let is_of_customer = one.told.event.fact.is_of_customer();
    match (plan.partitions, one.missing.as_slice()) {
        (None, _) if is_of_customer => "its customer's partition".to_owned(),
        (None, _) => "every partition".to_owned(),
        (Some(_), []) => "in the log already".to_owned(),
        (Some(_), missing) if !is_of_customer && missing.len() == one.partitions.len() => format!("every partition ({})", missing.len()),
        (Some(_), missing) => format!("partition {}", missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// One JSON document.
///
/// # Errors
/// None that could happen: strings and numbers can be written.
pub fn json(plan: &Plan<'_>, written: bool, file: Option<&str>) -> Result<String> {
    let event = |one: &Planned<'_>| {
        json!({
            "type": one.told.said.kind, "subject": one.told.said.subject, "source": one.told.said.source, "id": one.told.said.id,
            "of_customer": one.told.event.fact.is_of_customer(), "partitions": one.partitions, "missing": one.missing,
        })
    };
    let (new, part, there) = sums(plan);
    let document: Value = json!({
        "schema": "tally/control/1", "written": written, "partitions": plan.partitions, "file": file,
        "events": plan.events.iter().map(event).collect::<Vec<_>>(),
        "sums": {"new": new, "completed": part, "known": there},
    });
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}
