//! How much of each output file counts as published.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::app::{self, AppError, Commit};
use crate::journal::{JournalDirectory, OUTPUT_FILES};

/// A process that works on the journal has committed what it wrote long before these are over.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// Bytes to read of each output file, in the order of [`OUTPUT_FILES`].
///
/// What is behind the last commit is not published yet if a process is about to commit it. If none
/// is, it should not be there, and is read too.
///
/// # Errors
/// The state cannot be read.
pub fn published(journal: &JournalDirectory, commit: &Commit) -> Result<[u64; OUTPUT_FILES.len()], AppError> {
    for _ in 0..LOOKS {
        if lengths(journal) == commit.lengths.0 {
            return Ok(commit.lengths.0);
        }
        thread::sleep(BETWEEN_LOOKS);
        if app::last_commit(journal)?.lengths != commit.lengths {
            return Ok(commit.lengths.0);
        }
    }
    Ok([u64::MAX; OUTPUT_FILES.len()])
}

fn lengths(journal: &JournalDirectory) -> [u64; OUTPUT_FILES.len()] {
    OUTPUT_FILES.map(|name| fs::metadata(journal.outputs().join(name)).map_or(0, |metadata| metadata.len()))
}
