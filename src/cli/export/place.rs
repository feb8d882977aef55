//! Where invoices are written.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
#[error("cannot write {path}: {source}; name another directory with --out, or make room in this one")]
pub struct Unwritable {
    path: PathBuf,
    source: io::Error,
}

/// Writes `NUMBER.xml`, whole or not at all.
pub fn write(dir: &Path, number: &str, document: &[u8]) -> Result<(), Unwritable> {
    let path = dir.join(file_name(number));
    let begun = path.with_extension("xml.part");
    let written = fs::create_dir_all(dir).and_then(|()| fs::write(&begun, document)).and_then(|()| fs::rename(&begun, &path));
    written.map_err(|source| Unwritable { path, source })
}

/// A customer may be called anything; what no file name may hold is written as `%` and two hex digits.
fn file_name(number: &str) -> String {
    let mut name = String::with_capacity(number.len() + 4);
    for byte in number.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && !name.is_empty()) {
            name.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name + ".xml"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_stay_in_their_directory() {
        let check = |number: &str, expect: &str| assert_eq!(file_name(number), expect);
        check("SE-0180-000017", "SE-0180-000017.xml");
        check("../../etc-000001", "%2E.%2F..%2Fetc-000001.xml");
        check("å b-000001", "%C3%A5%20b-000001.xml");
    }
}
