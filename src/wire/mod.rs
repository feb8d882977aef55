//! The formats: what bytes mean. Pure; imports `domain` alone.

pub mod decode;
pub mod personal;
