//! The directory changes: what waits is tried against it.

use std::sync::Arc;

use crate::domain::catalog::Catalog;
use crate::domain::directory::{CertificateVersion, DirectoryEntry, DirectoryFact, DirectoryKey};

use super::input::{EngineError, Step};
use super::partition::Engine;

/// Why a fact is refused: a certificate of a kind that the catalog does not allow (REQUIREMENTS P8).
pub(super) fn why_not(fact: &DirectoryFact, catalog: &Catalog) -> Option<String> {
    let DirectoryFact::Certificate(_, CertificateVersion { kind, .. }) = fact else { return None };
    let allowed = &catalog.certificate_kinds;
    let known = allowed.contains(kind);
    (!known).then(|| format!("a certificate of the kind `{kind}` is not allowed, only {}", allowed.join(", ")))
}

impl Engine {
    /// Takes a fact in, and tries all waiting events again. Told again, it changes nothing; after an interruption it
    /// goes on: so it tries them even if it has known the fact before.
    pub(super) fn fold_directory(&mut self, fact: &DirectoryFact) -> Result<Step<()>, EngineError> {
        if self.recheck.is_none() {
            let changed = Arc::make_mut(&mut self.world).directory.put(fact);
            self.directory_changes.extend(changed);
        }
        self.recheck_waiting()
    }

    pub(super) fn restore_directory(&mut self, key: DirectoryKey, entry: DirectoryEntry) {
        Arc::make_mut(&mut self.world).directory.restore(key, entry);
    }
}
