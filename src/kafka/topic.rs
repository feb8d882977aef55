//! A topic from its beginning to its end, or some of a partition, for queries: no group is joined, nothing is committed.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers as _, Message};

use super::fault::KafkaFault;
use super::settings::Settings;
use super::unjoined::{Unjoined, silent};

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
    let unjoined = Unjoined::start(settings, topic, &mut |_, (first, _)| Ok(Some(first)))?;
    let count = unjoined.partitions.len();
    read(unjoined, settings, topic, &mut |message| {
        each(message);
        true
    })?;
    Ok(count)
}

/// Calls `each` with the committed messages of a partition at these offsets that have a value, in order. The first offset that
/// is still there: what was before it is gone by retention.
///
/// # Errors
/// The partition cannot be read for as long as one request may take.
pub fn read_partition(
    settings: &Settings,
    topic: &str,
    partition: u32,
    offsets: &RangeInclusive<u64>,
    each: &mut dyn FnMut(Read<'_>),
) -> Result<u64, KafkaFault> {
    let mut there = 0;
    let wanted = i64::try_from(*offsets.start()).unwrap_or(i64::MAX);
    let unjoined = Unjoined::start(settings, topic, &mut |number, (first, end)| {
        if number != partition {
            return Ok(None);
        }
        there = u64::try_from(first).unwrap_or_default();
        Ok(Some(wanted.clamp(first, end)))
    })?;
    read(unjoined, settings, topic, &mut |message| {
        if offsets.contains(&message.offset) {
            each(message);
        }
        message.offset < *offsets.end()
    })?;
    Ok(there)
}

/// Until each partition is at its end, or its reader wants no more of it.
fn read(unjoined: Unjoined, settings: &Settings, topic: &str, more: &mut dyn FnMut(Read<'_>) -> bool) -> Result<(), KafkaFault> {
    let Unjoined { consumer, partitions: mut open } = unjoined;
    let failed = |error: &KafkaError| KafkaFault::failed(format!("reading {topic}"), error);
    let mut heard = Instant::now();
    while !open.is_empty() {
        match consumer.poll(POLL) {
            Some(Err(KafkaError::PartitionEOF(partition))) => close(&mut open, partition),
            Some(Err(error)) if heard.elapsed() > settings.operation_timeout => return Err(failed(&error)),
            None if heard.elapsed() > settings.operation_timeout => {
                return Err(silent(settings, format!("{topic} does not come to its end")));
            }
            // librdkafka goes on by itself.
            Some(Err(_)) | None => continue,
            Some(Ok(message)) => {
                if !hand_over(&message, more) {
                    close(&mut open, message.partition());
                }
            }
        }
        heard = Instant::now();
    }
    Ok(())
}

fn close(open: &mut BTreeSet<u32>, partition: i32) {
    if let Ok(partition) = u32::try_from(partition) {
        open.remove(&partition);
    }
}

fn hand_over(message: &BorrowedMessage<'_>, more: &mut dyn FnMut(Read<'_>) -> bool) -> bool {
    let (Ok(partition), Ok(offset)) = (u32::try_from(message.partition()), u64::try_from(message.offset())) else { return true };
    let Some(value) = message.payload() else { return true };
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    let headers: Vec<_> = headers.map(|header| (header.key, header.value.unwrap_or_default())).collect();
    let (key, timestamp_ms) = (message.key().unwrap_or_default(), message.timestamp().to_millis());
    more(Read { partition, offset, key, value, timestamp_ms, headers: &headers })
}
