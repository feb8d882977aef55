//! Test use: counted apart, by day and system, and never charged (REQUIREMENTS P4, P17).

use crate::domain::catalog::{Service, ServicePlace};
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::state::StateKey;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Verdict;
use crate::domain::zone::LocalDay;

use super::customer::Customer;
use super::customers::Customers;
use super::gates;
use super::input::{Step, Want};
use super::issue::Outbox;
use super::partition::Engine;
use super::reported;
use super::usage;
use super::world::World;

/// Where a test is counted. None: its service is in no catalog, or its customer is not known then, so that no day is its own;
/// only the verdicts have it.
fn place<'w>(customer: &mut Customer, event: &UsageEvent<'_>, service: Option<&'w Service>) -> Option<(&'w Service, LocalDay)> {
    let (_, day) = customer.version_and_day(event.time)?;
    Some((service?, day))
}

/// What counting a test needs in memory and does not have.
pub fn missing(customer: &mut Customer, event: &UsageEvent<'_>, service: Option<&Service>) -> Option<Want> {
    let (service, day) = place(customer, event, service).filter(|_| !customer.is_new)?;
    let is_here = customer.days.has(usage::is_day(&service.id, day.date));
    (!is_here).then(|| Want::State(StateKey::Day(customer.id.clone(), service.id.clone(), day.date)))
}

/// Counts a test of a customer; true if there is a place for it. A sum that is too large stays as it is: nothing depends on it.
pub fn count(customer: &mut Customer, event: &UsageEvent<'_>, service: Option<&Service>, world: &World) -> bool {
    let Some((service, day)) = place(customer, event, service) else { return false };
    let Ok(quantity) = reported::quantity(event, Some(service)) else { return false };
    let system = gates::environment::system_of(event, &world.directory);
    let tests = usage::day_mut(&mut customer.days, &service.id, day.date).tests_mut(system);
    tests.events = if event.retracts.is_some() { tests.events.saturating_sub(1) } else { tests.events.saturating_add(1) };
    tests.quantity = tests.quantity.checked_add(quantity).unwrap_or(tests.quantity);
    true
}

impl Engine {
    /// An event that is new and a test; `id`: of the customer on whom it counts.
    pub(super) fn fold_test(
        &mut self,
        id: &str,
        event: &UsageEvent<'_>,
        fingerprint: Fingerprint,
        place: Option<ServicePlace>,
    ) -> Step<Verdict> {
        let world = &*self.world;
        let service = place.and_then(|place| world.catalog.service_at(place));
        if service.is_some() {
            let Some((customer, changed)) = self.customers.get_with_list(id) else {
                return Step::Missing(vec![Want::State(StateKey::Account(CustomerId::new(id)))]);
            };
            if let Some(want) = missing(customer, event, service) {
                return Step::Missing(vec![want]);
            }
            let is_counted = count(customer, event, service, world);
            if let Some((what, detail)) = gates::environment::untried(event, world) {
                let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &world.catalog };
                gates::alarm::misplaced(customer, event, what, &detail, self.meta.watermark, &mut outbox);
            }
            if is_counted || customer.account_dirty {
                Customers::list(changed, customer);
            }
        }
        self.dedupe.remember(fingerprint, event.time);
        Step::Done(Verdict::Test)
    }
}
