//! What was published of events in suspense, one after the other.

use miette::{IntoDiagnostic, Result, WrapErr as _};
use serde::Deserialize;

use crate::app;
use crate::cli::lines::Lines;
use crate::cli::suspense::place::{Medium, Place};
use crate::cli::suspense::select::SelectArgs;
use crate::domain::verdict::Reason;
use crate::kafka::topic;
use crate::wire::keys::PublishedOriginal;

/// The lane of a journal that usage comes in.
const USAGE: &str = "usage-events";

/// A suspense record, as far as it is needed to send its event again.
#[derive(Debug, Deserialize)]
pub struct Suspended {
    state: String,
    pub reason: String,
    event_id: Option<EventId>,
    /// Of whom, from where, and its bytes.
    #[serde(flatten)]
    pub original: PublishedOriginal,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct EventId {
    source: String,
    id: String,
}

impl Suspended {
    /// Source and id; of an event that has none, its place.
    #[must_use]
    pub fn name(&self) -> (String, String) {
        match &self.event_id {
            Some(EventId { source, id }) => (source.clone(), id.clone()),
            None => (String::new(), format!("{}/{}", self.original.origin().partition, self.original.origin().offset)),
        }
    }

    /// Does this text say its source and id, as far as they are known?
    #[must_use]
    pub fn is_named_in(&self, text: &str) -> bool {
        let said: Option<EventId> = serde_json::from_str(text).ok();
        self.event_id.is_none() || said == self.event_id
    }

    /// Is it refused for its own fault, and selected as far as its record tells?
    fn is_meant(&self, usage: &str, select: &SelectArgs) -> bool {
        let own_fault = Reason::ALL.into_iter().any(|reason| !reason.waits() && reason.as_str() == self.reason);
        let holds = |asked: Option<&str>, is: Option<&str>| asked.is_none_or(|asked| Some(asked) == is);
        let id = self.event_id.as_ref();
        self.state == "suspended"
            && own_fault
            && self.original.origin().topic == usage
            && select.suspended_for.is_none_or(|reason| reason.as_str() == self.reason)
            && holds(select.customer.as_deref(), self.original.customer())
            && holds(select.source.as_deref(), id.map(|id| id.source.as_str()))
            && (select.event.is_empty() || id.is_some_and(|id| select.event.contains(&id.id)))
    }
}

/// Calls `each` with those that were refused for their own fault and are selected, in the order of publication.
///
/// # Errors
/// What was published cannot be read.
pub fn refused(place: &Place, select: &SelectArgs, each: &mut dyn FnMut(Suspended)) -> Result<()> {
    let mut fault = None;
    let mut take = |usage: &str, bytes: &[u8]| match serde_json::from_slice::<Suspended>(bytes) {
        Ok(one) if one.is_meant(usage, select) => each(one),
        Ok(_) => {}
        Err(error) => fault = Some(error),
    };
    match &place.medium {
        Medium::Journal(journal) => {
            let path = journal.join("out/usage-suspense.ndjson");
            let cannot = || format!("cannot read {}", path.display());
            for line in Lines::open(&path).into_diagnostic().wrap_err_with(cannot)? {
                take(USAGE, &line.into_diagnostic().wrap_err_with(cannot)?.bytes);
            }
        }
        Medium::Kafka(config, kafka) => {
            let settings = app::settings(config, kafka);
            let usage = &settings.topics.usage;
            topic::read_topic(&settings, &settings.topics.suspense, &mut |read| take(usage, read.value)).into_diagnostic()?;
        }
    }
    match fault {
        Some(error) => Err(error).into_diagnostic().wrap_err("a suspense record is none; was it written by a newer tally?"),
        None => Ok(()),
    }
}
