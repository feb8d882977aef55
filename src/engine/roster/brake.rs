//! A load that waits for a decision brakes what is charged by pupils, and nothing else (REQUIREMENTS E13): nothing is
//! billed by a roster that may be wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::account::Account;
use crate::domain::gates::brake::{BrakeCause, BrakeOrder, Ended, Switch, Trip};
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, ServiceId};
use crate::domain::notice::{Braked, NoticeKind};
use crate::domain::roster::LoadDecision;
use crate::engine::control;
use crate::engine::customer::Customer;
use crate::engine::customers::Customers;
use crate::engine::gates::brake;
use crate::engine::input::Step;
use crate::engine::issue::Outbox;
use crate::engine::models;
use crate::engine::partition::Engine;

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

/// Loads that brakes of a customer stand for, and why they wait.
pub fn loads(account: &Account) -> BTreeMap<String, String> {
    let load = |trip: &Trip| match &trip.cause {
        BrakeCause::Roster { load, detail } => Some((load.clone(), detail.clone())),
        BrakeCause::Usage(_) | BrakeCause::Culls(_) => None,
    };
    account.gates.brakes.iter().flat_map(|(_, brake)| brake.trips()).filter_map(load).collect()
}

/// As those who are billed by the pupils of a merged customer name a load of it.
fn named(customer: &Customer, load: &str) -> String {
    let taken = customer.account.gates.roster.iter().flat_map(|roster| &roster.taken.customers);
    let is_taken = taken.into_iter().any(|one| load.starts_with(&format!("{}/", one.customer)));
    if is_taken { load.to_owned() } else { format!("{}/{load}", customer.id) }
}

impl Engine {
    /// Those who are billed by the pupils of a merged customer are braked for its loads as it is. To be called when a
    /// merger falls due, and when its loads begin to wait; all are in memory.
    pub(in crate::engine) fn brake_for_loads(&mut self, id: &CustomerId) {
        let Some(customer) = self.customers.get(id.as_str()) else { return };
        let loads: Vec<(String, String)> = loads(&customer.account).into_iter().map(|(load, why)| (named(customer, &load), why)).collect();
        if loads.is_empty() {
            return;
        }
        self.each_heir(id, |heir, watermark, outbox| loads.iter().for_each(|(load, why)| trip(heir, load, why, watermark, outbox)));
    }

    /// A load of a merged customer was decided about.
    pub(super) fn release_for_load(&mut self, id: &CustomerId, decision: &LoadDecision, said: Instant) {
        let Some(customer) = self.customers.get(id.as_str()) else { return };
        let decision = LoadDecision { load: named(customer, &decision.load), ..decision.clone() };
        self.each_heir(id, |heir, watermark, outbox| end(heir, &decision, said, watermark, outbox));
    }

    /// Of those that it was merged into by now.
    fn each_heir(&mut self, id: &CustomerId, act: impl Fn(&mut Customer, Instant, &mut Outbox<'_>)) {
        let (catalog, watermark) = (Arc::clone(&self.world.catalog), self.meta.watermark);
        let Step::Done(heirs) = self.heirs_of_roster(id) else { return };
        for heir in heirs.into_iter().filter(|heir| heir.since <= watermark) {
            let Some((customer, changed)) = self.customers.get_with_list(heir.customer.as_str()) else { continue };
            let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &catalog };
            let braked = customer.account.gates.brakes.count_on();
            act(customer, watermark, &mut outbox);
            self.meta.braked = self.meta.braked.saturating_sub(braked) + customer.account.gates.brakes.count_on();
            Customers::list(changed, customer);
            self.timers.follow(customer);
        }
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
