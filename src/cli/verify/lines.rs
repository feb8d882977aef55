//! The committed lines of an output file, one after the other.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
#[error("cannot read {}: {source}; let the user that verifies read it, then verify again", path.display())]
pub struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

/// A line and its number in the file, from 1 on.
#[derive(Debug, Clone)]
pub struct OutputLine {
    pub number: u64,
    /// Without the newline; what follows the last newline is a line too.
    pub bytes: Vec<u8>,
}

pub struct Lines {
    path: PathBuf,
    /// None: there is no such file.
    reader: Option<io::Take<BufReader<File>>>,
    read: u64,
}

impl Lines {
    /// Reads up to `length` bytes, which is where the last commit ends.
    ///
    /// # Errors
    /// The file is there and cannot be opened.
    pub fn open(path: &Path, length: u64) -> Result<Self, Unreadable> {
        let reader = match File::open(path) {
            Ok(file) => Some(BufReader::new(file).take(length)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(Unreadable { path: path.to_owned(), source }),
        };
        Ok(Self { path: path.to_owned(), reader, read: 0 })
    }
}

impl Iterator for Lines {
    type Item = Result<OutputLine, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = Vec::new();
        match self.reader.as_mut()?.read_until(b'\n', &mut bytes) {
            Ok(0) => None,
            Ok(_) => {
                self.read += 1;
                bytes.pop_if(|last| *last == b'\n');
                Some(Ok(OutputLine { number: self.read, bytes }))
            }
            Err(source) => Some(Err(Unreadable { path: self.path.clone(), source })),
        }
    }
}
