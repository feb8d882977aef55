//! Generated events into Kafka topics.

use std::time::Duration;

use crate::generate::{EventTarget, TargetError};
use crate::kafka::admin::{Admin, InputTime};
use crate::kafka::{KafkaFault, Settings, Target, Topics};
use crate::pipeline::ports::Lane;

const PATIENCE: Duration = Duration::from_secs(15);

pub struct KafkaTarget {
    target: Target,
    settings: Settings,
}

impl KafkaTarget {
    /// Connects, and waits until a broker answers.
    ///
    /// # Errors
    /// If none does.
    pub fn connect(bootstrap: &str, usage: &str, control: &str) -> Result<Self, TargetError> {
        let mut settings = Settings::new(bootstrap, "tally-generate", "tally-generate");
        settings.topics = Topics { usage: usage.into(), control: control.into(), ..Topics::default() };
        // Asked for here so that a wrong address is told at once, not after the first full queue.
        Admin::connect(&settings, PATIENCE, &mut |waiting| tracing::warn!("{waiting}")).map_err(|fault| failure(&fault))?;
        let target = Target::connect(&settings).map_err(|fault| failure(&fault))?;
        Ok(Self { target, settings })
    }

    /// The number of partitions. Which clock the topics have makes no difference here.
    fn partitions(&self) -> Result<u32, KafkaFault> {
        let admin = Admin::connect(&self.settings, PATIENCE, &mut |_| {})?;
        admin.check(InputTime::LogAppendTime).or_else(|_| admin.check(InputTime::CreateTime))
    }

    fn send(&self, lane: Lane, partition: Option<u32>, key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        let topic = self.settings.topics.of_lane(lane);
        self.target.send(topic, partition, key, event, None).map_err(|fault| failure(&fault))
    }
}

fn failure(fault: &KafkaFault) -> TargetError {
    TargetError(fault.to_string())
}

impl EventTarget for KafkaTarget {
    fn put(&mut self, lane: Lane, key: &[u8], event: &[u8]) -> Result<(), TargetError> {
        self.send(lane, None, key, event)
    }

    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError> {
        let partitions = self.partitions().map_err(|fault| failure(&fault))?;
        (0..partitions).try_for_each(|partition| self.send(Lane::Control, Some(partition), b"", event))
    }

    fn finish(&mut self) -> Result<(), TargetError> {
        self.target.flush().map_err(|fault| failure(&fault))
    }
}
