//! A catalog from disk: one file, or a folder of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::source_files::{FileProblem, read_source};
use crate::domain::catalog::Catalog;
use crate::wire::catalog;
use crate::wire::document::SourceFile;

/// The catalog at a path, and the files that it was read from.
///
/// # Errors
/// Files are missing or unreadable, or the catalog has faults (all of them are in the error).
pub fn load_catalog(path: &Path) -> Result<(Catalog, Vec<SourceFile>), FileProblem> {
    let files: Vec<SourceFile> = toml_files(path)?.iter().map(|file| read_source(file)).collect::<Result<_, _>>()?;
    if files.is_empty() {
        return Err(FileProblem::NoFiles { path: path.to_owned() });
    }
    match catalog::read(&files) {
        Ok(catalog) => Ok((catalog, files)),
        Err(faults) => Err(FileProblem::Faults { path: path.to_owned(), faults, files }),
    }
}

fn toml_files(path: &Path) -> Result<Vec<PathBuf>, FileProblem> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let listed: io::Result<Vec<PathBuf>> = fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut files = listed.map_err(|source| FileProblem::Unreadable { path: path.to_owned(), source })?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml") && file.is_file());
    files.sort();
    Ok(files)
}
