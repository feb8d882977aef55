//! A made-up but plausible year of usage: Nordic municipalities, skewed in size, with the rhythm of
//! days, weeks and school terms, and with the mishaps of real producers.
//!
//! Deterministic: the same settings give the same bytes. Lines come in log-time order (recorded clock).

mod municipality;
mod population;
mod registration;

mod season;
mod service;

mod control;
mod mishap;
mod stamp;
mod usage;

mod stream;

pub mod journal;
pub mod target;

/// A catalog that covers every generated service.
pub const CATALOG: &str = include_str!("../../config/catalog.toml");

pub use journal::JournalTarget;
pub use stream::{Settings, SettingsError, generate};
pub use target::{EventTarget, TargetError};
