//! A directory of catalogs: each entry, a *.toml file or a folder of them, is one whole catalog.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalog_files::load_catalog;
use super::source_files::FileProblem;
use crate::domain::catalog::Catalog;
use crate::pipeline::ports::Catalogs;

/// The catalogs that a log may put in force.
#[derive(Debug)]
pub struct CatalogDirectory {
    path: PathBuf,
    entries: Vec<(PathBuf, Arc<Catalog>)>,
}

impl CatalogDirectory {
    /// # Errors
    /// The directory cannot be read, or some of the catalogs cannot: every one that cannot.
    pub fn open(path: &Path) -> Result<Self, Vec<FileProblem>> {
        let (entries, problems) = read(path).map_err(|problem| vec![problem])?;
        if problems.is_empty() { Ok(Self { path: path.to_owned(), entries }) } else { Err(problems) }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where each is, by name.
    #[must_use]
    pub fn entries(&self) -> &[(PathBuf, Arc<Catalog>)] {
        &self.entries
    }
}

impl Catalogs for CatalogDirectory {
    fn known(&self) -> Vec<Arc<Catalog>> {
        self.entries.iter().map(|(_, catalog)| Arc::clone(catalog)).collect()
    }

    fn find(&self, digest: &[u8; 32]) -> Result<Arc<Catalog>, String> {
        let wanted = |(_, catalog): &(PathBuf, Arc<Catalog>)| (catalog.digest == *digest).then(|| Arc::clone(catalog));
        if let Some(found) = self.entries.iter().find_map(wanted) {
            return Ok(found);
        }
        let (entries, problems) = read(&self.path).map_err(|problem| problem.to_string())?;
        let bad = problems.iter().map(|problem| format!("; {problem}")).collect::<String>();
        entries.iter().find_map(wanted).ok_or_else(|| {
            format!(
                "none of the {} good catalogs in {} is it{bad}: put it there, unchanged to the byte",
                entries.len(),
                self.path.display()
            )
        })
    }
}

type Entries = Vec<(PathBuf, Arc<Catalog>)>;

/// Every entry in name order, and what is wrong with those that are no catalog.
fn read(path: &Path) -> Result<(Entries, Vec<FileProblem>), FileProblem> {
    let listed: io::Result<Vec<PathBuf>> = fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths = listed.map_err(|source| FileProblem::Unreadable { path: path.to_owned(), source })?;
    paths.retain(|path| is_catalog(path));
    paths.sort();
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match load_catalog(&path) {
            Ok((catalog, _)) => entries.push((path, Arc::new(catalog))),
            Err(problem) => problems.push(problem),
        }
    }
    Ok((entries, problems))
}

/// Hidden entries are half-written ones of editors and copying programs; other files may explain.
fn is_catalog(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && (path.is_dir() || path.extension().is_some_and(|extension| extension == "toml"))
}
