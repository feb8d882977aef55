//! Faults, and where they are.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use super::SourceFile;

/// What is wrong, where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The bytes of the file's text that it is about, within one line.
    pub span: Range<usize>,
    pub what: String,
    pub write_instead: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}; write {}", self.file, self.line, self.column, self.what, self.write_instead)
    }
}

/// Bytes of one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub file: usize,
    pub start: usize,
    pub end: usize,
}

/// Collects the faults of all files.
pub struct Faults<'a> {
    files: &'a [SourceFile],
    found: RefCell<Vec<(Place, Fault)>>,
    /// File and line of each fault of the syntax.
    unparsed: RefCell<Vec<(usize, usize)>>,
}

impl<'a> Faults<'a> {
    #[must_use]
    pub fn new(files: &'a [SourceFile]) -> Self {
        Self { files, found: RefCell::default(), unparsed: RefCell::default() }
    }

    pub fn add(&self, place: Place, what: impl Into<String>, write_instead: impl Into<String>) {
        if !self.is_unparsed(place) {
            self.push(place, what.into(), write_instead.into());
        }
    }

    /// A fault of the syntax. What stands on its line is not judged any further.
    pub fn add_syntax(&self, place: Place, what: String, write_instead: String) {
        if !self.is_unparsed(place) {
            self.push(place, what, write_instead);
            self.unparsed.borrow_mut().push((place.file, self.position(place).0));
        }
    }

    /// Something is not there that should be, or there without a reason. After a fault of the syntax
    /// nobody knows: it may belong to what could not be read.
    pub fn add_if_parsed(&self, place: Place, what: impl Into<String>, write_instead: impl Into<String>) {
        if self.unparsed.borrow().is_empty() {
            self.add(place, what, write_instead);
        }
    }

    /// `file:line`, to refer to another place in a message.
    #[must_use]
    pub fn whereabouts(&self, place: Place) -> String {
        self.files.get(place.file).map_or_else(String::new, |file| format!("{}:{}", file.name, self.position(place).0))
    }

    /// The text at a place, as written.
    #[must_use]
    pub fn text_at(&self, place: Place) -> &'a str {
        self.files.get(place.file).and_then(|file| file.text.get(place.start..place.end)).unwrap_or_default()
    }

    fn push(&self, place: Place, what: String, write_instead: String) {
        let (line, column) = self.position(place);
        let (file, text) = self.files.get(place.file).map_or(("", ""), |file| (file.name.as_str(), file.text.as_str()));
        let span = first_line(text, place.start..place.end);
        let fault = Fault { file: file.to_owned(), line, column, span, what, write_instead };
        self.found.borrow_mut().push((place, fault));
    }

    fn is_unparsed(&self, place: Place) -> bool {
        self.unparsed.borrow().contains(&(place.file, self.position(place).0))
    }

    /// Line and column, both from 1.
    fn position(&self, place: Place) -> (usize, usize) {
        self.files.get(place.file).map_or((1, 1), |file| line_and_column(&file.text, place.start))
    }

    /// All of them, by file and place. What was read for two reasons is told once.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Fault> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|(place, _)| (place.file, place.start));
        found.dedup_by(|(_, later), (_, earlier)| later == earlier);
        found.into_iter().map(|(_, fault)| fault).collect()
    }
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Cut at the end of its first line: a mark over half a file shows nothing.
fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let length = text.get(span.clone()).and_then(|part| part.lines().next()).map_or(0, str::len);
    let start = span.start.min(text.len());
    start..start + length
}
