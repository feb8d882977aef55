//! From text to TOML, with all faults of the syntax that can be told apart.

use toml::Spanned;
use toml::de::{DeTable, Error};

use super::fault::{Faults, Place};
use super::{SourceFile, Table};

/// A parsed file. Owns the tree that [`Table`] borrows.
pub struct Document<'a> {
    file: usize,
    root: Spanned<DeTable<'a>>,
}

/// Parses every file; where one has faults of the syntax, the rest of it is read all the same.
pub fn parse<'a>(files: &'a [SourceFile], faults: &Faults<'_>) -> Vec<Document<'a>> {
    files.iter().enumerate().map(|(file, source)| parse_one(file, &source.text, faults)).collect()
}

fn parse_one<'a>(file: usize, text: &'a str, faults: &Faults<'_>) -> Document<'a> {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or_default();
        let place = Place { file, start: span.start, end: span.end };
        // One slip makes the parser stumble several times: only the first of a line is kept.
        let (what, write_instead) = explain(error, faults.text_at(place));
        faults.add_syntax(place, what, write_instead);
    }
    Document { file, root }
}

fn explain(error: &Error, text: &str) -> (String, String) {
    if error.message().contains("duplicate key") {
        return ("this key is given twice".to_owned(), "it once".to_owned());
    }
    if error.message().contains("must be quoted") {
        return ("a text without quotes".to_owned(), format!("{text:?}"));
    }
    match error.message().split_once(", expected ") {
        Some((what, "nothing")) => (format!("not TOML: {what}"), "nothing here".to_owned()),
        Some((what, expected)) => (format!("not TOML: {what}"), format!("{expected} here")),
        None => (format!("not TOML: {}", error.message()), "it as https://toml.io says".to_owned()),
    }
}

impl<'a> Document<'a> {
    #[must_use]
    pub fn table(&'a self, faults: &'a Faults<'a>) -> Table<'a> {
        let place = Place { file: self.file, start: 0, end: 0 };
        Table::new(faults, String::new(), place, self.root.get_ref())
    }
}
