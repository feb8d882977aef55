//! The simulated source: delivers in chunks of random sizes, and says nothing for a while.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use tally::pipeline::Stop;
use tally::pipeline::ports::{Arrival, Lane, Message, Positions, Room, Source, SourceError};

use super::rng::Rng;
use super::world::{Entry, Planted, Shared};

#[derive(Debug)]
pub struct SimMessage {
    lane: Lane,
    partition: u32,
    entry: Entry,
}

impl Message for SimMessage {
    fn lane(&self) -> Lane {
        self.lane
    }

    fn partition(&self) -> u32 {
        self.partition
    }

    fn offset(&self) -> u64 {
        self.entry.offset
    }

    fn timestamp_ms(&self) -> Option<i64> {
        None
    }

    fn value(&self) -> Option<&[u8]> {
        Some(&self.entry.value)
    }

    fn headers<'a>(&'a self, each: &mut dyn FnMut(&'a str, &'a [u8])) {
        for (name, value) in &self.entry.headers {
            each(name, value);
        }
    }

    fn has_headers(&self) -> bool {
        !self.entry.headers.is_empty()
    }

    fn footprint(&self) -> usize {
        self.entry.value.len() + 64
    }
}

/// How it delivers.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub seed: u64,
    /// The most inputs of a lane at once.
    pub chunk: u64,
    /// How often, in percent, a lane that has more brings nothing.
    pub silent: u64,
    /// Partitions that are taken away and given back.
    pub rebalances: u32,
    /// Asks for a stop when nothing was left for a while, instead of saying that all was read.
    pub stop_when_quiet: Option<Stop>,
}

struct Feed {
    next: u64,
    ended: bool,
}

pub struct SimSource {
    world: Shared,
    delivery: Delivery,
    rng: Rng,
    feeds: BTreeMap<(u32, Lane), Feed>,
    joined: bool,
    /// Taken away; given back once stopped.
    away: BTreeSet<u32>,
    stopped: BTreeSet<u32>,
    exhausted: bool,
    quiet: u32,
}

impl SimSource {
    pub fn new(world: Shared, delivery: Delivery) -> Self {
        let rng = Rng::new(delivery.seed);
        let (away, stopped) = (BTreeSet::new(), BTreeSet::new());
        Self { world, delivery, rng, feeds: BTreeMap::new(), joined: false, away, stopped, exhausted: false, quiet: 0 }
    }

    fn rebalance(&mut self, out: &mut Vec<Arrival<SimMessage>>) {
        if self.away.is_empty() && self.delivery.rebalances > 0 && !self.feeds.is_empty() && self.rng.percent(5) {
            self.delivery.rebalances -= 1;
            let all: Vec<u32> = self.feeds.keys().map(|(partition, _)| *partition).collect();
            let one = *self.rng.pick(&all);
            self.away.insert(one);
            out.push(Arrival::Revoked(vec![one]));
        }
        let back: Vec<u32> = self.away.intersection(&self.stopped).copied().collect();
        if !back.is_empty() {
            self.away.clear();
            self.stopped.clear();
            out.push(Arrival::Assigned(back));
        }
    }

    fn deliver(&mut self, room: Room, out: &mut Vec<Arrival<SimMessage>>) {
        let world = self.world.lock();
        for ((partition, lane), feed) in &mut self.feeds {
            let open = if *lane == Lane::Control { room.control } else { room.usage };
            if !open || self.away.contains(partition) || self.rng.percent(self.delivery.silent) {
                continue;
            }
            let entries = world.lanes.get(&(*partition, *lane)).map_or(&[][..], Vec::as_slice);
            let from = entries.partition_point(|entry| entry.offset < feed.next);
            let count = usize::try_from(self.rng.below(self.delivery.chunk + 1)).expect("small");
            for entry in entries.iter().skip(from).take(count) {
                feed.next = entry.offset + 1;
                feed.ended = false;
                out.push(Arrival::Input(SimMessage { lane: *lane, partition: *partition, entry: entry.clone() }));
                if world.planted == Planted::Redelivery && entry.offset > 20 {
                    out.push(Arrival::Input(SimMessage { lane: *lane, partition: *partition, entry: entry.clone() }));
                }
            }
            if from + count >= entries.len() && !feed.ended {
                feed.ended = true;
                out.push(Arrival::AtEnd { lane: *lane, partition: *partition });
            }
        }
    }

    fn end(&mut self, busy: bool, out: &mut Vec<Arrival<SimMessage>>) {
        let expected = 2 * self.world.lock().partitions().len();
        let all_read = self.away.is_empty() && self.feeds.len() == expected && self.feeds.values().all(|feed| feed.ended);
        match &self.delivery.stop_when_quiet {
            Some(stop) => {
                self.quiet = if busy || !all_read { 0 } else { self.quiet + 1 };
                if self.quiet > 50 {
                    stop.request();
                }
            }
            None if all_read && !self.exhausted => {
                self.exhausted = true;
                out.push(Arrival::Exhausted);
            }
            None => {}
        }
    }
}

impl Source for SimSource {
    type Message = SimMessage;

    fn poll(&mut self, _max: usize, room: Room, wait: Duration, out: &mut Vec<Arrival<SimMessage>>) -> Result<(), SourceError> {
        let partitions = {
            let world = self.world.lock();
            if world.crashed {
                return Err(SourceError::Fatal("crash".into()));
            }
            world.partitions()
        };
        if !self.joined {
            self.joined = true;
            out.push(Arrival::Assigned(partitions));
            return Ok(());
        }
        self.rebalance(out);
        self.deliver(room, out);
        self.end(!out.is_empty() || wait.is_zero(), out);
        if out.is_empty() {
            thread::sleep(wait.min(Duration::from_micros(200)));
        }
        Ok(())
    }

    fn start(&mut self, partition: u32, from: &Positions) -> Result<(), SourceError> {
        for lane in Lane::ALL {
            let feed = Feed { next: from.lane(lane).next_offset, ended: false };
            if self.feeds.insert((partition, lane), feed).is_some() {
                return Err(SourceError::Fatal(format!("partition {partition} was started already")));
            }
        }
        self.exhausted = false;
        Ok(())
    }

    fn stop(&mut self, partition: u32) -> Result<(), SourceError> {
        for lane in Lane::ALL {
            self.feeds.remove(&(partition, lane));
        }
        if self.away.contains(&partition) {
            self.stopped.insert(partition);
        }
        Ok(())
    }
}
