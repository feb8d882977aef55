//! Where a line's events are, and how anybody makes their digest anew.

use super::page::Page;
use super::voice::Voice;
use crate::wire::published::{Lineage, Record};

/// The layout of an entry, as `docs/consumers.md` has it.
const ENTRY: &[(&str, &str)] = &[
    ("0", "text.recipe_version"),
    ("1", "text.recipe_action"),
    ("2–3", "text.recipe_zero"),
    ("4–7", "text.recipe_created"),
    ("8–23", "text.recipe_id"),
    ("24–31", "text.recipe_time"),
    ("32–47", "text.recipe_quantity"),
    ("48–55", "text.recipe_customer"),
    ("56–63", "text.recipe_service"),
];

pub fn recipe(record: &Record, voice: &Voice, page: &mut Page) {
    page.heading(&voice.say("label.check", &[]));
    page.paragraph(&voice.say("text.check_events", &[("number", &record.number)]));
    page.paragraph(&voice.say("text.check_verify", &[]));
    page.paragraph(&voice.say("text.check_recipe", &[]));
    for (bytes, text) in ENTRY {
        page.block(&format!("    {bytes:<6}  {}\n", voice.say(text, &[])));
    }
}

#[must_use]
pub fn origin(lineage: &Lineage, voice: &Voice) -> String {
    let digest = hex_of(&lineage.digest);
    match lineage.offsets {
        Some(offsets) => {
            let (first, last) = (offsets.first.to_string(), offsets.last.to_string());
            voice.say("text.origin", &[("first", &first), ("last", &last), ("digest", digest)])
        }
        None => voice.say("text.origin_none", &[("digest", digest)]),
    }
}

#[must_use]
pub fn hex_of(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}
