//! Is the process fit for work? Where a supervisor decides whether to restart or to wait.

use std::sync::atomic::Ordering;

use crate::pipeline::{Metrics, Stop};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Ready,
    Stopping,
    /// Nothing was taken over yet, or all of it has gone to other processes.
    WithoutPartitions,
}

impl Health {
    pub fn of(metrics: &Metrics, stop: &Stop) -> Self {
        let owns = metrics.partitions().iter().any(|(_, one)| one.is_owned());
        match (stop.is_requested(), owns) {
            (true, _) => Self::Stopping,
            (false, true) => Self::Ready,
            (false, false) => Self::WithoutPartitions,
        }
    }

    pub fn is_ready(self) -> bool {
        self == Self::Ready
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Stopping => "stopping",
            Self::WithoutPartitions => "without partitions",
        }
    }

    /// What it means, for whoever reads the answer.
    pub fn explain(self, metrics: &Metrics) -> String {
        match self {
            Self::Ready => "ready: it works on its partitions\n".to_owned(),
            Self::Stopping => "stopping: it commits what is folded and ends\n".to_owned(),
            Self::WithoutPartitions => format!(
                "without partitions: none was taken over yet, or other processes have them all; \
                 {} takeovers so far, {} failures of the outside world (see the log)\n",
                metrics.takeovers.load(Ordering::Relaxed),
                metrics.troubles.load(Ordering::Relaxed)
            ),
        }
    }
}
