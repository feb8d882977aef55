//! The engine by itself: what it decides and charges, and that memory, commits and restarts do not
//! change it.

mod naive;
mod schema;

#[path = "engine/fixed.rs"]
mod fixed;
#[path = "engine/given.rs"]
mod given;
#[path = "engine/given_roster.rs"]
mod given_roster;
#[path = "engine/harness.rs"]
mod harness;
#[path = "engine/lanes.rs"]
mod lanes;
#[path = "engine/show.rs"]
mod show;
#[path = "engine/store.rs"]
mod store;
#[path = "engine/taken.rs"]
mod taken;

#[path = "engine/agreed.rs"]
mod agreed;
#[path = "engine/agreements.rs"]
mod agreements;
#[path = "engine/archive.rs"]
mod archive;
#[path = "engine/brakes.rs"]
mod brakes;
#[path = "engine/capacity.rs"]
mod capacity;
#[path = "engine/catalogs.rs"]
mod catalogs;
#[path = "engine/complete.rs"]
mod complete;
#[path = "engine/conservation.rs"]
mod conservation;
#[path = "engine/dedupe.rs"]
mod dedupe;
#[path = "engine/distinct.rs"]
mod distinct;
#[path = "engine/examples.rs"]
mod examples;
#[path = "engine/freezes.rs"]
mod freezes;
#[path = "engine/groups.rs"]
mod groups;
#[path = "engine/history.rs"]
mod history;
#[path = "engine/merger.rs"]
mod merger;
#[path = "engine/metered.rs"]
mod metered;
#[path = "engine/minimum.rs"]
mod minimum;
#[path = "engine/model.rs"]
mod model;
#[path = "engine/moves.rs"]
mod moves;
#[path = "engine/numbering.rs"]
mod numbering;
#[path = "engine/onboarding.rs"]
mod onboarding;
#[path = "engine/onboarding_history.rs"]
mod onboarding_history;
#[path = "engine/outside_vat.rs"]
mod outside_vat;
#[path = "engine/packages.rs"]
mod packages;
#[path = "engine/per_head.rs"]
mod per_head;
#[path = "engine/rerate.rs"]
mod rerate;
#[path = "engine/rerate_standing.rs"]
mod rerate_standing;
#[path = "engine/retraction.rs"]
mod retraction;
#[path = "engine/roster_mergers.rs"]
mod roster_mergers;
#[path = "engine/roster_orders.rs"]
mod roster_orders;
#[path = "engine/rosters.rs"]
mod rosters;
#[path = "engine/sequences.rs"]
mod sequences;
#[path = "engine/sizing.rs"]
mod sizing;
#[path = "engine/sms.rs"]
mod sms;
#[path = "engine/sourced.rs"]
mod sourced;
#[path = "engine/stages.rs"]
mod stages;
#[path = "engine/steady.rs"]
mod steady;
#[path = "engine/stored.rs"]
mod stored;
#[path = "engine/subscription.rs"]
mod subscription;
#[path = "engine/suspense.rs"]
mod suspense;
#[path = "engine/systems.rs"]
mod systems;
#[path = "engine/trials.rs"]
mod trials;
#[path = "engine/truth.rs"]
mod truth;
#[path = "engine/vectors.rs"]
mod vectors;
#[path = "engine/verdicts.rs"]
mod verdicts;
#[path = "engine/waiting.rs"]
mod waiting;
#[path = "engine/watched.rs"]
mod watched;
#[path = "engine/whenever.rs"]
mod whenever;
