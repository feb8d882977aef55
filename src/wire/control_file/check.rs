//! Whether an event of a file may go into the log.

use super::draft::Draft;
use super::{Told, compose};
use crate::domain::instant::Instant;
use crate::wire::control_words;
use crate::wire::decode::{self, ControlFault, Json};
use crate::wire::document::{Faults, closest};
use crate::wire::personal::{self, Forms};

/// Who did it, who agreed, and why.
const PEOPLE: [&str; 3] = ["actor", "approver", "reason"];
/// Moves the clock: nobody decides anything.
const TICK: &str = "tally.tick.v1";
/// Looks whether the run knows the catalog, before the log names it.
const CATALOG: &str = "tally.catalog.v1";

/// The events of a draft that are good; the faults of the others are noted.
pub fn told(draft: &Draft<'_>, file: usize, at: Instant, faults: &Faults<'_>) -> Vec<Told> {
    if !are_people_named(draft, faults) {
        return Vec::new();
    }
    if draft.kind() == CATALOG {
        let what = "a catalog that the run does not know would stop tally";
        faults.add(draft.place, what, "`tally catalog activate`, which looks for it first");
        return Vec::new();
    }
    let values: Vec<String> = match (draft.verbatim, draft.subjects.as_slice()) {
        (Some(text), _) => vec![text.to_owned()],
        (None, []) => vec![compose::event(draft, None, at)],
        (None, subjects) => subjects.iter().map(|subject| compose::event(draft, Some(subject), at)).collect(),
    };
    let mut told = Vec::with_capacity(values.len());
    for value in values {
        match decoded(value, draft, file) {
            Ok(good) => told.push(good),
            // Those of the other subjects have the same fault.
            Err(fault) => {
                note(&fault, draft, faults);
                break;
            }
        }
    }
    told
}

fn decoded(value: String, draft: &Draft<'_>, file: usize) -> Result<Told, ControlFault> {
    let event = decode::control(value.as_bytes(), &[])?;
    let said = decode::any_event(value.as_bytes(), &[])?;
    Ok(Told { event, said, value, file, place: draft.place })
}

fn note(fault: &ControlFault, draft: &Draft<'_>, faults: &Faults<'_>) {
    let what = match fault {
        ControlFault::Undecodable(detail) | ControlFault::BadData { detail, .. } | ControlFault::Personal { detail, .. } => detail,
    };
    // The event is written anew, so where in it the reader was says nothing.
    let what = what.split(" at byte ").next().unwrap_or(what);
    let is_data = draft.is_short && ["source", "id", "time", "type", "subject"].iter().any(|name| what.contains(&format!("`data.{name}`")));
    if let Some(place) = draft.keys.get("type").filter(|_| what.ends_with("is unknown")) {
        let meant = closest(draft.kind(), control_words::WORDS.iter().map(|(name, _)| *name));
        let write = meant.map_or("a type of docs/producers.md".to_owned(), |meant| format!("`{meant}`, if that is meant"));
        faults.add(*place, what, write);
        return;
    }
    let write = if is_data {
        "that member of the data into `data = { ... }`, because here it names an attribute of the event"
    } else {
        "it as docs/producers.md has it under \"Control events\""
    };
    faults.add(draft.place_of(what), what, write);
}

/// What is said of people is published, and judged by others: it must say something, and name nobody by a number.
fn are_people_named(draft: &Draft<'_>, faults: &Faults<'_>) -> bool {
    let mut good = true;
    for name in PEOPLE {
        let wrong = match draft.data.get(name) {
            Some(Json::Text(text)) if text.trim().is_empty() => Some("says nothing"),
            Some(Json::Text(text)) if personal::holds(text, Forms::All) => Some("holds a personal number"),
            Some(Json::Text(_)) => None,
            Some(_) => Some("is not a text"),
            None if draft.is_short && name != "approver" && draft.kind() != TICK => Some("is missing: who reads the log asks for it"),
            None => None,
        };
        if let Some(wrong) = wrong {
            let place = draft.keys.get(name).copied().unwrap_or(draft.place);
            faults.add(place, format!("`{name}` {wrong}"), format!("{name} = \"...\", here or at the head of the file"));
            good = false;
        }
    }
    let text = |name: &str| draft.data.get(name).and_then(Json::text).map(str::trim);
    if text("actor").is_some() && text("actor") == text("approver") {
        let place = draft.keys.get("approver").copied().unwrap_or(draft.place);
        faults.add(place, "`actor` and `approver` are the same person", "the other one who has agreed to it");
        good = false;
    }
    good
}
