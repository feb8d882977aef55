//! The formats: what bytes mean. Pure; imports `domain` alone.

pub mod document;

pub mod catalog;

pub mod decode;
pub use crate::domain::personal;

pub mod keys;

pub mod stored;

pub mod control_file;
pub mod control_words;
pub mod encode;
pub mod published;
pub mod ubl;
