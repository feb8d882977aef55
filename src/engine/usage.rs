//! A usage event on its way: checks, gates, windows, charge. First all that can fail or that needs
//! state which is not in memory, then the changes: a step happens whole or not at all.

use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::lineage::{Entry, Fingerprint};
use crate::domain::quantity::Quantity;
use crate::domain::state::StateKey;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;

use super::archive::{self, ArchiveUse};
use super::complete;
use super::customer::Customer;
use super::gate::{Admitted, Charge, Refusal};
use super::input::{EngineError, Want};
use super::issue::Outbox;
use super::metered::{self, PeriodUse};
use super::package::{self, PoolUse};

/// What of an event its charge needs, from an input or from the waiting ones.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    pub event: &'a UsageEvent<'a>,
    pub fingerprint: Fingerprint,
    pub offset: u64,
    pub watermark: Instant,
}

impl Use<'_> {
    pub fn quantity(&self) -> Quantity {
        self.event.quantity.unwrap_or_default()
    }
}

/// The pieces that charging this use needs in memory and does not have.
pub fn missing(customer: &Customer, admitted: &Admitted<'_>) -> Vec<Want> {
    if customer.is_new {
        return Vec::new();
    }
    let mut wants = Vec::new();
    let day = (admitted.service.id.clone(), admitted.day.date);
    if !customer.days.is_resident(&day) {
        wants.push(Want::State(StateKey::Day(customer.id.clone(), day.0, day.1)));
    }
    wants.extend(missing_charge(customer, admitted).map(Want::State));
    wants
}

fn missing_charge(customer: &Customer, admitted: &Admitted<'_>) -> Option<StateKey> {
    let id = || customer.id.clone();
    match &admitted.charge {
        Charge::Nothing => None,
        Charge::Package { plan, .. } => (!customer.pools.is_resident(&plan.id)).then(|| StateKey::Pool(id(), plan.id.clone())),
        Charge::Metered { plan, .. } => {
            let key = (plan.id.clone(), admitted.key);
            (!customer.periods.is_resident(&key)).then(|| StateKey::Period(id(), key.0, key.1))
        }
        Charge::Archive { plan, .. } => (!customer.archives.is_resident(&plan.id)).then(|| StateKey::Archive(id(), plan.id.clone())),
    }
}

/// What only the balance can tell: an event that would buy more packages than a record can hold, or one
/// whose purchase could not be invoiced.
///
/// # Errors
/// `bad_quantity`, `incomplete_customer`.
pub fn fits(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>, catalog: &Catalog) -> Result<(), Refusal> {
    let Charge::Package { plan, price, .. } = &admitted.charge else { return Ok(()) };
    let pool = customer.pools.get(&plan.id);
    match package::buys_too_many(pool, price.size, using.quantity()) {
        Some(false) if package::buys(pool, using.quantity()) => {
            let lack = complete::lack_at_issue(&customer.account, plan, using.watermark, catalog);
            lack.map_or(Ok(()), |why| Err(Refusal::new(Reason::IncompleteCustomer, why)))
        }
        Some(false) => Ok(()),
        _ => {
            let most = package::MOST_PACKAGES_PER_EVENT;
            Err(Refusal::new(Reason::BadQuantity, format!("it would buy more than {most} packages of `{}` at once", plan.id)))
        }
    }
}

/// Counts the use in its windows and charges it.
///
/// # Errors
/// A sum that cannot be counted exactly.
pub fn count(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>, outbox: &mut Outbox<'_>) -> Result<(), EngineError> {
    let overflow = |customer: &Customer, what| EngineError::Overflow { customer: customer.id.to_string(), what };
    count_in_windows(customer, admitted, using).ok_or_else(|| overflow(customer, "a day's quantity"))?;
    charge(customer, admitted, using, outbox).ok_or_else(|| overflow(customer, "a period's or pool's quantity"))
}

/// Tumbling windows: the hour of the local day, billed or not.
fn count_in_windows(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Option<()> {
    const NANOS_PER_HOUR: i64 = 3_600_000_000_000;
    let elapsed = using.event.time.nanos() - admitted.day.start.nanos();
    let hour = u8::try_from(elapsed / NANOS_PER_HOUR).unwrap_or(u8::MAX);
    let key = (admitted.service.id.clone(), admitted.day.date);
    let window = customer.days.change_or(&key, Default::default).hour_mut(hour);
    window.events += 1;
    window.quantity = window.quantity.checked_add(using.quantity())?;
    if admitted.service.bills(using.event.outcome.as_deref()) {
        window.billed = window.billed.checked_add(using.quantity())?;
    }
    Some(())
}

fn charge(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let (quantity, offset, watermark) = (using.quantity(), using.offset, using.watermark);
    let (service, key, day) = (admitted.service, admitted.key, admitted.day);
    let entry = entry(customer, admitted, using).to_bytes();
    match admitted.charge {
        Charge::Nothing => Some(()),
        Charge::Package { plan, price, amount, low_balance } => {
            let (currency, zone) = (key.currency, key.zone);
            let using = PoolUse { plan, service, price, amount, low_balance, currency, zone, day, quantity, offset, entry, watermark };
            package::apply(customer, &using, outbox)
        }
        Charge::Metered { plan, period, price_from } => {
            metered::apply(customer, &PeriodUse { plan, service, period, key, price_from, quantity, offset, entry, watermark })
        }
        Charge::Archive { plan, rules, part } => {
            let (service, time) = (service.id.clone(), using.event.time);
            archive::apply(customer, &ArchiveUse { plan, rules, service, key, part, time, quantity, offset, entry, watermark })
        }
    }
}

fn entry(customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Entry {
    let (action, created_day) = match &admitted.charge {
        Charge::Archive { part, .. } => (if part.culled { 2 } else { 1 }, part.created.to_epoch_days()),
        _ => (0, 0),
    };
    Entry {
        action,
        created_day,
        event: using.fingerprint,
        time: using.event.time,
        quantity: using.quantity(),
        customer_hash: customer.hash,
        service_hash: xxhash_rust::xxh3::xxh3_64(admitted.service.id.as_str().as_bytes()),
    }
}
