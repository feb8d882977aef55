//! Numbers of sources: all that were seen are kept, and what is missing is counted number by number.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};

use super::calendar::Instant;

const TOGETHER: u64 = 1024;

/// Numbers that are forgotten together.
#[derive(Default)]
struct Chunk {
    seen: BTreeSet<u64>,
    newest: NaiveDate,
    repeat_told: bool,
}

struct Gap {
    found: Instant,
    first: u64,
    last: u64,
}

#[derive(Default)]
struct Source {
    chunks: BTreeMap<u64, Chunk>,
    span: Option<(u64, u64)>,
    waited_for: Vec<Gap>,
    /// Of each that was told: from where to where, and what of it is missing still.
    told: Vec<(u64, u64, BTreeSet<u64>)>,
}

#[derive(Default)]
pub struct Sequences(BTreeMap<String, Source>);

/// A kind of notice, and what it says.
pub type Said = (&'static str, String);

pub fn number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

impl Source {
    fn has(&self, number: u64) -> bool {
        self.chunks.get(&(number / TOGETHER)).is_some_and(|chunk| chunk.seen.contains(&number))
    }

    fn missing(&self, gap: &Gap) -> BTreeSet<u64> {
        (gap.first..=gap.last).filter(|number| !self.has(*number)).collect()
    }
}

impl Sequences {
    /// The number of an event that is new.
    pub fn see(&mut self, name: &str, number: u64, id: &str, time: Instant, now: Instant) -> Vec<Said> {
        let source = self.0.entry(name.to_owned()).or_default();
        let chunk = source.chunks.entry(number / TOGETHER).or_default();
        chunk.newest = chunk.newest.max(time.date_naive());
        if !chunk.seen.insert(number) {
            let is_first = !std::mem::replace(&mut chunk.repeat_told, true);
            return if is_first { vec![("sequence_repeated", format!("{name} {number} {id}"))] } else { Vec::new() };
        }
        let (lowest, highest) = source.span.unwrap_or((number, number));
        source.span = Some((lowest.min(number), highest.max(number)));
        let open = if number > highest { (highest + 1, number - 1) } else { (number + 1, lowest.max(1) - 1) };
        if (number > highest || number < lowest) && open.0 <= open.1 {
            source.waited_for.push(Gap { found: now, first: open.0, last: open.1 });
        }
        let mut said = Vec::new();
        source.told.retain_mut(|(first, last, missing)| {
            let is_closed = missing.remove(&number) && missing.is_empty();
            said.extend(is_closed.then(|| ("gap_closed", format!("{name} {first}-{last}"))));
            !is_closed
        });
        said
    }

    /// What was waited for long enough by then: when, and what is told.
    pub fn ripe(&mut self, until: Instant, patience: Duration) -> Vec<(Instant, Said)> {
        let mut said = Vec::new();
        for (name, source) in &mut self.0 {
            while source.waited_for.first().is_some_and(|gap| gap.found + patience <= until) {
                let gap = source.waited_for.remove(0);
                let missing = source.missing(&gap);
                let Some((first, last)) = missing.first().copied().zip(missing.last().copied()) else { continue };
                said.push((gap.found + patience, ("gap_detected", format!("{name} {first}-{last} {}", missing.len()))));
                source.told.push((first, last, missing));
            }
        }
        said.sort_by_key(|(at, _)| *at);
        said
    }

    /// Numbers go when all events of their thousand are too old to come.
    pub fn forget(&mut self, before: NaiveDate) {
        for source in self.0.values_mut() {
            let old: Vec<u64> = source.chunks.iter().filter(|(_, chunk)| chunk.newest < before).map(|(chunk, _)| *chunk).collect();
            source.chunks.retain(|chunk, _| !old.contains(chunk));
            // With them what was told of gaps among them.
            source.told.retain(|(first, last, _)| !old.iter().any(|chunk| (first / TOGETHER..=last / TOGETHER).contains(chunk)));
        }
        self.0.retain(|_, source| !(source.chunks.is_empty() && source.waited_for.is_empty()));
    }
}
