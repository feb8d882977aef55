//! Mails that the server refuses for good: kept whole, with the reason, to be looked at and tried again.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::letter::Letter;
use super::progress::replace;

const SCHEMA: &str = "tally/notify-failed/1";

#[derive(Debug, Error, Diagnostic)]
pub enum FailedError {
    #[error("cannot write refused mails to {}: {source}; make room or set its permissions right, and start again: nothing is lost", path.display())]
    Disk { path: PathBuf, source: io::Error },
    #[error("{}, line {line}: {source}; mend that line, or move the file away", path.display())]
    Damaged { path: PathBuf, line: usize, source: serde_json::Error },
}

/// A mail and why it was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    schema: String,
    pub reason: String,
    #[serde(flatten)]
    pub letter: Letter,
}

impl Refused {
    #[must_use]
    pub fn new(letter: Letter, reason: String) -> Self {
        Self { schema: SCHEMA.to_owned(), reason, letter }
    }
}

/// The file of refused mails, one a line. It holds addresses: only its owner may read it.
pub struct Failed {
    path: PathBuf,
    mails: Vec<Refused>,
    ids: BTreeSet<String>,
}

impl Failed {
    /// Takes what is there; a last line that was cut by a crash is left out, for its mail is refused again.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(state_dir: &Path) -> Result<Self, FailedError> {
        let path = state_dir.join("failed.ndjson");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(FailedError::Disk { path, source }),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let lines = text.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let read = |(line, text)| serde_json::from_slice(text).map_err(|source| FailedError::Damaged { path: path.clone(), line, source });
        let mails: Vec<Refused> = (1..).zip(lines).map(read).collect::<Result<_, _>>()?;
        if whole < text.len() {
            let cut = OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(whole as u64));
            cut.map_err(|source| FailedError::Disk { path: path.clone(), source })?;
        }
        let ids = mails.iter().map(|mail| mail.letter.id.clone()).collect();
        Ok(Self { path, mails, ids })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    #[must_use]
    pub fn mails(&self) -> &[Refused] {
        &self.mails
    }

    /// Adds a mail, once; afterwards it is on the disk.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, mail: Refused) -> Result<(), FailedError> {
        if !self.ids.insert(mail.letter.id.clone()) {
            return Ok(());
        }
        let failed = |source| FailedError::Disk { path: self.path.clone(), source };
        let mut line = serde_json::to_vec(&mail).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        let appended = private(OpenOptions::new().append(true).create(true)).open(&self.path).and_then(|mut file| {
            file.write_all(&line)?;
            file.sync_all()
        });
        appended.map_err(failed)?;
        self.mails.push(mail);
        Ok(())
    }

    /// Keeps these only; afterwards it is on the disk.
    ///
    /// # Errors
    /// It cannot be written; then it is as it was.
    pub fn keep(&mut self, mails: Vec<Refused>) -> Result<(), FailedError> {
        let failed = |source| FailedError::Disk { path: self.path.clone(), source };
        let mut text = Vec::new();
        for mail in &mails {
            serde_json::to_writer(&mut text, mail).map_err(|error| failed(error.into()))?;
            text.push(b'\n');
        }
        replace(&self.path, &text).map_err(failed)?;
        self.ids = mails.iter().map(|mail| mail.letter.id.clone()).collect();
        self.mails = mails;
        Ok(())
    }
}

/// Files with addresses are nobody else's to read.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(id: &str) -> Refused {
        let [to, at, subject, body] = ["a@b", "2026-01-01T00:00:00Z", "s", "b"].map(str::to_owned);
        Refused::new(Letter { id: id.to_owned(), to, at, subject, body }, "550".to_owned())
    }

    #[test]
    fn a_mail_is_kept_once_and_a_cut_line_is_taken_away() {
        let dir = tempfile::tempdir().expect("a folder");
        let ids = |failed: &Failed| failed.mails().iter().map(|mail| mail.letter.id.clone()).collect::<Vec<_>>();
        let mut failed = Failed::open(dir.path()).expect("none yet");
        for id in ["1", "2", "1"] {
            failed.add(refused(id)).expect("written");
        }
        let path = failed.path().to_owned();
        let whole = fs::read(&path).expect("written");
        fs::write(&path, [whole.as_slice(), b"{\"schema\":\"ta"].concat()).expect("written");
        let mut again = Failed::open(dir.path()).expect("readable");
        assert_eq!(ids(&again), ["1", "2"]);
        assert_eq!(fs::read(&path).expect("written"), whole);
        again.add(refused("1")).expect("known");
        again.keep(vec![refused("2")]).expect("written");
        assert_eq!(ids(&Failed::open(dir.path()).expect("readable")), ["2"]);
        fs::write(&path, "no\n").expect("written");
        assert!(matches!(Failed::open(dir.path()), Err(FailedError::Damaged { line: 1, .. })));
    }
}
