//! The committed lines of an output file, one after the other.

use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::lines;

pub use lines::Line as OutputLine;

#[derive(Debug, Error, Diagnostic)]
#[error("cannot read {}: {source}; let the user that verifies read it, then verify again", path.display())]
pub struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

pub struct Lines {
    path: PathBuf,
    /// None: there is no such file.
    lines: Option<lines::Lines>,
}

impl Lines {
    /// Reads up to `length` bytes, which is where the last commit ends.
    ///
    /// # Errors
    /// The file is there and cannot be opened.
    pub fn open(path: &Path, length: u64) -> Result<Self, Unreadable> {
        let lines = match lines::Lines::of_first(path, length) {
            Ok(lines) => Some(lines),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(Unreadable { path: path.to_owned(), source }),
        };
        Ok(Self { path: path.to_owned(), lines })
    }
}

impl Iterator for Lines {
    type Item = Result<OutputLine, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.as_mut()?.next()?;
        Some(line.map_err(|source| Unreadable { path: self.path.clone(), source }))
    }
}
