//! The number of the layout on disk, so that an older program never misreads a newer directory.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::fault::{Rebuild, corrupt, unavailable};
use crate::pipeline::ports::StoreError;

/// Raise it when older programs must not touch the directory any more, and say how to migrate.
const FORMAT: u32 = 1;
const NAME: &str = "format";
const TITLE: &str = "tally-state";

/// Checks the number; a directory that holds nothing yet gets ours.
pub(super) fn check_or_create(directory: &Path, rebuild: Rebuild) -> Result<(), StoreError> {
    match read(directory)? {
        Some(text) => check(directory, rebuild, &text),
        None if holds_partitions(directory)? => Err(corrupt(directory, rebuild, "the file `format` is missing")),
        None => create(directory).map_err(|error| unavailable(&directory.join(NAME), "write", &error)),
    }
}

/// Checks the number of a directory that is only to be read.
pub(super) fn check_existing(directory: &Path, rebuild: Rebuild) -> Result<(), StoreError> {
    match read(directory)? {
        Some(text) => check(directory, rebuild, &text),
        None => Err(StoreError::Unavailable(format!("{} holds no state: check the path, or run the program first", directory.display()))),
    }
}

fn read(directory: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let path = directory.join(NAME);
    match fs::read(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unavailable(&path, "read", &error)),
    }
}

fn check(directory: &Path, rebuild: Rebuild, text: &[u8]) -> Result<(), StoreError> {
    match parse(text) {
        Some(number) if number > FORMAT => Err(StoreError::Newer(format!(
            "the state in {} has format {number}, written by a newer version of the program; this one \
             knows formats up to {FORMAT}: use the newer version, or another state directory",
            directory.display()
        ))),
        Some(FORMAT) => Ok(()),
        _ => Err(corrupt(directory, rebuild, "the file `format` does not hold a known number")),
    }
}

fn parse(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    text.strip_prefix(TITLE)?.trim().parse().ok()
}

fn holds_partitions(directory: &Path) -> Result<bool, StoreError> {
    let failed = |error: &io::Error| unavailable(directory, "list", error);
    for entry in fs::read_dir(directory).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?;
        if entry.file_name().to_string_lossy().starts_with("p-") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Renamed into place, so that a crash leaves either no number or a whole one.
fn create(directory: &Path) -> io::Result<()> {
    let draft = directory.join("format.new");
    let mut file = File::create(&draft)?;
    writeln!(file, "{TITLE} {FORMAT}")?;
    file.sync_all()?;
    fs::rename(&draft, directory.join(NAME))?;
    File::open(directory)?.sync_all()
}
