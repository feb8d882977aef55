//! An event of a file before it is one.

use std::collections::BTreeMap;

use crate::wire::decode::Json;
use crate::wire::document::Place;

/// What a file says of one event, or of the same event for several subjects.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    pub place: Place,
    /// Where the members of its data stand, as far as known.
    pub keys: BTreeMap<String, Place>,
    /// All that is not data.
    pub attributes: BTreeMap<String, Json>,
    pub data: BTreeMap<String, Json>,
    /// One event is made for each; empty: it is one as it stands.
    pub subjects: Vec<String>,
    /// To be written as it stands.
    pub verbatim: Option<&'a str>,
    /// In the short form: somebody wrote it, and says who and why.
    pub is_short: bool,
}

impl Draft<'_> {
    #[must_use]
    pub fn kind(&self) -> &str {
        self.attributes.get("type").and_then(Json::text).unwrap_or_default()
    }

    /// Where a fault is that names a member of its data: `data.from` or `data.endpoint.id`.
    #[must_use]
    pub fn place_of(&self, what: &str) -> Place {
        let named = what.split_once("`data.").and_then(|(_, rest)| rest.split(['`', '.']).next());
        named.and_then(|name| self.keys.get(name)).copied().unwrap_or(self.place)
    }
}
