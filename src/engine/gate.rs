//! May this use be charged, and by which rule? The checks of CONTRACT 9, in their order.

use crate::domain::account::PeriodKey;
use crate::domain::catalog::{Catalog, Plan, Service, ServicePlace};
use crate::domain::charge::PriceKey;
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::usage::{Environment, UsageEvent};
use crate::domain::verdict::Reason;
use crate::domain::zone::LocalDay;

use super::customer::Customer;
use super::gates;
use super::models::{self, Asked, Billing, Priced};
use super::reported;
use super::succession;
use super::world::World;

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

/// The event's own faults, which need nothing but the event and the catalog. Without any: the service that it is of,
/// if the catalog has it. It is looked up once for an event.
///
/// # Errors
/// `bad_quantity`, `bad_data`, `personal_data`.
pub fn own_fault(event: &UsageEvent<'_>, catalog: &Catalog) -> Result<Option<ServicePlace>, Refusal> {
    let place = catalog.place_of_type(&event.kind);
    let service = place.and_then(|place| catalog.service_at(place));
    reported::quantity(event, service)?;
    if event.environment == Environment::Unknown {
        return Err(Refusal::new(Reason::BadData, "data.environment is neither `production` nor `test`"));
    }
    let model = service.and_then(|service| catalog.plan_of(service)).map(models::of);
    if let Some(model) = model {
        model.own_fault(event)?;
    }
    if let Some(member) = event.personal.filter(|_| catalog.personal_numbers) {
        return Err(Refusal::new(Reason::PersonalData, format!("`{member}` holds a personal number; send a pseudonym")));
    }
    if model.is_some_and(Billing::counts_persons) {
        reported::pseudonym(event)?;
    }
    Ok(place)
}

/// The event's place in time.
///
/// # Errors
/// `in_future`, `too_old`.
pub fn in_time(
    event: &UsageEvent<'_>,
    log_time: Instant,
    plausible: bool,
    watermark: Instant,
    remembered_since: Instant,
    catalog: &Catalog,
) -> Result<(), Refusal> {
    if !plausible {
        return Err(Refusal::new(Reason::InFuture, format!("its log time {log_time} is later than any clock here")));
    }
    if event.time > log_time.saturating_add(catalog.max_future_skew) {
        return Err(Refusal::new(
            Reason::InFuture,
            format!("its time {} is after its log time {log_time} by more than the allowed skew", event.time),
        ));
    }
    if event.time < remembered_since.max(watermark.saturating_sub(catalog.dedupe_horizon)) {
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
    /// False: it is counted, and its outcome is one that is not charged, or its plan covers all use.
    pub is_billed: bool,
    /// What it counts with: negative, if it takes something back.
    pub quantity: Quantity,
    /// By which agreement and system, where the service asks for one and its plan's lines name it.
    pub consent: Option<gates::agreement::Place>,
    /// Whose use it is, where persons are counted.
    pub person: Option<Fingerprint>,
}

/// The gates that wait for the world, for an event of a service without faults of its own.
///
/// # Errors
/// `wrong_environment`, `unknown_service`, `unknown_customer`, `not_activated`, `unknown_system`, `no_agreement`, `not_onboarded`, `braked`, `no_price`.
pub fn admit<'c>(
    event: &UsageEvent<'_>,
    service: Option<&'c Service>,
    customer: &mut Customer,
    world: &'c World,
) -> Result<Admitted<'c>, Refusal> {
    let catalog = &*world.catalog;
    if let Some(refusal) = gates::environment::refusal(event, world) {
        return Err(refusal);
    }
    let service =
        service.ok_or_else(|| Refusal::new(Reason::UnknownService, format!("no service of the catalog has the type `{}`", event.kind)))?;
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
    let consent = if service.agreement {
        Some(gates::agreement::check(event, customer, service, &world.directory)?)
    } else {
        if service.registered {
            gates::system::check(event, &world.directory)?;
        }
        None
    };
    if let Some(refusal) = gates::onboarding::refusal(event, service, customer, world) {
        return Err(refusal);
    }
    gates::brake::check(event, service, customer, &world.directory)?;
    let no_plan = || Refusal::new(Reason::NoPrice, format!("no plan charges `{}`", service.id));
    let plan = catalog.plan_of(service).ok_or_else(no_plan)?;
    let no_price = || Refusal::new(Reason::NoPrice, format!("`{}` has no price in {currency} on {}", service.id, day.date));
    let model = models::of(plan);
    let applies = |customer: &mut Customer| customer.version_and_day(event.time).is_some_and(|(version, _)| model.applies_to(version));
    let is_covered = model.covers_use() && applies(customer);
    let covered = is_covered.then(|| Priced { period: Period::day(day.date), price: PriceKey { from: day.date, group: None } });
    let priced = covered.or_else(|| model.price_of(&Asked { day, currency, group: group.as_ref() }));
    let Priced { period, price } = priced.ok_or_else(no_price)?;
    let key = PeriodKey { from: period.from, zone, currency };
    let is_billed = !is_covered && service.bills(event.outcome.as_deref());
    let quantity = reported::quantity(event, Some(service))?;
    let person = model.counts_persons().then(|| reported::person(event));
    // A person is counted once, whichever systems report it.
    let consent = consent.filter(|_| !model.counts_persons());
    Ok(Admitted { service, plan, day, period, key, price, is_billed, quantity, consent, person })
}
