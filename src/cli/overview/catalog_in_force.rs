//! The catalog that a partition has in force, among those that its run knows.

use std::process::ExitCode;
use std::sync::Arc;

use super::OverviewArgs;
use crate::cli::catalog::{Place, open};
use crate::cli::catalog_directory::CatalogDirectory;
use crate::cli::catalog_files::load_catalog;
use crate::cli::faults::{BAD_CONFIGURATION, report};
use crate::domain::catalog::Catalog;
use crate::domain::state::Meta;

/// All catalogs that may be in force.
pub struct Known(Vec<Arc<Catalog>>);

impl Known {
    /// # Errors
    /// The exit code, after the faults of one were told.
    pub fn of(args: &OverviewArgs, place: &Place) -> Result<Self, ExitCode> {
        let directory = args.place.directory_path(place).map(|path| open(&path)).transpose()?;
        let mut known: Vec<Arc<Catalog>> =
            directory.iter().flat_map(CatalogDirectory::entries).map(|(_, catalog)| Arc::clone(catalog)).collect();
        for path in args.catalog.iter().cloned().chain(place.initial()) {
            let (catalog, _) = load_catalog(&path).map_err(|problem| report(&problem))?;
            known.push(Arc::new(catalog));
        }
        Ok(Self(known))
    }

    /// # Errors
    /// The exit code, after it was told that nobody has it.
    pub fn in_force(&self, meta: &Meta) -> Result<Arc<Catalog>, ExitCode> {
        let digest = meta.in_force.map_or(meta.catalog_digest, |in_force| in_force.digest);
        let found = self.0.iter().find(|catalog| catalog.digest == digest);
        found.cloned().ok_or_else(|| {
            let digest = hex::encode(digest);
            eprintln!("error: the catalog in force (sha256:{digest}) is not among those of the run; name it with --catalog PATH");
            ExitCode::from(BAD_CONFIGURATION)
        })
    }
}
