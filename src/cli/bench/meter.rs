//! The stop-watch: which inputs were read when, and when they were committed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hdrhistogram::Histogram;

/// Longer latencies are counted as that long.
const LONGEST_US: u64 = 3_600_000_000;

/// An input that was read and is not committed yet.
#[derive(Debug, Clone, Copy)]
pub struct Read {
    pub offset: u64,
    /// The broker's.
    pub timestamp_ms: Option<i64>,
}

#[derive(Debug, Default)]
struct State {
    uncommitted: BTreeMap<u32, VecDeque<Read>>,
    committed: u64,
    first_read: Option<Instant>,
    last_commit: Option<Instant>,
    /// While latency is measured.
    latency: Option<Histogram<u64>>,
}

/// What has been measured.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// From the first input read to the last commit.
    pub took: Duration,
    pub committed: u64,
}

/// Shared by the sources and sinks of all workers. Locked once per poll and commit, never per event.
#[derive(Debug, Default)]
pub struct Meter(Mutex<State>);

impl Meter {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a measurement. Nothing must be on its way.
    pub fn restart(&self, with_latency: bool) {
        let latency = with_latency.then(|| Histogram::new_with_bounds(1, LONGEST_US, 3).ok()).flatten();
        *self.state() = State { latency, ..State::default() };
    }

    /// Inputs that a poll brought.
    pub fn read(&self, reads: &[(u32, Read)]) {
        if reads.is_empty() {
            return;
        }
        let mut state = self.state();
        state.first_read.get_or_insert_with(Instant::now);
        for (partition, read) in reads {
            state.uncommitted.entry(*partition).or_default().push_back(*read);
        }
    }

    /// A partition is read anew from here on.
    pub fn rewound(&self, partition: u32, next_offset: u64) {
        if let Some(reads) = self.state().uncommitted.get_mut(&partition) {
            reads.retain(|read| read.offset < next_offset);
        }
    }

    /// All inputs of a partition before `next_offset` are committed.
    pub fn committed(&self, partition: u32, next_offset: u64) {
        let mut guard = self.state();
        let state = &mut *guard;
        let Some(reads) = state.uncommitted.get_mut(&partition) else { return };
        let now_us = wall_us();
        let count = reads.partition_point(|read| read.offset < next_offset);
        for read in reads.drain(..count) {
            state.committed += 1;
            if let (Some(latency), Some(sent)) = (state.latency.as_mut(), read.timestamp_ms) {
                let sent_us = u64::try_from(sent).unwrap_or(0).saturating_mul(1000);
                latency.saturating_record(now_us.saturating_sub(sent_us));
            }
        }
        if count > 0 {
            state.last_commit = Some(Instant::now());
        }
    }

    pub fn span(&self) -> Span {
        let state = self.state();
        let took = state.first_read.zip(state.last_commit).map_or(Duration::ZERO, |(first, last)| last.saturating_duration_since(first));
        Span { took, committed: state.committed }
    }

    pub fn latency(&self) -> Option<Histogram<u64>> {
        self.state().latency.clone()
    }
}

fn wall_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(partition: u32, offset: u64) -> (u32, Read) {
        (partition, Read { offset, timestamp_ms: Some(0) })
    }

    #[test]
    fn only_what_was_read_and_lies_before_the_commit_counts() {
        let meter = Meter::default();
        meter.read(&[read(0, 0), read(0, 1), read(1, 4), read(0, 7)]);
        let check = |partition, next_offset, expect| {
            meter.committed(partition, next_offset);
            assert_eq!(meter.span().committed, expect, "{partition} {next_offset}");
        };
        check(0, 2, 2);
        // Offset 4 is the next one, and not committed.
        check(1, 4, 2);
        check(1, 5, 3);
        check(0, 8, 4);
        check(0, 8, 4);
    }

    /// A partition that moves is read again from its last commit, in the middle of what was read.
    #[test]
    fn what_is_read_anew_counts_once() {
        let meter = Meter::default();
        meter.read(&[read(0, 0), read(0, 1), read(0, 2)]);
        meter.committed(0, 1);
        meter.rewound(0, 1);
        meter.read(&[read(0, 1), read(0, 2)]);
        meter.committed(0, 3);
        assert_eq!(meter.span().committed, 3);
    }

    #[test]
    fn latency_is_from_the_brokers_time_to_the_commit() {
        let meter = Meter::default();
        meter.restart(true);
        let sent = i64::try_from(wall_us() / 1000).expect("fits") - 50;
        meter.read(&[(0, Read { offset: 0, timestamp_ms: Some(sent) })]);
        meter.committed(0, 1);
        let latency = meter.latency().expect("asked for");
        assert_eq!(latency.len(), 1);
        assert!((50_000..1_000_000).contains(&latency.max()), "{}", latency.max());
    }
}
