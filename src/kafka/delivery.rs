//! What became of each message of a transaction, told by the broker.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::ProducerContext;

use super::log::{log_error, log_line};

/// Rides with a message: its delivery need not be remembered, or is that of this slot.
pub(crate) const UNMARKED: usize = 0;

#[derive(Default)]
pub(crate) struct Deliveries {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    offsets: BTreeMap<usize, u64>,
    fault: Option<(KafkaError, String)>,
}

impl Deliveries {
    /// Forgets everything, for the next transaction.
    pub fn reset(&self) {
        *self.known() = Known::default();
    }

    /// The offset at which the message with this mark was written.
    pub fn offset(&self, mark: usize) -> Option<u64> {
        self.known().offsets.get(&mark).copied()
    }

    /// The first failure, and the topic it concerns.
    pub fn fault(&self) -> Option<(KafkaError, String)> {
        self.known().fault.clone()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A producer's context that notes marked offsets and the first failure.
#[derive(Clone, Default)]
pub(crate) struct DeliveryContext(pub Arc<Deliveries>);

impl ClientContext for DeliveryContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        log_error(&error, reason);
    }
}

impl ProducerContext for DeliveryContext {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, mark: usize) {
        match result {
            Ok(_) if mark == UNMARKED => {}
            Ok(message) => {
                if let Ok(offset) = u64::try_from(message.offset()) {
                    self.0.known().offsets.insert(mark, offset);
                }
            }
            Err((error, message)) => {
                let mut known = self.0.known();
                known.fault.get_or_insert_with(|| (error.clone(), message.topic().to_owned()));
            }
        }
    }
}
