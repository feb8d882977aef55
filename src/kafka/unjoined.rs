//! A consumer of one topic that joins no group and commits nothing.

use std::collections::BTreeSet;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::metadata::MetadataPartition;
use rdkafka::{Offset, TopicPartitionList};

use super::fault::KafkaFault;
use super::log::LogContext;
use super::settings::Settings;

/// A consumer to which partitions are assigned.
pub struct Unjoined {
    pub consumer: BaseConsumer<LogContext>,
    pub partitions: BTreeSet<u32>,
}

impl Unjoined {
    /// Reads every partition for which `begin` says from where, of the offsets that it holds (`first..end`). Offsets are always
    /// given: the settings refuse to go on from another one.
    ///
    /// # Errors
    /// No broker answers, the topic does not exist, or `begin` refuses a partition.
    pub fn start(
        settings: &Settings,
        topic: &str,
        begin: &mut dyn FnMut(u32, (i64, i64)) -> Result<Option<i64>, KafkaFault>,
    ) -> Result<Self, KafkaFault> {
        let failed = |error: &KafkaError| KafkaFault::failed(format!("reading {topic}"), error);
        let consumer: BaseConsumer<LogContext> =
            settings.replay_consumer()?.create_with_context(LogContext).map_err(|error| KafkaFault::refused(&error))?;
        let timeout = settings.operation_timeout;
        let metadata = consumer.fetch_metadata(Some(topic), timeout).map_err(|error| silent(settings, error.to_string()))?;
        let numbers: Vec<i32> = metadata.topics().iter().flat_map(|one| one.partitions()).map(MetadataPartition::id).collect();
        if numbers.is_empty() {
            return Err(KafkaFault::Topics { differences: vec![format!("{topic} does not exist. Create it with `tally topics create`")] });
        }
        let (mut list, mut partitions) = (TopicPartitionList::new(), BTreeSet::new());
        for number in numbers {
            let Ok(partition) = u32::try_from(number) else { continue };
            let bounds = consumer.fetch_watermarks(topic, number, timeout).map_err(|error| failed(&error))?;
            if let Some(offset) = begin(partition, bounds)? {
                list.add_partition_offset(topic, number, Offset::Offset(offset)).map_err(|error| failed(&error))?;
                partitions.insert(partition);
            }
        }
        consumer.assign(&list).map_err(|error| failed(&error))?;
        Ok(Self { consumer, partitions })
    }
}

/// Nothing has come for as long as one request may take.
pub fn silent(settings: &Settings, detail: String) -> KafkaFault {
    KafkaFault::Unreachable { bootstrap: settings.bootstrap.clone(), waited_s: settings.operation_timeout.as_secs(), detail }
}
