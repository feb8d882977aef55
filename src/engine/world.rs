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
    /// Does a freeze window put things off at a log time?
    #[must_use]
    pub fn is_frozen(&self, at: Instant) -> bool {
        self.directory.freezes().thawed(at) > at
    }
}
