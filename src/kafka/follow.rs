//! A topic from given offsets on, without a group: to its end, or as it grows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;

use super::fault::KafkaFault;
use super::log::LogContext;
use super::settings::Settings;
use super::unjoined::Unjoined;

/// How often a broker that has failed is asked whether it answers again.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    Message {
        partition: u32,
        offset: u64,
        value: Vec<u8>,
    },
    /// Nothing has come for now.
    Nothing,
    /// Nothing has come, and every partition was read to its end.
    AtEnd,
}

/// A reader of one topic, committed messages only.
pub struct Following {
    consumer: BaseConsumer<LogContext>,
    topic: String,
    /// How long no broker may answer.
    patience: Duration,
    /// Partitions that were not read to their end yet.
    open: BTreeSet<u32>,
    /// A partition by whose end the broker is asked.
    probe: i32,
    /// Since when no broker answers, and when it was asked last.
    silent: Option<(Instant, Instant)>,
}

impl Following {
    /// Reads each partition from its offset on, or from its beginning. Calls `lost` for each that begins
    /// later than it is to be read from, with the number of offsets between.
    ///
    /// # Errors
    /// No broker answers, or a partition ends before it is to be read from: it was made anew.
    pub fn start(
        settings: &Settings,
        topic: &str,
        from: &BTreeMap<u32, u64>,
        patience: Duration,
        lost: &mut dyn FnMut(u32, u64),
    ) -> Result<Self, KafkaFault> {
        let begun = &mut |partition, bounds| begin(topic, partition, from.get(&partition).copied(), bounds, lost).map(Some);
        let Unjoined { consumer, partitions: open } = Unjoined::start(settings, topic, begun)?;
        let probe = open.first().and_then(|first| i32::try_from(*first).ok()).unwrap_or_default();
        Ok(Self { consumer, topic: topic.to_owned(), patience, open, probe, silent: None })
    }

    /// Waits at most `wait` for the next message.
    ///
    /// # Errors
    /// No broker has answered for as long as may be.
    pub fn next(&mut self, wait: Duration) -> Result<Followed, KafkaFault> {
        match self.consumer.poll(wait) {
            Some(Ok(message)) => {
                let place = (u32::try_from(message.partition()), u64::try_from(message.offset()));
                // One without a value says nothing.
                let followed = match (place, message.payload()) {
                    ((Ok(partition), Ok(offset)), Some(value)) => Followed::Message { partition, offset, value: value.to_vec() },
                    _ => Followed::Nothing,
                };
                drop(message);
                self.silent = None;
                Ok(followed)
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                self.silent = None;
                if let Ok(partition) = u32::try_from(partition) {
                    self.open.remove(&partition);
                }
                Ok(Followed::Nothing)
            }
            Some(Err(error)) if is_gone(&error) => Err(KafkaFault::failed(format!("reading {}", self.topic), &error)),
            // librdkafka goes on by itself, and does not say when it has found a broker again.
            Some(Err(error)) => {
                let now = Instant::now();
                self.silent.get_or_insert((now, now));
                tracing::debug!(%error, "reading {}", self.topic);
                Ok(Followed::Nothing)
            }
            None => {
                self.ask()?;
                Ok(if self.open.is_empty() { Followed::AtEnd } else { Followed::Nothing })
            }
        }
    }

    /// After a fault: does a broker answer?
    fn ask(&mut self) -> Result<(), KafkaFault> {
        let Some((since, asked)) = self.silent.filter(|(_, asked)| asked.elapsed() >= ASK_EVERY) else { return Ok(()) };
        match self.consumer.fetch_watermarks(&self.topic, self.probe, ASK_EVERY) {
            Ok(_) => self.silent = None,
            Err(error) if since.elapsed() >= self.patience => return Err(KafkaFault::failed(format!("reading {}", self.topic), &error)),
            Err(_) => {
                if since == asked {
                    tracing::warn!("{} cannot be read; trying again for {} s", self.topic, self.patience.as_secs());
                }
                self.silent = Some((since, Instant::now()));
            }
        }
        Ok(())
    }
}

/// What was to be read next is not there any more, which another try does not change.
fn is_gone(error: &KafkaError) -> bool {
    matches!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange))
}

/// Where to begin in a partition that holds the offsets `first..end`.
fn begin(
    topic: &str,
    partition: u32,
    wanted: Option<u64>,
    (first, end): (i64, i64),
    lost: &mut dyn FnMut(u32, u64),
) -> Result<i64, KafkaFault> {
    let Some(wanted) = wanted.and_then(|offset| i64::try_from(offset).ok()) else { return Ok(first) };
    if wanted > end {
        return Err(KafkaFault::Failed {
            doing: format!("reading on in {topic} partition {partition}"),
            detail: format!(
                "it ends at offset {end}, and was read up to {wanted} before: the topic was made anew. Begin with another state directory"
            ),
        });
    }
    if wanted < first {
        lost(partition, first.abs_diff(wanted));
    }
    Ok(wanted.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_begins_where_it_ended_or_where_the_partition_does() {
        let check = |wanted: Option<u64>, bounds: (i64, i64), expect: Option<i64>, expect_lost: u64| {
            let mut gone = 0;
            let begun = begin("notices", 2, wanted, bounds, &mut |_, count| gone += count);
            assert_eq!((begun.ok(), gone), (expect, expect_lost), "{wanted:?} in {bounds:?}");
        };
        check(None, (0, 10), Some(0), 0);
        check(None, (4, 10), Some(4), 0);
        check(Some(7), (4, 10), Some(7), 0);
        check(Some(10), (4, 10), Some(10), 0);
        check(Some(1), (4, 10), Some(4), 3);
        check(Some(11), (4, 10), None, 0);
    }
}
