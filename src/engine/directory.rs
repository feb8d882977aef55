//! The directory changes: what waits is tried against it.

use std::sync::Arc;

use crate::domain::directory::{DirectoryEntry, DirectoryFact, DirectoryKey};

use super::input::{EngineError, Step};
use super::partition::Engine;

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
