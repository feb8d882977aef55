//! What of the events is in the log already, and what is to be written where.

use std::collections::BTreeMap;

use miette::Result;

use crate::cli::control_log::{ControlLog, Entry, Line, partitions_of};
use crate::domain::instant::Instant;
use crate::wire::control_file::{self, Identity, Told};
use crate::wire::decode::{self, AnyEvent};
use crate::wire::document::{Fault, SourceFile};

pub struct Plan<'a> {
    pub events: Vec<Planned<'a>>,
    /// None: no log was named.
    pub partitions: Option<u32>,
    /// Do events say their log time themselves?
    pub is_recorded: bool,
}

/// An event, and where it must stand.
pub struct Planned<'a> {
    pub told: &'a Told,
    /// All partitions that it belongs to; empty, if no log was named.
    pub partitions: Vec<u32>,
    /// Those that it is not on yet.
    pub missing: Vec<u32>,
    /// As it stands on the others, so that all copies are the same.
    copy: Option<String>,
    at: Instant,
    /// It is in the log, and this one of the same type and subject is behind it.
    pub overtaken_by: Option<String>,
}

impl Planned<'_> {
    /// What is to be written.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let value = self.copy.as_deref().unwrap_or(&self.told.value);
        let key = self.told.event.subject.as_str();
        self.missing.iter().map(move |partition| Line { partition: *partition, key, value, at: self.at })
    }
}

/// An event that stands in the log.
#[derive(Clone)]
struct Standing {
    partition: u32,
    offset: u64,
    said: AnyEvent,
    /// None: its attributes are in headers.
    value: Option<String>,
}

/// Compares the events with the log, if there is one.
///
/// # Errors
/// The log cannot be read. Inside: events whose ids stand there for something else.
pub fn plan<'a>(log: Option<&ControlLog>, told: &'a [Told], files: &[SourceFile]) -> Result<Result<Plan<'a>, Vec<Fault>>> {
    let Some(log) = log else {
        let events = told.iter().map(|told| planned(told, Vec::new(), &[], None)).collect();
        return Ok(Ok(Plan { events, partitions: None, is_recorded: false }));
    };
    let mut standing = Index::for_events(told);
    log.read(&mut |entry| standing.take(entry))?;
    let (mut events, mut faults) = (Vec::with_capacity(told.len()), Vec::new());
    for one in told {
        let there = standing.of_identity(&Identity::of(&one.said));
        if let Some(other) = there.iter().find(|other| other.said.data != one.said.data) {
            let (partition, offset) = (other.partition, other.offset);
            let what = format!("the id {:?} stands in the log for another event, at offset {offset} of partition {partition}", one.said.id);
            faults.extend(control_file::fault(files, one, &what, "an id of its own"));
            continue;
        }
        events.push(planned(one, partitions_of(&one.event, log.partitions()), there, standing.last_like(&one.said)));
    }
    Ok(if faults.is_empty() {
        Ok(Plan { events, partitions: Some(log.partitions()), is_recorded: log.is_recorded() })
    } else {
        Err(faults)
    })
}

fn planned<'a>(told: &'a Told, partitions: Vec<u32>, there: &[Standing], last: Option<&Standing>) -> Planned<'a> {
    let is_there = |partition: &u32| there.iter().any(|one| one.partition == *partition);
    let missing: Vec<u32> = partitions.iter().copied().filter(|partition| !is_there(partition)).collect();
    let first = there.first();
    let overtaken_by = last.filter(|last| missing.is_empty() && last.said.data != told.said.data).map(|last| last.said.id.clone());
    Planned {
        told,
        partitions,
        missing,
        copy: first.and_then(|one| one.value.clone()),
        at: first.map_or_else(|| told.event.recorded_log_time(), |one| one.said.recorded_log_time()),
        overtaken_by,
    }
}

/// What of the log concerns the events that are to be written: it may be much larger than memory.
#[derive(Default)]
struct Index {
    by_identity: BTreeMap<Identity, Vec<Standing>>,
    /// The last one of a type and subject.
    last: BTreeMap<Likeness, Option<Standing>>,
}

/// Type and subject.
type Likeness = (String, Option<String>);

fn likeness(said: &AnyEvent) -> Likeness {
    (said.kind.clone(), said.subject.clone())
}

impl Index {
    fn for_events(told: &[Told]) -> Self {
        let by_identity = told.iter().map(|one| (Identity::of(&one.said), Vec::new())).collect();
        Self { by_identity, last: told.iter().map(|one| (likeness(&one.said), None)).collect() }
    }

    fn take(&mut self, entry: Entry) {
        let headers = entry.headers();
        let Some(said) = entry.value.as_deref().and_then(|value| decode::any_event(value, &headers).ok()) else { return };
        let is_structured = !headers.iter().any(|(name, _)| name.starts_with("ce_"));
        let Some(last) = self.last.get_mut(&likeness(&said)) else { return };
        let value = entry.value.and_then(|value| String::from_utf8(value).ok()).filter(|_| is_structured);
        let standing = Standing { partition: entry.partition, offset: entry.offset, said, value };
        if let Some(copies) = self.by_identity.get_mut(&Identity::of(&standing.said)) {
            copies.push(standing.clone());
        }
        *last = Some(standing);
    }

    fn of_identity(&self, identity: &Identity) -> &[Standing] {
        self.by_identity.get(identity).map_or(&[], Vec::as_slice)
    }

    fn last_like(&self, said: &AnyEvent) -> Option<&Standing> {
        self.last.get(&likeness(said))?.as_ref()
    }
}
