//! The control topic.

use miette::{IntoDiagnostic as _, Result};

use super::{Entry, Line};
use crate::app;
use crate::config::{self, Clock, Config};
use crate::domain::instant::{Instant, NANOS_PER_MILLISECOND};
use crate::kafka::admin::Admin;
use crate::kafka::topic::read_topic;
use crate::kafka::{Added, Addition, KafkaFault, Settings};

/// Under this name control events are added: one at a time does.
const NAME: &str = "control";

pub struct Topic {
    settings: Settings,
    clock: Clock,
    partitions: u32,
    addition: Option<Addition>,
}

impl Topic {
    /// # Errors
    /// No broker answers, or the topics are not as they must be.
    pub fn connect(config: &Config, kafka: &config::Kafka) -> Result<Self, KafkaFault> {
        let settings = app::settings(config, kafka);
        let admin = Admin::connect(&settings, config.run.give_up_after, &mut |text| tracing::warn!("{text}"))?;
        let partitions = admin.check(app::input_time(config.run.clock))?;
        Ok(Self { settings, clock: config.run.clock, partitions, addition: None })
    }

    #[must_use]
    pub fn partitions(&self) -> u32 {
        self.partitions
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.topics.control
    }

    /// The settings under which its outputs are read too.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn is_recorded(&self) -> bool {
        self.clock == Clock::Recorded
    }

    pub(super) fn read(&self, each: &mut dyn FnMut(Entry)) -> Result<()> {
        read_topic(&self.settings, self.name(), &mut |read| {
            let headers = read.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_vec()));
            each(Entry {
                partition: read.partition,
                offset: read.offset,
                log_time: read.timestamp_ms.filter(|_| !self.is_recorded()).map(Instant::from_millis),
                value: Some(read.value.to_vec()),
                headers: headers.collect(),
            });
        })
        .into_diagnostic()?;
        Ok(())
    }

    pub(super) fn begin(&mut self) -> Result<()> {
        if self.addition.is_none() {
            self.addition = Some(Addition::begin(&self.settings, NAME).into_diagnostic()?);
        }
        Ok(())
    }

    pub(super) fn add(&mut self, lines: &[Line<'_>]) -> Result<()> {
        self.begin()?;
        let messages: Vec<Added<'_>> = lines.iter().map(message).collect();
        match &self.addition {
            Some(addition) => addition.add(&self.settings.topics.control, &messages).into_diagnostic(),
            None => Ok(()),
        }
    }
}

fn message<'a>(line: &Line<'a>) -> Added<'a> {
    Added {
        partition: line.partition,
        key: line.key.as_bytes(),
        value: line.value.as_bytes(),
        timestamp_ms: line.at.nanos().div_euclid(NANOS_PER_MILLISECOND),
    }
}
