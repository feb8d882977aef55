//! What a customer's gates know: facts of its own that decide whether its use may be charged.

pub mod agreement;
pub mod brake;
pub mod onboarding;
pub mod rate;
mod waiting;

use super::instant::Instant;
use super::roster::Roster;
use agreement::Agreements;
use brake::Brakes;
use onboarding::Onboarding;

pub use waiting::Waiting;

/// The gates of one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    pub agreements: Agreements,
    pub onboarding: Onboarding,
    /// Brakes on this customer.
    pub brakes: Brakes,
    /// Its pupils, where master data tells them.
    pub roster: Option<Box<Roster>>,
    /// What of it waits.
    pub suspense: Waiting,
}

impl Gates {
    /// When something of them falls due by itself next.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        [self.agreements.due(), self.suspense.due].into_iter().flatten().min()
    }
}
