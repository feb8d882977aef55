//! Logs: on stderr, readable on a terminal, JSON otherwise. Few of them: what is counted is a metric.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// What is logged if `TALLY_LOG` does not say otherwise. librdkafka's own lines are told by what follows from them.
const DEFAULT_FILTER: &str = "info,librdkafka=error,rdkafka=error";

/// Starts logging. A second call does nothing.
pub fn start() {
    let filter = EnvFilter::try_from_env("TALLY_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = if io::stderr().is_terminal() {
        lines.with_target(false).compact().try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(false).try_init()
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging was started before");
    }
}
