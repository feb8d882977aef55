//! The demo's directory: new, empty, or its own from an earlier time. Nobody's files are touched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

/// Says that a directory is a demo's, and may be made anew.
const MARK: &str = ".tally-demo";
const MARK_TEXT: &str = "Made by `tally demo`, which replaces in/, out/, state/, invoices/ and catalog.toml here when it is run again.\n";
const OWN: [&str; 5] = ["in", "out", "state", "invoices", "catalog.toml"];

#[derive(Debug, Error, Diagnostic)]
pub enum PlaceError {
    #[error("{path} is not empty and no earlier demo's; name another directory: `tally demo --dir DIR`")]
    Taken { path: PathBuf },
    #[error("cannot use {path}: {source}; name another directory: `tally demo --dir DIR`")]
    Unusable { path: PathBuf, source: io::Error },
}

/// Makes the directory ready for a new demo.
pub fn prepare(dir: &Path) -> Result<(), PlaceError> {
    let unusable = |source| PlaceError::Unusable { path: dir.to_owned(), source };
    fs::create_dir_all(dir).map_err(unusable)?;
    if dir.join(MARK).is_file() {
        return OWN.iter().try_for_each(|name| remove(&dir.join(name))).map_err(unusable);
    }
    if fs::read_dir(dir).map_err(unusable)?.next().is_some() {
        return Err(PlaceError::Taken { path: dir.to_owned() });
    }
    fs::write(dir.join(MARK), MARK_TEXT).map_err(unusable)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
