//! The engine by itself: what it decides and charges, and that memory, commits and restarts do not
//! change it.

mod naive;

#[path = "engine/given.rs"]
mod given;
#[path = "engine/harness.rs"]
mod harness;
#[path = "engine/lanes.rs"]
mod lanes;
#[path = "engine/show.rs"]
mod show;
#[path = "engine/store.rs"]
mod store;

#[path = "engine/archive.rs"]
mod archive;
#[path = "engine/dedupe.rs"]
mod dedupe;
#[path = "engine/examples.rs"]
mod examples;
#[path = "engine/history.rs"]
mod history;
#[path = "engine/merger.rs"]
mod merger;
#[path = "engine/metered.rs"]
mod metered;
#[path = "engine/model.rs"]
mod model;
#[path = "engine/moves.rs"]
mod moves;
#[path = "engine/numbering.rs"]
mod numbering;
#[path = "engine/packages.rs"]
mod packages;
#[path = "engine/rerate.rs"]
mod rerate;
#[path = "engine/truth.rs"]
mod truth;
#[path = "engine/vectors.rs"]
mod vectors;
#[path = "engine/verdicts.rs"]
mod verdicts;
#[path = "engine/waiting.rs"]
mod waiting;
