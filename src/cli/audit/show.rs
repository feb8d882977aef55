//! Rows for people and for programs.

use miette::{IntoDiagnostic as _, Result};
use serde_json::{Value, json};

use super::refused::Refusal;
use super::rows::Row;
use super::words;
use crate::cli::control_log::ControlLog;
use crate::cli::faults::counted;
use crate::cli::table::{Align, Table};
use crate::wire::decode::AnyEvent;

/// A table, and the number of its events.
#[must_use]
pub fn table(rows: &[&Row], partitions: u32) -> String {
    if rows.is_empty() {
        return "Nobody has done anything of that kind.\n".to_owned();
    }
    let mut table = Table::new(&["log time", "who", "what", "subject", "why", "event", "where"].map(|name| (name, Align::Left)));
    for row in rows {
        let (who, subject, why, event) = match &row.said {
            Some(said) => (who(said), said.subject.clone(), said.text("reason").map(str::to_owned), format!("{} {}", said.source, said.id)),
            None => (String::new(), None, None, String::new()),
        };
        table.row(vec![
            row.at.to_string(),
            who,
            what(row),
            subject.unwrap_or_default(),
            why.unwrap_or_default(),
            event,
            place(row, partitions),
        ]);
    }
    format!("{}\n{}.\n", table.render(), counted(rows.len(), "event"))
}

/// Who did it, and who agreed; else who sent it.
fn who(said: &AnyEvent) -> String {
    match (said.text("actor"), said.text("approver")) {
        (Some(actor), Some(approver)) => format!("{actor}, agreed by {approver}"),
        (Some(actor), None) => actor.to_owned(),
        (None, _) => format!("by source {}", said.source),
    }
}

fn what(row: &Row) -> String {
    let action = row.said.as_ref().map_or_else(|| "something that is no event".to_owned(), words::action);
    let unknown = if row.is_known { "" } else { " (a type that this version does not know)" };
    let told = |refusal: &Refusal| {
        let word = if refusal.is_ignored() { "WITHOUT EFFECT" } else { "REFUSED" };
        let detail = if refusal.detail.is_empty() { String::new() } else { format!(": {}", refusal.detail) };
        format!(" {word} ({}){detail}", refusal.reason)
    };
    let refused = row.refused.as_ref().map(told).unwrap_or_default();
    format!("{action}{unknown}{refused}")
}

fn place(row: &Row, partitions: u32) -> String {
    let copies = match row.copies.as_slice() {
        [(partition, offset)] if partitions == 1 || row.missing.is_empty() => format!("{partition}@{offset}"),
        all => format!("{} of {partitions} partitions", all.len()),
    };
    if row.missing.is_empty() { copies } else { format!("{copies}, MISSING ON {}", listed(&row.missing)) }
}

fn listed(partitions: &[u32]) -> String {
    partitions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What is missing where, and what to do.
#[must_use]
pub fn lacking(row: &Row) -> String {
    let (kind, subject, id) =
        row.said.as_ref().map_or(("", "", ""), |said| (&said.kind, said.subject.as_deref().unwrap_or_default(), &said.id));
    let missing = listed(&row.missing);
    format!(
        "{kind} {subject} ({id}) is missing on partition {missing}, so tally decides otherwise there than elsewhere; \
         apply it again with `tally control apply`, which writes it where it is missing"
    )
}

/// One JSON document.
///
/// # Errors
/// None that could happen: strings and numbers can be written.
pub fn json(log: &ControlLog, rows: &[&Row], lacking: usize) -> Result<String> {
    let document = json!({
        "schema": "tally/audit/1", "log": log.name(), "partitions": log.partitions(), "lacking": lacking,
        "events": rows.iter().map(|row| event(row)).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}

fn event(row: &Row) -> Value {
    let said = row.said.as_ref();
    let text = |member: &str| said.and_then(|said| said.text(member));
    let copy = |(partition, offset): &(u32, u64)| json!({"partition": partition, "offset": offset});
    json!({
        "log_time": row.at.to_string(), "actor": text("actor"), "approver": text("approver"), "reason": text("reason"),
        "type": said.map(|said| &said.kind), "action": said.map(words::action), "known": row.is_known,
        "subject": said.and_then(|said| said.subject.as_ref()), "source": said.map(|said| &said.source), "id": said.map(|said| &said.id),
        "time": said.map(|said| said.time.to_string()), "copies": row.copies.iter().map(copy).collect::<Vec<_>>(), "missing": row.missing,
        "refused": row.refused.as_ref().map(|refusal| json!({"reason": refusal.reason, "detail": refusal.detail})),
    })
}
