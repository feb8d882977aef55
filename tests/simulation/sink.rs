//! The simulated sink, in both protocols, with every way in which a commit can end.

use tally::pipeline::ports::{Change, Lane, Outlet, Output, Positions, Publication, PublishError, Receipt, Recovered, Sink, StoreError};

use super::world::{Entry, Mode, Planted, Shared, World};

pub struct SimSink {
    world: Shared,
    mode: Mode,
    incarnation: u64,
}

impl SimSink {
    pub fn new(world: Shared) -> Self {
        let mode = world.lock().mode;
        Self { world, mode, incarnation: 0 }
    }
}

impl Sink for SimSink {
    fn keeps_positions(&self) -> bool {
        self.mode == Mode::Log
    }

    fn publish(&mut self, publications: &[Publication]) -> Result<Vec<Receipt>, PublishError> {
        let mut world = self.world.lock();
        if world.crashed {
            return Err(PublishError::Fatal("crash".into()));
        }
        if self.incarnation != world.fence {
            return Err(PublishError::Fenced("an older incarnation".into()));
        }
        let end = if world.fault() { Some(world.faults.rng.below(6)) } else { None };
        match end {
            Some(0) => Err(PublishError::Aborted("aborted".into())),
            Some(1) => Err(PublishError::Unknown("lost before".into())),
            Some(2) => {
                world.crash();
                Err(PublishError::Fatal("crash before".into()))
            }
            Some(3) => {
                apply(&mut world, publications);
                Err(PublishError::Unknown("lost after".into()))
            }
            Some(4) => {
                apply(&mut world, publications);
                world.crash();
                Err(PublishError::Fatal("crash after".into()))
            }
            Some(_) => {
                world.fence += 1;
                Err(PublishError::Fenced("fenced".into()))
            }
            None => Ok(apply(&mut world, publications)),
        }
    }

    fn fence(&mut self) -> Result<(), PublishError> {
        let mut world = self.world.lock();
        if world.fault() {
            return Err(PublishError::Aborted("the coordinator is away".into()));
        }
        world.fence += 1;
        self.incarnation = world.fence;
        Ok(())
    }

    fn recover(
        &mut self,
        partition: u32,
        receipt: Option<&[u8]>,
        replay: &mut dyn FnMut(Vec<Change>, Receipt) -> Result<(), StoreError>,
    ) -> Result<Recovered, PublishError> {
        let from = receipt.map_or(0, number);
        let (tail, committed, next) = {
            let mut world = self.world.lock();
            world.takeovers += 1;
            if self.mode == Mode::Files {
                let outputs = world.outputs.entry(partition).or_default();
                assert!(outputs.len() >= from, "the store is ahead of the outputs");
                outputs.truncate(from);
                return Ok(Recovered::default());
            }
            let changelog = world.changelog.entry(partition).or_default();
            let tail: Vec<Change> = changelog.iter().skip(from).cloned().collect();
            let next = changelog.len();
            (tail, world.committed.get(&partition).cloned(), next)
        };
        if next == from || self.world.lock().planted == Planted::NoReplay {
            return Ok(Recovered { committed, receipt: None });
        }
        // In two pieces, each with its own receipt.
        let half = tail.len() / 2;
        let (first, second) = tail.split_at(half);
        let fatal = |error: StoreError| PublishError::Fatal(error.to_string());
        replay(first.to_vec(), bytes(from + half)).map_err(fatal)?;
        replay(second.to_vec(), bytes(next)).map_err(fatal)?;
        Ok(Recovered { committed, receipt: Some(bytes(next)) })
    }
}

fn apply(world: &mut World, publications: &[Publication]) -> Vec<Receipt> {
    world.commits += 1;
    publications.iter().map(|publication| apply_one(world, publication)).collect()
}

fn apply_one(world: &mut World, publication: &Publication) -> Receipt {
    let partition = publication.partition;
    advances(world, &publication.positions, partition);
    let (forwards, outputs): (Vec<&Output>, Vec<&Output>) =
        publication.outputs.iter().partition(|output| matches!(output.outlet, Outlet::Forward(_)));
    for output in forwards {
        forward(world, output);
    }
    world.outputs.entry(partition).or_default().extend(outputs.into_iter().cloned());
    if world.mode == Mode::Files {
        return bytes(world.outputs[&partition].len());
    }
    world.committed.insert(partition, publication.positions.clone());
    let changelog = world.changelog.entry(partition).or_default();
    changelog.extend(publication.changes.iter().cloned());
    bytes(changelog.len())
}

/// No commit goes back behind another.
fn advances(world: &World, positions: &Positions, partition: u32) {
    if let Some(before) = world.committed.get(&partition) {
        for lane in Lane::ALL {
            assert!(before.lane(lane).next_offset <= positions.lane(lane).next_offset, "partition {partition} went back");
        }
    }
}

fn forward(world: &mut World, output: &Output) {
    let (Outlet::Forward(lane), Some(partition)) = (output.outlet, output.partition) else { return };
    let entries = world.lanes.entry((partition, lane)).or_default();
    let offset = entries.last().map_or(0, |last| last.offset + 1);
    entries.push(Entry { offset, value: output.value.clone().into(), headers: output.headers.clone() });
}

fn bytes(length: usize) -> Receipt {
    (length as u64).to_be_bytes().to_vec()
}

fn number(receipt: &[u8]) -> usize {
    let bytes = receipt.try_into().expect("a receipt of ours");
    usize::try_from(u64::from_be_bytes(bytes)).expect("a length")
}
