//! A load that waits for a decision brakes what is charged by pupils, and nothing else (REQUIREMENTS E13): nothing is
//! billed by a roster that may be wrong.

use crate::domain::gates::brake::{BrakeCause, BrakeOrder, Ended, Switch};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::notice::{Braked, NoticeKind};
use crate::domain::roster::LoadDecision;
use crate::engine::control;
use crate::engine::customer::Customer;
use crate::engine::gates::brake;
use crate::engine::issue::Outbox;
use crate::engine::models;

/// A load waits: the brakes of all services go on whose plans would charge the customer by its pupils.
pub fn trip(customer: &mut Customer, load: &str, why: &str, watermark: Instant, outbox: &mut Outbox<'_>) {
    let versions = &customer.account.versions;
    let applies = |model: &dyn models::Billing| versions.is_empty() || versions.iter().any(|version| model.applies_to(version));
    let by_pupils = outbox.catalog.plans.iter().filter(|plan| {
        let model = models::of(plan);
        model.counts_pupils() && applies(model)
    });
    let services: Vec<ServiceId> = by_pupils.flat_map(|plan| plan.services.iter().cloned()).collect();
    for service in services {
        let cause = BrakeCause::Roster { load: load.to_owned(), detail: why.to_owned() };
        brake::trip(customer, Some(&service), cause, watermark, outbox);
    }
}

/// The load is over: brakes that stood for it alone are released, by those who decided about it at `said`. Use that
/// waited was not looked at by that, so it may trip them again.
pub fn end(customer: &mut Customer, decision: &LoadDecision, said: Instant, watermark: Instant, outbox: &mut Outbox<'_>) {
    let ended = customer.account.gates.brakes.end_load(&decision.load);
    if ended.is_empty() {
        return;
    }
    customer.account_dirty = true;
    for (service, _) in ended.into_iter().filter(|(_, ended)| *ended == Ended::Released) {
        let order = BrakeOrder {
            at: said,
            state: Switch::Off,
            actor: decision.actor.clone(),
            approver: Some(decision.approver.clone()),
            reason: decision.reason.clone(),
        };
        let of = Braked::Customer { service, waiting: customer.account.parked };
        outbox.notice(customer, watermark, NoticeKind::BrakeSwitched { of, order });
    }
    // What was held is tried again at once.
    control::follow(customer, Instant::MAX, watermark, outbox.catalog);
}
