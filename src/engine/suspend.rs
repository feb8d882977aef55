//! Into suspense: an event's own fault is only told, one that waits for the world is parked.

use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::parked::{Origin, ParkedEvent, ParkedKey};
use crate::domain::personal;
use crate::domain::suspense::{Original, SuspenseRecord, SuspenseState};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::domain::write_off::Approval;

use super::customer::Customer;
use super::gate::Refusal;
use super::input::{Effect, Input, Timing};
use super::shelf::Slot;

/// What is kept of an input in suspense: where it stands, when it came, and its bytes.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub origin: Origin,
    log_time: Option<Instant>,
    original: Original,
}

impl Evidence {
    /// Without its bytes, if personal numbers are looked for and there is one in them.
    pub fn of(input: &Input<'_>, partition: u32, catalog: &Catalog) -> Self {
        let may_stand = !catalog.personal_numbers || personal::may_stand(input.value);
        let log_time = match input.timing {
            Timing::At(time) | Timing::Implausible(time) => Some(time),
            Timing::Unknown => None,
        };
        let origin = Origin { topic: input.topic.to_owned(), partition, offset: input.offset };
        Self { origin, log_time, original: if may_stand { Original::Clear(input.value.to_vec()) } else { Original::Redacted } }
    }
}

/// The suspense record of an event that could be read.
pub fn of_event(evidence: Evidence, event: &UsageEvent<'_>, refusal: &Refusal) -> Effect {
    // Looked for in the order id, source, subject, others: those before the member are clean. Whatever
    // the event is refused for, it is not shown.
    let personal = event.personal;
    let id_is_clean = !matches!(personal, Some("id" | "source"));
    let subject_is_clean = id_is_clean && personal != Some("subject");
    let own = |text: &str| text.to_owned();
    Effect::Suspense(Box::new(SuspenseRecord {
        state: SuspenseState::Suspended,
        reason: refusal.reason,
        detail: refusal.detail.clone(),
        customer: subject_is_clean.then(|| own(&event.subject)),
        event_id: id_is_clean.then(|| (own(&event.source), own(&event.id))),
        log_time: evidence.log_time,
        origin: evidence.origin,
        person: event.person.as_deref().filter(|_| personal.is_none()).map(own),
        original: if personal.is_none() { evidence.original } else { Original::Redacted },
        written_off: None,
    }))
}

/// The suspense record of an input that could not be read, or of a refused control event.
pub fn of_input(evidence: Evidence, refusal: &Refusal) -> Effect {
    let Evidence { origin, log_time, original } = evidence;
    // A test id in clear may be no personal number that is known by its shape.
    let original = if refusal.reason == Reason::PersonalData { Original::Redacted } else { original };
    let (state, reason, detail) = (SuspenseState::Suspended, refusal.reason, refusal.detail.clone());
    let (customer, event_id, person, written_off) = (None, None, None, None);
    Effect::Suspense(Box::new(SuspenseRecord {
        state,
        reason,
        detail,
        customer,
        event_id,
        log_time,
        origin,
        person,
        original,
        written_off,
    }))
}

/// Puts an event that waits for the world among the customer's waiting ones.
pub fn park(customer: &mut Customer, evidence: Evidence, event: &UsageEvent<'_>, fingerprint: Fingerprint, reason: Reason, arrival: u64) {
    let Evidence { origin, log_time, original } = evidence;
    let log_time = log_time.unwrap_or(event.time);
    let parked = ParkedEvent { reason, event: event.to_owned(), fingerprint, log_time, origin, original };
    let key = ParkedKey { time: event.time, arrival };
    customer.parked.insert(key, Slot { value: Some(parked), dirty: true });
    customer.account.parked += 1;
    customer.account.gates.suspense.add(key, reason);
    customer.account_dirty = true;
}

/// The record that says that a waiting event was released.
pub fn released(parked: &ParkedEvent) -> Effect {
    of_parked(parked, SuspenseState::Released, &Refusal::new(parked.reason, "what it waited for has come"), None)
}

/// The record that says that what an event waited for has come, and that it cannot be counted all the same.
pub fn refused(parked: &ParkedEvent, refusal: &Refusal) -> Effect {
    of_parked(parked, SuspenseState::Suspended, refusal, None)
}

/// The record that says that a waiting event was given up.
pub fn written_off(parked: &ParkedEvent, approval: &Approval) -> Effect {
    let refusal = Refusal::new(parked.reason, "it was given up, and is never counted");
    of_parked(parked, SuspenseState::WrittenOff, &refusal, Some(approval.clone()))
}

fn of_parked(parked: &ParkedEvent, state: SuspenseState, refusal: &Refusal, written_off: Option<Approval>) -> Effect {
    Effect::Suspense(Box::new(SuspenseRecord {
        state,
        reason: refusal.reason,
        detail: refusal.detail.clone(),
        customer: Some(parked.event.subject.clone().into_owned()),
        event_id: Some((parked.event.source.clone().into_owned(), parked.event.id.clone().into_owned())),
        log_time: Some(parked.log_time),
        origin: parked.origin.clone(),
        person: parked.event.person.as_ref().map(|person| person.clone().into_owned()),
        original: parked.original.clone(),
        written_off,
    }))
}
