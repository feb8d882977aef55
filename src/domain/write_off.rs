//! Giving up on waiting events, and trying them again by hand: both are decisions of people.

use super::instant::Instant;
use super::names::ServiceId;
use super::parked::ParkedEvent;
use super::verdict::Reason;

/// `tally.write_off.v1`: waiting events of a customer are given up. Two people stand for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOff {
    pub selection: Selection,
    pub approval: Approval,
}

/// Who gave up, who agreed, and why. They differ, and name nobody's person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub actor: String,
    pub approver: String,
    pub reason: String,
}

/// `tally.recycle.v1`: a customer's waiting events are tried again now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recycle {
    pub actor: String,
    pub reason: String,
}

/// Which waiting events: those for which all that is given holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// What they wait for now.
    pub reason: Option<Reason>,
    pub service: Option<ServiceId>,
    /// The type that they were reported with, for those of no known service.
    pub kind: Option<String>,
    pub source: Option<String>,
    /// Their event time is in `[from, to)`.
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// Source and id of each, ascending; none: all.
    pub events: Option<Vec<(String, String)>>,
    /// Log time: what came later was not known to those who decided, and goes on waiting. So the same decision,
    /// told again, gives up nothing more.
    pub seen_until: Instant,
}

impl Selection {
    /// `service`: that of the event, by the catalog in force.
    #[must_use]
    pub fn covers(&self, parked: &ParkedEvent, service: Option<&ServiceId>) -> bool {
        let event = &parked.event;
        let is_named = |events: &Vec<(String, String)>| {
            let place = events.binary_search_by(|(source, id)| (source.as_str(), id.as_str()).cmp(&(&*event.source, &*event.id)));
            place.is_ok()
        };
        parked.log_time <= self.seen_until
            && self.reason.is_none_or(|reason| reason == parked.reason)
            && self.service.as_ref().is_none_or(|asked| service == Some(asked))
            && self.kind.as_ref().is_none_or(|kind| *kind == event.kind)
            && self.source.as_ref().is_none_or(|source| *source == event.source)
            && self.from.is_none_or(|from| from <= event.time)
            && self.to.is_none_or(|to| event.time < to)
            && self.events.as_ref().is_none_or(is_named)
    }
}
