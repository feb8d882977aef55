//! Source and sink with the stop-watch around them.

use std::sync::Arc;
use std::time::Duration;

use super::meter::{Meter, Read};
use crate::pipeline::ports::{
    Arrival, Change, Lane, Message, Position, Positions, Publication, PublishError, Receipt, Recovered, Room, Sink, Source, SourceError,
    StoreError,
};

/// Notes what is read.
pub struct TimedSource<S> {
    inner: S,
    meter: Arc<Meter>,
}

impl<S: Source> TimedSource<S> {
    pub fn new(inner: S, meter: Arc<Meter>) -> Self {
        Self { inner, meter }
    }

    fn note(&self, arrivals: &[Arrival<S::Message>]) {
        let usage = arrivals.iter().filter_map(|arrival| match arrival {
            Arrival::Input(message) if message.lane() == Lane::Usage => {
                Some((message.partition(), Read { offset: message.offset(), timestamp_ms: message.timestamp_ms() }))
            }
            _ => None,
        });
        self.meter.read(&usage.collect::<Vec<_>>());
    }
}

impl<S: Source> Source for TimedSource<S> {
    type Message = S::Message;

    fn poll(&mut self, max: usize, room: Room, wait: Duration, out: &mut Vec<Arrival<S::Message>>) -> Result<(), SourceError> {
        let had = out.len();
        let polled = self.inner.poll(max, room, wait, out);
        self.note(out.get(had..).unwrap_or_default());
        polled
    }

    fn start(&mut self, partition: u32, from: &Positions) -> Result<(), SourceError> {
        self.meter.rewound(partition, from.usage.next_offset);
        self.inner.start(partition, from)
    }

    fn stop(&mut self, partition: u32) -> Result<(), SourceError> {
        self.inner.stop(partition)
    }

    fn close_file(&mut self, lane: Lane, file: &str, from: &Position) {
        self.inner.close_file(lane, file, from);
    }
}

/// Notes what is committed.
pub struct TimedSink<K> {
    inner: K,
    meter: Arc<Meter>,
}

impl<K: Sink> TimedSink<K> {
    pub fn new(inner: K, meter: Arc<Meter>) -> Self {
        Self { inner, meter }
    }
}

impl<K: Sink> Sink for TimedSink<K> {
    fn publish(&mut self, publications: &[Publication]) -> Result<Vec<Receipt>, PublishError> {
        let receipts = self.inner.publish(publications)?;
        for publication in publications {
            self.meter.committed(publication.partition, publication.positions.usage.next_offset);
        }
        Ok(receipts)
    }

    fn keeps_positions(&self) -> bool {
        self.inner.keeps_positions()
    }

    fn fence(&mut self) -> Result<(), PublishError> {
        self.inner.fence()
    }

    fn recover(
        &mut self,
        partition: u32,
        receipt: Option<&[u8]>,
        replay: &mut dyn FnMut(Vec<Change>, Receipt) -> Result<(), StoreError>,
    ) -> Result<Recovered, PublishError> {
        self.inner.recover(partition, receipt, replay)
    }
}
