//! Kafka mode: several workers, each a member of the group and an owner of partitions.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::AppError;
use crate::config::{self, Clock, Config};
use crate::domain::catalog::Catalog;
use crate::domain::verdict::Sums;
use crate::engine::Limits;
use crate::http::HttpServer;
use crate::kafka::admin::{Admin, InputTime};
use crate::kafka::{KafkaSink, KafkaSource, Settings};
use crate::keyring;
use crate::pipeline::ports::Catalogs;
use crate::pipeline::{LaneNames, LogClock, Metrics, Setup, Stop, Worker};
use crate::store::{Memory, Rebuild, RocksStores, StateDirectory};

/// Runs the workers until they are told to stop, or one of them cannot go on.
///
/// # Errors
/// See [`AppError`]; nothing is lost.
pub fn run_kafka(
    config: &Config,
    kafka: &config::Kafka,
    catalog: Arc<Catalog>,
    catalogs: Arc<dyn Catalogs>,
    stop: &Stop,
    metrics: &Arc<Metrics>,
) -> Result<Sums, AppError> {
    let keys = keyring::open(config.privacy.keys.as_deref())?;
    // Before a broker is waited for, so that the process can be asked why it is not ready.
    let listening = config.http.listen.map(|listen| HttpServer::start(listen, Arc::clone(metrics), stop.clone()));
    let _http = listening.transpose()?;
    let settings = settings(config, kafka);
    let time = input_time(config.run.clock);
    let admin = Admin::connect(&settings, config.run.give_up_after, &mut |text| tracing::warn!("{text}"))?;
    let partitions = admin.check(time)?;
    drop(admin);
    let lock = StateDirectory::lock(&config.run.state_dir)?;
    let memory = Memory { block_cache: config.memory.block_cache, write_buffers: config.memory.write_buffers };
    let stores = Arc::new(RocksStores::new(lock, Rebuild::FromChangelog, memory)?);
    let setup = Setup { catalogs, keys, ..setup(config, catalog, partitions) };
    let workers = (0..config.run.workers)
        .map(|number| spawn(number, settings.clone(), Arc::clone(&stores), setup.clone(), stop.clone(), Arc::clone(metrics)))
        .collect::<Result<Vec<_>, _>>()?;
    join(workers)
}

/// How the process reaches Kafka, as the configuration has it.
#[must_use]
pub fn settings(config: &Config, kafka: &config::Kafka) -> Settings {
    let mut settings = Settings::new(&kafka.bootstrap, &kafka.group, &kafka.instance);
    let topics = &config.topics;
    settings.topics = crate::kafka::Topics {
        usage: topics.usage_events.clone(),
        control: topics.usage_control.clone(),
        records: topics.billing_records.clone(),
        suspense: topics.usage_suspense.clone(),
        notices: topics.usage_notices.clone(),
        changelog: topics.changelog.clone(),
    };
    let config::Retention { records, suspense, notices } = config.retention;
    settings.retention = crate::kafka::Retention { records, suspense, notices };
    settings.properties.clone_from(&kafka.properties);
    settings
}

/// Which timestamps the input topics must have.
#[must_use]
pub fn input_time(clock: Clock) -> InputTime {
    match clock {
        Clock::Broker => InputTime::LogAppendTime,
        Clock::Recorded => InputTime::CreateTime,
    }
}

pub(super) fn setup(config: &Config, catalog: Arc<Catalog>, partitions: u32) -> Setup {
    let clock = match config.run.clock {
        Clock::Broker => LogClock::Broker,
        Clock::Recorded => LogClock::Recorded,
    };
    let names = LaneNames { control: config.topics.usage_control.clone(), usage: config.topics.usage_events.clone() };
    let limits = Limits { accounts_in_ram: config.memory.accounts_in_ram, ids_in_ram: config.memory.ids_in_ram };
    let mut setup = Setup::new(catalog, clock, names, limits);
    setup.partitions = partitions;
    setup.commit_interval = config.run.commit_interval;
    setup.buffer_bytes = config.memory.inputs_in_flight;
    setup.patience = config.run.give_up_after;
    setup
}

type Running = JoinHandle<Result<Sums, AppError>>;

/// A worker on a thread of its own. One that fails stops the others: the supervisor restarts all.
fn spawn(
    number: usize,
    settings: Settings,
    stores: Arc<RocksStores>,
    setup: Setup,
    stop: Stop,
    metrics: Arc<Metrics>,
) -> Result<Running, AppError> {
    let work = move || {
        let _stop_all = StopAtEnd(stop.clone());
        let source = KafkaSource::connect(&settings, number)?;
        let sink = KafkaSink::new(&settings, number, source.group())?;
        Ok(Worker::new(source, sink, stores, setup, stop, metrics)?.run()?)
    };
    thread::Builder::new().name(format!("worker-{number}")).spawn(work).map_err(|source| AppError::Thread { what: "a worker", source })
}

/// Asks all workers to stop when one of them ends, however it ends.
struct StopAtEnd(Stop);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.request();
    }
}

fn join(workers: Vec<Running>) -> Result<Sums, AppError> {
    let mut sums = Sums::default();
    let mut failed = None;
    for worker in workers {
        match worker.join() {
            Ok(Ok(own)) => sums = sums.plus(own),
            Ok(Err(error)) => failed = failed.or(Some(error)),
            Err(_) => failed = failed.or(Some(AppError::WorkerLost)),
        }
    }
    failed.map_or(Ok(sums), Err)
}
