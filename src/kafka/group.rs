//! Membership in the consumer group: what a rebalance says is written down, and done by the worker
//! when it is ready.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::types::RDKafkaRespErr;

use super::log::{log_error, log_line};

pub(crate) type GroupConsumer = BaseConsumer<GroupContext>;

/// What the group has decided.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Assigned(Vec<u32>),
    Revoked(Vec<u32>),
}

#[derive(Default)]
pub(crate) struct GroupContext {
    decisions: Mutex<VecDeque<Decision>>,
    closing: AtomicBool,
    given_up: AtomicBool,
}

impl GroupContext {
    pub fn next_decision(&self) -> Option<Decision> {
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// From now on nobody waits for decisions: all partitions are given up at once.
    pub fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    fn decide(&self, consumer: &GroupConsumer, assigned: bool, list: &TopicPartitionList) -> KafkaResult<()> {
        if self.closing.load(Ordering::SeqCst) {
            // While it closes, the first answer gives up everything. A second one would be to nobody,
            // and would hang for ever.
            return if self.given_up.swap(true, Ordering::SeqCst) { Ok(()) } else { consumer.unassign() };
        }
        let partitions = list.elements().iter().filter_map(|one| u32::try_from(one.partition()).ok()).collect();
        let decision = if assigned {
            // Answered at once with nothing, so that the group's protocol goes on during a long
            // takeover. The partitions are assigned one by one, as they are started.
            consumer.incremental_assign(&TopicPartitionList::new())?;
            Decision::Assigned(partitions)
        } else {
            // Answered when all of them were stopped: not before then may they go to others.
            Decision::Revoked(partitions)
        };
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner).push_back(decision);
        Ok(())
    }
}

impl ClientContext for GroupContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log_line(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        log_error(&error, reason);
    }
}

impl ConsumerContext for GroupContext {
    fn rebalance(&self, consumer: &GroupConsumer, code: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let assigned = code == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        if let Err(error) = self.decide(consumer, assigned, list) {
            tracing::warn!(%error, assigned, "the answer to a rebalance was refused");
        }
    }
}

/// What a sink must know of its source's membership to commit offsets in the group's name.
///
/// It does not keep the consumer alive: with the source gone, so is the right to commit.
#[derive(Clone)]
pub struct GroupHandle {
    consumer: Weak<GroupConsumer>,
}

impl GroupHandle {
    pub(crate) fn new(consumer: &Arc<GroupConsumer>) -> GroupHandle {
        GroupHandle { consumer: Arc::downgrade(consumer) }
    }

    /// The membership as of now; none if the partitions may already be others'.
    pub(crate) fn metadata(&self) -> Option<ConsumerGroupMetadata> {
        let consumer = self.consumer.upgrade()?;
        if consumer.assignment_lost() { None } else { consumer.group_metadata() }
    }
}
