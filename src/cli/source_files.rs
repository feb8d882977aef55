//! TOML files from disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::wire::document::{Fault, SourceFile};

/// Why a catalog or a configuration cannot be used.
#[derive(Debug, Error)]
pub enum FileProblem {
    #[error("cannot read {}: {source}; check the path and its permissions", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} holds no *.toml file; put the catalog there, or name another path", path.display())]
    NoFiles { path: PathBuf },
    #[error("{} has {} faults; `tally check` shows them", path.display(), faults.len())]
    Faults { path: PathBuf, faults: Vec<Fault>, files: Vec<SourceFile> },
}

/// A file under the name by which the user called it.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read_source(path: &Path) -> Result<SourceFile, FileProblem> {
    let text = fs::read_to_string(path).map_err(|source| FileProblem::Unreadable { path: path.to_owned(), source })?;
    Ok(SourceFile { name: path.display().to_string(), text })
}
