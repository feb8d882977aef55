//! Is a brake on (REQUIREMENTS E13)? What it stops waits, and what it stands before is not billed.

use crate::domain::account::{Account, PeriodKey};
use crate::domain::catalog::{Catalog, Plan, Service};
use crate::domain::control::Fact;
use crate::domain::directory::{BrakeScope, Directory};
use crate::domain::gates::brake::{Brake, BrakeCause, Ordered, Trip};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::notice::{Braked, NoticeKind};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;
use crate::engine::agenda;
use crate::engine::customer::Customer;
use crate::engine::gate::Refusal;
use crate::engine::issue::Outbox;
use crate::engine::models;

/// # Errors
/// `braked`.
pub fn check(event: &UsageEvent<'_>, service: &Service, customer: &Customer, directory: &Directory) -> Result<(), Refusal> {
    if let Some((of, brake)) = customer.account.gates.brakes.stops(&service.id) {
        let what = of.map_or_else(String::new, |service| format!(" for `{service}`"));
        return Err(refusal(&format!("customer `{}` is braked{what}", customer.id), &why(brake)));
    }
    match directory.braked().stops(&service.id, &event.source) {
        None => Ok(()),
        Some((scope, reason)) => Err(refusal(&format!("{} is braked", told(scope)), reason)),
    }
}

fn refusal(what: &str, why: &str) -> Refusal {
    Refusal::new(Reason::Braked, format!("{what}: {why}"))
}

fn told(scope: &BrakeScope) -> String {
    match scope {
        BrakeScope::All => "all use".to_owned(),
        BrakeScope::Service(service) => format!("the service `{service}`"),
        BrakeScope::Source(source) => format!("the source `{source}`"),
    }
}

fn why(brake: &Brake) -> String {
    let by_hand = || brake.on.as_ref().map(|on| on.reason.clone()).unwrap_or_default();
    brake.trip.as_ref().map_or_else(by_hand, |trip| trip.cause.why())
}

/// Why a record of a plan is held: nothing is billed whose use a brake stops. A brake on a source holds the records of
/// customers some of whose events wait behind a brake.
pub fn holds(account: &Account, plan: &Plan, directory: &Directory) -> Option<String> {
    let brakes = &account.gates.brakes;
    let own = || {
        let whole = brakes.get(None).filter(|brake| brake.is_on());
        let of_plan = || plan.services.iter().find_map(|service| brakes.get(Some(service)).filter(|brake| brake.is_on()));
        whole.or_else(of_plan).map(|brake| format!("the customer is braked: {}", why(brake)))
    };
    let stops = |scope: &&BrakeScope| match scope {
        BrakeScope::All => true,
        BrakeScope::Service(service) => plan.services.contains(service),
        BrakeScope::Source(_) => account.gates.suspense.has(Reason::Braked),
    };
    let all = || directory.braked().iter().find(stops).map(|scope| format!("{} is braked", told(scope)));
    let held = if brakes.is_any_on() { own() } else { None }.or_else(all)?;
    Some(format!("{held}; release the brake, and it is issued within a day"))
}

/// A period whose use waits is not closed without it: it falls due, and is held.
/// `done_until`: what was due up to then is closed.
pub fn await_release(customer: &mut Customer, event: &UsageEvent<'_>, done_until: Instant, catalog: &Catalog) {
    let Some(plan) = catalog.service_of_type(&event.kind).and_then(|service| catalog.plan_of(service)) else { return };
    let Some((zone, currency, day)) = customer.version_and_day(event.time).map(|(version, day)| (version.zone, version.currency, day))
    else {
        return;
    };
    let model = models::of(plan);
    let Some(timetable) = model.timetable(&customer.account) else { return };
    let Some(period) = timetable.cycle.period_of(day.date) else { return };
    let Some(from) = model.awaited_from(period) else { return };
    let charged_on = timetable.charged_on(period);
    if agenda::due(plan, charged_on, zone) > done_until {
        let key = PeriodKey { from, zone, currency };
        agenda::schedule_close(&mut customer.account, plan, charged_on, key);
    }
}

/// Goes on by itself, and tells it once.
pub fn trip(customer: &mut Customer, service: Option<&ServiceId>, cause: BrakeCause, watermark: Instant, outbox: &mut Outbox<'_>) {
    let trip = Trip { at: watermark, cause };
    customer.account_dirty = true;
    if customer.account.gates.brakes.entry(service).trip(trip.clone()) {
        outbox.notice(customer, watermark, NoticeKind::BrakeTripped { service: service.cloned(), trip });
    }
}

/// Why an order is refused.
pub fn why_not(account: &Account, fact: &Fact, watermark: Instant) -> Option<String> {
    let Fact::Brake(service, order) = fact else { return None };
    let mut brake = account.gates.brakes.get(service.as_ref())?.clone();
    brake.put(order, watermark).err().map(crate::domain::gates::brake::Refused::why)
}

/// Tells of an order that switches a brake. To be called before it is taken in.
pub fn notify(customer: &Customer, fact: &Fact, watermark: Instant, outbox: &mut Outbox<'_>) {
    let Fact::Brake(service, order) = fact else { return };
    let mut brake = customer.account.gates.brakes.get(service.as_ref()).cloned().unwrap_or_default();
    if brake.put(order, watermark) == Ok(Ordered::Switched) {
        let of = Braked::Customer { service: service.clone(), waiting: customer.account.parked };
        outbox.notice(customer, watermark, NoticeKind::BrakeSwitched { of, order: order.clone() });
    }
}
