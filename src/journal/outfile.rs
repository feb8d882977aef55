//! One output file: a committed prefix, and what is being appended.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::fault;
use crate::pipeline::ports::{Outlet, PublishError};

/// The output files; the order is that of the lengths in a receipt.
pub const NAMES: [&str; 3] = ["billing-records.ndjson", "usage-suspense.ndjson", "usage-notices.ndjson"];

/// The index in [`NAMES`]; none for what a journal has no file for.
pub(super) fn index(outlet: Outlet) -> Option<usize> {
    match outlet {
        Outlet::Records => Some(0),
        Outlet::Suspense => Some(1),
        Outlet::Notices => Some(2),
        Outlet::Forward(_) => None,
    }
}

/// Lines are gathered up to this before they are written.
const GATHER: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct OutFile {
    path: PathBuf,
    file: File,
    gathered: Vec<u8>,
    /// Bytes written and gathered.
    length: u64,
    /// Bytes of it that are safe on disk.
    synced: u64,
}

impl OutFile {
    /// Opens the file and cuts it to what was committed.
    pub fn recover(path: PathBuf, committed: u64) -> Result<Self, PublishError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).truncate(false).create(committed == 0);
        let mut file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(fault::damaged(&path, committed, "is missing"));
            }
            other => other.map_err(|error| fault::output(&path, "open", &error))?,
        };
        verify(&mut file, &path, committed)?;
        cut(&mut file, committed).map_err(|error| fault::output(&path, "cut back", &error))?;
        Ok(Self { path, file, gathered: Vec::new(), length: committed, synced: committed })
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    /// Appends a line. A newline within it would make two of it.
    pub fn append(&mut self, line: &[u8]) -> Result<(), PublishError> {
        if memchr::memchr(b'\n', line).is_some() {
            let path = self.path.display();
            return Err(PublishError::Fatal(format!("a line for {path} has a newline in it: this is a mistake in the program")));
        }
        self.gathered.extend_from_slice(line);
        self.gathered.push(b'\n');
        self.length += line.len() as u64 + 1;
        if self.gathered.len() >= GATHER { self.flush() } else { Ok(()) }
    }

    /// Makes everything appended safe against a crash.
    pub fn sync(&mut self) -> Result<(), PublishError> {
        if self.length == self.synced {
            return Ok(());
        }
        self.flush()?;
        self.file.sync_data().map_err(|error| fault::output(&self.path, "sync", &error))?;
        self.synced = self.length;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), PublishError> {
        self.file.write_all(&self.gathered).map_err(|error| fault::output(&self.path, "write to", &error))?;
        self.gathered.clear();
        Ok(())
    }
}

/// Refuses a file that is not the one that was committed.
fn verify(file: &mut File, path: &Path, committed: u64) -> Result<(), PublishError> {
    let failed = |error: &io::Error| fault::output(path, "read", error);
    let length = file.metadata().map_err(|error| failed(&error))?.len();
    if length < committed {
        return Err(fault::damaged(path, committed, &format!("has only {length} bytes")));
    }
    if committed > 0 {
        let mut last = [0];
        file.seek(SeekFrom::Start(committed - 1)).map_err(|error| failed(&error))?;
        file.read_exact(&mut last).map_err(|error| failed(&error))?;
        if last != *b"\n" {
            return Err(fault::damaged(path, committed, "was changed: no line ends where the last commit did"));
        }
    }
    Ok(())
}

/// Leaves the cursor there, so that the next line follows whatever others do to the file.
fn cut(file: &mut File, length: u64) -> io::Result<()> {
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    file.sync_all()
}
