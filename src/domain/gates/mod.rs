//! What a customer must have before its use is charged, gate by gate.

pub mod onboarding;
