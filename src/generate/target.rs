//! Where generated events go.

use thiserror::Error;

use crate::pipeline::ports::Lane;

/// The place did not take an event. What it took before is there.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct TargetError(pub String);

/// Takes events: a journal directory, a topic, or a list in a test.
pub trait EventTarget {
    /// Takes one event; `key` is the customer.
    ///
    /// # Errors
    /// If it could not be written.
    fn put(&mut self, lane: Lane, key: &[u8], event: &[u8]) -> Result<(), TargetError>;

    /// Takes one control event for every partition (a tick).
    ///
    /// # Errors
    /// If it could not be written.
    fn put_everywhere(&mut self, event: &[u8]) -> Result<(), TargetError>;

    /// Makes sure that everything taken so far has arrived.
    ///
    /// # Errors
    /// If it has not.
    fn finish(&mut self) -> Result<(), TargetError>;
}
