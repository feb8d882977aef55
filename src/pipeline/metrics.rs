//! What can be told of a running pipeline: a typed catalogue of counters and gauges, written by
//! workers without locks per input, read by whoever wants to show them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::domain::catalog::Catalog;
use crate::domain::instant::Instant;
use crate::domain::verdict::Sums;

/// Commits longer than that are counted as that long.
const LONGEST_COMMIT_US: u64 = 600_000_000;

/// Of all workers of a process.
#[derive(Debug, Default)]
pub struct Metrics {
    partitions: RwLock<BTreeMap<u32, Arc<PartitionMetrics>>>,
    pub commits: CommitMetrics,
    /// Takeovers of a partition that succeeded.
    pub takeovers: AtomicU64,
    /// Failures of the outside world that were, or are, waited for.
    pub troubles: AtomicU64,
}

impl Metrics {
    /// The metrics of a partition, made at its first takeover.
    #[must_use]
    pub fn partition(&self, number: u32) -> Arc<PartitionMetrics> {
        Arc::clone(self.partitions.write().unwrap_or_else(PoisonError::into_inner).entry(number).or_default())
    }

    /// The partitions that this process has owned.
    #[must_use]
    pub fn partitions(&self) -> Vec<(u32, Arc<PartitionMetrics>)> {
        let partitions = self.partitions.read().unwrap_or_else(PoisonError::into_inner);
        partitions.iter().map(|(number, metrics)| (*number, Arc::clone(metrics))).collect()
    }

    /// The sums of the partitions that are owned now.
    #[must_use]
    pub fn sums(&self) -> Sums {
        let owned = self.partitions().into_iter().filter(|(_, one)| one.is_owned());
        owned.map(|(_, one)| one.sums()).fold(Sums::default(), Sums::plus)
    }
}

macro_rules! gauges {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Of one partition, as of its last step.
        #[derive(Debug, Default)]
        pub struct PartitionMetrics {
            /// Is it this process's?
            owned: AtomicU64,
            watermark: AtomicI64,
            catalog: Mutex<Option<Arc<Catalog>>>,
            /// Inputs that were read and wait to be folded.
            pub waiting: AtomicU64,
            /// Brakes that are on.
            pub brakes: AtomicU64,
            $($(#[$doc])* pub $name: AtomicU64),+
        }

        impl PartitionMetrics {
            fn tell_sums(&self, sums: &Sums) {
                $(self.$name.store(sums.$name, Ordering::Relaxed);)+
            }

            /// The verdict sums. Read one by one: between two commits they may be a step apart.
            #[must_use]
            pub fn sums(&self) -> Sums {
                Sums { $($name: self.$name.load(Ordering::Relaxed)),+ }
            }
        }
    };
}

gauges!(inputs, counted, duplicate, test, suspended, undecodable, written_off, forwarded, records, notices);

impl PartitionMetrics {
    pub(super) fn tell(&self, sums: &Sums, watermark: Instant, waiting: usize) {
        self.owned.store(1, Ordering::Relaxed);
        self.tell_sums(sums);
        self.watermark.store(watermark.nanos(), Ordering::Relaxed);
        self.waiting.store(waiting as u64, Ordering::Relaxed);
    }

    /// The catalog in force.
    pub(super) fn tell_catalog(&self, catalog: &Arc<Catalog>) {
        let mut told = self.catalog.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.as_ref().is_some_and(|told| Arc::ptr_eq(told, catalog)) {
            *told = Some(Arc::clone(catalog));
        }
    }

    /// The catalog in force; none: the partition was never begun here.
    #[must_use]
    pub fn catalog(&self) -> Option<Arc<Catalog>> {
        self.catalog.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn tell_brakes(&self, on: u64) {
        self.brakes.store(on, Ordering::Relaxed);
    }

    pub(super) fn let_go(&self) {
        self.owned.store(0, Ordering::Relaxed);
    }

    #[must_use]
    pub fn is_owned(&self) -> bool {
        self.owned.load(Ordering::Relaxed) == 1
    }

    #[must_use]
    pub fn watermark(&self) -> Instant {
        Instant::from_nanos(self.watermark.load(Ordering::Relaxed))
    }
}

/// Of commits.
#[derive(Debug)]
pub struct CommitMetrics {
    pub count: AtomicU64,
    pub failed: AtomicU64,
    pub changes: AtomicU64,
    pub outputs: AtomicU64,
    /// From freeze to store, in microseconds. (None only if its constant bounds were impossible.)
    took: Mutex<Option<Histogram<u64>>>,
}

impl Default for CommitMetrics {
    fn default() -> Self {
        let took = Histogram::new_with_bounds(1, LONGEST_COMMIT_US, 3).ok();
        let zero = AtomicU64::default;
        Self { count: zero(), failed: zero(), changes: zero(), outputs: zero(), took: Mutex::new(took) }
    }
}

impl CommitMetrics {
    pub(super) fn made(&self, took: Duration, changes: usize, outputs: usize) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.changes.fetch_add(changes as u64, Ordering::Relaxed);
        self.outputs.fetch_add(outputs as u64, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST_COMMIT_US);
        if let Some(histogram) = self.took.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            histogram.saturating_record(micros);
        }
    }

    /// The time within which this share of the commits was made; `quantile` is from 0 to 1.
    #[must_use]
    pub fn took(&self, quantile: f64) -> Duration {
        let histogram = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_micros(histogram.as_ref().map_or(0, |histogram| histogram.value_at_quantile(quantile)))
    }
}
