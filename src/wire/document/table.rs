//! A table that is being read.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeString, DeTable};

use super::fault::{Faults, Place};
use super::suggest::{closest, one_of};
use super::value::Value;

/// A table with its place, and its path from the root, e.g. `plan.sms`.
#[derive(Clone)]
pub struct Table<'a> {
    faults: &'a Faults<'a>,
    path: String,
    place: Place,
    entries: &'a DeTable<'a>,
    /// Keys that are there under a wrong name: one slip, one fault.
    misspelt: RefCell<Vec<String>>,
}

impl<'a> Table<'a> {
    #[must_use]
    pub(super) fn new(faults: &'a Faults<'a>, path: String, place: Place, entries: &'a DeTable<'a>) -> Self {
        Self { faults, path, place, entries, misspelt: RefCell::default() }
    }

    /// Where its name stands.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    #[must_use]
    pub fn faults(&self) -> &'a Faults<'a> {
        self.faults
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Every other key is a fault. To be asked before [`Table::need`].
    pub fn only(&self, known: &[&str]) {
        let unknown = self.entries.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        for key in unknown {
            let name = key.get_ref().as_ref();
            let write = match closest(name, known.iter().copied()) {
                Some(meant) => {
                    self.misspelt.borrow_mut().push(meant.to_owned());
                    format!("`{meant}`, if that is meant, or remove it")
                }
                None => format!("{}, or remove it", one_of(known.iter().copied())),
            };
            self.faults.add_if_parsed(self.place_of(key), format!("unknown key `{}`", self.path_of(name)), write);
        }
    }

    /// A fault at this key, if it is there.
    pub fn forbid(&self, key: &str, what: &str, write_instead: &str) {
        if let Some((found, _)) = self.entries.get_key_value(key) {
            self.faults.add(self.place_of(found), format!("`{}` {what}", self.path_of(key)), write_instead);
        }
    }

    /// The value of an optional key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Value<'a>> {
        self.entries.get_key_value(key).map(|(key, value)| Value::new(self.faults, self.path_of(key.get_ref()), self.place_of(key), value))
    }

    /// The value of a required key; `example` is what to write when it is missing.
    #[must_use]
    pub fn need(&self, key: &str, example: &str) -> Option<Value<'a>> {
        let found = self.find(key);
        if found.is_none() && !self.misspelt.borrow().iter().any(|meant| meant == key) {
            self.faults.add_if_parsed(self.place, format!("`{}` is missing", self.path_of(key)), format!("e.g. {example}"));
        }
        found
    }

    /// All keys with their values.
    pub fn values(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        self.entries.iter().map(|(key, value)| {
            let name: &'a str = key.get_ref().as_ref();
            (name, Value::new(self.faults, self.path_of(name), self.place_of(key), value))
        })
    }

    fn place_of(&self, key: &Spanned<DeString<'_>>) -> Place {
        Place { file: self.place.file, start: key.span().start, end: key.span().end }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
