//! Personal data (REQUIREMENTS E5, U24): keys, pseudonyms, what is sealed and what is shredded, and that
//! no personal number stands in the clear anywhere.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "privacy/commands.rs"]
mod commands;
#[path = "privacy/erasure.rs"]
mod erasure;
#[path = "privacy/journal.rs"]
mod journal;
#[path = "privacy/leaks.rs"]
mod leaks;
#[path = "privacy/ring.rs"]
mod ring;
#[path = "privacy/sealing.rs"]
mod sealing;
