//! One input as Kafka holds it.

use rdkafka::message::{Headers, Message as _, OwnedMessage};

use super::batch::NativeMessage;
use crate::pipeline::ports::{Lane, Message};

/// Of a message besides key and value: librdkafka's own bookkeeping.
const OVERHEAD_BYTES: usize = 256;

pub struct KafkaMessage {
    lane: Lane,
    partition: u32,
    offset: u64,
    body: Body,
}

enum Body {
    /// Read in a batch: the usual way.
    Native(NativeMessage),
    /// Came by the consumer's own queue; that should not be, but is an input all the same.
    Stray(Box<OwnedMessage>),
}

impl KafkaMessage {
    pub(crate) fn native(lane: Lane, partition: u32, offset: u64, message: NativeMessage) -> KafkaMessage {
        KafkaMessage { lane, partition, offset, body: Body::Native(message) }
    }

    pub(crate) fn stray(lane: Lane, partition: u32, offset: u64, message: OwnedMessage) -> KafkaMessage {
        KafkaMessage { lane, partition, offset, body: Body::Stray(Box::new(message)) }
    }
}

impl std::fmt::Debug for KafkaMessage {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?} {}@{}", self.lane, self.partition, self.offset)
    }
}

impl Message for KafkaMessage {
    fn lane(&self) -> Lane {
        self.lane
    }

    fn partition(&self) -> u32 {
        self.partition
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn timestamp_ms(&self) -> Option<i64> {
        match &self.body {
            Body::Native(message) => message.timestamp_ms(),
            Body::Stray(message) => message.timestamp().to_millis(),
        }
    }

    fn value(&self) -> Option<&[u8]> {
        match &self.body {
            Body::Native(message) => message.value(),
            Body::Stray(message) => message.payload(),
        }
    }

    fn key(&self) -> Option<&[u8]> {
        match &self.body {
            Body::Native(message) => message.key(),
            Body::Stray(message) => message.key(),
        }
    }

    fn headers<'a>(&'a self, each: &mut dyn FnMut(&'a str, &'a [u8])) {
        match &self.body {
            Body::Native(message) => message.headers(each),
            Body::Stray(message) => {
                for header in message.headers().into_iter().flat_map(Headers::iter) {
                    each(header.key, header.value.unwrap_or_default());
                }
            }
        }
    }

    fn has_headers(&self) -> bool {
        match &self.body {
            Body::Native(message) => message.has_headers(),
            Body::Stray(message) => message.headers().is_some_and(|headers| headers.count() > 0),
        }
    }

    fn footprint(&self) -> usize {
        OVERHEAD_BYTES + self.value().map_or(0, <[u8]>::len) + self.key().map_or(0, <[u8]>::len)
    }
}
