//! The files of one lane, read in name order.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::PARTITION;
use super::block::Pool;
use super::fault;
use super::file::InputFile;
use super::line::Line;
use super::reader::{BLOCK, Reader, Step};
use super::source::Reading;
use crate::pipeline::ports::{Arrival, Lane, Position, SourceError};

/// How often files are looked at when everything has been read.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(25);
/// How long a followed file may have an unfinished line before that is worth a warning: its
/// writer may be in the middle of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// All files of a lane, and the one that is being read.
#[derive(Debug)]
pub(super) struct LaneFiles {
    lane: Lane,
    directory: PathBuf,
    files: BTreeMap<String, InputFile>,
    open: Option<(String, Reader)>,
    pool: Pool,
    next_offset: u64,
    /// To be read up to there: no other files, and of these no more bytes.
    limit: Option<Position>,
    looked: Instant,
    /// Its end was told, and nothing has been read since.
    pub at_end: bool,
}

impl LaneFiles {
    /// Finds the files, and checks that all that was read is still there.
    pub fn start(lane: Lane, directory: PathBuf, from: &Position, limit: Option<Position>) -> Result<Self, SourceError> {
        let mut found = Self {
            lane,
            directory,
            files: BTreeMap::new(),
            open: None,
            pool: Pool::new(BLOCK),
            next_offset: from.next_offset,
            limit,
            looked: Instant::now(),
            at_end: false,
        };
        for (name, position) in &from.files {
            let mut file = InputFile::new(found.directory.join(name), name);
            file.rewind(*position);
            found.files.insert(name.clone(), file);
        }
        found.look()?;
        found.files.values().try_for_each(InputFile::verify)?;
        Ok(found)
    }

    /// Finds new files and measures all.
    fn look(&mut self) -> Result<(), SourceError> {
        self.looked = Instant::now();
        for (name, limit) in self.names()? {
            let path = self.directory.join(&name);
            self.files.entry(name).or_insert_with_key(|name| InputFile::new(path, name).up_to(limit));
        }
        for file in self.files.values_mut() {
            match fs::metadata(&file.path) {
                Ok(metadata) => file.measured(metadata.len())?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(fault::lost(&file.path, file.position, "is missing"));
                }
                Err(error) => return Err(fault::input(&file.path, "look at", &error)),
            }
        }
        Ok(())
    }

    /// The files to read, and up to which byte each.
    fn names(&self) -> Result<Vec<(String, u64)>, SourceError> {
        match &self.limit {
            Some(limit) => Ok(limit.files.clone()),
            None => Ok(names(&self.directory)?.into_iter().map(|name| (name, u64::MAX)).collect()),
        }
    }

    /// Reads at most `max` lines, and tells the end once it is reached.
    pub fn poll(
        &mut self,
        max: usize,
        reading: Reading,
        warn: &mut dyn FnMut(&str),
        out: &mut Vec<Arrival<Line>>,
    ) -> Result<usize, SourceError> {
        let count = self.read(max, out)?;
        if count == max {
            return Ok(count);
        }
        let patience = match reading {
            Reading::Once => Duration::ZERO,
            Reading::Following if self.at_end && self.looked.elapsed() < LOOK_EVERY => return Ok(count),
            Reading::Following => {
                self.look()?;
                PATIENCE
            }
        };
        self.tell_waiting(patience, warn);
        if !self.at_end && !self.files.values().any(InputFile::has_more) {
            self.at_end = true;
            out.push(Arrival::AtEnd { lane: self.lane, partition: PARTITION });
        }
        Ok(count)
    }

    /// Fewer than `max` only if there are no more whole lines in the files known.
    fn read(&mut self, max: usize, out: &mut Vec<Arrival<Line>>) -> Result<usize, SourceError> {
        let mut count = 0;
        while count < max && self.open_next()? {
            count += self.read_open(max - count, out)?;
        }
        self.at_end &= count == 0;
        Ok(count)
    }

    /// Makes sure that a file is open, unless all have been read.
    fn open_next(&mut self) -> Result<bool, SourceError> {
        if self.open.is_some() {
            return Ok(true);
        }
        let Some((name, file)) = self.files.iter().find(|(_, file)| file.has_more()) else {
            return Ok(false);
        };
        let reader = Reader::open(&file.path, &file.name, file.position, file.unfinished, &mut self.pool)
            .map_err(|error| fault::input(&file.path, "open", &error))?;
        self.open = Some((name.clone(), reader));
        Ok(true)
    }

    fn read_open(&mut self, max: usize, out: &mut Vec<Arrival<Line>>) -> Result<usize, SourceError> {
        let Some((name, mut reader)) = self.open.take() else { return Ok(0) };
        let Some(file) = self.files.get_mut(&name) else { return Ok(0) };
        for count in 0..max {
            if file.is_at_limit() {
                file.ended(0);
                reader.close(&mut self.pool);
                return Ok(count);
            }
            let step = reader.next(&mut self.pool).map_err(|error| fault::input(&file.path, "read", &error))?;
            match step {
                Step::Line { block, value, end } => {
                    file.advanced(end);
                    let line = Line { lane: self.lane, offset: self.next_offset, block, value, end };
                    self.next_offset += 1;
                    out.push(Arrival::Input(line));
                }
                Step::Unfinished(bytes) => {
                    file.ended(bytes);
                    reader.close(&mut self.pool);
                    return Ok(count);
                }
            }
        }
        self.open = Some((name, reader));
        Ok(max)
    }

    /// Tells of last lines that wait for their newline.
    fn tell_waiting(&mut self, patience: Duration, warn: &mut dyn FnMut(&str)) {
        for file in self.files.values_mut() {
            if let Some(warning) = file.waits(patience) {
                warn(&warning);
            }
        }
    }

    /// Reads anew from `from` on, but nothing of the file `name` any more.
    pub fn close(&mut self, name: &str, from: &Position) {
        if let Some((_, reader)) = self.open.take() {
            reader.close(&mut self.pool);
        }
        for file in self.files.values_mut() {
            file.rewind(0);
        }
        for (name, position) in &from.files {
            if let Some(file) = self.files.get_mut(name) {
                file.rewind(*position);
            }
        }
        if let Some(file) = self.files.get_mut(name) {
            file.closed = true;
        }
        self.next_offset = from.next_offset;
        self.at_end = false;
    }
}

/// The names of the input files. A directory that does not exist yet has none.
fn names(directory: &Path) -> Result<Vec<String>, SourceError> {
    let entries = match fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault::input(directory, "list", &error)),
    };
    let mut names = Vec::with_capacity(entries.len());
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        if !is_input(&path) {
            continue;
        }
        names.push(
            name.into_string()
                .map_err(|_| SourceError::Fatal(format!("the name of the input file {} is not UTF-8: rename it", path.display())))?,
        );
    }
    Ok(names)
}

/// As the shell's `*.ndjson`: hidden files are half-written ones of editors and copying programs.
fn is_input(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    !hidden && path.extension().is_some_and(|extension| extension == "ndjson") && !path.is_dir()
}
