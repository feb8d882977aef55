//! A journal directory to play with, and a reader of it that keeps positions as the pipeline does.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tally::journal::{JournalDirectory, JournalSink, JournalSource, Line, Reading};
use tally::pipeline::ports::{Arrival, Lane, Message, Position, Positions, PublishError, Room, Sink, Source, SourceError};
use tempfile::TempDir;

pub const BOTH: Room = Room { control: true, usage: true };

pub struct Journal {
    temp: TempDir,
}

impl Journal {
    pub fn new() -> Self {
        let temp = TempDir::new().unwrap();
        for lane in ["usage-events", "usage-control"] {
            fs::create_dir_all(temp.path().join("in").join(lane)).unwrap();
        }
        Self { temp }
    }

    /// With these input files: path below `in/`, content.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let journal = Self::new();
        for (path, content) in files {
            journal.append(path, content);
        }
        journal
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.temp.path().join(path)
    }

    pub fn input(&self, path: &str) -> PathBuf {
        self.path("in").join(path)
    }

    pub fn append(&self, path: &str, content: impl AsRef<[u8]>) {
        let mut file = OpenOptions::new().append(true).create(true).open(self.input(path)).unwrap();
        file.write_all(content.as_ref()).unwrap();
    }

    pub fn directory(&self) -> JournalDirectory {
        JournalDirectory::open(self.temp.path()).unwrap()
    }

    pub fn out(&self, name: &str) -> String {
        fs::read_to_string(self.path("out").join(name)).unwrap()
    }

    /// A source started at these positions.
    pub fn read_from(&self, reading: Reading, from: &Positions) -> Result<Read, SourceError> {
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&warnings);
        let warn = Box::new(move |warning: &str| heard.lock().unwrap().push(warning.to_owned()));
        let mut source = JournalSource::new(self.directory(), reading, warn);
        let mut out = Vec::new();
        source.poll(10, BOTH, Duration::ZERO, &mut out)?;
        assert!(matches!(&out[..], [Arrival::Assigned(partitions)] if partitions == &[0]), "{out:?}");
        source.start(0, from)?;
        Ok(Read { source, warnings, positions: from.clone() })
    }

    pub fn read(&self, reading: Reading) -> Read {
        self.read_from(reading, &Positions::default()).unwrap()
    }

    pub fn sink(&self, receipt: Option<&[u8]>) -> Result<JournalSink, PublishError> {
        let mut sink = JournalSink::new(&self.directory());
        sink.fence()?;
        let recovered = sink.recover(0, receipt, &mut |_, _| unreachable!("a journal replays nothing"))?;
        assert_eq!((recovered.committed, recovered.receipt), (None, None));
        Ok(sink)
    }
}

/// A source that is being read, and how far.
pub struct Read {
    pub source: JournalSource,
    warnings: Arc<Mutex<Vec<String>>>,
    pub positions: Positions,
}

impl Read {
    pub fn poll(&mut self, max: usize, room: Room) -> Result<Vec<String>, SourceError> {
        let mut out = Vec::new();
        self.source.poll(max, room, Duration::ZERO, &mut out)?;
        Ok(out.iter().map(|arrival| self.note(arrival)).collect())
    }

    /// Polls until nothing more comes.
    pub fn all(&mut self) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let more = self.poll(3, BOTH).unwrap();
            if more.is_empty() {
                return seen;
            }
            seen.extend(more);
        }
    }

    pub fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap().clone()
    }

    fn note(&mut self, arrival: &Arrival<Line>) -> String {
        match arrival {
            Arrival::Input(line) => {
                let position = self.positions.lane_mut(line.lane());
                advance(position, line);
                let value = String::from_utf8_lossy(line.value().unwrap()).into_owned();
                format!("{}{} {value}", letter(line.lane()), line.offset())
            }
            Arrival::AtEnd { lane, .. } => format!("{} end", letter(*lane)),
            other => format!("{other:?}"),
        }
    }
}

pub fn advance(position: &mut Position, line: &Line) {
    assert_eq!(line.offset(), position.next_offset, "offsets are contiguous");
    position.next_offset += 1;
    let (name, end) = line.file().unwrap();
    match position.files.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
        Ok(at) => position.files[at].1 = end,
        Err(at) => position.files.insert(at, (name.to_owned(), end)),
    }
}

fn letter(lane: Lane) -> char {
    match lane {
        Lane::Control => 'c',
        Lane::Usage => 'u',
    }
}

pub fn refused<T, E: std::fmt::Display + std::fmt::Debug>(result: Result<T, E>, fragments: &[&str]) {
    let error = result.err().expect("it must be refused");
    assert!(format!("{error:?}").starts_with("Fatal"), "{error:?}");
    for fragment in fragments {
        assert!(error.to_string().contains(fragment), "no `{fragment}` in: {error}");
    }
}
