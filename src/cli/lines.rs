//! The lines of a journal's file, one after the other.
//!
//! A last line without an end is still being written: it was not published, and is no line yet. `tally verify` alone looks
//! at it too, because it knows where the last commit ends.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// A line, and its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1 on, of those that were read.
    pub number: u64,
    /// The byte behind it, from the beginning of the file.
    pub next: u64,
    /// Without the newline.
    pub bytes: Vec<u8>,
}

pub struct Lines {
    reader: io::Take<BufReader<File>>,
    number: u64,
    next: u64,
    takes_rest: bool,
}

impl Lines {
    /// # Errors
    /// The file cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of(File::open(path)?, 0)
    }

    /// From a byte on, with which a line begins.
    ///
    /// # Errors
    /// The file cannot be read there.
    pub fn of(mut file: File, from: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(from))?;
        Ok(Self { reader: BufReader::new(file).take(u64::MAX), number: 0, next: from, takes_rest: false })
    }

    /// The first `length` bytes; what follows their last newline is a line too.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn of_first(path: &Path, length: u64) -> io::Result<Self> {
        let reader = BufReader::new(File::open(path)?).take(length);
        Ok(Self { reader, number: 0, next: 0, takes_rest: true })
    }
}

impl Iterator for Lines {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = Vec::new();
        let read = match self.reader.read_until(b'\n', &mut bytes) {
            Ok(read) => read,
            Err(fault) => return Some(Err(fault)),
        };
        let is_whole = bytes.pop_if(|last| *last == b'\n').is_some();
        if read == 0 || !(is_whole || self.takes_rest) {
            return None;
        }
        self.number += 1;
        self.next += read as u64;
        Some(Ok(Line { number: self.number, next: self.next, bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_an_end_is_none_yet() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("lines");
        let check = |text: &str, from: u64, expect: &[(u64, u64, &str)]| {
            std::fs::write(&path, text).expect("a file");
            let lines = Lines::of(File::open(&path).expect("a file"), from).expect("a reader");
            let found: Vec<_> = lines.map(|line| line.expect("a line")).collect();
            let found: Vec<_> =
                found.iter().map(|line| (line.number, line.next, std::str::from_utf8(&line.bytes).expect("text"))).collect();
            assert_eq!(found, expect, "{text:?} from {from}");
        };
        check("", 0, &[]);
        check("a", 0, &[]);
        check("a\n\nbc\nd", 0, &[(1, 2, "a"), (2, 3, ""), (3, 6, "bc")]);
        check("a\n\nbc\nd", 3, &[(1, 6, "bc")]);
        std::fs::write(&path, "a\nbcd").expect("a file");
        let first: Vec<_> = Lines::of_first(&path, 4).expect("a reader").map(|line| line.expect("a line").bytes).collect();
        assert_eq!(first, [b"a".to_vec(), b"bc".to_vec()]);
    }
}
