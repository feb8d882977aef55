//! The wall clock of commands.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::instant::Instant;

/// The wall time.
#[must_use]
pub fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
