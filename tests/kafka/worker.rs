//! A small worker over the ports: it takes partitions over, notes what arrives, and publishes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tally::kafka::{KafkaMessage, KafkaSink, KafkaSource, Settings};
use tally::pipeline::ports::{
    Arrival, Change, Lane, Message, Outlet, Output, Position, Positions, Publication, PublishError, Receipt, Recovered, Room, Sink, Source,
    SourceError,
};

pub const ROOM: Room = Room { control: true, usage: true };
const PATIENCE: Duration = Duration::from_secs(40);

/// A store in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    pub state: BTreeMap<Vec<u8>, Vec<u8>>,
    pub receipt: Option<Receipt>,
}

impl Memory {
    pub fn apply(&mut self, changes: Vec<Change>, receipt: Receipt) {
        for (key, value) in changes {
            match value {
                Some(value) => drop(self.state.insert(key, value)),
                None => drop(self.state.remove(&key)),
            }
        }
        self.receipt = Some(receipt);
    }
}

pub struct Worker {
    pub source: KafkaSource,
    pub sink: KafkaSink,
    pub positions: BTreeMap<u32, Positions>,
    pub stores: BTreeMap<u32, Memory>,
    /// What arrived: (lane, partition, offset, value).
    pub inputs: Vec<(Lane, u32, u64, String)>,
    pub ends: BTreeSet<(Lane, u32)>,
}

impl Worker {
    pub fn join(settings: &Settings, number: usize) -> Worker {
        let source = KafkaSource::connect(settings, number).unwrap();
        let mut sink = KafkaSink::new(settings, number, source.group()).unwrap();
        sink.fence().unwrap();
        Worker { source, sink, positions: BTreeMap::new(), stores: BTreeMap::new(), inputs: Vec::new(), ends: BTreeSet::new() }
    }

    /// One poll; partitions are taken over and let go as the group says.
    pub fn step(&mut self) -> Result<(), SourceError> {
        let mut arrivals = Vec::new();
        match self.source.poll(1000, ROOM, Duration::from_millis(20), &mut arrivals) {
            Err(SourceError::Retry(_)) | Ok(()) => {}
            Err(fatal) => return Err(fatal),
        }
        for arrival in arrivals {
            self.take(arrival)?;
        }
        Ok(())
    }

    fn take(&mut self, arrival: Arrival<KafkaMessage>) -> Result<(), SourceError> {
        match arrival {
            Arrival::Input(message) => self.note(&message),
            Arrival::AtEnd { lane, partition } => drop(self.ends.insert((lane, partition))),
            Arrival::Assigned(partitions) => {
                for partition in partitions {
                    self.take_over(partition)?;
                }
            }
            Arrival::Revoked(partitions) => {
                let owned: Vec<u32> = partitions.iter().copied().filter(|one| self.positions.contains_key(one)).collect();
                self.commit_positions(&owned).expect("the partitions are still ours");
                for partition in partitions {
                    self.source.stop(partition)?;
                    self.positions.remove(&partition);
                    self.stores.remove(&partition);
                }
            }
            Arrival::Exhausted => panic!("a topic is never exhausted"),
        }
        Ok(())
    }

    fn note(&mut self, message: &KafkaMessage) {
        let (lane, partition, offset) = (message.lane(), message.partition(), message.offset());
        self.ends.remove(&(lane, partition));
        self.positions.get_mut(&partition).expect("of a started partition").lane_mut(lane).next_offset = offset + 1;
        self.inputs.push((lane, partition, offset, String::from_utf8_lossy(message.value().unwrap_or(b"-")).into_owned()));
    }

    pub fn take_over(&mut self, partition: u32) -> Result<(), SourceError> {
        let recovered = self.recover(partition).expect("recovery");
        let from = recovered.committed.unwrap_or_default();
        self.source.start(partition, &from)?;
        self.positions.insert(partition, from);
        Ok(())
    }

    pub fn recover(&mut self, partition: u32) -> Result<Recovered, PublishError> {
        let store = self.stores.entry(partition).or_default();
        let receipt = store.receipt.clone();
        self.sink.recover(partition, receipt.as_deref(), &mut |changes, receipt| {
            store.apply(changes, receipt);
            Ok(())
        })
    }

    pub fn until(&mut self, what: &str, mut done: impl FnMut(&Worker) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(self) {
            assert!(Instant::now() < deadline, "waited in vain: {what}; arrived: {:?}; ends: {:?}", self.inputs, self.ends);
            self.step().unwrap();
        }
    }

    pub fn until_ended(&mut self, partitions: u32) {
        let all: BTreeSet<(Lane, u32)> = (0..partitions).flat_map(|partition| Lane::ALL.map(|lane| (lane, partition))).collect();
        self.until("both lanes of all partitions read to their ends", |worker| worker.ends == all);
    }

    pub fn commit_positions(&mut self, partitions: &[u32]) -> Result<(), PublishError> {
        let publications: Vec<Publication> = partitions
            .iter()
            .map(|partition| Publication { partition: *partition, positions: self.positions[partition].clone(), ..Publication::default() })
            .collect();
        self.sink.publish(&publications).map(drop)
    }

    /// Publishes changes and one output, and applies the changes as step 3 would.
    pub fn publish(&mut self, publication: &Publication) -> Result<(), PublishError> {
        let receipts = self.sink.publish(std::slice::from_ref(publication))?;
        let receipt = receipts.into_iter().next().expect("a receipt for each publication");
        self.stores.entry(publication.partition).or_default().apply(publication.changes.clone(), receipt);
        Ok(())
    }
}

pub fn positions(control: u64, usage: u64) -> Positions {
    let at = |next_offset| Position { next_offset, files: Vec::new() };
    Positions { control: at(control), usage: at(usage) }
}

/// A publication of `changes` ("key=value", or "key" to delete) and of one record with that text.
pub fn publication(partition: u32, changes: &[&str], usage: u64) -> Publication {
    let change = |text: &&str| match text.split_once('=') {
        Some((key, value)) => (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec())),
        None => (text.as_bytes().to_vec(), None),
    };
    let output = Output {
        outlet: Outlet::Records,
        partition: Some(partition),
        key: b"key".to_vec(),
        headers: vec![("ce_id".into(), b"7".to_vec())],
        value: format!("{partition}:{}@{usage}", changes.join(",")).into_bytes(),
    };
    Publication { partition, changes: changes.iter().map(change).collect(), outputs: vec![output], positions: positions(0, usage) }
}
