//! `[privacy]`

use std::path::PathBuf;

use super::Surroundings;
use crate::wire::document::Table;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privacy {
    /// The file of the key ring; none: `TALLY_KEYS` may name one, else nothing is sealed.
    pub keys: Option<PathBuf>,
}

pub fn read(table: &Table<'_>, around: Surroundings<'_>) -> Privacy {
    table.only(&["keys"]);
    Privacy { keys: table.find("keys").and_then(|value| value.words()).map(|text| around.path(text)) }
}
