//! What a customer's gates know: facts of its own that decide whether its use may be charged.

pub mod brake;
pub mod rate;

use self::brake::Brakes;

/// The gates of one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    /// Brakes on this customer.
    pub brakes: Brakes,
}
