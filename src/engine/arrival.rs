//! A usage event arrives: its own faults, its place in time, its id, then the gates. It is counted, parked or told.

use std::sync::Arc;

use crate::domain::catalog::ServicePlace;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::state::{Meta, StateKey};
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::{Reason, Verdict};

use super::ageing;
use super::customers::Customers;
use super::dedupe::Probe;
use super::gate::{self, Refusal};
use super::gates;
use super::input::{EngineError, Input, Step, Timing, Want};
use super::issue::Outbox;
use super::partition::Engine;
use super::retract;
use super::suspend::{self, Evidence};
use super::usage::{self, Use};

impl Engine {
    pub(super) fn fold_usage(
        &mut self,
        input: &Input<'_>,
        event: &UsageEvent<'_>,
        fingerprint: Fingerprint,
    ) -> Result<Step<Verdict>, EngineError> {
        let sound = gate::own_fault(event, &self.world.catalog).and_then(|service| self.in_time(input, event).map(|()| service));
        let service = match sound {
            Ok(service) => service,
            Err(refusal) => return self.fold_unsound(input, event, fingerprint, &refusal),
        };
        match self.dedupe.probe(fingerprint, self.meta.watermark) {
            Probe::Seen => return Ok(Step::Done(Verdict::Duplicate)),
            Probe::Ask(blocks) => return Ok(Step::Missing(blocks.into_iter().map(Want::State).collect())),
            Probe::New => {}
        }
        if gates::environment::is_test(event, &self.world.catalog) {
            return Ok(self.fold_test(&event.subject, event, fingerprint, service));
        }
        self.fold_use(None, input, event, fingerprint, service)
    }

    /// An event that is at fault by itself, or out of time: it is told, unless it is a copy of one that waited long.
    fn fold_unsound(
        &mut self,
        input: &Input<'_>,
        event: &UsageEvent<'_>,
        fingerprint: Fingerprint,
        refusal: &Refusal,
    ) -> Result<Step<Verdict>, EngineError> {
        if refusal.reason == Reason::TooOld && ready!(self.is_late_copy(event, fingerprint)) {
            return Ok(Step::Done(Verdict::Duplicate));
        }
        Ok(Step::Done(self.suspend(input, event, refusal)))
    }

    fn in_time(&self, input: &Input<'_>, event: &UsageEvent<'_>) -> Result<(), Refusal> {
        let (log_time, plausible) = match input.timing {
            Timing::At(time) => (time, true),
            Timing::Implausible(time) => (time, false),
            Timing::Unknown => (event.time, true),
        };
        let Meta { watermark, remembered_since, .. } = self.meta;
        gate::in_time(event, log_time, plausible, watermark, remembered_since, &self.world.catalog)
    }

    fn suspend(&mut self, input: &Input<'_>, event: &UsageEvent<'_>, refusal: &Refusal) -> Verdict {
        self.effects.push(suspend::of_event(self.evidence(input), event, refusal));
        Verdict::Suspended(refusal.reason)
    }

    /// An event that is new: charged if the world allows it, else parked. `owner`: on whom it counts, if
    /// its own customer was merged or split.
    fn fold_use(
        &mut self,
        owner: Option<&CustomerId>,
        input: &Input<'_>,
        event: &UsageEvent<'_>,
        fingerprint: Fingerprint,
        place: Option<ServicePlace>,
    ) -> Result<Step<Verdict>, EngineError> {
        // Not a clone of its `Arc`: counting references waits for all that was written, on every event.
        let world = &*self.world;
        let service = place.and_then(|place| world.catalog.service_at(place));
        let watermark = self.meta.watermark;
        let id = owner.map_or(&*event.subject, CustomerId::as_str);
        let Some((customer, changed)) = self.customers.get_with_list(id) else {
            return Ok(Step::Missing(vec![Want::State(StateKey::Account(CustomerId::new(id)))]));
        };
        if owner.is_none() && !customer.account.handovers.is_empty() {
            let catalog = Arc::clone(&world.catalog);
            let owner = ready!(self.owner(event, &catalog));
            return self.fold_use(Some(&owner), input, event, fingerprint, place);
        }
        if gates::onboarding::is_test(event, service, customer, world) {
            return Ok(self.fold_test(id, event, fingerprint, place));
        }
        let admitted = gate::admit(event, service, customer, world);
        let wants = admitted.as_ref().map(|admitted| usage::missing(customer, admitted)).unwrap_or_default();
        if !wants.is_empty() {
            return Ok(Step::Missing(wants));
        }
        let done_until = world.done_until(watermark);
        let using = |quantity| Use { event, fingerprint, offset: input.offset, watermark, done_until, quantity };
        let fitting = admitted.and_then(|admitted| {
            usage::fits(customer, &admitted, &using(admitted.quantity), &world.catalog)?;
            let mark = retract::mark(customer, &admitted, &using(admitted.quantity), &self.dedupe)?;
            Ok((admitted, mark))
        });
        let (admitted, mark) = match fitting {
            Ok(admitted) => admitted,
            Err(refusal) if refusal.reason.waits() => return Ok(Step::Done(self.park(id, input, event, fingerprint, &refusal))),
            Err(refusal) => return Ok(Step::Done(self.suspend(input, event, &refusal))),
        };
        let (using, mark) = (using(admitted.quantity), ready!(mark));
        let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &world.catalog };
        if let Some(refusal) = gates::rate::trip(customer, &admitted, &using, world, &mut outbox) {
            self.meta.braked += 1;
            return Ok(Step::Done(self.park(id, input, event, fingerprint, &refusal)));
        }
        usage::count(customer, &admitted, &using, &mut outbox)?;
        Customers::list(changed, customer);
        self.timers.follow(customer);
        self.dedupe.remember(fingerprint, event.time);
        if let Some(mark) = mark {
            self.dedupe.remember(mark, retract::remembered_from(event.time, watermark));
        }
        Ok(Step::Done(Verdict::Counted))
    }

    /// It waits, as one of a customer that is in memory.
    fn park(&mut self, id: &str, input: &Input<'_>, event: &UsageEvent<'_>, fingerprint: Fingerprint, refusal: &Refusal) -> Verdict {
        if let Some((customer, changed)) = self.customers.get_with_list(id) {
            let arrival = self.meta.next_parked;
            self.meta.next_parked += 1;
            let evidence = Evidence::of(input, self.partition, &self.world.catalog);
            suspend::park(customer, evidence, event, fingerprint, refusal.reason, arrival);
            let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &self.world.catalog };
            gates::alarm::raise(customer, event, refusal, self.meta.watermark, &mut outbox);
            gates::onboarding::alarm(event, customer, self.meta.watermark, &self.world, &mut outbox);
            if refusal.reason == Reason::Braked {
                gates::brake::await_release(customer, event, self.world.done_until(self.meta.watermark), &self.world.catalog);
            }
            ageing::follow(customer, self.meta.watermark, &self.world.catalog.watch.ages);
            Customers::list(changed, customer);
            self.timers.follow(customer);
            self.dedupe.remember(fingerprint, event.time);
        }
        self.suspend(input, event, refusal)
    }
}
