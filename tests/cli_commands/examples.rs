//! Journals of the examples, run by the program.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::{path, tally};

pub const EXAMPLES: [&str; 6] = ["agreements", "archive", "calendar-edge", "late-correction", "packages", "quarterly-lookups"];

/// The example, run to its end.
pub fn ran(name: &str) -> TempDir {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/examples").join(name);
    let dir = tempfile::tempdir().unwrap();
    for file in ["catalog.toml", "in/usage-control/0.ndjson", "in/usage-events/0.ndjson"] {
        let to = dir.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(example.join(file), to).unwrap();
    }
    let until = fs::read_to_string(example.join("until.txt")).unwrap();
    let said = tally(&["run", "--journal", path(dir.path()), "--until", until.trim()]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    dir
}

pub fn records_file(dir: &Path) -> PathBuf {
    dir.join("out/billing-records.ndjson")
}

pub fn records(dir: &Path) -> Vec<Value> {
    fs::read_to_string(records_file(dir)).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
