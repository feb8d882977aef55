//! `tally.toml` from disk.

use std::env;
use std::fs;
use std::path::Path;

use super::source_files::{FileProblem, read_source};
use crate::config::{self, Config, Surroundings};
use crate::keyring;

/// # Errors
/// The file is unreadable, or has faults (all of them are in the error).
pub fn load_config(path: &Path) -> Result<Config, FileProblem> {
    let file = read_source(path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let read = config::read(&file, Surroundings { folder, host: &host() }).map(|mut config| {
        config.privacy.keys = keyring::place(None, config.privacy.keys.as_deref());
        config
    });
    read.map_err(|faults| FileProblem::Faults { path: path.to_owned(), faults, files: vec![file] })
}

/// The name of this machine, where there is one.
fn host() -> String {
    let from_system = || fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = env::var("HOSTNAME").unwrap_or_else(|_| from_system());
    let name = name.trim();
    if name.is_empty() { "tally-0".to_owned() } else { name.to_owned() }
}
