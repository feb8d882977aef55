//! What has been sent: replaced as a whole and on the disk before the next mail goes out.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::source::Positions;
use crate::domain::instant::Instant;
use crate::wire::decode;

const SCHEMA: &str = "tally/notify-progress/1";

#[derive(Debug, Error, Diagnostic)]
pub enum ProgressError {
    #[error("cannot {doing} {}: {source}; make room or set its permissions right, and start again: nothing is lost", path.display())]
    Disk { path: PathBuf, doing: &'static str, source: io::Error },
    #[error(
        "{} says how far notices were sent, and cannot be read: {source}; restore it from a backup. Without it every notice would be \
         sent once more", path.display()
    )]
    Damaged { path: PathBuf, source: serde_json::Error },
    #[error("{} was written by a newer version of tally ({schema}); use that one", path.display())]
    Newer { path: PathBuf, schema: String },
    #[error("{} belongs to the notices of {found}, not to those of {wanted}; name another directory with --state", path.display())]
    Foreign { path: PathBuf, found: String, wanted: String },
}

/// How far the notices of one log were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    schema: String,
    /// The topic, or the file of a journal.
    log: String,
    /// Everything before has been dealt with.
    #[serde(with = "by_partition")]
    pub next: Positions,
    /// Message ids, behind `next`, of mails that the server has taken or refused.
    pub done: BTreeSet<String>,
    /// The end of a digest that was begun: it must be of the same notices when it is tried again.
    #[serde(with = "by_partition", default)]
    pub digest_to: Positions,
    /// Notices from before are passed over, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip)]
    path: PathBuf,
}

impl Progress {
    /// What the state directory knows; nothing, if it is new.
    ///
    /// # Errors
    /// See [`ProgressError`].
    pub fn read(state_dir: &Path, log: &str) -> Result<Self, ProgressError> {
        let path = state_dir.join("progress.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::new(path, log)),
            Err(source) => return Err(ProgressError::Disk { path, doing: "read", source }),
        };
        let found: Self = match serde_json::from_slice(&bytes) {
            Ok(found) => found,
            Err(source) => return Err(ProgressError::Damaged { path, source }),
        };
        if found.schema != SCHEMA {
            return Err(ProgressError::Newer { path, schema: found.schema });
        }
        if found.log != log {
            return Err(ProgressError::Foreign { path, found: found.log, wanted: log.to_owned() });
        }
        Ok(Self { path, ..found })
    }

    fn new(path: PathBuf, log: &str) -> Self {
        let (next, done, digest_to) = (Positions::new(), BTreeSet::new(), Positions::new());
        Self { schema: SCHEMA.to_owned(), log: log.to_owned(), next, done, digest_to, since: None, path }
    }

    /// Passes over what is from before. Remembered with the next thing that is.
    pub fn begin_at(&mut self, since: Option<Instant>) {
        if let Some(since) = since {
            self.since = Some(since.to_string());
        }
    }

    #[must_use]
    pub fn since(&self) -> Instant {
        self.since.as_deref().and_then(decode::instant).unwrap_or(Instant::MIN)
    }

    /// # Errors
    /// It cannot be written; what was written before still stands.
    pub fn save(&self) -> Result<(), ProgressError> {
        let failed = |source| ProgressError::Disk { path: self.path.clone(), doing: "write", source };
        let text = serde_json::to_vec(self).map_err(|error| failed(error.into()))?;
        replace(&self.path, &text).map_err(failed)
    }
}

/// Replaces a file as a whole; afterwards it is on the disk.
pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = super::failed::private(File::options().write(true).create(true).truncate(true)).open(&fresh)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// JSON has no numbers for keys.
mod by_partition {
    use std::collections::BTreeMap;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Positions;

    pub fn serialize<S: Serializer>(positions: &Positions, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(positions.iter().map(|(partition, next)| (partition.to_string(), next)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Positions, D::Error> {
        let read: BTreeMap<String, u64> = BTreeMap::deserialize(deserializer)?;
        read.into_iter().map(|(partition, next)| Ok((partition.parse().map_err(D::Error::custom)?, next))).collect()
    }
}
