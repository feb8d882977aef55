//! The key ring on disk: read, guarded, replaced, and looked at again while tally runs.
//!
//! It lies outside of the configuration: where it is stands in `--keys`, in `TALLY_KEYS`, or in `[privacy]`.

mod fault;
mod file;
mod watched;

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use fault::KeyringFault;
pub use file::{Guard, create, load, seeds};
pub use watched::WatchedRing;

use crate::pipeline::NoKeys;
use crate::pipeline::ports::Keys;

/// The variable of the environment that names the ring.
pub const VARIABLE: &str = "TALLY_KEYS";

/// Where the ring is: as it was named, else by the environment, else by the configuration. None: there is none.
#[must_use]
pub fn place(named: Option<&Path>, configured: Option<&Path>) -> Option<PathBuf> {
    let of_environment = || env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    named.map(Path::to_owned).or_else(of_environment).or_else(|| configured.map(Path::to_owned))
}

/// The keys at a place; without a place, none.
///
/// # Errors
/// The file is not there, open to others, or no key ring.
pub fn open(place: Option<&Path>) -> Result<Arc<dyn Keys>, KeyringFault> {
    match place {
        None => Ok(Arc::new(NoKeys)),
        Some(path) => Ok(Arc::new(WatchedRing::open(path)?)),
    }
}
