//! The formats: what bytes mean. Pure; imports `domain` alone.

pub mod decode;
pub mod personal;

pub mod catalog;
pub mod document;

pub mod stored;

pub mod encode;
