//! The engine of one partition: folds inputs into state and effects.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::catalog::Catalog;
use crate::domain::control::{ControlEvent, Fact};
use crate::domain::directory::{Directory, DirectoryKey};
use crate::domain::instant::Instant;
use crate::domain::lineage::Fingerprint;
use crate::domain::names::CustomerId;
use crate::domain::notice::{Notice, NoticeKind};
use crate::domain::state::{Meta, StateKey, StateRef};
use crate::domain::usage::{Environment, UsageEvent};
use crate::domain::verdict::{Reason, Sums, Verdict};

use super::ageing;
use super::control;
use super::customers::Customers;
use super::dedupe::{Dedupe, Probe};
use super::directory;
use super::gate::{self, Refusal};
use super::gates;
use super::in_force::Catalogs;
use super::input::{Body, Effect, EngineError, Input, Outcome, PostImages, Step, Timing, Want};
use super::issue::Outbox;
use super::late_copy::Asked;
use super::recheck::Recheck;
use super::release::Release;
use super::retract;
use super::route;
use super::sequences::Sequences;
use super::suspend::{self, Evidence};
use super::timers::Timers;
use super::usage::{self, Use};
use super::world::World;

/// Bounds of what a partition keeps in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub accounts_in_ram: usize,
    pub ids_in_ram: usize,
}

#[derive(Debug)]
pub struct Engine {
    pub(super) world: Arc<World>,
    /// Entries that changed since the last freeze.
    pub(super) directory_changes: BTreeSet<DirectoryKey>,
    pub(super) partition: u32,
    pub(super) partitions: u32,
    pub(super) meta: Meta,
    pub(super) customers: Customers,
    pub(super) dedupe: Dedupe,
    pub(super) timers: Timers,
    pub(super) release: Option<Release>,
    /// Waiting events that were changed since the last freeze.
    pub(super) waiting_changes: usize,
    pub(super) late_copies: Vec<Asked>,
    pub(super) sequences: Sequences,
    /// The other catalogs that it knows.
    pub(super) catalogs: Catalogs,
    /// The catalog is the one in force, and waiting events were tried against it.
    pub(super) settled: bool,
    pub(super) recheck: Option<Recheck>,
    pub(super) effects: Vec<Effect>,
    /// Pieces of rosters that changed since the last freeze: of one customer, they may be many.
    pub(super) roster_changes: usize,
    pub(super) epoch: u64,
}

impl Engine {
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, partition: u32, partitions: u32, limits: Limits) -> Self {
        Self {
            dedupe: Dedupe::new(catalog.dedupe_horizon, limits.ids_in_ram),
            customers: Customers::new(limits.accounts_in_ram),
            world: Arc::new(World { catalog, directory: Directory::default() }),
            directory_changes: BTreeSet::new(),
            partition,
            partitions,
            meta: Meta::default(),
            timers: Timers::default(),
            release: None,
            waiting_changes: 0,
            late_copies: Vec::new(),
            sequences: Sequences::default(),
            catalogs: Catalogs::default(),
            settled: false,
            recheck: None,
            effects: Vec::new(),
            roster_changes: 0,
            epoch: 0,
        }
    }

    #[must_use]
    pub fn sums(&self) -> Sums {
        self.meta.sums
    }

    #[must_use]
    pub fn watermark(&self) -> Instant {
        self.meta.watermark
    }

    /// Roughly how many pieces the next freeze writes.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.customers.changes()
            + self.dedupe.changes()
            + self.directory_changes.len()
            + self.waiting_changes
            + self.roster_changes
            + self.sequences.changes()
            + self.effects.len()
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Applies one input: moves the watermark, closes what that makes due, then the input itself.
    ///
    /// # Errors
    /// See [`EngineError`]: the partition must stop.
    pub fn fold(&mut self, input: &Input<'_>) -> Result<Step<Outcome>, EngineError> {
        ready!(self.settle()?);
        if let Some(partition) = self.other_partition(input) {
            self.meta.sums.forwarded += u64::from(matches!(input.body, Body::Usage { .. }));
            return Ok(Step::Done(Outcome::Forward(partition)));
        }
        if let Timing::At(log_time) = input.timing {
            ready!(self.advance(log_time)?);
        }
        match &input.body {
            Body::Usage { event, fingerprint } => {
                let verdict = ready!(self.fold_usage(input, event, *fingerprint)?);
                self.see_sequence(event, verdict);
                Ok(Step::Done(self.count(verdict)))
            }
            Body::UndecodableUsage { detail } => {
                let refusal = Refusal::new(Reason::Undecodable, detail.clone());
                self.effects.push(suspend::of_input(self.evidence(input), &refusal));
                Ok(Step::Done(self.count(Verdict::Undecodable)))
            }
            Body::Control(event) => {
                ready!(self.fold_control(input, event)?);
                Ok(Step::Done(Outcome::Control))
            }
            Body::RefusedControl { reason, detail } => {
                self.refuse_control(input, *reason, detail);
                Ok(Step::Done(Outcome::Control))
            }
        }
    }

    fn count(&mut self, verdict: Verdict) -> Outcome {
        self.meta.sums.inputs += 1;
        self.meta.sums.count(verdict);
        Outcome::Usage(verdict)
    }

    fn other_partition(&self, input: &Input<'_>) -> Option<u32> {
        let subject = match &input.body {
            // It is refused where it stands: nothing of it is sent on.
            Body::Usage { event, .. } if event.personal.is_some() => return None,
            Body::Usage { event, .. } => event.subject.as_ref(),
            Body::Control(event) if event.fact.is_of_customer() => event.subject.as_str(),
            _ => return None,
        };
        if self.partitions <= 1 {
            return None;
        }
        Some(route::partition_of(subject, self.partitions)).filter(|partition| *partition != self.partition)
    }

    fn fold_usage(&mut self, input: &Input<'_>, event: &UsageEvent<'_>, fingerprint: Fingerprint) -> Result<Step<Verdict>, EngineError> {
        let world = Arc::clone(&self.world);
        if let Err(refusal) = gate::own_fault(event, &world.catalog).and_then(|()| self.in_time(input, event)) {
            if refusal.reason == Reason::TooOld && ready!(self.is_late_copy(event, fingerprint)) {
                return Ok(Step::Done(Verdict::Duplicate));
            }
            return Ok(Step::Done(self.suspend(input, event, &refusal)));
        }
        match self.dedupe.probe(fingerprint, self.meta.watermark) {
            Probe::Seen => return Ok(Step::Done(Verdict::Duplicate)),
            Probe::Ask(blocks) => return Ok(Step::Missing(blocks.into_iter().map(Want::State).collect())),
            Probe::New => {}
        }
        if event.environment == Environment::Test {
            self.dedupe.remember(fingerprint, event.time);
            return Ok(Step::Done(Verdict::Test));
        }
        self.fold_use(None, input, event, fingerprint, &world)
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

    fn evidence(&self, input: &Input<'_>) -> Evidence {
        Evidence::of(input, self.partition, self.catalog())
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
        world: &World,
    ) -> Result<Step<Verdict>, EngineError> {
        let watermark = self.meta.watermark;
        let id = owner.map_or(&*event.subject, CustomerId::as_str);
        let Some((customer, changed)) = self.customers.get_with_list(id) else {
            return Ok(Step::Missing(vec![Want::State(StateKey::Account(CustomerId::new(id)))]));
        };
        if owner.is_none() && !customer.account.handovers.is_empty() {
            let owner = ready!(self.owner(event, &world.catalog));
            return self.fold_use(Some(&owner), input, event, fingerprint, world);
        }
        if gates::onboarding::is_test(event, customer, world) {
            self.dedupe.remember(fingerprint, event.time);
            return Ok(Step::Done(Verdict::Test));
        }
        let admitted = gate::admit(event, customer, world);
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

    fn fold_control(&mut self, input: &Input<'_>, event: &ControlEvent) -> Result<Step<()>, EngineError> {
        if event.fact == Fact::Tick {
            return Ok(Step::Done(()));
        }
        if matches!(input.timing, Timing::Implausible(_)) {
            self.refuse_control(input, Reason::InFuture, "its log time is later than any clock here");
            return Ok(Step::Done(()));
        }
        match &event.fact {
            Fact::Catalog(change) => return self.change_catalog(change.digest, input.offset),
            Fact::BrakeAll(scope, order) => return self.fold_brake(input, scope, order),
            Fact::Freeze(id, order) => {
                self.fold_freeze(id, order);
                return Ok(Step::Done(()));
            }
            Fact::TestId(fact) => return self.fold_test_id(input, fact),
            Fact::Directory(fact) => {
                if let Some(why) = directory::why_not(fact, &self.world.catalog) {
                    self.refuse_control(input, Reason::BadData, &why);
                    return Ok(Step::Done(()));
                }
                return self.fold_directory(fact);
            }
            Fact::Rerate(rerate) => return Ok(self.fold_rerate(&event.subject, rerate)),
            Fact::Merger(merger) => return self.fold_succession(input, event, &merger.handover()),
            Fact::Erasure(_) | Fact::Keys(_) => return Ok(Step::Done(())),
            Fact::Roster(fact) => return self.fold_roster(input, event, fact),
            Fact::Split(split) => return self.fold_succession(input, event, &split.handover()),
            Fact::WriteOff(order) => return self.write_off(&CustomerId::new(&event.subject), order),
            Fact::Recycle(_) => return self.recycle(&CustomerId::new(&event.subject)),
            _ => {}
        }
        if self.release.is_none() {
            let world = Arc::clone(&self.world);
            let catalog = &world.catalog;
            let Some((customer, changed)) = self.customers.get_with_list(&event.subject) else {
                return Ok(Step::Missing(vec![Want::State(StateKey::Account(CustomerId::new(&event.subject)))]));
            };
            if let Some(why) = control::why_not(&customer.account, &event.fact, self.meta.watermark, catalog) {
                self.refuse_control(input, Reason::BadData, &why);
                return Ok(Step::Done(()));
            }
            let wants = control::missing(customer, &event.fact, self.meta.watermark, catalog);
            if !wants.is_empty() {
                return Ok(Step::Missing(wants));
            }
            let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog };
            let braked = customer.account.gates.brakes.count_on();
            control::take(customer, &event.fact, self.meta.watermark, &world, &mut outbox);
            self.meta.braked = self.meta.braked.saturating_sub(braked) + customer.account.gates.brakes.count_on();
            Customers::list(changed, customer);
            self.timers.follow(customer);
        }
        ready!(self.recheck_customer(&CustomerId::new(&event.subject))?);
        // A fact may be what a held record waited for: it is tried again at once.
        self.advance(self.meta.watermark)
    }

    /// A refused control event changes nothing; it is told twice: to suspense and as a notice.
    pub(super) fn refuse_control(&mut self, input: &Input<'_>, reason: Reason, detail: &str) {
        let refusal = Refusal::new(reason, detail);
        let evidence = self.evidence(input);
        let origin = evidence.origin.clone();
        self.effects.push(suspend::of_input(evidence, &refusal));
        self.meta.sums.notices += 1;
        let kind = NoticeKind::ControlRefused { reason, detail: refusal.detail, origin };
        self.effects.push(Effect::Notice(Box::new(Notice { at: self.meta.watermark, customer: None, kind })));
    }

    /// Hands post-images of all that changed to a commit, and returns its epoch.
    ///
    /// # Errors
    /// The verdicts do not add up: nothing may be published.
    pub fn freeze(&mut self, images: &mut dyn PostImages) -> Result<u64, EngineError> {
        let sums = self.meta.sums;
        if !sums.add_up() {
            return Err(EngineError::SumsDoNotAddUp { inputs: sums.inputs, verdicts: sums.verdicts() });
        }
        self.epoch += 1;
        self.waiting_changes = 0;
        self.roster_changes = 0;
        self.late_copies.clear();
        self.sequences.freeze(images);
        self.remember_horizon();
        self.dedupe.freeze(self.epoch, &mut self.meta, images);
        self.customers.freeze(self.epoch, images);
        self.timers.freeze(images);
        for key in std::mem::take(&mut self.directory_changes) {
            if let Some(entry) = self.world.directory.get(&key) {
                images.put(&StateKey::Directory(key.clone()), StateRef::Directory(entry));
            }
        }
        images.put(&StateKey::Meta, StateRef::Meta(&self.meta));
        Ok(self.epoch)
    }

    /// State up to this epoch is in the store.
    pub fn persisted(&mut self, epoch: u64) {
        self.late_copies.clear();
        self.dedupe.persisted(epoch);
        self.customers.persisted(epoch, self.release.as_ref().map(|release| &release.customer));
    }
}
