//! A partition at work: its lanes, its engine, its store, and how far it came.

use std::sync::Arc;

use super::fault::RunError;
use super::fetch::{Fetch, Shelf};
use super::lanes::Lanes;
use super::merge;
use super::metrics::PartitionMetrics;
use super::outbox::Outbox;
use super::ports::{Catalogs, Change, Keys, Lane, Message, Position, Positions, Publication, Store};
use super::setup::{LogClock, Setup};
use crate::domain::control::Fact;
use crate::domain::instant::Instant;
use crate::domain::parked::ParkedEvent;
use crate::domain::state::{InForce, StateKey, StateRef};
use crate::engine::Engine;
use crate::engine::input::{Body, EngineError, Input, Outcome, PostImages, Step};
use crate::wire::keys::Sealer;
use crate::wire::stored::key::{self, Key};
use crate::wire::stored::value;

/// Behind the wall, so that a tick never passes the log time of an input that is under way.
const TICK_MARGIN_NS: i64 = 10_000_000_000;

/// A partition that this worker owns.
pub(super) struct Partition<M, D> {
    pub lanes: Lanes<M>,
    core: Core<D>,
    metrics: Arc<PartitionMetrics>,
}

/// All but the lanes, from which inputs are borrowed while this changes.
struct Core<D> {
    number: u32,
    engine: Engine,
    store: Arc<D>,
    catalogs: Arc<dyn Catalogs>,
    keys: Arc<dyn Keys>,
    sealer: Sealer,
    positions: Positions,
    outbox: Outbox,
    /// Inputs were taken since the last freeze.
    moved: bool,
    full_changes: usize,
    full_bytes: usize,
}

/// What a step did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stepped {
    pub inputs: usize,
    /// There is more to do right now.
    pub more: bool,
    /// The file of this lane is to be closed: it goes on after `--until`.
    pub beyond: Option<(Lane, String)>,
}

/// What a partition hands to a commit.
pub(super) struct Frozen<D> {
    pub publication: Publication,
    pub store: Arc<D>,
    pub epoch: u64,
}

impl<M: Message, D: Store> Partition<M, D> {
    pub fn new(number: u32, engine: Engine, store: D, positions: Positions, setup: &Setup, metrics: Arc<PartitionMetrics>) -> Self {
        let lanes = Lanes::new(&positions);
        let core = Core {
            number,
            engine,
            store: Arc::new(store),
            catalogs: Arc::clone(&setup.catalogs),
            keys: Arc::clone(&setup.keys),
            sealer: Sealer::new(setup.keys.ring()),
            positions,
            outbox: Outbox::default(),
            moved: false,
            full_changes: setup.commit_changes,
            full_bytes: setup.commit_bytes,
        };
        let partition = Self { lanes, core, metrics };
        partition.tell();
        partition
    }

    pub fn positions(&self) -> &Positions {
        &self.core.positions
    }

    pub fn engine(&self) -> &Engine {
        &self.core.engine
    }

    /// So much is to be committed that nothing should be added before.
    pub fn is_full(&self) -> bool {
        self.core.is_full()
    }

    /// Is there anything to commit?
    pub fn is_dirty(&self) -> bool {
        self.core.moved || !self.core.outbox.is_empty() || self.core.engine.changes() > 0
    }

    /// Folds a batch of inputs.
    pub fn step(&mut self, setup: &Setup) -> Result<Stepped, RunError> {
        if self.is_full() {
            return Ok(Stepped { more: true, ..Stepped::default() });
        }
        // Waiting events are tried against a new catalog even if no input comes.
        if !self.core.engine.is_settled() {
            let before = self.core.engine.tried_against();
            self.core.complete(&[], Engine::settle)?;
            self.core.collect();
            // Which catalog is in force is committed too, though no input was read.
            self.core.moved |= self.core.engine.tried_against() != before;
            self.tell();
            return Ok(Stepped { more: true, ..Stepped::default() });
        }
        if self.lanes.waiting() == 0 {
            return Ok(Stepped::default());
        }
        let stepped = self.fold(setup)?;
        self.tell();
        Ok(stepped)
    }

    fn fold(&mut self, setup: &Setup) -> Result<Stepped, RunError> {
        let catalog = Arc::clone(self.core.engine.catalog());
        let batch = merge::batch(&self.lanes, setup, &catalog, setup.batch);
        let (mut control, mut usage) = (0, 0);
        let mut finished = true;
        for (index, input) in batch.inputs.iter().enumerate() {
            let ahead = batch.inputs.get(index..).unwrap_or_default();
            let Some(outcome) = self.core.complete(ahead, |engine| engine.fold(input))? else {
                finished = false;
                break;
            };
            let lane = lane_of(input);
            let taken = if lane == Lane::Control { &mut control } else { &mut usage };
            if let Some(message) = self.lanes.of(lane).get(*taken) {
                self.core.passed(lane, outcome, message, input);
            }
            *taken += 1;
            if changes_catalog(input) {
                let catalog = self.core.engine.catalog();
                let (version, digest) = (&catalog.version, hex::encode(catalog.digest));
                tracing::info!(partition = self.core.number, offset = input.offset, version, digest, "this catalog is in force");
                finished = false;
                break;
            }
        }
        let beyond = batch.beyond.filter(|_| finished).and_then(|lane| {
            let taken = if lane == Lane::Control { control } else { usage };
            let (file, _) = self.lanes.of(lane).get(taken)?.file()?;
            Some((lane, file.to_owned()))
        });
        self.core.collect();
        self.lanes.control.release(control);
        self.lanes.usage.release(usage);
        let inputs = control + usage;
        Ok(Stepped { inputs, more: inputs > 0 || !finished, beyond })
    }

    /// Forgets what was read of a lane behind its position, because the source delivers it anew.
    pub fn rewind(&mut self, lane: Lane) {
        let next = self.core.positions.lane(lane).next_offset;
        self.lanes.of_mut(lane).reset(next);
    }

    /// Moves the watermark. False: so much has happened that it goes on after a commit.
    pub fn advance(&mut self, to: Instant) -> Result<bool, RunError> {
        let done = self.core.complete(&[], |engine| engine.advance(to))?.is_some();
        self.core.collect();
        self.tell();
        Ok(done)
    }

    /// With both lanes read to their end, time passes by itself.
    pub fn tick(&mut self, setup: &Setup) -> Result<(), RunError> {
        let to = (setup.wall)().saturating_sub(TICK_MARGIN_NS);
        let idle = setup.clock == LogClock::Broker && setup.until.is_none() && self.lanes.are_drained() && !self.is_full();
        if idle && to > self.core.engine.watermark() {
            self.advance(to)?;
        }
        Ok(())
    }

    /// Takes all that is to be committed. None: there is nothing.
    pub fn freeze(&mut self) -> Result<Option<Frozen<D>>, RunError> {
        self.core.look_at_keys();
        if !self.is_dirty() {
            return Ok(None);
        }
        self.core.freeze().map(Some)
    }

    /// State up to this epoch is in the store.
    pub fn persisted(&mut self, epoch: u64) {
        self.core.engine.persisted(epoch);
    }

    fn tell(&self) {
        self.metrics.tell_catalog(self.core.engine.catalog());
        self.metrics.tell_brakes(self.core.engine.brakes_on());
        self.metrics.tell(&self.core.engine.sums(), self.core.engine.watermark(), self.lanes.waiting());
    }
}

impl<D: Store> Core<D> {
    fn is_full(&self) -> bool {
        self.engine.changes() >= self.full_changes || self.outbox.bytes() >= self.full_bytes
    }

    /// Repeats a step until it is done, handing over what it lacks. None: enough has happened for
    /// a commit of its own; then the step is to be called again.
    fn complete<T>(
        &mut self,
        ahead: &[Input<'_>],
        mut step: impl FnMut(&mut Engine) -> Result<Step<T>, EngineError>,
    ) -> Result<Option<T>, RunError> {
        loop {
            let stepped = step(&mut self.engine).map_err(|source| RunError::Engine { partition: self.number, source })?;
            let mut wants = match stepped {
                Step::Done(done) => return Ok(Some(done)),
                Step::Missing(wants) => wants,
            };
            wants.extend(self.engine.wants(ahead));
            let in_force = self.engine.in_force();
            let place = || told_place(in_force, ahead);
            let shelf = Shelf { catalogs: &*self.catalogs, place: &place };
            Fetch { partition: self.number, store: &*self.store }.supply(&mut self.engine, wants, &shelf)?;
            self.collect();
            if self.is_full() {
                return Ok(None);
            }
        }
    }

    /// Encodes what the engine wants published.
    fn collect(&mut self) {
        let effects = self.engine.take_effects();
        self.outbox.add(effects, &mut self.sealer);
    }

    fn passed<M: Message>(&mut self, lane: Lane, outcome: Outcome, message: &M, input: &Input<'_>) {
        if let Outcome::Forward(to) = outcome {
            self.outbox.forward(lane, to, message, input);
        }
        move_on(self.positions.lane_mut(lane), message);
        self.moved = true;
    }

    /// Keys that were shredded meanwhile are let go, new ones are used.
    fn look_at_keys(&mut self) {
        let ring = self.keys.ring();
        if !Arc::ptr_eq(&ring, self.sealer.ring()) {
            self.sealer = Sealer::new(ring);
        }
    }

    fn freeze(&mut self) -> Result<Frozen<D>, RunError> {
        self.collect();
        let mut images = Images { changes: Vec::new(), sealer: &mut self.sealer };
        let epoch = self.engine.freeze(&mut images).map_err(|source| RunError::Engine { partition: self.number, source })?;
        let mut changes = images.changes;
        let Positions { control, usage } = &self.positions;
        let encoded = value::encode_positions((control.next_offset, &control.files), (usage.next_offset, &usage.files));
        changes.push((Key::Positions.encode(), Some(encoded)));
        self.moved = false;
        let publication = Publication { partition: self.number, changes, outputs: self.outbox.take(), positions: self.positions.clone() };
        Ok(Frozen { publication, store: Arc::clone(&self.store), epoch })
    }
}

fn lane_of(input: &Input<'_>) -> Lane {
    match input.body {
        Body::Usage { .. } | Body::UndecodableUsage { .. } => Lane::Usage,
        Body::Control(_) | Body::RefusedControl { .. } => Lane::Control,
    }
}

/// What follows was decoded by the catalog of before.
fn changes_catalog(input: &Input<'_>) -> bool {
    matches!(&input.body, Body::Control(event) if matches!(event.fact, Fact::Catalog(_)))
}

/// Where a catalog takes effect that is looked for: with the next input, or with one that was folded before a restart.
fn told_place(in_force: Option<InForce>, ahead: &[Input<'_>]) -> String {
    match (ahead.first().filter(|input| changes_catalog(input)), in_force) {
        (Some(input), _) => format!("at offset {} of {}", input.offset, input.topic),
        (None, Some(in_force)) => format!("since offset {} of the control lane, log time {}", in_force.offset, in_force.since),
        (None, None) => "now".to_owned(),
    }
}

/// Reading goes on after this input.
fn move_on<M: Message>(position: &mut Position, message: &M) {
    position.next_offset = message.offset() + 1;
    let Some((file, end)) = message.file() else { return };
    // Files are read in name order, so it is nearly always the last one.
    match position.files.iter_mut().rev().find(|(name, _)| name == file) {
        Some((_, read)) => *read = end,
        None => {
            position.files.push((file.to_owned(), end));
            position.files.sort_unstable();
        }
    }
}

/// Post-images as they are stored and published.
struct Images<'s> {
    changes: Vec<Change>,
    sealer: &'s mut Sealer,
}

impl PostImages for Images<'_> {
    fn put(&mut self, key: &StateKey, value: StateRef<'_>) {
        let bytes = match value {
            StateRef::Parked(parked) => value::encode(StateRef::Parked(&sealed(parked, self.sealer))),
            value => value::encode(value),
        };
        self.changes.push((key::encode(key), Some(bytes)));
    }

    fn delete(&mut self, key: &StateKey) {
        self.changes.push((key::encode(key), None));
    }
}

/// A waiting event as it is stored. What it needs to be counted is decoded, and stays.
fn sealed(parked: &ParkedEvent, sealer: &mut Sealer) -> ParkedEvent {
    let ParkedEvent { original, log_time, event, origin, .. } = parked;
    let original = sealer.seal(original, Some(*log_time), Some(&event.subject), event.person.as_deref(), origin);
    ParkedEvent { original, ..parked.clone() }
}
