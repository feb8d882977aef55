//! The input side of a journal.

use std::thread;
use std::time::{Duration, Instant};

use super::PARTITION;
use super::lane::{LOOK_EVERY, LaneFiles};
use super::layout::JournalDirectory;
use super::line::Line;
use crate::pipeline::ports::{Arrival, Lane, Position, Positions, Room, Source, SourceError};

/// What to do when everything has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Say that nothing will ever arrive any more.
    Once,
    /// Wait for files to grow, and for new ones.
    Following,
}

/// Told what a person should know though reading goes on.
pub type Warn = Box<dyn FnMut(&str) + Send>;

/// Reads the input files of a journal.
pub struct JournalSource {
    directory: JournalDirectory,
    reading: Reading,
    limit: Option<Positions>,
    warn: Warn,
    assigned: bool,
    exhausted: bool,
    /// Control first; empty until the partition is started.
    lanes: Vec<(Lane, LaneFiles)>,
}

impl JournalSource {
    #[must_use]
    pub fn new(directory: JournalDirectory, reading: Reading, warn: Warn) -> Self {
        Self { directory, reading, limit: None, warn, assigned: false, exhausted: false, lanes: Vec::new() }
    }

    /// Reads only what was read at these positions, whatever has been added since.
    #[must_use]
    pub fn up_to(self, limit: Positions) -> Self {
        Self { limit: Some(limit), ..self }
    }

    fn read(&mut self, max: usize, room: Room, out: &mut Vec<Arrival<Line>>) -> Result<(), SourceError> {
        let mut left = max;
        for (lane, files) in &mut self.lanes {
            // At most half for the first lane, so that a backlog of it does not hold up the other.
            let (asked, share) = match lane {
                Lane::Control => (room.control, if room.usage { left.div_ceil(2) } else { left }),
                Lane::Usage => (room.usage, left),
            };
            if asked && share > 0 {
                left -= files.poll(share, self.reading, &mut self.warn, out)?;
            }
        }
        Ok(())
    }

    fn tell_exhausted(&mut self, out: &mut Vec<Arrival<Line>>) {
        let at_end = !self.lanes.is_empty() && self.lanes.iter().all(|(_, files)| files.at_end);
        if at_end && self.reading == Reading::Once && !self.exhausted {
            self.exhausted = true;
            out.push(Arrival::Exhausted);
        }
    }
}

impl Source for JournalSource {
    type Message = Line;

    fn poll(&mut self, max: usize, room: Room, wait: Duration, out: &mut Vec<Arrival<Line>>) -> Result<(), SourceError> {
        if !self.assigned {
            self.assigned = true;
            out.push(Arrival::Assigned(vec![PARTITION]));
            return Ok(());
        }
        let (before, deadline) = (out.len(), Instant::now() + wait);
        loop {
            self.read(max, room, out)?;
            self.tell_exhausted(out);
            let left = deadline.saturating_duration_since(Instant::now());
            if out.len() > before || left.is_zero() {
                return Ok(());
            }
            thread::sleep(left.min(LOOK_EVERY));
        }
    }

    fn start(&mut self, partition: u32, from: &Positions) -> Result<(), SourceError> {
        if partition != PARTITION {
            return Err(SourceError::Fatal(format!("a journal has partition {PARTITION} only, and {partition} was asked for")));
        }
        self.exhausted = false;
        let start = |lane| {
            let limit = self.limit.as_ref().map(|limit| limit.lane(lane).clone());
            Ok((lane, LaneFiles::start(lane, self.directory.inputs(lane), from.lane(lane), limit)?))
        };
        self.lanes = Lane::ALL.into_iter().map(start).collect::<Result<_, SourceError>>()?;
        Ok(())
    }

    fn stop(&mut self, _partition: u32) -> Result<(), SourceError> {
        self.lanes.clear();
        Ok(())
    }

    fn close_file(&mut self, lane: Lane, file: &str, from: &Position) {
        for (_, files) in self.lanes.iter_mut().filter(|(of, _)| *of == lane) {
            files.close(file, from);
            self.exhausted = false;
        }
    }
}
