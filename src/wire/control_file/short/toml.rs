//! The short form in TOML.

use std::slice;

use super::{EVENT, Members, Short};
use crate::wire::control_file::draft::Draft;
use crate::wire::document::{Faults, SourceFile, Table, parse, readable};

pub fn read(file: &SourceFile, faults: &Faults<'_>) -> Vec<Draft<'static>> {
    let texts = readable(slice::from_ref(file), faults);
    let documents = parse(&texts);
    let Some(table) = documents.first().map(|document| document.table(faults)) else { return Vec::new() };
    let mut short = Short { head: members(&table), events: Vec::new() };
    short.head.remove(EVENT);
    for event in table.find(EVENT).and_then(|events| events.items()).unwrap_or_default() {
        short.events.extend(event.table().map(|table| (event.place(), members(&table))));
    }
    short.drafts(faults)
}

fn members(table: &Table<'_>) -> Members {
    let is_of_head = |name: &str| table.path().is_empty() && name == EVENT;
    let named = table.values().filter(|(name, _)| !is_of_head(name));
    named.filter_map(|(name, value)| Some((name.to_owned(), (value.key_place(), value.json()?)))).collect()
}
