//! What an event is judged against, beside its customer: the catalog in force and the directory.

use std::sync::Arc;

use crate::domain::catalog::Catalog;
use crate::domain::directory::Directory;
use crate::domain::instant::Instant;

#[derive(Debug, Clone)]
pub struct World {
    pub catalog: Arc<Catalog>,
    pub directory: Directory,
}

impl World {
    /// Up to when what was due is done at a log time: before the freeze window that puts things off, if there is one.
    #[must_use]
    pub fn done_until(&self, now: Instant) -> Instant {
        self.directory.freezes().done_until(now)
    }
}
