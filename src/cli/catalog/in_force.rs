//! Which catalog each partition has in force, out of the stores of a state directory.

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::state_dir::StateDir;
use crate::domain::state::{Meta, StateKey, StateValue};
use crate::pipeline::ports::{Store as _, StoreError};
use crate::wire::stored::{StoredError, key, value};

#[derive(Debug, Error, Diagnostic)]
pub enum StateError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("partition {partition}: {source}")]
    Stored { partition: u32, source: StoredError },
}

/// What each partition keeps once; none that was never begun.
pub fn read(state: &StateDir) -> Result<Vec<(u32, Meta)>, StateError> {
    if !state.path.exists() {
        return Ok(Vec::new());
    }
    let (stores, partitions) = state.open()?;
    let mut found = Vec::new();
    for partition in partitions {
        let values = stores.open_read_only(partition)?.get_many(&[key::encode(&StateKey::Meta)])?;
        if let Some(bytes) = values.into_iter().next().flatten() {
            let decoded = value::decode(&StateKey::Meta, &bytes).map_err(|source| StateError::Stored { partition, source })?;
            if let StateValue::Meta(meta) = decoded {
                found.push((partition, meta));
            }
        }
    }
    Ok(found)
}
