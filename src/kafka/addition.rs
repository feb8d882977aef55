//! Adding to a topic in one transaction: all partitions get their messages, or none does.

use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};

use super::batch;
use super::delivery::{DeliveryContext, UNMARKED};
use super::fault::KafkaFault;
use super::outcome;
use super::settings::Settings;
use crate::pipeline::ports::PublishError;

const ABORT_PATIENCE: Duration = Duration::from_secs(3);
const FENCE_PAUSE: Duration = Duration::from_millis(100);
const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(1);

/// A message to be added.
#[derive(Debug, Clone, Copy)]
pub struct Added<'a> {
    pub partition: u32,
    pub key: &'a [u8],
    pub value: &'a [u8],
    pub timestamp_ms: i64,
}

/// The only one that adds under its name: whoever began before is fenced, and what it had not committed is gone.
/// So what is read from now on is all that was ever added.
pub struct Addition {
    producer: ThreadedProducer<DeliveryContext>,
    deliveries: DeliveryContext,
    patience: Duration,
}

impl Addition {
    /// # Errors
    /// No broker answers, or it does not permit transactions.
    pub fn begin(settings: &Settings, name: &str) -> Result<Addition, KafkaFault> {
        let deliveries = DeliveryContext::default();
        let config = settings.named_transactional_producer(name)?;
        let deadline = Instant::now() + settings.transaction_timeout;
        loop {
            let producer: ThreadedProducer<DeliveryContext> =
                config.create_with_context(deliveries.clone()).map_err(|error| KafkaFault::refused(&error))?;
            let begun = producer.init_transactions(settings.operation_timeout);
            match begun.map_err(|error| outcome::before_commit("beginning to write", &error)) {
                Ok(()) => return Ok(Addition { producer, deliveries, patience: settings.operation_timeout }),
                // A coordinator that has just started, or that still completes the last transaction.
                Err(PublishError::Aborted(_)) if Instant::now() < deadline => std::thread::sleep(FENCE_PAUSE),
                Err(error) => return Err(failed(&error, "Nothing was written; say it again")),
            }
        }
    }

    /// Adds all messages, or none.
    ///
    /// # Errors
    /// What went wrong, and whether anything was written.
    pub fn add(&self, topic: &str, messages: &[Added<'_>]) -> Result<(), KafkaFault> {
        let nothing = "Nothing was written; say it again";
        let began = self.producer.begin_transaction();
        began.map_err(|error| failed(&outcome::before_commit("beginning to write", &error), nothing))?;
        if let Err(error) = messages.iter().try_for_each(|message| self.send(topic, message)).and_then(|()| self.flush(topic)) {
            // Only so that readers need not wait for the timeout; nothing depends on it.
            if let Err(error) = self.producer.abort_transaction(ABORT_PATIENCE) {
                tracing::debug!(%error, "the transaction is left to be aborted by the next one");
            }
            return Err(failed(&error, nothing));
        }
        self.producer.commit_transaction(self.patience).map_err(|error| match outcome::of_commit(&error) {
            unknown @ PublishError::Unknown(_) => failed(&unknown, "All of it may be written, or nothing; say it again"),
            known => failed(&known, nothing),
        })
    }

    fn send(&self, topic: &str, message: &Added<'_>) -> Result<(), PublishError> {
        let mut record = BaseRecord::<[u8], [u8], usize>::with_opaque_to(topic, UNMARKED).key(message.key).payload(message.value);
        record.partition = i32::try_from(message.partition).ok();
        record.timestamp = Some(message.timestamp_ms);
        let deadline = Instant::now() + self.patience;
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), same)) if Instant::now() < deadline => {
                    record = same;
                    std::thread::sleep(QUEUE_FULL_PAUSE);
                }
                Err((error, _)) => return Err(outcome::before_commit(&format!("writing to {topic}"), &error)),
            }
        }
    }

    fn flush(&self, topic: &str) -> Result<(), PublishError> {
        let flushed = batch::flush(self.producer.client(), self.patience);
        // First, for the deliveries that fail on account of it do not say why.
        if let Some((code, text)) = self.producer.client().fatal_error() {
            return Err(outcome::of_code(code, format!("writing to {topic} failed: {text}")));
        }
        if let Some((error, topic)) = self.deliveries.0.fault() {
            return Err(outcome::before_commit(&format!("writing to {topic}"), &error));
        }
        flushed.map_err(|code| outcome::before_commit(&format!("writing to {topic}"), &KafkaError::Flush(code)))
    }
}

fn failed(error: &PublishError, then: &str) -> KafkaFault {
    KafkaFault::Failed { doing: "adding to the log".to_owned(), detail: format!("{error}. {then}") }
}
