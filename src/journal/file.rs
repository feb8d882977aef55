//! What is known about one input file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fault;
use crate::pipeline::ports::SourceError;

/// An input file of a lane, and how far it has been read.
#[derive(Debug)]
pub(super) struct InputFile {
    pub path: PathBuf,
    pub name: Arc<str>,
    /// Bytes handed out as lines.
    pub position: u64,
    /// Bytes after that which hold no newline.
    pub unfinished: u64,
    /// Length when last looked at.
    pub length: u64,
    /// Not to be read any further in this run.
    pub closed: bool,
    /// To be read up to this byte only, however long it is.
    limit: u64,
    /// Since when the last line waits for its newline, and whether that was told.
    waiting: Option<(Instant, bool)>,
}

impl InputFile {
    pub fn new(path: PathBuf, name: &str) -> Self {
        Self { path, name: Arc::from(name), position: 0, unfinished: 0, length: 0, closed: false, limit: u64::MAX, waiting: None }
    }

    /// Reads up to this byte, where a line ends.
    pub fn up_to(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    /// All that is to be read of it has been read.
    pub fn is_at_limit(&self) -> bool {
        self.position >= self.limit
    }

    /// True if there may be a whole line to read.
    pub fn has_more(&self) -> bool {
        !self.closed && self.length > self.position + self.unfinished
    }

    /// Notes the present length.
    pub fn measured(&mut self, length: u64) -> Result<(), SourceError> {
        let length = length.min(self.limit);
        if length < self.position {
            return Err(fault::lost(&self.path, self.position, &format!("has shrunk to {length} bytes")));
        }
        if length < self.position + self.unfinished {
            self.unfinished = 0;
        }
        self.length = length;
        Ok(())
    }

    /// Notes that a line was handed out.
    pub fn advanced(&mut self, position: u64) {
        self.position = position;
        self.unfinished = 0;
        self.waiting = None;
    }

    /// Notes that the file was read to its end.
    pub fn ended(&mut self, unfinished: u64) {
        self.unfinished = unfinished;
        self.length = self.position + unfinished;
        if unfinished > 0 && self.waiting.is_none() {
            self.waiting = Some((Instant::now(), false));
        }
    }

    pub fn rewind(&mut self, position: u64) {
        self.position = position;
        self.unfinished = 0;
    }

    /// Says once per line that it waits for its newline, when it has done so for a while.
    pub fn waits(&mut self, patience: Duration) -> Option<String> {
        match &mut self.waiting {
            Some((since, told)) if !*told && self.unfinished > 0 && since.elapsed() >= patience => {
                *told = true;
                Some(format!(
                    "the last line of {} ({} bytes from byte {} on) has no newline yet: it waits until it has one",
                    self.path.display(),
                    self.unfinished,
                    self.position
                ))
            }
            _ => None,
        }
    }

    /// Refuses a file in which a line no longer ends where one was read to.
    pub fn verify(&self) -> Result<(), SourceError> {
        if self.position == 0 {
            return Ok(());
        }
        match self.byte_before_position() {
            Ok(b'\n') => Ok(()),
            Ok(_) => Err(fault::lost(&self.path, self.position, "was rewritten: no line ends where reading stopped")),
            Err(error) => Err(fault::input(&self.path, "read", &error)),
        }
    }

    fn byte_before_position(&self) -> io::Result<u8> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.position - 1))?;
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        Ok(byte[0])
    }
}
