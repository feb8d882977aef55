//! Both lanes of one partition once more, from the beginning to a commit, without the group.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};

use super::fault::KafkaFault;
use super::log::LogContext;
use super::message::KafkaMessage;
use super::outcome;
use super::settings::Settings;
use crate::pipeline::ports::{Arrival, Lane, Positions, Room, Source, SourceError};

/// A lane that is read up to an offset, by a consumer of its own: so an end is the end of this lane.
struct Part {
    lane: Lane,
    topic: String,
    end: u64,
    at_end: bool,
    consumer: BaseConsumer<LogContext>,
}

/// A source of one partition that ends.
pub struct Rereading {
    partition: u32,
    number: i32,
    /// Control first.
    parts: [Part; 2],
    patience: Duration,
    assigned: bool,
    started: bool,
    exhausted: bool,
}

impl Rereading {
    /// Reads what was read at these positions.
    ///
    /// # Errors
    /// A property that Kafka refuses.
    pub fn connect(settings: &Settings, partition: u32, up_to: &Positions) -> Result<Rereading, KafkaFault> {
        let number = i32::try_from(partition)
            .map_err(|_| KafkaFault::Failed { doing: "reading again".into(), detail: format!("there is no partition {partition}") })?;
        let part = |lane: Lane, topic: &str| {
            let config = settings.replay_consumer()?;
            let consumer = config.create_with_context(LogContext).map_err(|error| KafkaFault::refused(&error))?;
            Ok::<_, KafkaFault>(Part { lane, topic: topic.to_owned(), end: up_to.lane(lane).next_offset, at_end: false, consumer })
        };
        let parts = [part(Lane::Control, &settings.topics.control)?, part(Lane::Usage, &settings.topics.usage)?];
        let patience = settings.operation_timeout;
        Ok(Rereading { partition, number, parts, patience, assigned: false, started: false, exhausted: false })
    }

    /// The topic of a lane whose beginning is gone, if one is: then the log is not whole any more.
    ///
    /// # Errors
    /// The broker does not say.
    pub fn first_cut(&self) -> Result<Option<String>, KafkaFault> {
        for part in &self.parts {
            let bounds = part.consumer.fetch_watermarks(&part.topic, self.number, self.patience);
            let (first, _) = bounds.map_err(|error| KafkaFault::failed(format!("asking where {} begins", part.topic), &error))?;
            if first > 0 {
                return Ok(Some(part.topic.clone()));
            }
        }
        Ok(None)
    }
}

impl Part {
    /// Takes at most `max` inputs, waiting at most `wait` for the first.
    fn take(&mut self, partition: u32, max: usize, mut wait: Duration, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        if self.end == 0 {
            self.tell_end(partition, out);
        }
        for _ in 0..max {
            if self.at_end {
                return Ok(());
            }
            match self.consumer.poll(wait) {
                None => return Ok(()),
                Some(Ok(message)) => {
                    let message = message.detach();
                    let offset = u64::try_from(message.offset()).unwrap_or(u64::MAX);
                    if offset < self.end {
                        out.push(Arrival::Input(KafkaMessage::stray(self.lane, partition, offset, message)));
                    }
                    if offset.saturating_add(1) >= self.end {
                        self.tell_end(partition, out);
                    }
                }
                // Before the last input there may be marks of transactions only, which are never delivered.
                Some(Err(KafkaError::PartitionEOF(_))) => self.tell_end(partition, out),
                Some(Err(error)) => return Err(outcome::of_reading(&self.topic, &error, self.consumer.client().fatal_error())),
            }
            wait = Duration::ZERO;
        }
        Ok(())
    }

    fn tell_end(&mut self, partition: u32, out: &mut Vec<Arrival<KafkaMessage>>) {
        if !self.at_end {
            self.at_end = true;
            out.push(Arrival::AtEnd { lane: self.lane, partition });
        }
    }
}

impl Source for Rereading {
    type Message = KafkaMessage;

    fn poll(&mut self, max: usize, room: Room, wait: Duration, out: &mut Vec<Arrival<KafkaMessage>>) -> Result<(), SourceError> {
        if !self.assigned {
            self.assigned = true;
            out.push(Arrival::Assigned(vec![self.partition]));
        }
        if !self.started {
            return Ok(());
        }
        for part in &mut self.parts {
            let asked = if part.lane == Lane::Control { room.control } else { room.usage };
            if asked {
                part.take(self.partition, max / 2, wait / 2, out)?;
            }
        }
        if self.parts.iter().all(|part| part.at_end) && !self.exhausted {
            self.exhausted = true;
            out.push(Arrival::Exhausted);
        }
        Ok(())
    }

    fn start(&mut self, _partition: u32, _from: &Positions) -> Result<(), SourceError> {
        for part in &self.parts {
            let mut list = TopicPartitionList::new();
            list.add_partition_offset(&part.topic, self.number, Offset::Offset(0))
                .and_then(|()| part.consumer.assign(&list))
                .map_err(|error| SourceError::Fatal(format!("{} cannot be read: {error}", part.topic)))?;
        }
        self.started = true;
        Ok(())
    }

    fn stop(&mut self, _partition: u32) -> Result<(), SourceError> {
        let stopped = self.parts.iter().try_for_each(|part| part.consumer.unassign());
        stopped.map_err(|error| SourceError::Fatal(format!("the inputs cannot be let go: {error}")))
    }
}
