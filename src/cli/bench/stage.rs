//! The measurement itself: topics made, events loaded, workers run and watched, everything put away.

use std::fs;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use miette::{IntoDiagnostic as _, Result, miette};

use super::load::{Loading, load};
use super::meter::{Meter, Span};
use super::place::Place;
use super::timed::{TimedSink, TimedSource};
use crate::app::{self, AppError};
use crate::domain::verdict::Sums;
use crate::engine::Limits;
use crate::generate::CATALOG;
use crate::kafka::admin::{Admin, InputTime, Layout};
use crate::kafka::{KafkaSink, KafkaSource, Target};
use crate::pipeline::{LaneNames, LogClock, Metrics, Setup, Stop, Worker};
use crate::store::{self, Rebuild, RocksStores, StateDirectory};
use crate::wire::catalog;
use crate::wire::document::SourceFile;

/// The years that events are from: each measurement's lie after the one's before, and in the past,
/// so that none is too old or in the future.
const THROUGHPUT_YEAR: i32 = 2024;
const LATENCY_YEAR: i32 = 2025;
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// No commit for so long, and something is wrong.
const STALLED: Duration = Duration::from_secs(120);

type Running = JoinHandle<Result<Sums, AppError>>;

pub struct Stage {
    place: Place,
    admin: Admin,
    loading: Loading,
    setup: Setup,
    meter: Arc<Meter>,
    metrics: Arc<Metrics>,
    stop: Stop,
    workers: Vec<Running>,
}

/// What was seen at the end.
#[derive(Debug)]
pub struct Finished {
    pub sums: Sums,
    pub commits: u64,
    pub failed_commits: u64,
    pub commit_p50: Duration,
    pub commit_p99: Duration,
    pub workers: usize,
    pub partitions: u32,
}

impl Stage {
    /// Makes the topics.
    pub fn set(place: Place) -> Result<Self> {
        let admin = Admin::connect(&place.settings, place.patience, &mut |text| tracing::warn!("{text}")).into_diagnostic()?;
        // The broker's time, for the latency; the engine goes by the recorded one.
        let layout = Layout { partitions: place.partitions, replication: place.replication, input_time: InputTime::LogAppendTime };
        admin.create(&layout).into_diagnostic()?;
        let target = Target::connect(&place.settings).into_diagnostic()?;
        let loading = Loading { target, topics: place.settings.topics.clone(), partitions: place.partitions };
        let setup = setup(&place)?;
        let stop = Stop::default();
        app::stop_on_signals(stop.clone())?;
        let (meter, metrics) = (Arc::default(), Arc::default());
        Ok(Self { place, admin, loading, setup, meter, metrics, stop, workers: Vec::new() })
    }

    /// All events wait; the workers are started and read as fast as they can.
    pub fn throughput(&mut self, events: u64, seed: u64) -> Result<Span> {
        load(&self.loading, events, None, THROUGHPUT_YEAR, seed).into_diagnostic()?;
        self.meter.restart(false);
        self.start_workers()?;
        self.wait_for(events)
    }

    /// The workers run; events come at a rate.
    pub fn latency(&mut self, rate: NonZeroU64, seconds: u64, seed: u64) -> Result<Latency> {
        self.meter.restart(true);
        let events = rate.get().saturating_mul(seconds);
        load(&self.loading, events, Some(rate), LATENCY_YEAR, seed).into_diagnostic()?;
        let span = self.wait_for(events)?;
        let histogram = self.meter.latency().ok_or_else(|| miette!("no latency was measured"))?;
        Ok(Latency { rate: rate.get(), span, histogram })
    }

    /// Stops the workers, and tells what they did.
    pub fn end(mut self) -> Result<Finished> {
        let sums = self.stop_workers()?;
        let commits = &self.metrics.commits;
        let load = |counter: &std::sync::atomic::AtomicU64| counter.load(std::sync::atomic::Ordering::Relaxed);
        Ok(Finished {
            sums,
            commits: load(&commits.count),
            failed_commits: load(&commits.failed),
            commit_p50: commits.took(0.5),
            commit_p99: commits.took(0.99),
            workers: self.place.workers,
            partitions: self.place.partitions,
        })
    }

    fn start_workers(&mut self) -> Result<()> {
        let lock = StateDirectory::lock(&self.place.state_dir).into_diagnostic()?;
        let memory = store::Memory { block_cache: self.place.memory.block_cache, write_buffers: self.place.memory.write_buffers };
        let stores = Arc::new(RocksStores::new(lock, Rebuild::FromChangelog, memory).into_diagnostic()?);
        for number in 0..self.place.workers {
            let worker = self.spawn(number, Arc::clone(&stores))?;
            self.workers.push(worker);
        }
        Ok(())
    }

    fn spawn(&self, number: usize, stores: Arc<RocksStores>) -> Result<Running, AppError> {
        let (settings, setup) = (self.place.settings.clone(), self.setup.clone());
        let (stop, metrics, meter) = (self.stop.clone(), Arc::clone(&self.metrics), Arc::clone(&self.meter));
        let work = move || {
            let source = KafkaSource::connect(&settings, number)?;
            let sink = KafkaSink::new(&settings, number, source.group())?;
            let (source, sink) = (TimedSource::new(source, Arc::clone(&meter)), TimedSink::new(sink, meter));
            Ok(Worker::new(source, sink, stores, setup, stop, metrics)?.run()?)
        };
        let spawned = thread::Builder::new().name(format!("worker-{number}")).spawn(work);
        spawned.map_err(|source| AppError::Thread { what: "a worker", source })
    }

    fn wait_for(&mut self, events: u64) -> Result<Span> {
        let (mut before, mut changed) = (0, Instant::now());
        loop {
            let span = self.meter.span();
            if span.committed >= events {
                return Ok(span);
            }
            if self.stop.is_requested() || self.workers.iter().any(JoinHandle::is_finished) {
                self.stop_workers()?;
                return Err(miette!("stopped after {} of {events} events", span.committed));
            }
            if span.committed != before {
                (before, changed) = (span.committed, Instant::now());
            }
            if changed.elapsed() > STALLED {
                return Err(miette!("no commit for {} s, after {before} of {events} events; the log above may say why", STALLED.as_secs()));
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    fn stop_workers(&mut self) -> Result<Sums, AppError> {
        self.stop.request();
        let mut sums = Sums::default();
        let mut failed = None;
        for worker in self.workers.drain(..) {
            match worker.join().unwrap_or(Err(AppError::WorkerLost)) {
                Ok(own) => sums = sums.plus(own),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(sums), Err)
    }
}

/// However it ends, nothing is left behind.
impl Drop for Stage {
    fn drop(&mut self) {
        if let Err(error) = self.stop_workers() {
            tracing::warn!(%error, "a worker failed");
        }
        if let Err(fault) = self.admin.delete() {
            tracing::warn!(%fault, "the topics {}-* are left behind; delete them", self.place.settings.group);
        }
        if let Err(error) = fs::remove_dir_all(&self.place.state_dir) {
            tracing::debug!(%error, "no state directory to remove");
        }
    }
}

/// Latencies at a rate.
#[derive(Debug)]
pub struct Latency {
    pub rate: u64,
    pub span: Span,
    pub histogram: Histogram<u64>,
}

fn setup(place: &Place) -> Result<Setup> {
    let file = SourceFile { name: "the generator's catalog".to_owned(), text: CATALOG.to_owned() };
    let faulty = |faults: Vec<_>| miette!("the generator's catalog has {} faults; report it", faults.len());
    let catalog = catalog::read(&[file]).map_err(faulty)?;
    let topics = &place.settings.topics;
    let names = LaneNames { control: topics.control.clone(), usage: topics.usage.clone() };
    let limits = Limits { accounts_in_ram: place.memory.accounts_in_ram, ids_in_ram: place.memory.ids_in_ram };
    let mut setup = Setup::new(Arc::new(catalog), LogClock::Recorded, names, limits);
    setup.partitions = place.partitions;
    setup.commit_interval = place.commit_interval;
    setup.buffer_bytes = place.memory.inputs_in_flight;
    setup.patience = place.patience;
    Ok(setup)
}
