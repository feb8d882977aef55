//! A topic from its beginning to its end, for commands that look back.

use std::collections::BTreeSet;
use std::time::Instant;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use super::fault::KafkaFault;
use super::log::LogContext;
use super::settings::Settings;

/// Hands over the value of everything that is committed in a topic, in the order of each partition.
///
/// # Errors
/// No broker answers, or there is no such topic.
pub fn read_topic(settings: &Settings, topic: &str, each: &mut dyn FnMut(&[u8])) -> Result<(), KafkaFault> {
    let consumer: BaseConsumer<LogContext> =
        settings.replay_consumer()?.create_with_context(LogContext).map_err(|error| KafkaFault::refused(&error))?;
    let mut open = assign(&consumer, settings, topic)?;
    let mut heard = Instant::now();
    while !open.is_empty() {
        match consumer.poll(settings.operation_timeout / 10) {
            Some(Ok(message)) => {
                heard = Instant::now();
                each(message.payload().unwrap_or_default());
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                open.remove(&partition);
            }
            Some(Err(error)) if heard.elapsed() > settings.operation_timeout => return Err(reading(topic, &error)),
            None if heard.elapsed() > settings.operation_timeout => {
                let waited_s = settings.operation_timeout.as_secs();
                let detail = format!("{topic} does not come to its end");
                return Err(KafkaFault::Unreachable { bootstrap: settings.bootstrap.clone(), waited_s, detail });
            }
            // librdkafka goes on by itself.
            Some(Err(_)) | None => {}
        }
    }
    Ok(())
}

fn reading(topic: &str, error: &KafkaError) -> KafkaFault {
    KafkaFault::failed(format!("reading {topic}"), error)
}

/// Begins all partitions of the topic.
fn assign(consumer: &BaseConsumer<LogContext>, settings: &Settings, topic: &str) -> Result<BTreeSet<i32>, KafkaFault> {
    let metadata = consumer.fetch_metadata(Some(topic), settings.operation_timeout).map_err(|error| KafkaFault::Unreachable {
        bootstrap: settings.bootstrap.clone(),
        waited_s: settings.operation_timeout.as_secs(),
        detail: error.to_string(),
    })?;
    let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
    let open: BTreeSet<i32> = partitions.map(rdkafka::metadata::MetadataPartition::id).collect();
    if open.is_empty() {
        return Err(KafkaFault::Topics { differences: vec![format!("{topic} does not exist. Create it with `tally topics create`")] });
    }
    let mut list = TopicPartitionList::new();
    for partition in &open {
        list.add_partition_offset(topic, *partition, Offset::Beginning).map_err(|error| reading(topic, &error))?;
    }
    consumer.assign(&list).map_err(|error| reading(topic, &error))?;
    Ok(open)
}
