//! A worker: one thread that owns partitions. It polls, folds, commits, and takes over anew
//! whatever it cannot be sure of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::commit::{Committed, Committer};
use super::crash::{Point, crash_point};
use super::fault::{RunError, Trouble};
use super::metrics::Metrics;
use super::partition::Partition;
use super::patience::Patience;
use super::ports::{Arrival, Lane, Room, Sink, Source, Stores};
use super::setup::{Setup, Stop};
use super::takeover::take_over;
use crate::domain::verdict::Sums;

/// Arrivals of one poll.
const POLL_AT_ONCE: usize = 4096;
/// With nothing to do, everything is looked at this often.
const IDLE: Duration = Duration::from_millis(10);
/// With both lanes read to their end, the clock is moved this often.
const TICK_EVERY: Duration = Duration::from_secs(1);
/// A clean stop takes less than two seconds, whatever the outside world does.
const STOP_WITHIN: Duration = Duration::from_millis(1700);
/// Longer than any sink works on a commit before it says so.
const COMMIT_WITHIN: Duration = Duration::from_secs(600);

/// How the last turn went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// There is more to do right now.
    Busy,
    /// Nothing could be folded, though there are inputs.
    Stuck,
    Idle,
}

/// Owns partitions and works on them until it is told to stop, or everything has been read.
pub struct Worker<S: Source, K: Sink + 'static, D: Stores> {
    source: S,
    partitions: BTreeMap<u32, Partition<S::Message, D::Store>>,
    committer: Committer<K, D::Store>,
    stores: Arc<D>,
    setup: Setup,
    stop: Stop,
    metrics: Arc<Metrics>,
    /// Assigned, and not taken over yet.
    pending: BTreeSet<u32>,
    /// No older incarnation of this worker can publish.
    fenced: bool,
    reading: Patience,
    committing: Patience,
    arrivals: Vec<Arrival<S::Message>>,
    /// Nothing will arrive any more.
    exhausted: bool,
    pace: Pace,
    frozen_at: Instant,
    ticked_at: Instant,
}

impl<S: Source, K: Sink + 'static, D: Stores> Worker<S, K, D> {
    /// To be made on the thread that runs it.
    pub fn new(source: S, sink: K, stores: Arc<D>, setup: Setup, stop: Stop, metrics: Arc<Metrics>) -> Result<Self, RunError> {
        Ok(Self {
            source,
            partitions: BTreeMap::new(),
            committer: Committer::start(sink)?,
            stores,
            reading: Patience::new(setup.patience),
            committing: Patience::new(setup.patience),
            setup,
            stop,
            metrics,
            pending: BTreeSet::new(),
            fenced: false,
            arrivals: Vec::new(),
            exhausted: false,
            pace: Pace::Idle,
            frozen_at: Instant::now(),
            ticked_at: Instant::now(),
        })
    }

    /// Works. Returns the verdict sums of the partitions that it owns in the end.
    pub fn run(mut self) -> Result<Sums, RunError> {
        while !self.stop.is_requested() {
            if self.turn()? {
                break;
            }
        }
        self.leave()
    }

    /// One turn. True: all is done.
    fn turn(&mut self) -> Result<bool, RunError> {
        self.collect(Duration::ZERO)?;
        self.take_over_next()?;
        self.poll()?;
        self.fold()?;
        if self.exhausted
            && self.pace != Pace::Busy
            && self.pending.is_empty()
            && self.partitions.values().all(|one| one.lanes.are_drained())
        {
            return self.conclude();
        }
        self.tick()?;
        self.commit_if_due()?;
        Ok(false)
    }

    fn poll(&mut self) -> Result<(), RunError> {
        let mut arrivals = std::mem::take(&mut self.arrivals);
        let polled = self.source.poll(POLL_AT_ONCE, self.room(), self.wait(), &mut arrivals);
        for arrival in arrivals.drain(..) {
            self.arrived(arrival)?;
        }
        self.arrivals = arrivals;
        polled.or_else(|error| {
            std::thread::sleep(IDLE);
            self.survive_reading(error.into())
        })
    }

    /// Whether to read on, by lane. A lane that inputs of the other one wait for is always read when
    /// nothing else can go on: no partition's backlog may starve another's.
    fn room(&self) -> Room {
        let has_room = |lane: Lane| {
            let held: usize = self.partitions.values().map(|one| one.lanes.of(lane).bytes()).sum();
            held < self.setup.buffer_bytes || self.pace == Pace::Stuck && self.partitions.values().any(|one| one.lanes.is_awaited(lane))
        };
        Room { control: has_room(Lane::Control), usage: has_room(Lane::Usage) }
    }

    fn wait(&self) -> Duration {
        if self.pace == Pace::Busy { Duration::ZERO } else { IDLE.min(self.setup.commit_interval) }
    }

    fn arrived(&mut self, arrival: Arrival<S::Message>) -> Result<(), RunError> {
        use super::ports::Message as _;
        match arrival {
            // One of a partition that is not started is delivered again when it is.
            Arrival::Input(message) => match self.partitions.get_mut(&message.partition()) {
                Some(partition) => partition.lanes.push(message)?,
                None => return Ok(()),
            },
            Arrival::AtEnd { lane, partition } => {
                if let Some(partition) = self.partitions.get_mut(&partition) {
                    partition.lanes.of_mut(lane).end();
                }
            }
            Arrival::Assigned(partitions) => self.pending.extend(partitions),
            Arrival::Revoked(partitions) => self.let_go(&partitions)?,
            Arrival::Exhausted => self.exhausted = true,
        }
        self.reading.relieved();
        Ok(())
    }

    /// Gives partitions up. A commit under way ends first: its stores are to be closed.
    fn let_go(&mut self, partitions: &[u32]) -> Result<(), RunError> {
        self.collect(COMMIT_WITHIN)?;
        // It was said of the partitions that were there.
        self.exhausted = false;
        for number in partitions {
            self.pending.remove(number);
            self.drop_partition(*number)?;
            tracing::info!(partition = number, "given up");
        }
        Ok(())
    }

    fn drop_partition(&mut self, number: u32) -> Result<(), RunError> {
        self.partitions.remove(&number);
        self.metrics.partition(number).let_go();
        self.source.stop(number).or_else(|error| self.survive_reading(error.into()))
    }

    fn fold(&mut self) -> Result<(), RunError> {
        let (mut more, mut waiting) = (false, false);
        let mut beyond = Vec::new();
        for (number, partition) in &mut self.partitions {
            let stepped = partition.step(&self.setup)?;
            more |= stepped.more || stepped.beyond.is_some();
            waiting |= partition.lanes.waiting() > 0;
            beyond.extend(stepped.beyond.map(|(lane, file)| (*number, lane, file)));
        }
        for (number, lane, file) in beyond {
            self.close_file(number, lane, &file);
        }
        self.pace = match (more, waiting) {
            (true, _) => Pace::Busy,
            (false, true) => Pace::Stuck,
            (false, false) => Pace::Idle,
        };
        Ok(())
    }

    fn close_file(&mut self, number: u32, lane: Lane, file: &str) {
        if let Some(partition) = self.partitions.get_mut(&number) {
            partition.rewind(lane);
            self.source.close_file(lane, file, partition.positions().lane(lane));
            self.exhausted = false;
        }
    }

    fn tick(&mut self) -> Result<(), RunError> {
        // While reading fails, "read to its end" is only what was last heard.
        if self.ticked_at.elapsed() < TICK_EVERY || self.reading.is_tried() {
            return Ok(());
        }
        self.ticked_at = Instant::now();
        self.partitions.values_mut().try_for_each(|partition| partition.tick(&self.setup))
    }

    fn commit_if_due(&mut self) -> Result<(), RunError> {
        if self.partitions.values().any(Partition::is_full) {
            // Nothing can be added before the commit under way has ended.
            self.collect(COMMIT_WITHIN)?;
            return self.commit();
        }
        let due = self.frozen_at.elapsed() >= self.setup.commit_interval;
        if due && !self.committer.is_under_way() { self.commit() } else { Ok(()) }
    }

    /// Begins a commit of all that changed.
    fn commit(&mut self) -> Result<(), RunError> {
        self.frozen_at = Instant::now();
        let mut frozen = Vec::new();
        for partition in self.partitions.values_mut() {
            frozen.extend(partition.freeze()?);
        }
        if frozen.is_empty() {
            return Ok(());
        }
        crash_point(Point::AfterFreeze);
        self.committer.begin(frozen)
    }

    /// Takes note of a commit that has ended, waiting for it at most that long. False: it failed.
    fn collect(&mut self, wait: Duration) -> Result<bool, RunError> {
        match self.committer.outcome(wait) {
            Ok(None) => Ok(true),
            Ok(Some(committed)) => {
                self.committed(&committed);
                Ok(true)
            }
            Err(trouble) => {
                self.metrics.commits.failed.fetch_add(1, Ordering::Relaxed);
                self.survive_commit(trouble)?;
                self.relapse()?;
                Ok(false)
            }
        }
    }

    fn committed(&mut self, committed: &Committed) {
        self.metrics.commits.made(committed.took, committed.changes, committed.outputs);
        for (number, epoch) in &committed.epochs {
            if let Some(partition) = self.partitions.get_mut(number) {
                partition.persisted(*epoch);
            }
        }
        self.committing.relieved();
    }

    /// All that is not known to be committed is dropped, and taken over anew.
    fn relapse(&mut self) -> Result<(), RunError> {
        self.fenced = false;
        self.exhausted = false;
        let owned: Vec<u32> = self.partitions.keys().copied().collect();
        for number in owned {
            self.drop_partition(number)?;
            self.pending.insert(number);
        }
        Ok(())
    }

    /// Takes over one of the pending partitions, so that the source is polled in between.
    fn take_over_next(&mut self) -> Result<(), RunError> {
        let Some(number) = self.pending.first().copied().filter(|_| self.committing.is_ready()) else { return Ok(()) };
        self.collect(COMMIT_WITHIN)?;
        match self.take_over(number) {
            Ok(partition) => {
                self.pending.remove(&number);
                self.partitions.insert(number, partition);
                Ok(())
            }
            Err(trouble) => {
                // Whatever it was, the next try begins at the beginning.
                self.fenced = false;
                self.survive_commit(trouble)
            }
        }
    }

    fn take_over(&mut self, number: u32) -> Result<Partition<S::Message, D::Store>, Trouble> {
        let Some(sink) = self.committer.sink() else {
            return Err(Trouble::Passing("a commit is still under way".into()));
        };
        if !self.fenced {
            sink.fence()?;
            self.fenced = true;
            crash_point(Point::AfterFence);
        }
        let partition = take_over(number, sink, &*self.stores, &self.setup, &self.metrics)?;
        match self.source.start(number, partition.positions()) {
            Ok(()) => Ok(partition),
            Err(error) => {
                // One lane may have been started.
                self.source.stop(number)?;
                Err(error.into())
            }
        }
    }

    /// Everything has been read: moves the clocks to `--until`, and commits. True: that is done.
    fn conclude(&mut self) -> Result<bool, RunError> {
        let mut arrived = !self.partitions.is_empty();
        for partition in self.partitions.values_mut() {
            if let Some(until) = self.setup.until {
                arrived &= partition.advance(until)?;
            }
        }
        self.collect(COMMIT_WITHIN)?;
        self.commit()?;
        self.collect(COMMIT_WITHIN)?;
        let clean = self.pending.is_empty() && !self.partitions.values().any(Partition::is_dirty);
        Ok(arrived && clean)
    }

    /// Commits what is folded, and lets everything go.
    fn leave(mut self) -> Result<Sums, RunError> {
        let deadline = Instant::now() + STOP_WITHIN;
        let left = || deadline.saturating_duration_since(Instant::now());
        let mut committed = self.collect(left())?;
        if !self.committer.is_under_way() {
            self.commit()?;
            committed &= self.collect(left())?;
        }
        if self.committer.is_under_way() {
            self.committer.abandon();
            committed = false;
        }
        if !committed {
            return Err(RunError::StoppedUncommitted);
        }
        let sums = self.partitions.values().map(|one| one.engine().sums()).fold(Sums::default(), Sums::plus);
        let owned: Vec<u32> = self.partitions.keys().copied().collect();
        owned.into_iter().try_for_each(|number| self.drop_partition(number))?;
        Ok(sums)
    }

    fn survive_reading(&mut self, trouble: Trouble) -> Result<(), RunError> {
        self.metrics.troubles.fetch_add(1, Ordering::Relaxed);
        self.reading.bear(trouble)
    }

    fn survive_commit(&mut self, trouble: Trouble) -> Result<(), RunError> {
        self.metrics.troubles.fetch_add(1, Ordering::Relaxed);
        self.committing.bear(trouble)
    }
}
