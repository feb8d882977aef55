//! Says what happened to the state, where, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use rocksdb::ErrorKind;

use crate::pipeline::ports::StoreError;

/// What a lost or damaged state is made anew from; decides what an error tells the reader to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rebuild {
    /// Kafka: every change is in the changelog topic too.
    FromChangelog,
    /// Journal: the inputs are still there, and give the same state and outputs again.
    FromInputs,
}

impl Rebuild {
    fn cure(self, path: &Path) -> String {
        let path = path.display();
        match self {
            Rebuild::FromChangelog => {
                format!("stop the program, remove {path} and start again: it is rebuilt from the changelog topic")
            }
            Rebuild::FromInputs => format!(
                "restore the whole journal directory from a backup, or remove {path} and run again: \
                 all inputs are read anew and give the same outputs (they must all still be there)"
            ),
        }
    }
}

/// Damage at `path`, with its cure.
pub(super) fn corrupt(path: &Path, rebuild: Rebuild, what: &str) -> StoreError {
    StoreError::Corrupt(format!("the state in {} is damaged: {what}; {}", path.display(), rebuild.cure(path)))
}

/// A failed file operation outside of `RocksDB`.
pub(super) fn unavailable(path: &Path, doing: &str, error: &io::Error) -> StoreError {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FULL,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => FORBIDDEN,
        _ => BROKEN,
    };
    StoreError::Unavailable(format!("cannot {doing} {}: {error}; {advice}", path.display()))
}

const FULL: &str = "the disk is full: free space or enlarge it, and start again; nothing half-done was kept";
const FORBIDDEN: &str = "let the user that runs the program read and write there, and start again";
const BROKEN: &str = "look after the disk and the file system, and start again; nothing half-done was kept";

/// Where a `RocksDB` lies, to translate its errors.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub path: PathBuf,
    pub rebuild: Rebuild,
}

impl Place {
    /// `RocksDB` tells kinds apart only roughly, so input/output errors are told apart by their text.
    pub fn translate(&self, doing: &str, error: &rocksdb::Error) -> StoreError {
        let text: &str = error.as_ref();
        match error.kind() {
            ErrorKind::Corruption => corrupt(&self.path, self.rebuild, text),
            ErrorKind::IOError if mentions(text, &["No such file"]) => {
                corrupt(&self.path, self.rebuild, &format!("a file is missing ({text})"))
            }
            ErrorKind::IOError if mentions(text, &["lock file", "lock hold"]) => StoreError::Locked(format!(
                "the state in {} is already open ({text}); stop the other user of it first",
                self.path.display()
            )),
            ErrorKind::IOError if mentions(text, &["No space left", "quota exceeded"]) => self.failed(doing, text, FULL),
            ErrorKind::IOError if mentions(text, &["Permission denied", "Read-only file system"]) => self.failed(doing, text, FORBIDDEN),
            _ => self.failed(doing, text, BROKEN),
        }
    }

    fn failed(&self, doing: &str, text: &str, advice: &str) -> StoreError {
        StoreError::Unavailable(format!("cannot {doing} the state in {}: {text}; {advice}", self.path.display()))
    }
}

fn mentions(text: &str, fragments: &[&str]) -> bool {
    fragments.iter().any(|fragment| text.contains(fragment))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: io::ErrorKind, expect: &str) {
        let error = unavailable(Path::new("state/format"), "write", &io::Error::from(given));
        let text = error.to_string();
        assert!(matches!(error, StoreError::Unavailable(_)), "{text}");
        assert!(text.contains(expect) && text.contains("cannot write state/format"), "{text}");
    }

    #[test]
    fn a_failed_operation_says_what_to_do() {
        check(io::ErrorKind::StorageFull, "free space");
        check(io::ErrorKind::QuotaExceeded, "free space");
        check(io::ErrorKind::PermissionDenied, "let the user");
        check(io::ErrorKind::ReadOnlyFilesystem, "let the user");
        check(io::ErrorKind::Other, "look after the disk");
    }
}
