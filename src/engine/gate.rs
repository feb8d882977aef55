//! May this use be charged, and by which rule? The checks of CONTRACT 9, in their order.

use crate::domain::account::PeriodKey;
use crate::domain::catalog::{Catalog, Plan, Service};
use crate::domain::charge::PriceKey;
use crate::domain::instant::Instant;
use crate::domain::period::Period;
use crate::domain::usage::{Environment, UsageEvent};
use crate::domain::verdict::Reason;
use crate::domain::zone::LocalDay;

use super::customer::Customer;
use super::models::{self, Asked, Priced};
use super::succession;

/// Why an event is not charged now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Reason,
    pub detail: String,
}

impl Refusal {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// The event's own faults, which need nothing but the event and the catalog.
///
/// # Errors
/// `bad_quantity`, `bad_data`, `personal_data`.
pub fn own_fault(event: &UsageEvent<'_>, catalog: &Catalog) -> Result<(), Refusal> {
    if event.quantity.is_none() {
        return Err(Refusal::new(
            Reason::BadQuantity,
            "data.quantity is not a decimal of at most 18 integer and 9 fraction digits without sign and exponent",
        ));
    }
    if event.environment == Environment::Unknown {
        return Err(Refusal::new(Reason::BadData, "data.environment is neither `production` nor `test`"));
    }
    if let Some(plan) = catalog.service_of_type(&event.kind).and_then(|service| catalog.plan_of(service)) {
        models::of(plan).own_fault(event)?;
    }
    match event.personal {
        Some(_) if !catalog.personal_numbers => Ok(()),
        Some(member) => Err(Refusal::new(Reason::PersonalData, format!("`{member}` holds a personal number; send a pseudonym"))),
        None => Ok(()),
    }
}

/// The event's place in time.
///
/// # Errors
/// `in_future`, `too_old`.
pub fn in_time(event: &UsageEvent<'_>, log_time: Instant, plausible: bool, watermark: Instant, catalog: &Catalog) -> Result<(), Refusal> {
    if !plausible {
        return Err(Refusal::new(Reason::InFuture, format!("its log time {log_time} is later than any clock here")));
    }
    if event.time > log_time.saturating_add(catalog.max_future_skew) {
        return Err(Refusal::new(
            Reason::InFuture,
            format!("its time {} is after its log time {log_time} by more than the allowed skew", event.time),
        ));
    }
    if event.time < watermark.saturating_sub(catalog.dedupe_horizon) {
        return Err(Refusal::new(
            Reason::TooOld,
            format!("its time {} is behind the watermark {watermark} by more than the dedupe horizon", event.time),
        ));
    }
    Ok(())
}

/// An event that may be charged: by which service, plan and price.
#[derive(Debug)]
pub struct Admitted<'c> {
    pub service: &'c Service,
    pub plan: &'c Plan,
    pub day: LocalDay,
    /// The period that it counts into; its day, where the plan has none.
    pub period: Period,
    pub key: PeriodKey,
    pub price: PriceKey,
    /// False: it is counted, and its outcome is one that is not charged.
    pub is_billed: bool,
}

/// The gates that wait for the world.
///
/// # Errors
/// `unknown_service`, `unknown_customer`, `not_activated`, `no_price`.
pub fn admit<'c>(event: &UsageEvent<'_>, customer: &mut Customer, catalog: &'c Catalog) -> Result<Admitted<'c>, Refusal> {
    let service = catalog
        .service_of_type(&event.kind)
        .ok_or_else(|| Refusal::new(Reason::UnknownService, format!("no service of the catalog has the type `{}`", event.kind)))?;
    if let Some(detail) = succession::ended(customer, event.time) {
        return Err(Refusal::new(Reason::UnknownCustomer, detail));
    }
    let Some((version, day)) = customer.version_and_day(event.time) else {
        let detail = format!("customer `{}` is not known at {}", customer.id, event.time);
        return Err(Refusal::new(Reason::UnknownCustomer, detail));
    };
    let (zone, currency, group) = (version.zone, version.currency, version.group.clone());
    if service.activation && !customer.account.is_activated(service.id.as_str(), event.time) {
        let detail = format!("`{}` has not activated `{}` at {}", customer.id, service.id, event.time);
        return Err(Refusal::new(Reason::NotActivated, detail));
    }
    let no_plan = || Refusal::new(Reason::NoPrice, format!("no plan charges `{}`", service.id));
    let plan = catalog.plan_of(service).ok_or_else(no_plan)?;
    let no_price = || Refusal::new(Reason::NoPrice, format!("`{}` has no price in {currency} on {}", service.id, day.date));
    let asked = Asked { day, currency, group: group.as_ref() };
    let Priced { period, price } = models::of(plan).price_of(&asked).ok_or_else(no_price)?;
    let key = PeriodKey { from: period.from, zone, currency };
    let is_billed = service.bills(event.outcome.as_deref());
    Ok(Admitted { service, plan, day, period, key, price, is_billed })
}
