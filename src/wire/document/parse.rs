//! From text to TOML, with all faults of the syntax that can be told apart.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, Error};

use super::fault::{Faults, Place};
use super::{SourceFile, Table};

/// A parsed file. Owns the tree that [`Table`] borrows.
pub struct Document<'a> {
    file: usize,
    root: Spanned<DeTable<'a>>,
}

/// Notes the faults of the syntax, and gives of each file what can be read in spite of them.
pub fn readable<'a>(files: &'a [SourceFile], faults: &Faults<'_>) -> Vec<Cow<'a, str>> {
    files.iter().enumerate().map(|(file, source)| readable_part(file, &source.text, faults)).collect()
}

fn readable_part<'a>(file: usize, text: &'a str, faults: &Faults<'_>) -> Cow<'a, str> {
    let (_, mut errors) = DeTable::parse_recoverable(text);
    let start = |error: &Error| error.span().unwrap_or_default().start;
    errors.sort_by_key(start);
    // Whatever follows an open bracket is taken for a part of it, and faulted: noise, but the first.
    let open = errors.iter().any(|error| error.message().starts_with("unclosed array,") || error.message().starts_with("unclosed inline"));
    if open {
        errors.truncate(1);
    }
    for error in &errors {
        let span = error.span().unwrap_or_default();
        let place = Place { file, start: span.start, end: span.end };
        let (what, write_instead) = explain(error, faults.text_at(place));
        let hint = if open { ", or close the list or table before it" } else { "" };
        faults.add_syntax(place, what, write_instead + hint);
    }
    if open { Cow::Borrowed("") } else { without_lone_keys(text, &errors) }
}

/// The parser recovers from all slips but this: behind a key without `=` it gives up.
fn without_lone_keys<'a>(text: &'a str, errors: &[Error]) -> Cow<'a, str> {
    let keys = errors.iter().filter(|error| error.message().starts_with("key with no value"));
    keys.fold(Cow::Borrowed(text), |text, error| {
        let line = line_around(&text, error.span().unwrap_or_default().start);
        let blank = " ".repeat(line.len());
        let mut kept = text.into_owned();
        kept.replace_range(line, &blank);
        Cow::Owned(kept)
    })
}

fn line_around(text: &str, offset: usize) -> Range<usize> {
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = offset + after.find('\n').unwrap_or(after.len());
    start..end.min(text.len())
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

/// Parses what [`readable`] left of each file.
#[must_use]
pub fn parse<'a>(texts: &'a [Cow<'_, str>]) -> Vec<Document<'a>> {
    let parse = |(file, text): (usize, &'a Cow<'_, str>)| Document { file, root: DeTable::parse_recoverable(text).0 };
    texts.iter().enumerate().map(parse).collect()
}

impl<'a> Document<'a> {
    #[must_use]
    pub fn table(&'a self, faults: &'a Faults<'a>) -> Table<'a> {
        let place = Place { file: self.file, start: 0, end: 0 };
        Table::new(faults, String::new(), place, self.root.get_ref())
    }
}
