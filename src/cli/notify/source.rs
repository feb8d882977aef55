//! The published notices, from where they were sent up to.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use miette::Diagnostic;
use thiserror::Error;

use crate::cli::lines::{Line, Lines};
use crate::journal::OUTPUT_FILES;
use crate::kafka::follow::{Followed, Following};
use crate::kafka::{KafkaFault, Settings};

/// What the file of notices is called in message ids: a journal may be moved.
const JOURNAL_LOG: &str = "usage-notices.ndjson";

#[derive(Debug, Error, Diagnostic)]
pub enum SourceFault {
    #[error("cannot read {}: {source}; is it a journal, and has `tally run` written to it?", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(
        "{} does not hold any more what was sent of it, up to byte {position}: {what}; put the original back, or let `tally run` make it anew, \
         and start again", path.display()
    )]
    Changed { path: PathBuf, position: u64, what: String },
    #[error(transparent)]
    Kafka(#[from] KafkaFault),
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    Notice {
        partition: u32,
        offset: u64,
        /// Where the one behind it begins.
        next: u64,
        value: Vec<u8>,
    },
    /// Nothing has come for now.
    Nothing,
    /// There is no more, for now.
    AtEnd,
}

/// Where reading goes on, by partition.
pub type Positions = BTreeMap<u32, u64>;

pub enum Source {
    Journal(Tail),
    Topic(Following),
}

impl Source {
    /// # Errors
    /// The notices cannot be read.
    pub fn next(&mut self, wait: Duration) -> Result<Next, SourceFault> {
        match self {
            Self::Journal(tail) => tail.next(wait),
            Self::Topic(following) => Ok(match following.next(wait)? {
                Followed::Message { partition, offset, value } => Next::Notice { partition, offset, next: offset + 1, value },
                Followed::Nothing => Next::Nothing,
                Followed::AtEnd => Next::AtEnd,
            }),
        }
    }
}

/// The notices of a journal.
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    #[must_use]
    pub fn of(directory: &Path) -> Self {
        let [_, _, name] = OUTPUT_FILES;
        Self { path: directory.join("out").join(name) }
    }

    #[must_use]
    pub fn log(&self) -> &str {
        JOURNAL_LOG
    }

    /// # Errors
    /// There is no such file, or it ends before where it was read to.
    pub fn open(self, from: &Positions) -> Result<Source, SourceFault> {
        let mut tail = Tail { path: self.path, position: from.get(&0).copied().unwrap_or_default(), lines: None };
        tail.open()?;
        Ok(Source::Journal(tail))
    }
}

/// The topic of notices.
pub struct Topic {
    settings: Settings,
}

impl Topic {
    #[must_use]
    pub fn of(settings: Settings) -> Self {
        Self { settings }
    }

    #[must_use]
    pub fn log(&self) -> &str {
        &self.settings.topics.notices
    }

    /// # Errors
    /// It cannot be read, or does not hold any more what was read of it.
    pub fn open(self, from: &Positions, patience: Duration, lost: &mut dyn FnMut(u32, u64)) -> Result<Source, SourceFault> {
        let topic = self.log();
        Ok(Source::Topic(Following::start(&self.settings, topic, from, patience, lost)?))
    }
}

/// A file of lines that grows.
pub struct Tail {
    path: PathBuf,
    position: u64,
    lines: Option<Lines>,
}

impl Tail {
    fn next(&mut self, wait: Duration) -> Result<Next, SourceFault> {
        let lines = if let Some(lines) = &mut self.lines { lines } else { self.open()? };
        let line = lines.next().transpose().map_err(|source| SourceFault::Unreadable { path: self.path.clone(), source })?;
        let Some(Line { next, bytes, .. }) = line else {
            // The file is opened anew, for it may have been replaced.
            self.lines = None;
            std::thread::sleep(wait);
            return Ok(Next::AtEnd);
        };
        let offset = std::mem::replace(&mut self.position, next);
        Ok(Next::Notice { partition: 0, offset, next, value: bytes })
    }

    fn open(&mut self) -> Result<&mut Lines, SourceFault> {
        let lines = opened(&self.path, self.position)?;
        Ok(self.lines.insert(lines))
    }
}

/// From a byte on, before which a line must end.
fn opened(path: &Path, position: u64) -> Result<Lines, SourceFault> {
    let unreadable = |source| SourceFault::Unreadable { path: path.to_owned(), source };
    let changed = |what: String| SourceFault::Changed { path: path.to_owned(), position, what };
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    if length < position {
        return Err(changed(format!("it has {length} bytes")));
    }
    if let Some(before) = position.checked_sub(1) {
        let mut byte = [0];
        file.seek(SeekFrom::Start(before)).and_then(|_| file.read_exact(&mut byte)).map_err(unreadable)?;
        if byte != *b"\n" {
            return Err(changed("no line ends there".to_owned()));
        }
    }
    Lines::of(file, position).map_err(unreadable)
}
