//! Where a log is folded anew: a directory of its own that goes when the verification ends.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
#[error("cannot make the temporary directory {}: {source}; set TMPDIR to a place with room for state and outputs", path.display())]
pub struct NoWorkDirectory {
    path: PathBuf,
    source: io::Error,
}

/// Removed when dropped.
#[derive(Debug)]
pub struct WorkDirectory {
    path: PathBuf,
}

impl WorkDirectory {
    /// # Errors
    /// It cannot be made, or is there already.
    pub fn create() -> Result<Self, NoWorkDirectory> {
        let path = env::temp_dir().join(format!("tally-verify-{}", std::process::id()));
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(NoWorkDirectory { path, source }),
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for WorkDirectory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!("{} stays: {error}; remove it", self.path.display());
        }
    }
}
