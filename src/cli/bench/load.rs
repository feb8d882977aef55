//! Generated events into the topics of the measurement.

use std::num::NonZeroU64;

use crate::cli::generate::paced::Paced;
use crate::generate::{EventTarget, Settings, SettingsError, TargetError, generate};
use crate::kafka::{KafkaFault, Target, Topics};
use crate::pipeline::ports::Lane;

const CUSTOMERS: usize = 1000;

/// Puts that many events of a year into the topics, at that rate or as fast as it goes.
pub fn load(target: &Loading, events: u64, rate: Option<NonZeroU64>, year: i32, seed: u64) -> Result<(), SettingsError> {
    let settings = Settings { events, customers: CUSTOMERS, year, seed, skew: 1.1, tick_at_ms: None };
    let mut loading = target;
    generate(&settings, &mut Paced::new(&mut loading, events, rate))
}

pub struct Loading {
    pub target: Target,
    pub topics: Topics,
    pub partitions: u32,
}

impl Loading {
    fn send(&self, lane: Lane, partition: Option<u32>, key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        self.target.send(self.topics.of_lane(lane), partition, key, event, None).map_err(|fault| refused(&fault))
    }
}

fn refused(fault: &KafkaFault) -> TargetError {
    TargetError(fault.to_string())
}

impl EventTarget for &Loading {
    fn put(&mut self, lane: Lane, key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        self.send(lane, None, key, event)
    }

    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError> {
        (0..self.partitions).try_for_each(|partition| self.send(Lane::Control, Some(partition), b"", event))
    }

    fn finish(&mut self) -> Result<(), TargetError> {
        self.target.flush().map_err(|fault| refused(&fault))
    }
}
