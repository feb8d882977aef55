//! Events into the input files of a journal directory.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Error, Write};
use std::path::{Path, PathBuf};

use super::target::{EventTarget, TargetError};
use crate::pipeline::ports::Lane;

/// `DIR/in/usage-events/0.ndjson` and `DIR/in/usage-control/0.ndjson`, both new.
#[derive(Debug)]
pub struct JournalTarget {
    usage: Lines,
    control: Lines,
}

#[derive(Debug)]
struct Lines {
    path: PathBuf,
    file: BufWriter<File>,
}

impl JournalTarget {
    /// Creates both files.
    ///
    /// # Errors
    /// If the directory cannot be written, or holds generated events already: two runs in one file
    /// would not be in log-time order.
    pub fn create(dir: &Path) -> Result<Self, TargetError> {
        let usage = Lines::create(&dir.join("in/usage-events"))?;
        let control = Lines::create(&dir.join("in/usage-control"))?;
        Ok(Self { usage, control })
    }

    fn lines(&mut self, lane: Lane) -> &mut Lines {
        match lane {
            Lane::Usage => &mut self.usage,
            Lane::Control => &mut self.control,
        }
    }
}

impl Lines {
    fn create(dir: &Path) -> Result<Self, TargetError> {
        fs::create_dir_all(dir).map_err(|error| failure(dir, &error))?;
        let path = dir.join("0.ndjson");
        let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| failure(&path, &error))?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 20, file) })
    }

    fn put(&mut self, event: &[u8]) -> Result<(), TargetError> {
        let written = self.file.write_all(event).and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|error| failure(&self.path, &error))
    }
}

fn failure(path: &Path, error: &Error) -> TargetError {
    let cure = match error.kind() {
        std::io::ErrorKind::AlreadyExists => "choose an empty directory, or delete it first",
        std::io::ErrorKind::StorageFull => "make room, then start again with an empty directory",
        _ => "check that the directory can be written",
    };
    TargetError(format!("cannot write {}: {error}; {cure}", path.display()))
}

impl EventTarget for JournalTarget {
    fn put(&mut self, lane: Lane, _key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        self.lines(lane).put(event)
    }

    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError> {
        self.control.put(event)
    }

    fn finish(&mut self) -> Result<(), TargetError> {
        for lines in [&mut self.usage, &mut self.control] {
            lines.file.flush().map_err(|error| failure(&lines.path, &error))?;
        }
        Ok(())
    }
}
