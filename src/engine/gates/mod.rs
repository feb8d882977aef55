//! The gates: may this use be charged? One file each; `gate` asks them in their order.

pub mod onboarding;
pub mod system;
