//! What can be wrong with a key ring's file.

use std::io;
use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::wire::keys::KeyFileFault;

#[derive(Debug, Error, Diagnostic)]
pub enum KeyringFault {
    #[error("there is no key ring at {}; make one with `tally privacy keys init --keys {}`", .0.display(), .0.display())]
    Missing(PathBuf),
    #[error("there is a key ring at {} already; `tally privacy keys list` shows it, `rotate` adds a version", .0.display())]
    There(PathBuf),
    #[error("the key ring {} may be read or written by others (its mode is {mode:04o}); take it from them: chmod 600 {}", path.display(), path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("the key ring {} is damaged: {source}", path.display())]
    Damaged { path: PathBuf, source: KeyFileFault },
    #[error("cannot {doing} the key ring {}: {source}; nothing was changed", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("the old key ring's bytes could not be overwritten: {source}; the new one {} is in place, so destroy copies of the old one, and its disk's free space", path.display())]
    NotWiped { path: PathBuf, source: io::Error },
    #[error("this machine gives no random bytes: {0}; nothing was changed")]
    NoChance(String),
}
