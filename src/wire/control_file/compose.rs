//! From a draft to the event as it will stand in the log.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::draft::Draft;
use crate::domain::instant::Instant;
use crate::wire::decode::Json;

/// Who says events that do not say it themselves.
const SOURCE: &str = "//tally/control";
/// Hexadecimal digits of the digest in an id.
const ID_DIGITS: usize = 32;
/// These first, as people read events.
const FIRST: [&str; 6] = ["specversion", "id", "source", "type", "subject", "time"];

/// The event for one of the draft's subjects.
#[must_use]
pub fn event(draft: &Draft<'_>, subject: Option<&str>, at: Instant) -> String {
    let mut attributes = draft.attributes.clone();
    let text = |text: &str| Json::Text(text.to_owned());
    attributes.entry("specversion".to_owned()).or_insert_with(|| text("1.0"));
    attributes.entry("source".to_owned()).or_insert_with(|| text(SOURCE));
    if let Some(subject) = subject {
        attributes.insert("subject".to_owned(), text(subject));
    }
    let own = attributes.get("id").and_then(Json::text);
    let id = match (own, subject) {
        (Some(id), Some(subject)) => format!("{id}-{subject}"),
        (Some(id), None) => id.to_owned(),
        (None, _) => id_of(&attributes, &draft.data),
    };
    attributes.insert("id".to_owned(), Json::Text(id));
    // Not part of the id: else a file that is told twice would be two events.
    attributes.entry("time".to_owned()).or_insert_with(|| Json::Text(at.to_string()));
    written(attributes, &draft.data)
}

/// The digest of all that an event says.
fn id_of(attributes: &BTreeMap<String, Json>, data: &BTreeMap<String, Json>) -> String {
    let mut whole = attributes.clone();
    whole.insert("data".to_owned(), Json::Object(data.clone()));
    let digest = Sha256::digest(Json::Object(whole).to_string().as_bytes());
    hex::encode(digest).chars().take(ID_DIGITS).collect()
}

fn written(mut attributes: BTreeMap<String, Json>, data: &BTreeMap<String, Json>) -> String {
    let first = FIRST.iter().filter_map(|name| attributes.remove(*name).map(|value| ((*name).to_owned(), value)));
    let first: Vec<(String, Json)> = first.collect();
    let members: Vec<String> = first.into_iter().chain(attributes).map(|(name, value)| format!("{}:{value}", Json::Text(name))).collect();
    format!("{{{},\"data\":{}}}", members.join(","), Json::Object(data.clone()))
}
