//! Several files as one catalog: every table stands in one of them only.

use std::collections::BTreeMap;

use crate::wire::document::{Table, Value};

const KEYS: &[&str] = &[
    "version",
    "environment",
    "close",
    "dedupe",
    "time",
    "privacy",
    "certificates",
    "suspense",
    "sequence",
    "roster",
    "seller",
    "service",
    "plan",
];

/// The top levels of all files.
pub struct Sections<'a>(Vec<Table<'a>>);

impl<'a> Sections<'a> {
    #[must_use]
    pub fn of(roots: Vec<Table<'a>>) -> Self {
        for root in &roots {
            root.only(KEYS);
        }
        Self(roots)
    }

    /// The top of the first file: where that is said which belongs to no place.
    #[must_use]
    pub fn first(&self) -> Option<&Table<'a>> {
        self.0.first()
    }

    /// What stands once in all files.
    #[must_use]
    pub fn single(&self, key: &str) -> Option<Value<'a>> {
        let mut found = self.0.iter().filter_map(|root| root.find(key));
        let first = found.next()?;
        for again in found {
            let where_else = again.faults().whereabouts(first.key_place());
            again.faults().add(again.key_place(), format!("`{key}` stands in {where_else} too"), "it in one file only");
        }
        Some(first)
    }

    /// `[section.name]` tables by name.
    #[must_use]
    pub fn named(&self, section: &str) -> BTreeMap<&'a str, Table<'a>> {
        let mut named: BTreeMap<&str, Table<'a>> = BTreeMap::new();
        for (name, table) in self.0.iter().filter_map(|root| root.find(section)?.table()).flat_map(|table| tables_of(&table)) {
            if let Some(first) = named.get(name) {
                let where_else = table.faults().whereabouts(first.place());
                table.faults().add(
                    table.place(),
                    format!("`{}` stands in {where_else} too", table.path()),
                    "it in one file only, or another name",
                );
            } else {
                named.insert(name, table);
            }
        }
        named
    }
}

fn tables_of<'a>(section: &Table<'a>) -> Vec<(&'a str, Table<'a>)> {
    section.values().filter_map(|(name, value)| Some((name, value.table()?))).collect()
}
