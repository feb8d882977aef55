//! `[retention]`: how long the output topics keep what was published.

use std::time::Duration;

use super::units::duration;
use crate::wire::document::Table;

/// None: for ever, unless somebody sets it at the broker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    pub records: Option<Duration>,
    pub suspense: Option<Duration>,
    pub notices: Option<Duration>,
}

pub fn read(table: &Table<'_>) -> Retention {
    table.only(&["billing_records", "usage_suspense", "usage_notices"]);
    let kept = |key: &str| table.find(key).and_then(|value| duration(&value, "400d"));
    Retention { records: kept("billing_records"), suspense: kept("usage_suspense"), notices: kept("usage_notices") }
}
