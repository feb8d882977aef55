//! The short form: events without their envelope.
//!
//! ```toml
//! actor = "anna"                            # goes into the data of every event that has none of its own
//! reason = "decision 12/2026"
//!
//! [[event]]
//! type = "tally.activation.v1"
//! subjects = ["SE-0180", "SE-1480"]         # one event for each
//! service = "sms"                           # all other keys are members of `data`
//! from = 2026-01-01T00:00:00Z
//! ```
//!
//! In JSON: the same names, with `"event": [{...}]`.

mod json;
mod toml;

use std::collections::BTreeMap;

use super::draft::Draft;
use super::lines;
use crate::wire::decode::Json;
use crate::wire::document::{Faults, Place, closest};

pub use json::read as of_json;
pub use toml::read as of_toml;

/// Members of every event's data, unless it has its own.
const OF_DATA: [&str; 3] = ["actor", "approver", "reason"];
/// Attributes of every event.
const OF_ENVELOPE: [&str; 2] = ["source", "time"];
const ATTRIBUTES: [&str; 5] = ["type", "subject", "id", "time", "recordedtime"];
const EVENT: &str = "event";

type Members = BTreeMap<String, (Place, Json)>;

/// A file in the short form.
struct Short {
    head: Members,
    events: Vec<(Place, Members)>,
}

impl Short {
    fn drafts(self, faults: &Faults<'_>) -> Vec<Draft<'static>> {
        let known: Vec<&str> = OF_DATA.into_iter().chain(OF_ENVELOPE).chain([EVENT]).collect();
        for (name, (place, value)) in &self.head {
            if !known.contains(&name.as_str()) {
                let meant = closest(name, known.iter().copied());
                let write = meant.map_or("it below [[event]]".to_owned(), |meant| format!("`{meant}`, or move it below [[event]]"));
                faults.add(*place, format!("unknown key `{name}` at the head of the file"), write);
            } else if value.text().is_none() {
                faults.add(*place, format!("`{name}` is not a text"), format!("{name} = \"...\""));
            }
        }
        if self.events.is_empty() {
            faults.add_if_parsed(Place { file: 0, start: 0, end: 0 }, "there is no event in it", "[[event]] with a type");
        }
        self.events.into_iter().map(|(place, members)| draft(&self.head, place, members, faults)).collect()
    }
}

fn draft(head: &Members, place: Place, mut members: Members, faults: &Faults<'_>) -> Draft<'static> {
    let mut attributes = BTreeMap::new();
    for name in OF_ENVELOPE {
        attributes.extend(head.get(name).map(|(_, value)| (name.to_owned(), value.clone())));
    }
    let mut keys = BTreeMap::new();
    for name in ATTRIBUTES {
        let Some((place, value)) = members.remove(name) else { continue };
        keys.extend(Some(place).filter(|_| name == "type").map(|place| (name.to_owned(), place)));
        if value.text().is_none() {
            faults.add(place, format!("`{name}` is not a text"), format!("{name} = \"...\""));
        }
        attributes.insert(name.to_owned(), value);
    }
    let subjects = members.remove("subjects").map(|(place, value)| subjects(place, &value, &attributes, faults)).unwrap_or_default();
    let inner = members.remove("data");
    keys.extend(members.iter().map(|(name, (place, _))| (name.clone(), *place)));
    let mut data: BTreeMap<String, Json> = members.into_iter().map(|(name, (_, value))| (name, value)).collect();
    take_inner(inner, &mut keys, &mut data, faults);
    for name in OF_DATA {
        if let (false, Some((place, value))) = (data.contains_key(name), head.get(name)) {
            keys.insert(name.to_owned(), *place);
            data.insert(name.to_owned(), value.clone());
        }
    }
    let mut draft = Draft { place, keys, attributes, data, subjects, verbatim: None, is_short: true };
    if let Some(asked) = lines::municipalities(&draft).filter(|_| draft.subjects.is_empty()) {
        draft.data.remove("municipalities");
        draft.subjects = asked;
    }
    draft
}

/// Members of the data that are named like an attribute stand in a table of their own.
fn take_inner(inner: Option<(Place, Json)>, keys: &mut BTreeMap<String, Place>, data: &mut BTreeMap<String, Json>, faults: &Faults<'_>) {
    match inner {
        None => {}
        Some((place, Json::Object(inner))) => {
            for (name, value) in inner {
                keys.entry(name.clone()).or_insert(place);
                if data.insert(name.clone(), value).is_some() {
                    faults.add(place, format!("`{name}` is given in `data` and beside it"), "it once");
                }
            }
        }
        Some((place, _)) => faults.add(place, "`data` is not a table", "data = { ... }"),
    }
}

fn subjects(place: Place, value: &Json, attributes: &BTreeMap<String, Json>, faults: &Faults<'_>) -> Vec<String> {
    let example = "subjects = [\"SE-0180\", \"SE-1480\"]";
    if attributes.contains_key("subject") {
        faults.add(place, "`subject` and `subjects` are both given", "one of them");
    }
    let Json::List(items) = value else {
        faults.add(place, "`subjects` is not a list", example);
        return Vec::new();
    };
    let names: Vec<String> = items.iter().filter_map(|item| item.text().map(str::to_owned)).collect();
    if names.len() < items.len() || names.is_empty() {
        faults.add(place, "`subjects` is not a list of texts with something in it", example);
    }
    if let Some((_, twice)) = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|other| other == *name)) {
        faults.add(place, format!("`subjects` names {twice:?} twice"), "it once");
    }
    names
}
