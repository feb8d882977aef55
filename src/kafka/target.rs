//! Loading many messages fast, once each: generated events on their way in.

use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};

use super::batch;
use super::delivery::{DeliveryContext, UNMARKED};
use super::fault::KafkaFault;
use super::settings::Settings;

const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(1);

/// An idempotent producer that makes its caller wait when the broker is slower.
pub struct Target {
    producer: ThreadedProducer<DeliveryContext>,
    deliveries: DeliveryContext,
    patience: Duration,
}

impl Target {
    /// # Errors
    /// A property that Kafka refuses. That no broker answers is told by `send` and `flush`.
    pub fn connect(settings: &Settings) -> Result<Target, KafkaFault> {
        let deliveries = DeliveryContext::default();
        let producer = settings
            .producer()?
            .set("linger.ms", "20")
            .create_with_context(deliveries.clone())
            .map_err(|error| KafkaFault::refused(&error))?;
        Ok(Target { producer, deliveries, patience: settings.transaction_timeout + settings.operation_timeout })
    }

    /// Sends one message; without a partition, the key decides, as with Java clients.
    ///
    /// # Errors
    /// This or an earlier message could not be delivered.
    pub fn send(&self, topic: &str, partition: Option<u32>, key: &[u8], value: &[u8], timestamp_ms: Option<i64>) -> Result<(), KafkaFault> {
        let mut record = BaseRecord::<[u8], [u8], usize>::with_opaque_to(topic, UNMARKED).key(key).payload(value);
        record.partition = partition.and_then(|partition| i32::try_from(partition).ok());
        record.timestamp = timestamp_ms;
        let deadline = Instant::now() + self.patience;
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), same)) if Instant::now() < deadline => {
                    self.check()?;
                    record = same;
                    std::thread::sleep(QUEUE_FULL_PAUSE);
                }
                Err((error, _)) => return Err(KafkaFault::failed(format!("writing to {topic}"), &error)),
            }
        }
    }

    /// Returns when everything sent is in Kafka.
    ///
    /// # Errors
    /// A message could not be delivered.
    pub fn flush(&self) -> Result<(), KafkaFault> {
        let flushed = batch::flush(self.producer.client(), self.patience);
        self.check()?;
        flushed.map_err(|code| KafkaFault::failed("writing to the topics", &KafkaError::Flush(code)))
    }

    fn check(&self) -> Result<(), KafkaFault> {
        match self.deliveries.0.fault() {
            Some((error, topic)) => Err(KafkaFault::failed(format!("writing to {topic}"), &error)),
            None => Ok(()),
        }
    }
}
