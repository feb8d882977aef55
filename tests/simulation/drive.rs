//! Runs a worker in a world until all is done, however often it dies.

use std::sync::Arc;
use std::time::Duration;

use tally::domain::catalog::Catalog;
use tally::domain::instant::{Instant, NANOS_PER_DAY};
use tally::domain::verdict::Sums;
use tally::engine::Limits;
use tally::pipeline::ports::{Catalogs, Output};
use tally::pipeline::{LaneNames, LogClock, Metrics, RunError, Setup, Stop, Worker};

use super::inputs::{catalogs, end};
use super::rng::Rng;
use super::sink::SimSink;
pub use super::source::Delivery;
use super::source::SimSource;
use super::store::SimStores;
use super::world::Shared;

/// More restarts than any plan of faults explains.
const RESTARTS: u32 = 200;

/// What a run published, by partition, and its verdict sums.
pub type Published = (Vec<Vec<Output>>, Sums);

/// A directory with one catalog, which is found when it is wanted.
#[derive(Debug)]
struct Other(Arc<Catalog>);

impl Catalogs for Other {
    fn known(&self) -> Vec<Arc<Catalog>> {
        Vec::new()
    }

    fn find(&self, digest: &[u8; 32]) -> Result<Arc<Catalog>, String> {
        if self.0.digest == *digest { Ok(Arc::clone(&self.0)) } else { Err("no such catalog".to_owned()) }
    }
}

/// A worker of ordinary sizes.
pub fn calm(partitions: u32) -> Setup {
    let [catalog, other] = catalogs();
    let names = LaneNames { control: "usage-control".into(), usage: "usage-events".into() };
    let limits = Limits { accounts_in_ram: 1000, ids_in_ram: 100_000 };
    let mut setup = Setup::new(catalog, LogClock::Recorded, names, limits);
    setup.catalogs = Arc::new(Other(other));
    setup.partitions = partitions;
    setup.until = Some(end());
    setup.wall = Arc::new(|| Instant::from_nanos(end().nanos() + NANOS_PER_DAY));
    setup.commit_interval = Duration::from_secs(3600);
    setup
}

/// Commit boundaries, batches and memory as chance has it.
pub fn odd(partitions: u32, rng: &mut Rng) -> Setup {
    let mut setup = calm(partitions);
    setup.batch = 1 + rng.index(40);
    setup.commit_changes = 1 + rng.index(60);
    setup.commit_interval = Duration::from_micros(1 + rng.below(2000));
    setup.buffer_bytes = 1 + rng.index(20_000);
    setup.limits = Limits { accounts_in_ram: 1 + rng.index(6), ids_in_ram: 1 + rng.index(100) };
    setup
}

pub fn calm_delivery() -> Delivery {
    Delivery { seed: 0, chunk: 10_000, silent: 0, rebalances: 0, stop_when_quiet: None }
}

pub fn odd_delivery(rng: &mut Rng) -> Delivery {
    Delivery {
        seed: rng.below(u64::MAX),
        chunk: 1 + rng.below(50),
        silent: rng.below(60),
        rebalances: u32::try_from(rng.below(5)).expect("small"),
        stop_when_quiet: None,
    }
}

/// One life of a worker.
pub fn live(world: &Shared, setup: &Setup, delivery: Delivery) -> Result<Sums, RunError> {
    let stop = delivery.stop_when_quiet.clone().unwrap_or_default();
    let source = SimSource::new(world.clone(), delivery);
    let sink = SimSink::new(world.clone());
    Worker::new(source, sink, Arc::new(SimStores(world.clone())), setup.clone(), stop, Arc::new(Metrics::default()))?.run()
}

/// As many lives as it takes; each with its own delivery.
pub fn endure(world: &Shared, setup: &Setup, mut delivery: impl FnMut() -> Delivery) -> Published {
    for _ in 0..RESTARTS {
        match live(world, setup, delivery()) {
            // What the last commit forwarded is for another life.
            Ok(_) | Err(RunError::StoppedUncommitted) if world.lock().has_unread() => continue,
            Ok(sums) => return (world.lock().outputs.values().cloned().collect(), sums),
            Err(RunError::StoppedUncommitted) => continue,
            Err(error) => assert!(world.lock().crashed, "it ended though it was not killed: {error}"),
        }
        world.lock().restart();
    }
    panic!("it is not done after {RESTARTS} restarts");
}

/// Every run has at most one stop flag; a new one per life.
pub fn until_quiet(mut delivery: Delivery) -> Delivery {
    delivery.stop_when_quiet = Some(Stop::default());
    delivery
}
