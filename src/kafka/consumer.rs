//! The source: usage by group membership, the same partitions of control by explicit assignment.
//!
//! Only `usage-events` is subscribed, for the group's assignor does not keep two topics together.
//! A rebalance only tells: the worker takes partitions over and starts them, or stops them, in its
//! own time.

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::consumer::Consumer;

use super::fault::KafkaFault;
use super::group::{Decision, GroupHandle};
use super::lane::LaneReader;
use super::message::KafkaMessage;
use super::settings::Settings;
use crate::pipeline::ports::{Arrival, Lane, Positions, Room, Source, SourceError};

pub struct KafkaSource {
    usage: LaneReader,
    control: LaneReader,
    /// Revoked partitions, and those of them that were not stopped yet.
    revoked: BTreeSet<u32>,
    unstopped: BTreeSet<u32>,
    /// A fault that is told as soon as a poll brings nothing else.
    deferred: Option<SourceError>,
}

impl KafkaSource {
    /// Joins the group as member `worker` of this instance. To be called on the thread that polls.
    ///
    /// # Errors
    /// A property that Kafka refuses. That no broker answers is no error here.
    pub fn connect(settings: &Settings, worker: usize) -> Result<KafkaSource, KafkaFault> {
        let patience = settings.operation_timeout;
        let topics = &settings.topics;
        let control = LaneReader::connect(Lane::Control, &topics.control, &settings.control_consumer()?, patience)?;
        let usage = LaneReader::connect(Lane::Usage, &topics.usage, &settings.usage_consumer(worker)?, patience)?;
        usage
            .consumer()
            .subscribe(&[&topics.usage])
            .map_err(|error| KafkaFault::failed(format!("subscribing to {}", topics.usage), &error))?;
        Ok(KafkaSource { usage, control, revoked: BTreeSet::new(), unstopped: BTreeSet::new(), deferred: None })
    }

    /// What the sink of this worker needs.
    #[must_use]
    pub fn group(&self) -> GroupHandle {
        GroupHandle::new(self.usage.consumer())
    }

    /// Serves both consumers' own queues, and tells what the group has decided.
    fn serve(&mut self, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        for reader in [&mut self.usage, &mut self.control] {
            match reader.serve(out) {
                Ok(()) => {}
                Err(retry @ SourceError::Retry(_)) => self.deferred = Some(retry),
                Err(fatal) => return Err(fatal),
            }
        }
        while let Some(decision) = self.usage.consumer().context().next_decision() {
            match decision {
                Decision::Assigned(partitions) => {
                    self.usage.realign()?;
                    out.push(Arrival::Assigned(partitions));
                }
                Decision::Revoked(partitions) => self.revoke(partitions, out)?,
            }
        }
        Ok(())
    }

    fn revoke(&mut self, partitions: Vec<u32>, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        self.revoked.extend(&partitions);
        self.unstopped.extend(&partitions);
        if partitions.is_empty() {
            return self.release_revoked();
        }
        out.push(Arrival::Revoked(partitions));
        Ok(())
    }

    /// Answers the group, once for all that it wants back: a partial answer would be taken for all.
    fn release_revoked(&mut self) -> Result<(), SourceError> {
        let revoked = std::mem::take(&mut self.revoked);
        self.control.release(&revoked)?;
        self.usage.release(&revoked)?;
        self.usage.realign()
    }

    /// Reads the lanes that have room: control first, for it is rare. It waits if nothing has come.
    fn read(
        &mut self,
        max: usize,
        room: Room,
        wait: Duration,
        came: usize,
        out: &mut Vec<Arrival<KafkaMessage>>,
    ) -> Result<(), SourceError> {
        let had = out.len();
        if !room.control && !room.usage && came == 0 {
            std::thread::sleep(wait);
        }
        if room.control {
            let idle = came == 0 && !room.usage;
            self.control.read(max, if idle { wait } else { Duration::ZERO }, out)?;
        }
        let read = out.len() - had;
        if room.usage && read < max {
            let idle = came + read == 0;
            self.usage.read(max - read, if idle { wait } else { Duration::ZERO }, out)?;
        }
        Ok(())
    }
}

impl Source for KafkaSource {
    type Message = KafkaMessage;

    fn poll(&mut self, max: usize, room: Room, wait: Duration, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        let had = out.len();
        self.serve(out)?;
        match self.read(max, room, wait, out.len() - had, out) {
            Err(retry @ SourceError::Retry(_)) => self.deferred = Some(retry),
            other => other?,
        }
        // Told only when nothing else came: what came must not be taken for part of a fault.
        if out.len() == had
            && let Some(fault) = self.deferred.take()
        {
            return Err(fault);
        }
        Ok(())
    }

    fn start(&mut self, partition: u32, from: &Positions) -> Result<(), SourceError> {
        self.control.start(partition, from.control.next_offset)?;
        self.usage.start(partition, from.usage.next_offset)?;
        // What was started may have been taken for the answer to a rebalance that is on its way.
        self.usage.realign()
    }

    fn stop(&mut self, partition: u32) -> Result<(), SourceError> {
        self.control.suspend(partition);
        self.usage.suspend(partition);
        if self.unstopped.remove(&partition) && self.unstopped.is_empty() {
            self.release_revoked()?;
        }
        Ok(())
    }
}

impl Drop for KafkaSource {
    fn drop(&mut self) {
        // A revocation that is left unanswered would keep the consumer from ever closing.
        while let Some(decision) = self.usage.consumer().context().next_decision() {
            if let Decision::Revoked(partitions) = decision {
                self.revoked.extend(&partitions);
                self.unstopped.extend(partitions);
            }
        }
        if !self.unstopped.is_empty()
            && let Err(error) = self.release_revoked()
        {
            tracing::warn!(%error, "closing the source");
        }
    }
}
