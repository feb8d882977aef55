//! What a customer's gates know: facts of its own that decide whether its use may be charged.

use super::roster::Roster;

/// The gates of one customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gates {
    /// Its pupils, where master data tells them.
    pub roster: Option<Box<Roster>>,
}
