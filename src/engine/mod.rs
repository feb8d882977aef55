//! The verbs. Pure and deterministic: the same inputs in the same order give the same effects,
//! whatever the commit boundaries, batch sizes or number of restarts.
//!
//! In the order of an event's path: in, route, dedupe, gate, aggregate and rate, close, out.

pub mod input;
mod partition;
mod residency;

pub mod route;

pub mod dedupe;

mod gate;
pub mod reported;
mod retract;
mod suspend;

mod models;
mod package;
mod persons;
mod rate;
mod returned;
mod usage;

mod agenda;
mod cell;
mod close;
pub mod complete;
mod issue;
mod settle;
mod standing;

mod control;
mod release;

mod in_force;
mod recheck;

mod customer;
mod customers;
mod shelf;
mod timers;

pub use partition::{Engine, Limits};
