//! NDJSON: events as they will stand in the log.

use std::collections::BTreeMap;

use super::REQUEST;
use super::draft::Draft;
use crate::wire::decode::Json;
use crate::wire::document::{Faults, Place, SourceFile};

pub fn read<'a>(file: &'a SourceFile, faults: &Faults<'_>) -> Vec<Draft<'a>> {
    let mut drafts = Vec::new();
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let text = line.trim();
        let place = Place { file: 0, start, end: start + line.trim_end().len() };
        start += line.len();
        if !text.is_empty() {
            drafts.extend(draft(text, place, faults));
        }
    }
    if drafts.is_empty() {
        faults.add_if_parsed(Place { file: 0, start: 0, end: 0 }, "there is no event in it", "a CloudEvent on each line");
    }
    drafts
}

fn draft<'a>(text: &'a str, place: Place, faults: &Faults<'_>) -> Option<Draft<'a>> {
    let json = Json::parse(text.as_bytes()).map_err(|fault| faults.add_syntax(place, fault.detail, EVENT.to_owned())).ok()?;
    let Json::Object(mut attributes) = json else {
        faults.add_syntax(place, "the line is no JSON object".to_owned(), EVENT.to_owned());
        return None;
    };
    let data = match attributes.remove("data") {
        Some(Json::Object(data)) => data,
        _ => BTreeMap::new(),
    };
    let mut draft = Draft { place, keys: BTreeMap::new(), attributes, data, subjects: Vec::new(), verbatim: Some(text), is_short: false };
    if let Some(subjects) = municipalities(&draft) {
        draft.data.remove("municipalities");
        draft.subjects = subjects;
        draft.verbatim = None;
    }
    Some(draft)
}

const EVENT: &str = "a whole CloudEvent on this line";

/// Those of a request for an agreement that is asked of several at once.
pub fn municipalities(draft: &Draft<'_>) -> Option<Vec<String>> {
    let Some(Json::List(items)) = draft.data.get("municipalities").filter(|_| draft.kind() == REQUEST) else { return None };
    let names: Option<Vec<String>> = items.iter().map(|item| item.text().map(str::to_owned)).collect();
    names.filter(|names| !names.is_empty())
}
