//! The sink: step 2 of the commit, one short transaction.
//!
//! It is opened when everything is ready: changelog and outputs, then the input offsets in the
//! group's name, then the commit. librdkafka speaks version 1 of the protocol, so a commit whose
//! answer is lost is never tried again in place: the producer is dropped, and the takeover finds out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::BaseConsumer;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};

use super::batch;
use super::delivery::{DeliveryContext, UNMARKED};
use super::fault::KafkaFault;
use super::group::GroupHandle;
use super::log::LogContext;
use super::outcome;
use super::receipt::{self, Beside};
use super::settings::{MAX_MESSAGE_BYTES, Settings};
use crate::pipeline::ports::{Change, Output, Publication, PublishError, Receipt, Recovered, Sink, StoreError};

/// Longer than this is not waited for an abort: `fence` aborts all the same.
const ABORT_PATIENCE: Duration = Duration::from_secs(3);
const FENCE_PAUSE: Duration = Duration::from_millis(100);
const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(1);
/// Of a message, besides what is its own.
const MESSAGE_OVERHEAD: usize = 1024;

type TransactionalProducer = ThreadedProducer<DeliveryContext>;
type Record<'a> = BaseRecord<'a, [u8], [u8], usize>;

pub struct KafkaSink {
    settings: Settings,
    worker: usize,
    group: GroupHandle,
    /// None until fenced, and after every publication that did not succeed.
    producer: Option<TransactionalProducer>,
    deliveries: DeliveryContext,
    /// How far each partition's changelog goes, as far as known.
    changelog: BTreeMap<u32, u64>,
    replayer: Option<BaseConsumer<LogContext>>,
}

impl KafkaSink {
    /// The sink of member `worker`, whose source hands out `group`.
    ///
    /// # Errors
    /// A property that Kafka refuses. That no broker answers is no error here.
    pub fn new(settings: &Settings, worker: usize, group: GroupHandle) -> Result<KafkaSink, KafkaFault> {
        settings.transactional_producer(worker)?;
        settings.replay_consumer()?;
        Ok(KafkaSink {
            settings: settings.clone(),
            worker,
            group,
            producer: None,
            deliveries: DeliveryContext::default(),
            changelog: BTreeMap::new(),
            replayer: None,
        })
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The consumer that reads committed offsets and the changelog.
    pub(super) fn replayer(&mut self) -> Result<&BaseConsumer<LogContext>, PublishError> {
        let replayer = match self.replayer.take() {
            Some(replayer) => replayer,
            None => self
                .settings
                .replay_consumer()
                .and_then(|config| config.create_with_context(LogContext).map_err(|error| KafkaFault::refused(&error)))
                .map_err(|fault| PublishError::Fatal(fault.to_string()))?,
        };
        Ok(self.replayer.insert(replayer))
    }

    pub(super) fn remember(&mut self, partition: u32, changelog: u64) {
        self.changelog.insert(partition, changelog);
    }

    fn transact(&mut self, producer: &TransactionalProducer, publications: &[Publication]) -> Result<Vec<Receipt>, PublishError> {
        self.deliveries.0.reset();
        producer.begin_transaction().map_err(|error| outcome::before_commit("beginning the transaction", &error))?;
        let written = self.prepare(producer, publications);
        let changelog = match written {
            Ok(changelog) => changelog,
            Err(fault) => {
                // Only so that readers need not wait for the timeout; nothing depends on it.
                if let Err(error) = producer.abort_transaction(ABORT_PATIENCE) {
                    tracing::debug!(%error, "the transaction is left to be aborted by the next one");
                }
                return Err(fault);
            }
        };
        producer.commit_transaction(self.settings.operation_timeout).map_err(|error| outcome::of_commit(&error))?;
        for (publication, next) in publications.iter().zip(&changelog) {
            self.changelog.extend(next.map(|next| (publication.partition, next)));
        }
        // Nothing known of a changelog: it is to be replayed from its beginning.
        Ok(changelog.into_iter().map(|next| receipt::encode(next.unwrap_or(0))).collect())
    }

    /// All but the commit. Returns the changelog position of each publication, as far as known.
    fn prepare(&self, producer: &TransactionalProducer, publications: &[Publication]) -> Result<Vec<Option<u64>>, PublishError> {
        for (index, publication) in publications.iter().enumerate() {
            self.produce(producer, publication, index + 1)?;
        }
        self.flush(producer)?;
        let next_of = |(index, publication): (usize, &Publication)| {
            let written = self.deliveries.0.offset(index + 1).map(|last| last + 1);
            written.or_else(|| self.changelog.get(&publication.partition).copied())
        };
        let changelog: Vec<Option<u64>> = publications.iter().enumerate().map(next_of).collect();
        self.send_offsets(producer, publications, &changelog)?;
        Ok(changelog)
    }

    fn produce(&self, producer: &TransactionalProducer, publication: &Publication, mark: usize) -> Result<(), PublishError> {
        let topics = &self.settings.topics;
        let partition = to_partition(publication.partition)?;
        let last = publication.changes.len().saturating_sub(1);
        for (index, (key, value)) in publication.changes.iter().enumerate() {
            let mut record = Record::with_opaque_to(&topics.changelog, if index == last { mark } else { UNMARKED })
                .partition(partition)
                .key(key.as_slice());
            record.payload = value.as_deref();
            self.enqueue(producer, record)?;
        }
        for output in &publication.outputs {
            let mut record = Record::with_opaque_to(topics.of_outlet(output.outlet), UNMARKED)
                .key(output.key.as_slice())
                .payload(output.value.as_slice());
            record.partition = output.partition.map(to_partition).transpose()?;
            record.headers = headers(output);
            self.enqueue(producer, record)?;
        }
        Ok(())
    }

    fn enqueue(&self, producer: &TransactionalProducer, mut record: Record<'_>) -> Result<(), PublishError> {
        refuse_huge(&record)?;
        let deadline = Instant::now() + self.settings.operation_timeout;
        loop {
            match producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), same)) if Instant::now() < deadline => {
                    record = same;
                    std::thread::sleep(QUEUE_FULL_PAUSE);
                }
                Err((error, record)) => return Err(outcome::before_commit(&format!("writing to {}", record.topic), &error)),
            }
        }
    }

    fn flush(&self, producer: &TransactionalProducer) -> Result<(), PublishError> {
        let flushed = batch::flush(producer.client(), self.settings.operation_timeout);
        // First, for the deliveries that fail on account of it do not say why.
        if let Some((code, text)) = producer.client().fatal_error() {
            return Err(outcome::of_code(code, format!("writing to the topics failed: {text}")));
        }
        if let Some((error, topic)) = self.deliveries.0.fault() {
            return Err(outcome::before_commit(&format!("writing to {topic}"), &error));
        }
        flushed.map_err(|code| outcome::of_code(code, format!("writing to the topics did not end in time: {code}")))
    }

    fn send_offsets(
        &self,
        producer: &TransactionalProducer,
        publications: &[Publication],
        changelog: &[Option<u64>],
    ) -> Result<(), PublishError> {
        let doing = "committing the input offsets";
        let mut list = TopicPartitionList::with_capacity(2 * publications.len());
        for (publication, changelog) in publications.iter().zip(changelog) {
            let control = publication.positions.control.next_offset;
            let beside = Beside { control: Some(control), changelog: *changelog };
            self.add_offset(&mut list, publication, false, control)
                .and_then(|()| self.add_offset(&mut list, publication, true, publication.positions.usage.next_offset))
                .map_err(|error| PublishError::Fatal(format!("{doing} is impossible: {error}")))?;
            if let Some(mut usage) = list.find_partition(&self.settings.topics.usage, to_partition(publication.partition)?) {
                usage.set_metadata(beside.to_metadata());
            }
        }
        let membership = self.group.metadata().ok_or_else(|| {
            PublishError::Fenced(format!("{doing}: this worker's partitions were given to others, for it was silent too long"))
        })?;
        producer
            .send_offsets_to_transaction(&list, &membership, self.settings.operation_timeout)
            .map_err(|error| outcome::before_commit(doing, &error))
    }

    fn add_offset(&self, list: &mut TopicPartitionList, publication: &Publication, usage: bool, next: u64) -> Result<(), KafkaError> {
        let topics = &self.settings.topics;
        let refused = KafkaError::SetPartitionOffset(RDKafkaErrorCode::InvalidArgument);
        let (Ok(partition), Ok(next)) = (i32::try_from(publication.partition), i64::try_from(next)) else {
            return Err(refused);
        };
        list.add_partition_offset(if usage { &topics.usage } else { &topics.control }, partition, Offset::Offset(next))
    }

    fn initialize(&mut self) -> Result<(), PublishError> {
        let producer = self.connect()?;
        producer.init_transactions(self.settings.operation_timeout).map_err(|error| {
            let id = self.settings.transactional_id(self.worker);
            outcome::before_commit(&format!("taking over the transactional id {id}"), &error)
        })?;
        self.producer = Some(producer);
        Ok(())
    }

    fn connect(&self) -> Result<TransactionalProducer, PublishError> {
        let config = self.settings.transactional_producer(self.worker);
        config
            .and_then(|config| config.create_with_context(self.deliveries.clone()).map_err(|error| KafkaFault::refused(&error)))
            .map_err(|fault| PublishError::Fatal(fault.to_string()))
    }
}

impl Sink for KafkaSink {
    fn keeps_positions(&self) -> bool {
        true
    }

    fn publish(&mut self, publications: &[Publication]) -> Result<Vec<Receipt>, PublishError> {
        let Some(producer) = self.producer.take() else {
            return Err(PublishError::Aborted("nothing was published: this worker must be fenced first".into()));
        };
        let receipts = self.transact(&producer, publications)?;
        // Kept only after a success: any other transaction is settled by a new producer.
        self.producer = Some(producer);
        Ok(receipts)
    }

    fn fence(&mut self) -> Result<(), PublishError> {
        self.producer = None;
        self.deliveries = DeliveryContext::default();
        let deadline = Instant::now() + self.settings.transaction_timeout;
        loop {
            match self.initialize() {
                // A coordinator that has just started, or that still completes the last transaction.
                Err(PublishError::Aborted(_)) if Instant::now() < deadline => std::thread::sleep(FENCE_PAUSE),
                other => return other,
            }
        }
    }

    fn recover(
        &mut self,
        partition: u32,
        receipt: Option<&[u8]>,
        replay: &mut dyn FnMut(Vec<Change>, Receipt) -> Result<(), StoreError>,
    ) -> Result<Recovered, PublishError> {
        super::recovery::recover(self, partition, receipt, replay)
    }
}

fn refuse_huge(record: &Record<'_>) -> Result<(), PublishError> {
    let size = record.key.map_or(0, <[u8]>::len) + record.payload.map_or(0, <[u8]>::len) + MESSAGE_OVERHEAD;
    if size <= MAX_MESSAGE_BYTES {
        return Ok(());
    }
    Err(PublishError::Fatal(format!(
        "a message of {size} bytes for {} is larger than the {MAX_MESSAGE_BYTES} that can be published. Nothing was \
         published; report it, with the key {:02x?}",
        record.topic,
        record.key.map(|key| &key[..key.len().min(64)]).unwrap_or_default()
    )))
}

fn headers(output: &Output) -> Option<OwnedHeaders> {
    if output.headers.is_empty() {
        return None;
    }
    let headers = OwnedHeaders::new_with_capacity(output.headers.len());
    Some(output.headers.iter().fold(headers, |headers, (name, value)| headers.insert(Header { key: name, value: Some(value) })))
}

fn to_partition(partition: u32) -> Result<i32, PublishError> {
    i32::try_from(partition).map_err(|_| PublishError::Fatal(format!("there is no partition {partition} in Kafka")))
}
