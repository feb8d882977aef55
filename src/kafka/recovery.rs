//! Taking a partition over: what was committed, and the changelog up to there.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use super::fault::KafkaFault;
use super::log::LogContext;
use super::outcome;
use super::receipt::{self, Beside};
use super::settings::{Settings, Topics};
use super::transaction::KafkaSink;
use crate::pipeline::ports::{Change, Positions, PublishError, Receipt, Recovered, SourceError, StoreError};

/// What is handed to the store at once.
const CHUNK_CHANGES: usize = 10_000;
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
const POLL: Duration = Duration::from_millis(50);

type Replayer = BaseConsumer<LogContext>;
type Replay<'a> = dyn FnMut(Vec<Change>, Receipt) -> Result<(), StoreError> + 'a;

/// The group's last commit for a partition.
struct Commit {
    positions: Positions,
    changelog: Option<u64>,
}

pub(crate) fn recover(
    sink: &mut KafkaSink,
    partition: u32,
    receipt: Option<&[u8]>,
    replay: &mut Replay<'_>,
) -> Result<Recovered, PublishError> {
    let from = receipt::decode(receipt)?;
    let settings = sink.settings().clone();
    let replayer = sink.replayer()?;
    let committed = committed(&settings, replayer, partition)?;
    let goal = committed.as_ref().and_then(|commit| commit.changelog);
    let mut tail = Tail { settings: &settings, partition, next: from, goal, chunk: Vec::new(), chunk_bytes: 0 };
    // A transaction that writes the changelog carries the offsets too: at the goal there is no more.
    if goal.is_none_or(|goal| from < goal) {
        tail.read(replayer, replay)?;
    }
    let next = tail.next;
    sink.remember(partition, next);
    Ok(Recovered { committed: committed.map(|commit| commit.positions), receipt: (next > from).then(|| receipt::encode(next)) })
}

/// The group's last commit for a partition, for queries. None: nothing was committed.
///
/// # Errors
/// The broker does not say.
pub fn last_commit(settings: &Settings, partition: u32) -> Result<Option<Positions>, PublishError> {
    Ok(last_commits(settings, &[partition])?.remove(&partition))
}

/// The same of several partitions; those that nobody has committed are left out.
///
/// # Errors
/// The broker does not say.
pub fn last_commits(settings: &Settings, partitions: &[u32]) -> Result<BTreeMap<u32, Positions>, PublishError> {
    let config = settings.replay_consumer().map_err(|fault| PublishError::Fatal(fault.to_string()))?;
    let reader: Replayer =
        config.create_with_context(LogContext).map_err(|error| PublishError::Fatal(KafkaFault::refused(&error).to_string()))?;
    let mut commits = BTreeMap::new();
    for partition in partitions {
        if let Some(commit) = committed(settings, &reader, *partition)? {
            commits.insert(*partition, commit.positions);
        }
    }
    Ok(commits)
}

/// The committed offsets, once no transaction can change them any more.
fn committed(settings: &Settings, replayer: &Replayer, partition: u32) -> Result<Option<Commit>, PublishError> {
    let doing = "reading the group's committed offsets";
    let Topics { usage, control, .. } = &settings.topics;
    let number = number_of(partition)?;
    let mut list = TopicPartitionList::new();
    list.add_partition(usage, number);
    list.add_partition(control, number);
    // Being read_committed, it is answered only when they are stable: an open transaction is
    // waited for, at most until the broker aborts it.
    let patience = settings.transaction_timeout + settings.operation_timeout;
    let list = replayer.committed_offsets(list, patience).map_err(|error| outcome::before_commit(doing, &error))?;
    let mut found = [None, None];
    let mut beside = Beside::default();
    for one in list.elements() {
        one.error().map_err(|error| outcome::before_commit(doing, &error))?;
        let offset = if let Offset::Offset(offset) = one.offset() { u64::try_from(offset).ok() } else { None };
        if one.topic() == usage {
            found[0] = offset;
            beside = Beside::from_metadata(one.metadata());
        } else {
            found[1] = offset;
        }
    }
    match found {
        [None, None] => Ok(None),
        [Some(next_usage), control] if control.is_some() || beside.control.is_some() => {
            let mut positions = Positions::default();
            positions.usage.next_offset = next_usage;
            positions.control.next_offset = control.or(beside.control).unwrap_or(0);
            Ok(Some(Commit { positions, changelog: beside.changelog }))
        }
        _ => Err(PublishError::Fatal(format!(
            "the group {} has a committed offset of partition {partition} for one of {usage} and {control} only. \
             They are always committed together: were they set by hand? Set both",
            settings.group
        ))),
    }
}

/// The part of a changelog that a store does not have yet.
struct Tail<'a> {
    settings: &'a Settings,
    partition: u32,
    next: u64,
    /// Where it must be read to; unknown: to the last stable offset.
    goal: Option<u64>,
    chunk: Vec<Change>,
    chunk_bytes: usize,
}

impl Tail<'_> {
    fn read(&mut self, replayer: &Replayer, replay: &mut Replay<'_>) -> Result<(), PublishError> {
        let doing = format!("reading {} partition {}", self.settings.topics.changelog, self.partition);
        let start = if self.next == 0 { Offset::Beginning } else { Offset::Offset(offset_of(self.next)?) };
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.settings.topics.changelog, number_of(self.partition)?, start)
            .and_then(|()| replayer.assign(&list))
            .map_err(|error| outcome::before_commit(&doing, &error))?;
        let read = self.read_assigned(replayer, replay);
        replayer.unassign().map_err(|error| outcome::before_commit(&doing, &error))?;
        read
    }

    fn read_assigned(&mut self, replayer: &Replayer, replay: &mut Replay<'_>) -> Result<(), PublishError> {
        let mut heard = Instant::now();
        loop {
            match replayer.poll(POLL) {
                Some(Ok(message)) => {
                    heard = Instant::now();
                    self.take(&message)?;
                    if self.chunk.len() >= CHUNK_CHANGES || self.chunk_bytes >= CHUNK_BYTES {
                        self.hand_over(replay)?;
                    }
                    if self.goal.is_some_and(|goal| self.next >= goal) {
                        return self.hand_over(replay);
                    }
                }
                Some(Err(KafkaError::PartitionEOF(_))) => {
                    if self.is_complete(replayer)? {
                        return self.hand_over(replay);
                    }
                }
                Some(Err(error)) => self.fault(&error, replayer)?,
                None => self.still_waiting(heard.elapsed())?,
            }
        }
    }

    fn take(&mut self, message: &impl Message) -> Result<(), PublishError> {
        let Some(key) = message.key() else {
            return Err(PublishError::Fatal(format!(
                "{} partition {} offset {} has no key: it was not written by this program. The topic must be its alone",
                self.settings.topics.changelog,
                self.partition,
                message.offset()
            )));
        };
        self.chunk_bytes += key.len() + message.payload().map_or(0, <[u8]>::len);
        self.chunk.push((key.to_vec(), message.payload().map(<[u8]>::to_vec)));
        self.next = u64::try_from(message.offset()).unwrap_or(0) + 1;
        Ok(())
    }

    fn hand_over(&mut self, replay: &mut Replay<'_>) -> Result<(), PublishError> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        self.chunk_bytes = 0;
        replay(std::mem::take(&mut self.chunk), receipt::encode(self.next))
            .map_err(|error| PublishError::Fatal(format!("partition {}: {error}", self.partition)))
    }

    /// Whether the end that was met is the one looked for, and not that before an open transaction.
    fn is_complete(&self, replayer: &Replayer) -> Result<bool, PublishError> {
        let Some(goal) = self.goal else { return Ok(true) };
        let topic = &self.settings.topics.changelog;
        let (_, stable) = replayer
            .fetch_watermarks(topic, number_of(self.partition)?, self.settings.operation_timeout)
            .map_err(|error| outcome::before_commit(&format!("asking for the end of {topic}"), &error))?;
        // The last change may have been compacted away; then there is nothing between here and the goal.
        Ok(u64::try_from(stable).is_ok_and(|stable| stable >= goal))
    }

    fn still_waiting(&self, silence: Duration) -> Result<(), PublishError> {
        if silence < self.settings.transaction_timeout + self.settings.operation_timeout {
            return Ok(());
        }
        let (topic, partition, next) = (&self.settings.topics.changelog, self.partition, self.next);
        Err(match self.goal {
            Some(goal) => PublishError::Fatal(format!(
                "{topic} partition {partition} can be read up to offset {next} only, but offsets were committed with it at \
                 {goal}. Either the topic has lost records (restore it), or a transaction in it hangs (abort it with \
                 kafka-transactions.sh)"
            )),
            None => PublishError::Aborted(format!("{topic} partition {partition}: the broker does not answer")),
        })
    }

    fn fault(&self, error: &KafkaError, replayer: &Replayer) -> Result<(), PublishError> {
        let topic = &self.settings.topics.changelog;
        match outcome::of_reading(topic, error, replayer.client().fatal_error()) {
            // librdkafka goes on by itself; if it does not, the silence ends it.
            SourceError::Retry(text) => {
                tracing::debug!("{text}");
                Ok(())
            }
            SourceError::Fatal(text) => Err(PublishError::Fatal(format!(
                "partition {}: {text}. If the changelog is whole, remove the partition's state directory: it is rebuilt",
                self.partition
            ))),
        }
    }
}

fn number_of(partition: u32) -> Result<i32, PublishError> {
    i32::try_from(partition).map_err(|_| PublishError::Fatal(format!("there is no partition {partition} in Kafka")))
}

fn offset_of(next: u64) -> Result<i64, PublishError> {
    i64::try_from(next).map_err(|_| PublishError::Fatal(format!("the store's receipt names the impossible offset {next}")))
}
