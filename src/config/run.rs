//! `[run]`

use std::path::PathBuf;
use std::time::Duration;

use super::Surroundings;
use super::units::duration;
use crate::wire::document::Table;

const DEFAULT_WORKERS: usize = 2;
const DEFAULT_STATE_DIR: &str = "state";
const DEFAULT_COMMIT_INTERVAL: Duration = Duration::from_millis(200);
const DEFAULT_GIVE_UP_AFTER: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Threads, each with its share of the partitions.
    pub workers: usize,
    pub state_dir: PathBuf,
    /// A file or a folder of them; none: the command line says it.
    pub catalog: Option<PathBuf>,
    pub commit_interval: Duration,
    pub clock: Clock,
    /// No broker for so long: stop.
    pub give_up_after: Duration,
}

/// What an input's log time is (CONTRACT 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The time at which the broker took it.
    Broker,
    /// The time that the producer recorded.
    Recorded,
}

pub fn read(table: Option<&Table<'_>>, around: Surroundings<'_>) -> Run {
    if let Some(table) = table {
        table.only(&["workers", "state_dir", "catalog", "commit_interval", "clock", "give_up_after"]);
    }
    let find = |key: &str| table.and_then(|table| table.find(key));
    let workers = find("workers").and_then(|value| value.number(1..=256)).and_then(|number| usize::try_from(number).ok());
    let state_dir = find("state_dir").and_then(|value| value.words());
    let catalog = find("catalog").and_then(|value| value.words());
    let commit_interval = find("commit_interval").and_then(|value| duration(&value, "200ms"));
    let clock = find("clock").and_then(|value| value.choice(&[("broker", Clock::Broker), ("recorded", Clock::Recorded)]));
    let give_up_after = find("give_up_after").and_then(|value| duration(&value, "60s"));
    Run {
        workers: workers.unwrap_or(DEFAULT_WORKERS),
        state_dir: around.path(state_dir.unwrap_or(DEFAULT_STATE_DIR)),
        catalog: catalog.map(|text| around.path(text)),
        commit_interval: commit_interval.unwrap_or(DEFAULT_COMMIT_INTERVAL),
        clock: clock.unwrap_or(Clock::Broker),
        give_up_after: give_up_after.unwrap_or(DEFAULT_GIVE_UP_AFTER),
    }
}
