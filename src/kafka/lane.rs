//! One lane of all partitions of a worker: a consumer, its private queue, and how far each
//! partition was read.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};

use super::batch::{Anchor, Forwarding, NativeMessage, PrivateQueue};
use super::fault::KafkaFault;
use super::group::{GroupConsumer, GroupContext};
use super::message::KafkaMessage;
use super::outcome;
use crate::pipeline::ports::{Arrival, Lane, SourceError};

const SEEK_RETRY: Duration = Duration::from_millis(10);

/// A partition that is being delivered.
struct Feed {
    /// The lowest offset that may come next.
    next: u64,
    _forwarding: Forwarding,
}

pub(crate) struct LaneReader {
    lane: Lane,
    topic: String,
    patience: Duration,
    /// By partition. Dropped before the queue that they forward to, and both before the consumer.
    feeds: Vec<Option<Feed>>,
    queue: PrivateQueue,
    /// Partitions that librdkafka fetches, delivered or not.
    fetched: BTreeSet<u32>,
    batch: Vec<NativeMessage>,
    consumer: Arc<GroupConsumer>,
}

impl LaneReader {
    pub fn connect(lane: Lane, topic: &str, config: &ClientConfig, patience: Duration) -> Result<LaneReader, KafkaFault> {
        let consumer: GroupConsumer = config.create_with_context(GroupContext::default()).map_err(|error| KafkaFault::refused(&error))?;
        let consumer = Arc::new(consumer);
        let anchor: Anchor = Rc::new(Arc::clone(&consumer));
        let queue = PrivateQueue::new(anchor)
            .ok_or_else(|| KafkaFault::Failed { doing: "making a queue for reading".into(), detail: "out of memory".into() })?;
        Ok(LaneReader {
            lane,
            topic: topic.into(),
            patience,
            feeds: Vec::new(),
            queue,
            fetched: BTreeSet::new(),
            batch: Vec::new(),
            consumer,
        })
    }

    pub fn consumer(&self) -> &Arc<GroupConsumer> {
        &self.consumer
    }

    /// Serves the consumer's own queue, without which nothing moves.
    pub fn serve(&mut self, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        match self.consumer.poll(Duration::ZERO) {
            None => Ok(()),
            Some(Ok(message)) => {
                let message = message.detach();
                if let Some((partition, offset)) = self.advance(message.partition(), message.offset())? {
                    out.push(Arrival::Input(KafkaMessage::stray(self.lane, partition, offset, message)));
                }
                Ok(())
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                self.at_end(partition, out);
                Ok(())
            }
            Some(Err(error)) => Err(outcome::of_reading(&self.topic, &error, self.consumer.client().fatal_error())),
        }
    }

    /// Appends up to `max` arrivals, waiting at most `wait` for the first.
    pub fn read(&mut self, max: usize, wait: Duration, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        let mut batch = std::mem::take(&mut self.batch);
        let refused = self.queue.read(max, wait, &mut batch);
        let mut result = refused.map_err(|code| outcome::of_reading_code(&self.topic, code, "the queue was refused"));
        for message in batch.drain(..) {
            // After a fault the rest goes: the worker starts anew from its last commit.
            if result.is_ok() {
                result = self.deliver(message, out);
            }
        }
        self.batch = batch;
        result
    }

    fn deliver(&mut self, message: NativeMessage, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        match message.error() {
            None => {
                if let Some((partition, offset)) = self.advance(message.partition(), message.offset())? {
                    out.push(Arrival::Input(KafkaMessage::native(self.lane, partition, offset, message)));
                }
                Ok(())
            }
            Some((RDKafkaErrorCode::PartitionEOF, _)) => {
                self.at_end(message.partition(), out);
                Ok(())
            }
            Some((code, text)) => {
                let text = format!("partition {}: {text}", message.partition());
                Err(outcome::of_reading_code(&self.topic, code, &text))
            }
        }
    }

    /// Accepts an input as the next of its partition. None: the partition was stopped meanwhile, and
    /// whoever starts it again reads this input from the committed position.
    fn advance(&mut self, partition: i32, offset: i64) -> Result<Option<(u32, u64)>, SourceError> {
        let (Ok(partition), Ok(offset)) = (u32::try_from(partition), u64::try_from(offset)) else {
            return Err(SourceError::Fatal(format!(
                "{} sent an input with the impossible place {partition}@{offset}. Restart; if it comes again, report it",
                self.topic
            )));
        };
        let Some(feed) = self.feeds.get_mut(partition as usize).and_then(Option::as_mut) else {
            return Ok(None);
        };
        if offset < feed.next {
            return Err(SourceError::Fatal(format!(
                "{} partition {partition} delivered offset {offset} where {} or later was due: it would be \
                 counted twice. Nothing was committed; restart to continue from the last commit",
                self.topic, feed.next
            )));
        }
        feed.next = offset + 1;
        Ok(Some((partition, offset)))
    }

    fn at_end(&self, partition: i32, out: &mut Vec<Arrival<KafkaMessage>>) {
        let Ok(partition) = u32::try_from(partition) else { return };
        if self.feeds.get(partition as usize).is_some_and(Option::is_some) {
            out.push(Arrival::AtEnd { lane: self.lane, partition });
        }
    }

    /// Delivers a partition from `next` on.
    pub fn start(&mut self, partition: u32, next: u64) -> Result<(), SourceError> {
        let number = i32::try_from(partition).map_err(|_| self.refused(partition, "no such partition"))?;
        let index = partition as usize;
        if self.feeds.get(index).is_some_and(Option::is_some) {
            return Err(self.refused(partition, "it is started already"));
        }
        let forwarding = Forwarding::new(&self.queue, &self.topic, number).ok_or_else(|| self.refused(partition, "it has no queue"))?;
        let next = if next == 0 { self.first_offset(partition, number)? } else { next };
        let from = i64::try_from(next).map_err(|_| self.refused(partition, "its offset is impossible"))?;
        let from = Offset::Offset(from);
        if self.feeds.len() <= index {
            self.feeds.resize_with(index + 1, || None);
        }
        self.feeds[index] = Some(Feed { next, _forwarding: forwarding });
        if self.fetched.insert(partition) { self.assign(partition, number, from) } else { self.seek(partition, number, from) }
    }

    /// What a partition starts with that nothing was read of yet. Asked for here, for librdkafka's
    /// answer to "from the beginning" may come late and undo a seek.
    fn first_offset(&self, partition: u32, number: i32) -> Result<u64, SourceError> {
        let (first, _) = self
            .consumer
            .fetch_watermarks(&self.topic, number, self.patience)
            .map_err(|error| SourceError::Retry(format!("asking where {} partition {partition} begins: {error}", self.topic)))?;
        u64::try_from(first).map_err(|_| self.refused(partition, "its first offset is unknown"))
    }

    fn assign(&self, partition: u32, number: i32, from: Offset) -> Result<(), SourceError> {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, number, from)
            .and_then(|()| self.consumer.incremental_assign(&list))
            .map_err(|error| self.refused(partition, &error.to_string()))
    }

    /// Goes back in a partition that is still assigned. Un-assigning it for this would be taken for
    /// the answer to a revocation that may be on its way.
    fn seek(&self, partition: u32, number: i32, from: Offset) -> Result<(), SourceError> {
        let deadline = Instant::now() + self.patience;
        loop {
            let mut list = TopicPartitionList::new();
            let outcome = list
                .add_partition_offset(&self.topic, number, from)
                .and_then(|()| self.consumer.seek_partitions(list, self.patience))
                .and_then(|list| list.elements().iter().try_for_each(rdkafka::topic_partition_list::TopicPartitionListElem::error));
            match outcome {
                Ok(()) => return Ok(()),
                // Refused for as long as its fetching is only being set up.
                Err(_) if Instant::now() < deadline => std::thread::sleep(SEEK_RETRY),
                Err(error) => return Err(self.refused(partition, &error.to_string())),
            }
        }
    }

    /// Puts every partition back to where we are in it. Due after each answer to the group.
    ///
    /// A rebalance pauses all partitions, and the answer resumes them from librdkafka's own idea of
    /// our position: which is one too far after the end of a partition was read in a batch. The
    /// input at that offset would never be seen.
    pub fn realign(&self) -> Result<(), SourceError> {
        let mut list = TopicPartitionList::new();
        for (partition, feed) in self.feeds.iter().enumerate() {
            if let (Some(feed), Ok(number)) = (feed, i32::try_from(partition))
                && let Ok(next) = i64::try_from(feed.next)
            {
                list.add_partition_offset(&self.topic, number, Offset::Offset(next)).map_err(|error| self.astray(&error))?;
            }
        }
        if list.count() == 0 {
            return Ok(());
        }
        let list = self.consumer.seek_partitions(list, self.patience).map_err(|error| self.astray(&error))?;
        for one in list.elements() {
            match one.error() {
                // Not fetched yet: it will be from the offset that it was assigned with.
                Ok(()) | Err(KafkaError::OffsetFetch(RDKafkaErrorCode::State)) => {}
                Err(error) => return Err(self.astray(&error)),
            }
        }
        Ok(())
    }

    fn astray(&self, error: &KafkaError) -> SourceError {
        SourceError::Fatal(format!(
            "{} could not be put back to its positions after a rebalance: {error}. Restart to continue from the last commit",
            self.topic
        ))
    }

    /// Delivers no more of a partition, which stays assigned.
    pub fn suspend(&mut self, partition: u32) {
        if let Some(feed) = self.feeds.get_mut(partition as usize) {
            *feed = None;
        }
    }

    /// Gives partitions back that were suspended before.
    pub fn release(&mut self, partitions: &BTreeSet<u32>) -> Result<(), SourceError> {
        let mut list = TopicPartitionList::new();
        for partition in partitions {
            // One that was assigned and never started is not librdkafka's to give back.
            if self.fetched.remove(partition)
                && let Ok(number) = i32::try_from(*partition)
            {
                list.add_partition(&self.topic, number);
            }
        }
        // Also if empty: it is the answer that the group waits for.
        self.consumer.incremental_unassign(&list).map_err(|error| {
            SourceError::Fatal(format!(
                "{} partitions {partitions:?} could not be given back: {error}. Restart to continue from the last commit",
                self.topic
            ))
        })?;
        // The end of fetching takes a forwarding away that was made too early. A seek is queued
        // behind it: when that is refused, a partition may be started again.
        if list.count() > 0
            && let Err(error) = self.consumer.seek_partitions(list, self.patience)
        {
            tracing::debug!(%error, "waiting for the end of fetching");
        }
        Ok(())
    }

    fn refused(&self, partition: u32, why: &str) -> SourceError {
        SourceError::Fatal(format!(
            "{} partition {partition} could not be started: {why}. Restart to continue from the last commit",
            self.topic
        ))
    }
}

impl Drop for LaneReader {
    fn drop(&mut self) {
        self.feeds.clear();
        self.consumer.context().close();
    }
}
