//! What a customer's gates know: facts of its own that decide whether its use may be charged.

pub mod onboarding;

use self::onboarding::Onboarding;

/// The gates of one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    pub onboarding: Onboarding,
}
