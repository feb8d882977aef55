//! What tests share that run against a real broker.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub mod broker;
pub mod topic;
pub mod worker;
