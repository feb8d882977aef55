//! Decoding of inputs: `CloudEvents` 1.0 in JSON, structured or in Kafka's binary mode (CONTRACT 4, 5).
//!
//! A good usage event is borrowed from its input and allocates nothing. A bad one is told apart
//! strictly: what two readers could understand differently (a member given twice, a lone surrogate,
//! a number that a float would round) is refused here, before money depends on it.

mod envelope;
mod json;
mod time;

mod any;
mod control;
mod usage;

use thiserror::Error;

pub use any::{AnyEvent, any_event};
pub use control::{ControlFault, control, personal as personal_of_control};
pub use json::Json;
pub(in crate::wire) use json::{Kind, Reader};
pub use time::{date, instant};
pub use usage::usage;

/// Largest value that is looked at, in bytes.
pub const MAX_VALUE: usize = 1 << 20;

/// A header of a Kafka record: name and value. Journal lines have none.
pub type Header<'a> = (&'a str, &'a [u8]);

/// The input is not an event. The detail never quotes values: they may be anyone's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not decodable: {detail}; mend the producer and send the event again with the same id")]
pub struct Undecodable {
    /// What is wrong, and where.
    pub detail: String,
}

impl Undecodable {
    #[cold]
    pub(crate) fn new(detail: impl Into<String>) -> Self {
        Self { detail: detail.into() }
    }
}
