//! Messages of the input as they came: a suspense record keeps the value of an event, and not its headers.

use std::collections::{BTreeMap, BTreeSet};

use miette::IntoDiagnostic as _;

use super::{Unsendable, event};
use crate::app;
use crate::cli::suspense::place::{Medium, Place};
use crate::kafka::topic::read_partition;

/// Partition and offset.
pub type At = (u32, u64);

/// What stands at a place of the input, as an event of structured mode.
#[derive(Debug)]
pub struct Came {
    has_headers: bool,
    /// None: no event of binary mode.
    events: BTreeMap<At, Option<String>>,
}

impl Came {
    /// Reads all places at once. A journal has no headers, so there is nothing to be found.
    ///
    /// # Errors
    /// The topic cannot be read.
    pub fn read(place: &Place, wanted: &BTreeSet<At>) -> miette::Result<Self> {
        let mut events = BTreeMap::new();
        if let Medium::Kafka(config, kafka) = &place.medium {
            let settings = app::settings(config, kafka);
            for partition in wanted.iter().map(|(partition, _)| *partition).collect::<BTreeSet<_>>() {
                let offsets = || wanted.range((partition, 0)..=(partition, u64::MAX)).map(|(_, offset)| *offset);
                let (Some(first), Some(last)) = (offsets().next(), offsets().next_back()) else { continue };
                let read = read_partition(&settings, &settings.topics.usage, partition, &(first..=last), &mut |read| {
                    let at = (read.partition, read.offset);
                    if wanted.contains(&at) {
                        events.insert(at, event::structured(read.value, read.headers));
                    }
                });
                read.into_diagnostic()?;
            }
        }
        Ok(Self { has_headers: matches!(place.medium, Medium::Kafka(..)), events })
    }

    /// # Errors
    /// Nothing stands there any more, or what does is no event of binary mode.
    pub fn at(&self, at: At) -> Result<String, Unsendable> {
        match self.events.get(&at) {
            Some(Some(event)) => Ok(event.clone()),
            None if self.has_headers => Err(Unsendable::Gone),
            Some(None) | None => Err(Unsendable::NoEvent),
        }
    }
}
