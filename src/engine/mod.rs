//! The verbs. Pure and deterministic: the same inputs in the same order give the same effects,
//! whatever the commit boundaries, batch sizes or number of restarts.
//!
//! In the order of an event's path: route, dedupe, gate, aggregate, rate, close.

pub mod input;
