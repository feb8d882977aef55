//! The events of a log in one order, each once with its copies.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::refused::{Refusal, Refused};
use crate::cli::control_log::{Entry, partitions_of};
use crate::domain::control::{ControlEvent, Fact};
use crate::domain::instant::Instant;
use crate::wire::decode::{self, AnyEvent, ControlFault, Json};

/// An event of the log.
#[derive(Debug)]
pub struct Row {
    /// Log time; of something without one, that of what stands before it.
    pub at: Instant,
    /// The largest log time of its partition when it was read: what is told with an earlier one acts only now.
    order: Instant,
    content: Option<Content>,
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

/// The digest of what an event is and says. An auditor must not be shown two things as one.
type Content = [u8; 32];

fn content(said: &AnyEvent) -> Content {
    let text = [&said.source, &said.id, &said.kind, said.subject.as_deref().unwrap_or_default()].map(|part| Json::Text(part.to_owned()));
    Sha256::digest(Json::List([text.as_slice(), &[Json::Object(said.data.clone())]].concat()).to_string()).into()
}

/// The rows of a log that is being read.
#[derive(Default)]
pub struct Rows {
    found: Vec<Row>,
    /// How often each content stands on a partition.
    told: BTreeMap<(Content, u32), usize>,
    /// Of what is told twice on a partition, the first there is a copy of the first elsewhere.
    by_content: BTreeMap<(Content, usize), usize>,
    /// How far each partition's log time has come.
    reached: BTreeMap<u32, Instant>,
}

impl Rows {
    pub fn take(&mut self, entry: &Entry, partitions: u32, refused: &Refused) {
        let read = Reading::of(entry);
        let before = self.reached.entry(entry.partition).or_insert(Instant::MIN);
        let at = entry.log_time.or(read.said.as_ref().map(AnyEvent::recorded_log_time)).unwrap_or(*before);
        *before = at.max(*before);
        let order = *before;
        let refusal = refused.of(entry.partition, entry.offset, read.said.as_ref());
        let copy = (entry.partition, entry.offset);
        let content = read.said.as_ref().map(content);
        if let Some(content) = content {
            let count = self.told.entry((content, entry.partition)).or_insert(0);
            *count += 1;
            let place = *self.by_content.entry((content, *count)).or_insert(self.found.len());
            if let Some(same) = self.found.get_mut(place) {
                same.copies.push(copy);
                same.at = same.at.min(at);
                same.order = same.order.min(order);
                same.refused = same.refused.take().or(refusal);
                return;
            }
        }
        let missing = read.belongs(partitions);
        self.found.push(Row {
            at,
            order,
            content,
            copies: vec![copy],
            missing,
            said: read.said,
            is_known: read.is_known,
            refused: refusal,
        });
    }

    /// All rows, in the order in which they act.
    #[must_use]
    pub fn in_order(self) -> Vec<Row> {
        let Self { found: mut rows, told, .. } = self;
        for row in &mut rows {
            if let Some(content) = row.content {
                row.missing.retain(|partition| !told.contains_key(&(content, *partition)));
            }
            row.copies.sort_unstable();
        }
        rows.sort_by(|a, b| (a.order, &a.copies).cmp(&(b.order, &b.copies)));
        rows
    }
}

/// An entry as far as it can be read.
struct Reading {
    said: Option<AnyEvent>,
    is_known: bool,
    event: Option<ControlEvent>,
}

impl Reading {
    fn of(entry: &Entry) -> Self {
        let headers = entry.headers();
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
