//! What is published: billing records, suspense records and notices as JSON (CONTRACT 7 and 8),
//! with the key and headers that they have in Kafka. The same value is the same bytes, always.
//!
//! `docs/schema/` describes each of them as JSON Schema.

mod braking;
pub(in crate::wire) mod json;
mod notice;
mod onboarding;
mod parties;
mod record;
mod rosters;
mod suspense;

pub use notice::notice;
pub use record::record;
pub use suspense::suspense;

/// A message, of which a journal keeps the value as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The customer; empty where there is none.
    pub key: Vec<u8>,
    pub headers: Vec<(String, Vec<u8>)>,
    /// JSON on one line, without a line end.
    pub value: Vec<u8>,
}

const JSON: &str = "application/json";

fn header(name: &str, value: impl Into<Vec<u8>>) -> (String, Vec<u8>) {
    (name.to_owned(), value.into())
}
