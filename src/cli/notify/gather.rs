//! Notices that are dealt with together: one, or those of a digest.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::letter::{Notice, Place};
use super::source::{Next, Positions, Source, SourceFault};
use crate::pipeline::Stop;

const WAIT: Duration = Duration::from_millis(200);
/// A digest that has so many notices is closed early.
const MOST_IN_A_DIGEST: usize = 5_000;

/// A message of the log, and what it says if it is a notice.
pub struct Found {
    pub place: Place,
    /// Where the one behind it begins.
    pub next: u64,
    /// None: it is none, and that has been told.
    pub notice: Option<Notice>,
}

pub struct Gathering {
    source: Source,
    log: String,
    /// None: each notice by itself.
    digest: Option<Duration>,
    follow: bool,
    stop: Stop,
    /// Read, and behind the end of the digest that was begun.
    ahead: VecDeque<Found>,
}

impl Gathering {
    #[must_use]
    pub fn new(source: Source, log: &str, digest: Option<Duration>, follow: bool, stop: Stop) -> Self {
        Self { source, log: log.to_owned(), digest, follow, stop, ahead: VecDeque::new() }
    }

    /// The next notices, up to the given end if there is one. None: there are no more, or it was told to stop.
    ///
    /// # Errors
    /// The notices cannot be read.
    pub fn next(&mut self, up_to: &Positions) -> Result<Option<Vec<Found>>, SourceFault> {
        let mut unit: Vec<Found> = Vec::new();
        let mut opened: Option<Instant> = None;
        while !self.stop.is_requested() {
            if if up_to.is_empty() { self.is_full(&unit, opened) } else { is_whole(&unit, up_to) } {
                return Ok(Some(unit));
            }
            let read = if up_to.is_empty() { self.ahead.pop_front() } else { None };
            match read.map_or_else(|| self.read(), |found| Ok(Read::Found(found)))? {
                Read::Found(found) if is_within(&found, up_to) => {
                    opened.get_or_insert_with(Instant::now);
                    unit.push(found);
                }
                Read::Found(found) => self.ahead.push_back(found),
                // What a digest was begun with is there, or is gone for good.
                Read::AtEnd if !up_to.is_empty() => return Ok(Some(unit)),
                Read::AtEnd if !self.follow => return Ok(Some(unit).filter(|unit| !unit.is_empty())),
                Read::AtEnd | Read::Nothing => {}
            }
        }
        Ok(None)
    }

    fn is_full(&self, unit: &[Found], opened: Option<Instant>) -> bool {
        match self.digest {
            None => !unit.is_empty(),
            Some(time) => unit.len() >= MOST_IN_A_DIGEST || (self.follow && opened.is_some_and(|opened| opened.elapsed() >= time)),
        }
    }

    fn read(&mut self) -> Result<Read, SourceFault> {
        Ok(match self.source.next(WAIT)? {
            Next::Nothing => Read::Nothing,
            Next::AtEnd => Read::AtEnd,
            Next::Notice { partition, offset, next, value } => {
                let place = Place { log: self.log.clone(), partition, offset };
                let notice = Notice::read(place.clone(), &value);
                if let Err(error) = &notice {
                    tracing::warn!("{place} is no notice and is left out: {error}");
                }
                Read::Found(Found { place, next, notice: notice.ok() })
            }
        })
    }
}

enum Read {
    Found(Found),
    Nothing,
    AtEnd,
}

/// All of a digest that was begun.
fn is_whole(unit: &[Found], up_to: &Positions) -> bool {
    up_to.iter().all(|(partition, end)| unit.iter().any(|found| found.place.partition == *partition && found.next == *end))
}

fn is_within(found: &Found, up_to: &Positions) -> bool {
    up_to.is_empty() || up_to.get(&found.place.partition).is_some_and(|end| found.next <= *end)
}
