//! What a customer's gates know: facts of its own that decide whether its use may be charged.

pub mod agreement;

use super::instant::Instant;
use agreement::Agreements;

/// The gates of one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    pub agreements: Agreements,
}

impl Gates {
    /// When something of them falls due by itself next.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.agreements.due()
    }
}
