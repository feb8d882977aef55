//! The events of a log in one order, each once with its copies.

use std::collections::BTreeMap;

use super::refused::{Refusal, Refused};
use crate::cli::control_log::{Entry, partitions_of};
use crate::domain::control::Fact;
use crate::domain::instant::Instant;
use crate::wire::control_file::Identity;
use crate::wire::decode::{self, AnyEvent, ControlFault, Json};

/// An event of the log.
#[derive(Debug)]
pub struct Row {
    /// Log time; of something without one, that of what stands before it.
    pub at: Instant,
    /// Partition and offset of each copy.
    pub copies: Vec<(u32, u64)>,
    /// Partitions that must have it and do not.
    pub missing: Vec<u32>,
    /// None: it is no event.
    pub said: Option<AnyEvent>,
    /// The type is known here.
    pub is_known: bool,
    /// Its data was refused, or it is no event.
    pub refused: Option<Refusal>,
}

/// What copies have in common: of what is told twice on a partition, the first there is a copy of the first elsewhere.
type Key = (Identity, BTreeMap<String, Json>, usize);

/// All rows, by log time.
pub fn rows(entries: Vec<Entry>, partitions: u32, refused: &Refused) -> Vec<Row> {
    let (mut rows, mut by_key, mut told) = (Vec::<Row>::new(), BTreeMap::<Key, usize>::new(), BTreeMap::new());
    let mut reached: BTreeMap<u32, Instant> = BTreeMap::new();
    for entry in entries {
        let read = Reading::of(&entry);
        let before = reached.entry(entry.partition).or_insert(Instant::MIN);
        let at = entry.log_time.or(read.said.as_ref().map(AnyEvent::recorded_log_time)).unwrap_or(*before);
        *before = at.max(*before);
        let refusal = refused.of(entry.partition, entry.offset, read.said.as_ref());
        let copy = (entry.partition, entry.offset);
        let key = read.said.as_ref().map(|said| {
            let content = (Identity::of(said), said.data.clone());
            let count = told.entry((content.clone(), entry.partition)).or_insert(0_usize);
            *count += 1;
            (content.0, content.1, *count)
        });
        if let Some(same) = key.as_ref().and_then(|key| by_key.get(key)).and_then(|place| rows.get_mut(*place)) {
            same.copies.push(copy);
            same.at = same.at.min(at);
            same.refused = same.refused.take().or(refusal);
            continue;
        }
        by_key.extend(key.map(|key| (key, rows.len())));
        let missing = read.belongs(partitions);
        rows.push(Row { at, copies: vec![copy], missing, said: read.said, is_known: read.is_known, refused: refusal });
    }
    for row in &mut rows {
        let content = row.said.as_ref().map(|said| (Identity::of(said), said.data.clone()));
        if let Some(content) = content {
            row.missing.retain(|partition| !told.contains_key(&(content.clone(), *partition)));
        }
        row.copies.sort_unstable();
    }
    rows.sort_by(|a, b| (a.at, &a.copies).cmp(&(b.at, &b.copies)));
    rows
}

/// An entry as far as it can be read.
struct Reading {
    said: Option<AnyEvent>,
    is_known: bool,
    event: Option<crate::domain::control::ControlEvent>,
}

impl Reading {
    fn of(entry: &Entry) -> Self {
        let headers: Vec<decode::Header<'_>> = entry.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let value = entry.value.as_deref().unwrap_or_default();
        let said = decode::any_event(value, &headers).ok();
        let decoded = decode::control(value, &headers);
        let is_known = !matches!(&decoded, Err(ControlFault::BadData { detail, .. }) if detail.ends_with("is unknown"));
        Self { said, is_known, event: decoded.ok() }
    }

    /// The partitions that must have it. Of what is not understood here nobody can say it, and a tick is of its
    /// partition alone.
    fn belongs(&self, partitions: u32) -> Vec<u32> {
        let event = self.event.as_ref().filter(|event| event.fact != Fact::Tick);
        event.map_or_else(Vec::new, |event| partitions_of(event, partitions))
    }
}
