//! Says what is wrong with which file, and what to do about it.

use std::io;
use std::path::Path;

use crate::pipeline::ports::{PublishError, SourceError};

/// A failed operation on an input file.
pub(super) fn input(path: &Path, doing: &str, error: &io::Error) -> SourceError {
    SourceError::Fatal(failed(path, doing, error))
}

/// A failed operation on an output file.
pub(super) fn output(path: &Path, doing: &str, error: &io::Error) -> PublishError {
    PublishError::Fatal(failed(path, doing, error))
}

fn failed(path: &Path, doing: &str, error: &io::Error) -> String {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full: free space or enlarge it, and start again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "let the user that runs the program read `in` and write `out`, and start again"
        }
        _ => "look after the disk and the file system, and start again",
    };
    format!("cannot {doing} {}: {error}; {advice}; nothing half-done is kept", path.display())
}

/// An input file that does not hold any more what was read from it.
pub(super) fn lost(path: &Path, position: u64, what: &str) -> SourceError {
    SourceError::Fatal(format!(
        "the input file {} {what}, but {position} bytes of it have been read: input files may only grow; \
         put the original back and start again",
        path.display()
    ))
}

/// An output file that does not hold any more what was committed.
pub(super) fn damaged(path: &Path, committed: u64, what: &str) -> PublishError {
    PublishError::Fatal(format!(
        "the output file {} {what}, but {committed} bytes of it were committed: put the original back and \
         start again, or remove both `out` and `state` to make them anew from all inputs",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(given: io::ErrorKind, expect: &str) {
        let text = output(Path::new("out/a"), "write to", &io::Error::from(given)).to_string();
        assert!(text.contains(expect) && text.contains("cannot write to out/a"), "{text}");
    }

    #[test]
    fn a_failed_operation_says_what_to_do() {
        check(io::ErrorKind::StorageFull, "free space");
        check(io::ErrorKind::QuotaExceeded, "free space");
        check(io::ErrorKind::PermissionDenied, "let the user");
        check(io::ErrorKind::Other, "look after the disk");
    }
}
