//! What an event is judged against, beside its customer: the catalog in force and the directory.

use std::sync::Arc;

use crate::domain::catalog::Catalog;
use crate::domain::directory::Directory;

#[derive(Debug, Clone)]
pub struct World {
    pub catalog: Arc<Catalog>,
    pub directory: Directory,
}
