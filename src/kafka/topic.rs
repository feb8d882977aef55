//! A topic from its beginning to its end, for queries: no group is joined, nothing is committed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message};
use rdkafka::{Offset, TopicPartitionList};

use super::fault::KafkaFault;
use super::log::LogContext;
use super::settings::Settings;

const POLL: Duration = Duration::from_millis(100);

/// A message with a value.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    pub partition: u32,
    pub offset: u64,
    pub key: &'a [u8],
    pub value: &'a [u8],
    pub timestamp_ms: Option<i64>,
    pub headers: &'a [(&'a str, &'a [u8])],
}

/// Calls `each` with every committed message that has a value, those of a partition in order. Ends where each partition ends when it is reached.
/// How many partitions there are.
///
/// # Errors
/// The topic cannot be read for as long as one request may take.
pub fn read_topic(settings: &Settings, topic: &str, each: &mut dyn FnMut(Read<'_>)) -> Result<usize, KafkaFault> {
    let failed = |error: &KafkaError| KafkaFault::failed(format!("reading {topic}"), error);
    let consumer: BaseConsumer<LogContext> =
        settings.replay_consumer()?.create_with_context(LogContext).map_err(|error| KafkaFault::refused(&error))?;
    let metadata = consumer.fetch_metadata(Some(topic), settings.operation_timeout).map_err(|error| silent(settings, error.to_string()))?;
    let partitions = metadata.topics().iter().flat_map(|one| one.partitions());
    let mut open: BTreeSet<i32> = partitions.map(rdkafka::metadata::MetadataPartition::id).collect();
    if open.is_empty() {
        return Err(KafkaFault::Topics { differences: vec![format!("{topic} does not exist. Create it with `tally topics create`")] });
    }
    let count = open.len();
    assign(&consumer, settings, topic, &open).map_err(|error| failed(&error))?;
    let mut heard = Instant::now();
    while !open.is_empty() {
        match consumer.poll(POLL) {
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                open.remove(&partition);
            }
            Some(Err(error)) if heard.elapsed() > settings.operation_timeout => return Err(failed(&error)),
            None if heard.elapsed() > settings.operation_timeout => {
                return Err(silent(settings, format!("{topic} does not come to its end")));
            }
            // librdkafka goes on by itself.
            Some(Err(_)) | None => continue,
            Some(Ok(message)) => {
                let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
                let headers: Vec<_> = headers.map(|header| (header.key, header.value.unwrap_or_default())).collect();
                if let (Ok(partition), Ok(offset)) = (u32::try_from(message.partition()), u64::try_from(message.offset())) {
                    let (key, timestamp_ms) = (message.key().unwrap_or_default(), message.timestamp().to_millis());
                    let read = |value| Read { partition, offset, key, value, timestamp_ms, headers: &headers };
                    message.payload().into_iter().for_each(|value| each(read(value)));
                }
            }
        }
        heard = Instant::now();
    }
    Ok(count)
}

fn silent(settings: &Settings, detail: String) -> KafkaFault {
    KafkaFault::Unreachable { bootstrap: settings.bootstrap.clone(), waited_s: settings.operation_timeout.as_secs(), detail }
}

/// From the first offset that is still there: the settings refuse one that is not.
fn assign(consumer: &BaseConsumer<LogContext>, settings: &Settings, topic: &str, partitions: &BTreeSet<i32>) -> Result<(), KafkaError> {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        let (first, _) = consumer.fetch_watermarks(topic, *partition, settings.operation_timeout)?;
        list.add_partition_offset(topic, *partition, Offset::Offset(first))?;
    }
    consumer.assign(&list)
}
