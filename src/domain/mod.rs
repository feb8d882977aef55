//! The nouns. Pure: no input or output, no clock, no async, no logging.
//!
//! In reading order: plain values, calendar, catalog, what comes in, what is kept, what goes out.

pub mod currency;
pub mod instant;
pub mod money;
pub mod names;
pub mod quantity;

pub mod duration;
pub mod period;
pub mod sizing;
pub mod span;
pub mod spans;
pub mod timetable;
pub mod working_days;
pub mod zone;

pub mod email;
pub mod identifier;
pub mod party;

pub mod catalog;
pub mod models;
pub mod service;
pub mod watch;

pub mod control;
pub mod directory;
pub mod erasure;
pub mod gates;
pub mod message;
pub mod personal;
pub mod rerate;
pub mod roster;
pub mod succession;
pub mod usage;
pub mod verdict;

pub mod account;
pub mod archive;
pub mod cell;
pub mod charge;
pub mod levels;
pub mod lineage;
pub mod parked;
pub mod person;
pub mod pool;
pub mod sequence;
pub mod state;
pub mod trailing;
pub mod window;

pub mod notice;
pub mod record;
pub mod suspense;
pub mod write_off;
