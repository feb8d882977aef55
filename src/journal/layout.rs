//! Where things are in a journal directory.

use std::path::{Path, PathBuf};

use crate::pipeline::ports::{Lane, SourceError};

/// A directory that holds a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalDirectory {
    path: PathBuf,
}

impl JournalDirectory {
    /// Takes a directory with inputs; one without them is most likely a wrong path.
    ///
    /// # Errors
    /// [`SourceError::Fatal`] if it has no `in/`.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        if path.join("in").is_dir() {
            return Ok(Self { path: path.to_owned() });
        }
        let path = path.display();
        Err(SourceError::Fatal(format!(
            "{path} is no journal: it has no directory `in`; put inputs into {path}/in/usage-events/*.ndjson \
             and {path}/in/usage-control/*.ndjson, or name another directory"
        )))
    }

    #[must_use]
    pub fn inputs(&self, lane: Lane) -> PathBuf {
        self.path.join("in").join(match lane {
            Lane::Control => "usage-control",
            Lane::Usage => "usage-events",
        })
    }

    #[must_use]
    pub fn outputs(&self) -> PathBuf {
        self.path.join("out")
    }

    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.path.join("state")
    }
}
