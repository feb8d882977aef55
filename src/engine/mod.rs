//! The verbs. Pure and deterministic: the same inputs in the same order give the same effects,
//! whatever the commit boundaries, batch sizes or number of restarts.
//!
//! In the order of an event's path: in, route, dedupe, gate, aggregate and rate, close, out.

/// What a step has done; a step that lacks state is left.
macro_rules! ready {
    ($step:expr) => {
        match $step {
            Step::Done(value) => value,
            Step::Missing(wants) => return Ok(Step::Missing(wants)),
        }
    };
}

mod advance;
pub mod input;
mod partition;
mod residency;

pub mod route;

pub mod dedupe;
mod late_copy;
mod sequences;

mod arrival;
mod gate;
mod gates;
pub mod reported;
mod retract;
mod suspend;
mod test_use;
mod world;

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
mod recount;
mod rerate;
mod settle;
mod standing;

mod braking;
mod control;
mod directory;
mod handover;
mod release;
mod roster;
mod succession;
mod waiting;

mod ageing;

pub mod preview;
pub mod provisional;

mod in_force;
mod recheck;

mod customer;
mod customers;
mod shelf;
mod timers;

pub use gates::onboarding::{GateView, ServiceView, view as onboarding_view};
pub use partition::{Engine, Limits};
