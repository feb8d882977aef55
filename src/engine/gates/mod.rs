//! The gates: may this use be charged? One file each; `gate` asks them in their order.

pub mod agreement;
pub mod alarm;
pub mod brake;
pub mod environment;
pub mod onboarding;
pub mod rate;
pub mod system;
pub mod told;
