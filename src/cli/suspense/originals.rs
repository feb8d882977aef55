//! Events that were suspended for their own fault, as copies that can be sent once more.

mod came;
mod event;
mod published;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use miette::{IntoDiagnostic, Result, WrapErr as _};
use thiserror::Error;

use self::came::{At, Came};
pub use self::event::Provenance;
use self::published::Suspended;
use super::decide::Telling;
use super::place::Place;
use super::select::SelectArgs;
use crate::cli::clock;
use crate::cli::table::{Align, Table, grouped};
use crate::domain::names::CustomerId;
use crate::domain::state::Meta;
use crate::wire::decode;
use crate::wire::keys::{KeyRing, Unopened};

/// An event, and what can be sent of it.
#[derive(Debug)]
pub struct Copy {
    /// Empty: that cannot be told.
    pub customer: CustomerId,
    reason: String,
    event: Result<String, Unsendable>,
}

/// Why an event cannot be sent again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Unsendable {
    #[error("redacted, because of a personal number: the producer sends it without")]
    Redacted,
    #[error("sealed with keys that were shredded: nobody can read it any more")]
    Shredded,
    #[error("not to be opened ({0}); name the key ring with --keys FILE")]
    Sealed(String),
    #[error("no event by itself, and not in the input any more, where its headers were: the producer sends it again")]
    Gone,
    #[error("without a value: the producer sends it again")]
    Empty,
    #[error("no event at all: the producer mends it and sends it again")]
    NoEvent,
}

impl Copy {
    /// None: it cannot be sent.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref().ok()
    }

    pub fn telling(&self) -> Option<Telling> {
        Some(Telling { customer: self.customer.clone(), event: self.event()?.to_owned(), at: clock::now() })
    }

    /// Is it selected by what only the event itself says? What cannot be read is, if nothing of that is asked for.
    fn is_meant(&self, asked: &Asked<'_>) -> bool {
        let event = self.event().and_then(|text| decode::usage(text.as_bytes(), &[], false).ok());
        match event {
            Some(event) => {
                let service = asked.place.services.of_type(&event.kind, asked.meta);
                asked.select.covers_event(&event, service.map(|service| &service.id))
            }
            None => !asked.select.looks_into_events(),
        }
    }
}

/// Which events are sent again, and what is needed for it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub place: &'a Place,
    pub select: &'a SelectArgs,
    pub ring: &'a KeyRing,
    pub provenance: Provenance<'a>,
    /// Of the partition that was read furthest: its catalog names the services.
    pub meta: &'a Meta,
}

/// Those that are selected, each once: of copies of one event the last.
///
/// # Errors
/// What was published cannot be read, or what is in binary mode not be looked up in the input.
pub fn refused(asked: &Asked<'_>) -> Result<Vec<Copy>> {
    let Asked { place, select, ring, provenance, .. } = *asked;
    let mut found: BTreeMap<(String, String), Suspended> = BTreeMap::new();
    published::refused(place, select, &mut |one| {
        found.insert(one.name(), one);
    })?;
    let opened: Vec<(Suspended, Result<String, Unsendable>)> = found.into_values().map(|one| opened(one, ring)).collect();
    let bare = opened.iter().filter(|(_, text)| *text == Err(Unsendable::NoEvent)).map(|(one, _)| at(one));
    let came = Came::read(place, &bare.collect::<BTreeSet<At>>())?;
    let copies = opened.into_iter().map(|(one, text)| copy(one, text, &came, provenance));
    Ok(copies.filter(|copy| copy.is_meant(asked)).collect())
}

fn at(one: &Suspended) -> At {
    (one.original.origin().partition, one.original.origin().offset)
}

/// The value, if it is an event by itself.
fn opened(one: Suspended, ring: &KeyRing) -> (Suspended, Result<String, Unsendable>) {
    let text = match one.original.open(ring) {
        Ok(Some(bytes)) if bytes.is_empty() => Err(Unsendable::Empty),
        // In binary mode the value is data, which may look like an event, but is not this one.
        Ok(Some(bytes)) => {
            let text = String::from_utf8(bytes).ok().filter(|text| event::is_structured(text) && one.is_named_in(text));
            text.ok_or(Unsendable::NoEvent)
        }
        Ok(None) => Err(Unsendable::Redacted),
        Err(Unopened::Shredded) => Err(Unsendable::Shredded),
        Err(why @ (Unopened::UnknownVersion(_) | Unopened::Damaged)) => Err(Unsendable::Sealed(why.to_string())),
    };
    (one, text)
}

fn copy(one: Suspended, text: Result<String, Unsendable>, came: &Came, provenance: Provenance<'_>) -> Copy {
    let text = match text {
        Err(Unsendable::NoEvent) => came.at(at(&one)),
        text => text,
    };
    let place = one.original.origin();
    let origin = format!("{}/{}/{}", place.topic, place.partition, place.offset);
    let event = text.and_then(|text| provenance.put(&text, &origin).ok_or(Unsendable::NoEvent));
    let of_event = || event.as_deref().ok().and_then(event::subject);
    let customer = one.original.customer().map(ToOwned::to_owned).or_else(of_event).unwrap_or_default();
    Copy { customer: CustomerId::new(&customer), reason: one.reason, event }
}

/// Mended events: each line must be one.
///
/// # Errors
/// The file cannot be read, or a line is no event.
pub fn of_file(path: &Path) -> Result<Vec<Copy>> {
    let text = fs::read_to_string(path).into_diagnostic().wrap_err_with(|| format!("cannot read {}", path.display()))?;
    let mut copies = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("line {number} of {}", path.display());
        let event = decode::usage(line.as_bytes(), &[], true).into_diagnostic().wrap_err_with(place)?;
        copies.push(Copy { customer: CustomerId::new(&event.subject), reason: "mended".to_owned(), event: Ok(line.to_owned()) });
    }
    Ok(copies)
}

/// How many of each reason there are and can be sent, and why others cannot.
pub fn table(copies: &[Copy]) -> String {
    let mut table = Table::new(&[("reason", Align::Left), ("events", Align::Right), ("can be sent", Align::Right)]);
    let reasons: BTreeSet<&str> = copies.iter().map(|copy| copy.reason.as_str()).collect();
    for reason in reasons {
        let of_reason = || copies.iter().filter(|copy| copy.reason == reason);
        let sendable = of_reason().filter(|copy| copy.event.is_ok()).count();
        table.row(vec![reason.to_owned(), grouped(&of_reason().count().to_string()), grouped(&sendable.to_string())]);
    }
    let mut why: BTreeMap<&Unsendable, usize> = BTreeMap::new();
    copies.iter().filter_map(|copy| copy.event.as_ref().err()).for_each(|one| *why.entry(one).or_default() += 1);
    let mut text = table.render();
    for (why, count) in why {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} cannot be sent: {why}.", grouped(&count.to_string()));
    }
    text
}
