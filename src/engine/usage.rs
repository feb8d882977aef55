//! A usage event on its way: checks, gates, windows, charge. First all that can fail or that needs
//! state which is not in memory, then the changes: a step happens whole or not at all.

use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::lineage::{Entry, Fingerprint};
use crate::domain::names::ServiceId;
use crate::domain::quantity::Quantity;
use crate::domain::state::StateKey;
use crate::domain::usage::UsageEvent;
use crate::domain::window::DayWindow;

use chrono::NaiveDate;

use super::customer::Customer;
use super::gate::{Admitted, Refusal};
use super::gates;
use super::input::{EngineError, Want};
use super::issue::Outbox;
use super::models::{self, Counted};
use super::persons;
use super::shelf::Shelf;

/// What of an event its charge needs, from an input or from the waiting ones.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    pub event: &'a UsageEvent<'a>,
    pub fingerprint: Fingerprint,
    pub offset: u64,
    pub watermark: Instant,
    /// What was due up to then is closed: the watermark, or before it in a freeze window (REQUIREMENTS E7).
    pub done_until: Instant,
    /// What it counts with: negative, if it takes something back.
    pub quantity: Quantity,
}

impl Use<'_> {
    /// Is a freeze window on?
    pub fn is_frozen(&self) -> bool {
        self.done_until < self.watermark
    }

    /// Does it take another event back? Then it is no call of its own.
    pub fn is_retraction(&self) -> bool {
        self.event.retracts.is_some()
    }
}

/// The pieces that charging this use needs in memory and does not have.
pub fn missing(customer: &Customer, admitted: &Admitted<'_>) -> Vec<Want> {
    if customer.is_new {
        return Vec::new();
    }
    let mut wants = Vec::new();
    if !customer.days.has(is_day(&admitted.service.id, admitted.day.date)) {
        wants.push(Want::State(StateKey::Day(customer.id.clone(), admitted.service.id.clone(), admitted.day.date)));
    }
    wants.extend(gates::rate::missing(customer, admitted).map(Want::State));
    let model = models::of(admitted.plan);
    if admitted.is_billed || model.counts_calls() {
        wants.extend(model.state_of(customer, admitted).map(Want::State));
    }
    if admitted.is_billed {
        wants.extend(persons::missing(customer, admitted).map(Want::State));
    }
    wants
}

/// What only the state can tell: an event that would buy more packages than a record can hold, or one
/// whose purchase could not be invoiced.
///
/// # Errors
/// `bad_quantity`, `incomplete_customer`.
pub fn fits(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>, catalog: &Catalog) -> Result<(), Refusal> {
    if admitted.is_billed { models::of(admitted.plan).fits(customer, admitted, using, catalog) } else { Ok(()) }
}

/// Counts the use in its windows and charges it.
///
/// # Errors
/// A sum that cannot be counted exactly.
pub fn count(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>, outbox: &mut Outbox<'_>) -> Result<(), EngineError> {
    let overflow = |customer: &Customer, what| EngineError::Overflow { customer: customer.id.to_string(), what };
    count_in_windows(customer, admitted, using).ok_or_else(|| overflow(customer, "a day's quantity"))?;
    gates::rate::count(customer, admitted, using, outbox.catalog).ok_or_else(|| overflow(customer, "a day's quantity"))?;
    let model = models::of(admitted.plan);
    if !admitted.is_billed {
        return model.call(customer, admitted, using).ok_or_else(|| overflow(customer, "a period's calls"));
    }
    let entry = entry(customer, admitted, using).to_bytes();
    let counted = Counted { admitted, using, entry };
    model.count(customer, &counted, outbox).ok_or_else(|| overflow(customer, "a period's or pool's quantity"))
}

/// Is it the key of a day of a service? A key that is made for each use costs more than its look-up.
pub fn is_day(of: &ServiceId, on: NaiveDate) -> impl Fn(&(ServiceId, NaiveDate)) -> bool {
    move |(service, date)| *date == on && service == of
}

/// The window of a service and day, for a change.
pub fn day_mut<'d>(days: &'d mut Shelf<(ServiceId, NaiveDate), DayWindow>, service: &ServiceId, date: NaiveDate) -> &'d mut DayWindow {
    days.change_where(is_day(service, date), || (service.clone(), date), DayWindow::default)
}

/// Tumbling windows: the hour of the local day, billed or not.
fn count_in_windows(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Option<()> {
    const NANOS_PER_HOUR: i64 = 3_600_000_000_000;
    let elapsed = using.event.time.nanos() - admitted.day.start.nanos();
    let hour = u8::try_from(elapsed / NANOS_PER_HOUR).unwrap_or(u8::MAX);
    let day = day_mut(&mut customer.days, &admitted.service.id, admitted.day.date);
    let window = day.hour_mut(hour);
    window.events = if using.is_retraction() { window.events.saturating_sub(1) } else { window.events.saturating_add(1) };
    window.quantity = window.quantity.checked_add(using.quantity)?;
    if admitted.is_billed {
        window.billed = window.billed.checked_add(using.quantity)?;
    }
    if let Some(consent) = customer.consents.at(admitted.consent) {
        let part = day.consent_mut(consent);
        part.events = if using.is_retraction() { part.events.saturating_sub(1) } else { part.events.saturating_add(1) };
        if admitted.is_billed {
            part.billed = part.billed.checked_add(using.quantity)?;
        }
    }
    Some(())
}

/// An event of a customer that was merged into this one keeps its name in the lineage.
fn hash_of(customer: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(customer.as_bytes())
}

/// The lineage entry of a use.
pub fn entry(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Entry {
    let (action, created_day) = models::of(admitted.plan).mark(using.event);
    Entry {
        action,
        created_day,
        event: using.fingerprint,
        time: using.event.time,
        quantity: using.quantity,
        customer_hash: if using.event.subject == customer.id.as_str() { customer.hash } else { hash_of(&using.event.subject) },
        service_hash: xxhash_rust::xxh3::xxh3_64(admitted.service.id.as_str().as_bytes()),
    }
}
