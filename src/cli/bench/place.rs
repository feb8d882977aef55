//! Where the measurement is taken: a Kafka, topics and a group of its own, a state directory of its own.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::app;
use crate::config::{Config, Memory, Topics};
use crate::kafka::{self, Settings};

const DEFAULT_WORKERS: usize = 2;

#[derive(Debug, Clone)]
pub struct Place {
    pub settings: Settings,
    pub partitions: u32,
    pub replication: u32,
    pub workers: usize,
    pub commit_interval: Duration,
    pub patience: Duration,
    pub memory: Memory,
    pub state_dir: PathBuf,
}

impl Place {
    pub fn new(bootstrap: &str, topics: &Topics, memory: Memory) -> Self {
        let name = own_name();
        let mut settings = Settings::new(bootstrap, &name, "bench");
        settings.topics = kafka::Topics {
            usage: format!("{name}-usage-events"),
            control: format!("{name}-usage-control"),
            records: format!("{name}-records"),
            suspense: format!("{name}-suspense"),
            notices: format!("{name}-notices"),
            changelog: format!("{name}-changelog"),
        };
        Self {
            settings,
            partitions: topics.partitions,
            replication: u32::from(topics.replication),
            workers: DEFAULT_WORKERS,
            commit_interval: Duration::from_millis(200),
            patience: Duration::from_secs(60),
            memory,
            state_dir: std::env::temp_dir().join(name),
        }
    }

    /// As configured, but for the names; none if there is no Kafka in it.
    pub fn of_config(config: &Config) -> Option<Self> {
        let kafka = config.kafka.as_ref()?;
        let mut place = Self::new(&kafka.bootstrap, &config.topics, config.memory);
        place.settings.properties = app::settings(config, kafka).properties;
        place.workers = config.run.workers;
        place.commit_interval = config.run.commit_interval;
        place.patience = config.run.give_up_after;
        Some(place)
    }
}

/// A name that nobody else has, of another run neither.
fn own_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("tally-bench-{}-{}", since.as_millis(), std::process::id())
}
