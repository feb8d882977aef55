//! The shell around the engine: partition lifecycle, merge, batch, commit, and the ports.
//!
//! ```text
//! source → lanes → merge → partition (engine, fetch) → commit → sink, store
//!                              ↑ takeover                └ one thread more
//! ```
//!
//! One [`worker`] is one thread that owns several partitions; nothing is shared between workers but
//! the catalog, the stores' cache and the metrics.

pub mod ports;

pub mod setup;

mod lanes;
mod merge;

mod fetch;
mod outbox;
mod partition;

pub mod crash;

mod commit;
mod takeover;

mod patience;

pub mod worker;

pub mod fault;
pub mod metrics;

pub use fault::RunError;
pub use metrics::Metrics;
pub use setup::{LaneNames, LogClock, NoKeys, NoOther, Setup, Stop};
pub use worker::Worker;
