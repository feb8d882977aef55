//! Taking an event back by its id. Events are not stored: of one that may be taken back, a second
//! fingerprint is remembered, over all that it was counted with. A retraction repeats the event, so it
//! has the same one exactly if such an event was counted; and a third says that it was taken back.

use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::verdict::Reason;

use super::customer::Customer;
use super::dedupe::{self, Dedupe, Probe};
use super::gate::{Admitted, Refusal};
use super::input::{Step, Want};
use super::models;
use super::usage::{self, Use};

const COUNTED: u8 = 1;
const TAKEN_BACK: u8 = 2;

/// What is to be remembered of an event besides its id; none, if its service takes nothing back.
///
/// # Errors
/// `nothing_to_retract`.
pub fn mark(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>, dedupe: &Dedupe) -> Result<Step<Option<Fingerprint>>, Refusal> {
    if !admitted.service.retractable {
        return Ok(Step::Done(None));
    }
    let Some(id) = using.event.retracts.as_deref() else {
        return Ok(Step::Done(Some(content(COUNTED, customer, admitted, using))));
    };
    let original = Use { fingerprint: dedupe::fingerprint(&using.event.source, id), quantity: using.quantity.negated(), ..*using };
    let taken_back = content(TAKEN_BACK, customer, admitted, &original);
    let known = |id: Fingerprint| dedupe.probe(id, using.watermark);
    let probes = [known(content(COUNTED, customer, admitted, &original)), known(taken_back), known(original.fingerprint)];
    let why = match &probes {
        [Probe::Ask(_), ..] | [_, Probe::Ask(_), _] | [.., Probe::Ask(_)] => return Ok(Step::Missing(asked(probes))),
        [Probe::Seen, Probe::New, _] => return Ok(Step::Done(Some(taken_back))),
        [Probe::Seen, Probe::Seen, _] => "it was taken back already",
        [Probe::New, _, Probe::Seen] => "it was seen, but was not counted with the same type, time, quantity, outcome and person",
        [Probe::New, _, Probe::New] => "no such event was seen within the dedupe horizon",
    };
    Err(Refusal::new(Reason::NothingToRetract, format!("event `{id}` of this source cannot be taken back: {why}")))
}

/// All that the probes want to be told.
fn asked(probes: [Probe; 3]) -> Vec<Want> {
    let blocks = probes.into_iter().flat_map(|probe| match probe {
        Probe::Ask(blocks) => blocks,
        Probe::New | Probe::Seen => Vec::new(),
    });
    blocks.map(Want::State).collect()
}

/// Until when it is remembered, as the time of an event: one that waited for long can be taken back
/// as long as any other.
#[must_use]
pub fn remembered_from(time: Instant, watermark: Instant) -> Instant {
    time.max(watermark)
}

/// The lineage entry holds customer, service, id, time and quantity; beside it what else decides what is charged.
fn content(tag: u8, customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Fingerprint {
    let entry = usage::entry(customer, admitted, using).to_bytes();
    let person = admitted.person.map_or([0; 16], |person| person.0.to_be_bytes());
    let outcome = using.event.outcome.as_deref().unwrap_or_default().as_bytes();
    // Counted before its customer's merger was told, it cannot be taken back from the survivor, unless all went there.
    let stays = using.event.subject != customer.id.as_str() && !models::of(admitted.plan).goes_with_mergers();
    let owner = if stays { customer.id.as_str() } else { "" };
    let flags = [tag, u8::from(admitted.is_billed), u8::from(using.event.outcome.is_some())];
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    [flags.as_slice(), &entry, &person, outcome, owner.as_bytes()].into_iter().for_each(|part| hash.update(part));
    Fingerprint(hash.digest128())
}
