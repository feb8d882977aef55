//! Files of control events on their way into the log, read so that all faults of all events are found before any
//! is written.
//!
//! An event stands in a file as it will stand in the log (NDJSON, a `CloudEvent` a line), or in a short form for
//! people (TOML or JSON), which leaves out the envelope: see `short`. Its `id` is the digest of what it says, so
//! that a file that is told twice is the same events.

mod check;
mod compose;
mod draft;
mod lines;
mod short;

use std::collections::BTreeMap;
use std::slice;

use crate::domain::control::ControlEvent;
use crate::domain::instant::Instant;
use crate::wire::decode::{AnyEvent, Json};
use crate::wire::document::{Fault, Faults, Place, SourceFile};

/// An event that is asked of several customers at once: `data.municipalities` lists them.
const REQUEST: &str = "tally.agreement_request.v1";

/// A control event that may be written.
#[derive(Debug, Clone)]
pub struct Told {
    pub event: ControlEvent,
    /// The same, as any event is read.
    pub said: AnyEvent,
    /// As it will stand in the log.
    pub value: String,
    /// Which of the files, and where in it.
    pub file: usize,
    pub place: Place,
}

/// In which form a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Toml,
    Json,
}

/// Reads files of control events. `at` is the time of those that name none.
///
/// # Errors
/// All faults of all files.
pub fn read(files: &[SourceFile], at: Instant) -> Result<Vec<Told>, Vec<Fault>> {
    let (mut told, mut faults) = (Vec::new(), Vec::new());
    for (number, file) in files.iter().enumerate() {
        match read_file(file, number, at) {
            Ok(events) => told.extend(events),
            Err(found) => faults.extend(found),
        }
    }
    let told = once_each(files, told, &mut faults);
    if faults.is_empty() { Ok(told) } else { Err(faults) }
}

fn read_file(file: &SourceFile, number: usize, at: Instant) -> Result<Vec<Told>, Vec<Fault>> {
    let faults = Faults::new(slice::from_ref(file));
    let drafts = match form(file) {
        Form::Lines => lines::read(file, &faults),
        Form::Toml => short::of_toml(file, &faults),
        Form::Json => short::of_json(file, &faults),
    };
    let told = drafts.iter().flat_map(|draft| check::told(draft, number, at, &faults)).collect();
    let faults = faults.into_sorted();
    if faults.is_empty() { Ok(told) } else { Err(faults) }
}

/// By its name, or else by its beginning: a line with an envelope is an event, another `{` begins the short form.
fn form(file: &SourceFile) -> Form {
    match file.name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("ndjson" | "jsonl") => return Form::Lines,
        Some("toml") => return Form::Toml,
        Some("json") => return Form::Json,
        _ => {}
    }
    let first = file.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let is_event = |json: Json| json.object().is_some_and(|members| members.contains_key("specversion"));
    match first.trim_start().starts_with('{') {
        true if Json::parse(first.as_bytes()).is_ok_and(is_event) => Form::Lines,
        true => Form::Json,
        false => Form::Toml,
    }
}

/// What two events must not share unless they say the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub source: String,
    pub id: String,
    pub kind: String,
    pub subject: Option<String>,
}

impl Identity {
    #[must_use]
    pub fn of(event: &AnyEvent) -> Self {
        let AnyEvent { source, id, kind, subject, .. } = event.clone();
        Self { source, id, kind, subject }
    }
}

/// An event that is told twice is one; one id for two things is a fault.
fn once_each(files: &[SourceFile], told: Vec<Told>, faults: &mut Vec<Fault>) -> Vec<Told> {
    let mut first: BTreeMap<Identity, usize> = BTreeMap::new();
    let mut kept: Vec<Told> = Vec::with_capacity(told.len());
    for one in told {
        let identity = Identity::of(&one.said);
        match first.get(&identity).and_then(|place| kept.get(*place)) {
            None => {
                first.insert(identity, kept.len());
                kept.push(one);
            }
            Some(same) if same.said.data == one.said.data => {}
            Some(other) => {
                let what = format!("the id {:?} is also that of another event, at {}", identity.id, whereabouts(files, other));
                faults.extend(fault(files, &one, &what, "another id"));
            }
        }
    }
    kept
}

/// A fault of an event that was read: of something that only the log or the run can tell.
#[must_use]
pub fn fault(files: &[SourceFile], told: &Told, what: &str, write_instead: &str) -> Vec<Fault> {
    let Some(file) = files.get(told.file) else { return Vec::new() };
    let faults = Faults::new(slice::from_ref(file));
    faults.add(told.place, what, write_instead);
    faults.into_sorted()
}

fn whereabouts(files: &[SourceFile], told: &Told) -> String {
    files.get(told.file).map_or_else(String::new, |file| Faults::new(slice::from_ref(file)).whereabouts(told.place))
}
