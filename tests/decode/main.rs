//! Decoding of inputs, against tables and against `serde_json` as an independent decoder.

mod agreement;
mod allocation;
mod control;
mod onboarding;
mod personal;
#[path = "../schema/mod.rs"]
mod schema;
mod usage;

use tally::domain::usage::UsageEvent;
use tally::wire::decode::{Undecodable, usage as decode};

/// A good event whose data is the given JSON text.
pub(crate) fn with_data(data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"e-1","source":"//sms.example","type":"se.sms.sent","subject":"SE-0180","time":"2026-02-02T08:00:00Z","data":{data}}}"#
    )
}

/// A good event with more members at its end, e.g. `,"a":1`.
pub(crate) fn with_members(members: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"e-1","source":"//sms.example","type":"se.sms.sent","subject":"SE-0180","time":"2026-02-02T08:00:00Z"{members}}}"#
    )
}

pub(crate) fn structured(value: &str) -> Result<UsageEvent<'_>, Undecodable> {
    decode(value.as_bytes(), &[], true)
}

/// The value is refused, and the detail says this.
pub(crate) fn refused(value: &[u8], headers: &[(&str, &[u8])], says: &str) {
    match decode(value, headers, true) {
        Ok(event) => panic!("{}: decoded as {event:?}, but {says:?} was expected", String::from_utf8_lossy(value)),
        Err(fault) => assert!(fault.detail.contains(says), "{}: {:?} lacks {says:?}", String::from_utf8_lossy(value), fault.detail),
    }
}
