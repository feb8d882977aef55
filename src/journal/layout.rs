//! Where things are in a journal directory.

use std::path::{Path, PathBuf};

use crate::pipeline::ports::{Lane, SourceError};

/// A directory that holds a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalDirectory {
    path: PathBuf,
    /// Where outputs and state are: the same, unless the inputs are only to be read.
    work: PathBuf,
}

impl JournalDirectory {
    /// Takes a directory with inputs; one without them is most likely a wrong path.
    ///
    /// # Errors
    /// [`SourceError::Fatal`] if it has no `in/`.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        if path.join("in").is_dir() {
            return Ok(Self { path: path.to_owned(), work: path.to_owned() });
        }
        let path = path.display();
        Err(SourceError::Fatal(format!(
            "{path} is no journal: it has no directory `in`; put inputs into {path}/in/usage-events/*.ndjson \
             and {path}/in/usage-control/*.ndjson, or name another directory"
        )))
    }

    /// Outputs and state as a journal has them, of inputs that are elsewhere.
    #[must_use]
    pub fn made_in(work: &Path) -> Self {
        Self { path: work.to_owned(), work: work.to_owned() }
    }

    /// The same inputs, with outputs and state in a directory of their own: nothing is written to the journal.
    #[must_use]
    pub fn working_in(self, work: &Path) -> Self {
        Self { work: work.to_owned(), ..self }
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
        self.work.join("out")
    }

    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.work.join("state")
    }
}
