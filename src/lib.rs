//! `tally`: usage events in, billing records out, exactly once.
//!
//! Read the modules in this order; `ARCHITECTURE.md` walks an event through them.

#![deny(unsafe_code)]

pub mod domain;
pub mod engine;
pub mod wire;

pub mod pipeline;

pub mod journal;
pub mod kafka;
pub mod store;

pub mod keyring;

pub mod app;
pub mod config;
pub mod telemetry;

pub mod cli;
pub mod http;

pub mod generate;
