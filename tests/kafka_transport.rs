//! The Kafka ports against a real broker.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod kafka;

#[path = "kafka/publishing.rs"]
mod publishing;
#[path = "kafka/reading.rs"]
mod reading;
#[path = "kafka/topics.rs"]
mod topics;
