//! The events behind each line, told apart by customer, service and days, and their digest anew.
//!
//! What the input alone does not say is when a suspended event was released: the usual orders are
//! tried, and the digest says which one it was.

mod input;
mod select;
mod told;

pub mod journal;
pub mod topic;

pub use input::{Event, Input};

use super::find::Found;
use super::lineage::hex_of;
use super::voice::Voice;
use crate::cli::table::{Align, Table};
use crate::domain::catalog::Catalog;
use crate::domain::lineage::Lineage;
use crate::wire::published::Line;

/// The events of all lines as text, and whether every digest is the published one.
#[must_use]
pub fn list(found: &Found, input: &Input, catalog: &Catalog, voice: &Voice) -> (String, bool) {
    let record = &found.record;
    let (mut text, mut all_match) = (String::new(), true);
    for (place, line) in record.lines.iter().enumerate() {
        let number = line.number.to_string();
        text.extend(["\n", &voice.say("events.title", &[("number", &number)]), "\n"]);
        let before = record.lines.iter().take(place).find(|other| other.lineage.digest == line.lineage.digest);
        if let Some(other) = before.filter(|_| line.lineage.events > 0) {
            text.extend(["  ", &voice.say("events.same", &[("number", &other.number.to_string())]), ".\n"]);
        } else {
            let (listed, matching) = of_line(found, line, input, catalog, voice);
            text.push_str(&listed);
            all_match &= matching;
        }
    }
    (text, all_match)
}

fn of_line(found: &Found, line: &Line, input: &Input, catalog: &Catalog, voice: &Voice) -> (String, bool) {
    if line.lineage.events == 0 {
        return (format!("  {}.\n", voice.say("events.none", &[])), true);
    }
    let candidates = select::orders(found, line, input, catalog);
    let matching = candidates.iter().find(|events| digest(events) == hex_of(&line.lineage.digest));
    let shown = matching.or(candidates.first()).map_or(&[][..], Vec::as_slice);
    let (count, expected, digest) = (shown.len().to_string(), line.lineage.events.to_string(), digest(shown));
    let values = [("found", count.as_str()), ("expected", &expected), ("digest", &digest)];
    let verdict = match matching {
        Some(one) if one.len() == 1 => format!("  {}.\n", voice.say("events.match_one", &values)),
        Some(_) => format!("  {}.\n", voice.say("events.match", &values)),
        None => format!("  {}.\n  {}.\n", voice.say("events.mismatch", &values), voice.say("events.mismatch_why", &[])),
    };
    (table(shown, input.numbered, voice) + &verdict, matching.is_some())
}

fn digest(events: &[&Event]) -> String {
    let mut lineage = Lineage::default();
    events.iter().for_each(|event| lineage.push(&event.entry.to_bytes(), event.offset));
    hex::encode(lineage.digest())
}

fn table(events: &[&Event], numbered: &str, voice: &Voice) -> String {
    let of_archive = events.iter().any(|event| event.entry.action != 0);
    let head = [numbered, "events.time", "events.source", "events.id", "events.quantity", "events.action"];
    let head = head.map(|column| voice.say(column, &[]));
    let aligned = [Align::Right, Align::Left, Align::Left, Align::Left, Align::Right, Align::Left];
    let columns: Vec<(&str, Align)> = head.iter().map(String::as_str).zip(aligned).take(if of_archive { 6 } else { 5 }).collect();
    let mut table = Table::new(&columns);
    for event in events {
        let mut cells = vec![
            event.offset.to_string(),
            voice.instant(&event.entry.time.to_string()),
            event.source.clone(),
            event.id.clone(),
            voice.number(&event.entry.quantity.to_string()),
        ];
        if let (true, Some(created)) = (of_archive, event.created) {
            let action = if event.entry.action == 2 { "events.culled" } else { "events.created" };
            cells.push(voice.say(action, &[("date", &voice.date(created))]));
        }
        table.row(cells);
    }
    table.render()
}
