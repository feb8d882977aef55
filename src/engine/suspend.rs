//! Into suspense: an event's own fault is only told, one that waits for the world is parked.

use crate::domain::lineage::Fingerprint;
use crate::domain::parked::{Origin, ParkedEvent, ParkedKey};
use crate::domain::suspense::{SuspenseRecord, SuspenseState};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::domain::write_off::Approval;

use super::customer::Customer;
use super::gate::Refusal;
use super::input::{Effect, Input, Timing};
use super::shelf::Slot;

pub fn origin(input: &Input<'_>, partition: u32) -> Origin {
    Origin { topic: input.topic.to_owned(), partition, offset: input.offset }
}

/// The suspense record of an event that could be read.
pub fn of_event(input: &Input<'_>, event: &UsageEvent<'_>, refusal: &Refusal, partition: u32) -> Effect {
    let personal = (refusal.reason == Reason::PersonalData).then_some(event.personal).flatten();
    // Looked for in the order id, source, subject, data: those before the member are clean.
    let id_is_clean = !matches!(personal, Some("id" | "source"));
    let subject_is_clean = id_is_clean && personal != Some("subject");
    record(
        input,
        refusal,
        partition,
        subject_is_clean.then(|| event.subject.clone().into_owned()),
        id_is_clean.then(|| (event.source.clone().into_owned(), event.id.clone().into_owned())),
        personal.is_none(),
    )
}

/// The suspense record of an input that could not be read, or of a refused control event.
pub fn of_input(input: &Input<'_>, refusal: &Refusal, partition: u32) -> Effect {
    let show = refusal.reason != Reason::PersonalData;
    record(input, refusal, partition, None, None, show)
}

fn record(
    input: &Input<'_>,
    refusal: &Refusal,
    partition: u32,
    customer: Option<String>,
    event_id: Option<(String, String)>,
    show: bool,
) -> Effect {
    Effect::Suspense(Box::new(SuspenseRecord {
        state: SuspenseState::Suspended,
        reason: refusal.reason,
        detail: refusal.detail.clone(),
        customer,
        event_id,
        log_time: log_time(input),
        origin: origin(input, partition),
        original: show.then(|| input.value.to_vec()),
        written_off: None,
    }))
}

fn log_time(input: &Input<'_>) -> Option<crate::domain::instant::Instant> {
    match input.timing {
        Timing::At(time) | Timing::Implausible(time) => Some(time),
        Timing::Unknown => None,
    }
}

/// Puts an event that waits for the world among the customer's waiting ones.
pub fn park(
    customer: &mut Customer,
    input: &Input<'_>,
    event: &UsageEvent<'_>,
    fingerprint: Fingerprint,
    reason: Reason,
    arrival: u64,
    partition: u32,
) {
    let parked = ParkedEvent {
        reason,
        event: event.to_owned(),
        fingerprint,
        log_time: log_time(input).unwrap_or(event.time),
        origin: origin(input, partition),
        original: input.value.to_vec(),
    };
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
        original: Some(parked.original.clone()),
        written_off,
    }))
}
