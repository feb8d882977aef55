//! The two lanes of a journal, merged by log time: control first on a tie.

use std::fs;
use std::path::Path;

use super::calendar::Instant;
use super::decode::{self, Control, Usage};

pub enum Taken {
    Undecodable {
        control: bool,
    },
    /// Its log time lies beyond every reasonable clock: it is told, but moves nothing.
    TooFarAhead(Event),
    Event(Event),
}

pub enum Event {
    Usage(Usage),
    Control(Control),
}

impl Event {
    pub fn envelope(&self) -> &decode::Envelope {
        match self {
            Event::Usage(usage) => &usage.envelope,
            Event::Control(control) => &control.envelope,
        }
    }
}

pub struct Lane<'a> {
    lines: std::slice::Iter<'a, Vec<u8>>,
    is_control: bool,
    head: Option<Taken>,
    until: Option<Instant>,
    latest: Instant,
}

impl<'a> Lane<'a> {
    pub fn control(lines: &'a [Vec<u8>], until: Option<Instant>, latest: Instant) -> Lane<'a> {
        Lane { lines: lines.iter(), is_control: true, head: None, until, latest }
    }

    pub fn usage(lines: &'a [Vec<u8>], until: Option<Instant>, latest: Instant) -> Lane<'a> {
        Lane { lines: lines.iter(), is_control: false, head: None, until, latest }
    }

    fn decode(&self, line: &[u8]) -> Taken {
        let event = match self.is_control {
            true => decode::control(line).map(Event::Control),
            false => decode::usage(line).map(Event::Usage),
        };
        match event {
            None => Taken::Undecodable { control: self.is_control },
            Some(event) if event.envelope().log_time > self.latest => Taken::TooFarAhead(event),
            Some(event) => Taken::Event(event),
        }
    }

    fn fill(&mut self) {
        if self.head.is_none() {
            self.head = self.lines.next().map(|line| self.decode(line));
        }
    }

    fn head_is_timeless(&self) -> bool {
        matches!(self.head, Some(Taken::Undecodable { .. } | Taken::TooFarAhead(_)))
    }

    /// The log time of the next input; `None` at the end, and when the rest is for a later run.
    fn head_time(&self) -> Option<Instant> {
        let Some(Taken::Event(event)) = &self.head else { return None };
        let log_time = event.envelope().log_time;
        self.until.is_none_or(|until| log_time <= until).then_some(log_time)
    }
}

pub fn next<'a>(control: &mut Lane<'a>, usage: &mut Lane<'a>) -> Option<Taken> {
    control.fill();
    usage.fill();
    let lane = match (control.head_time(), usage.head_time()) {
        _ if control.head_is_timeless() => control,
        _ if usage.head_is_timeless() => usage,
        (Some(c), Some(u)) if c <= u => control,
        (Some(_), None) => control,
        (_, Some(_)) => usage,
        (None, None) => return None,
    };
    lane.head.take()
}

/// Whole lines of all files in name order; a last line without newline is still being written.
pub fn read_lines(dir: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "ndjson"));
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        let bytes = fs::read(file).unwrap();
        let whole = bytes.split_inclusive(|b| *b == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
        lines.extend(whole.map(<[u8]>::to_vec));
    }
    lines
}
