//! The program as its users run it: a process, killed and started again, its outputs compared with
//! what an independent model says and with an undisturbed run.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "kafka/mod.rs"]
mod kafka;
mod naive;
mod schema;

#[path = "end_to_end/catalogs.rs"]
mod catalogs;
#[path = "end_to_end/danish.rs"]
mod danish;
#[path = "end_to_end/dnp.rs"]
mod dnp;
#[path = "end_to_end/journal.rs"]
mod journal;
#[path = "end_to_end/kanta.rs"]
mod kanta;
#[path = "end_to_end/kills.rs"]
mod kills;
#[path = "end_to_end/on_kafka.rs"]
mod on_kafka;
#[path = "end_to_end/program.rs"]
mod program;
