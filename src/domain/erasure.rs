//! Erasure (REQUIREMENTS E5): keys that were made or shredded, as the log tells it. The keys themselves are
//! elsewhere; nothing that is billed changes.

use super::instant::Instant;

/// Keys were shredded, and with them what they seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    pub what: Erased,
    /// Who did it, and who else agreed: ids, no personal data, and not the same.
    pub actor: String,
    pub approver: String,
    pub reason: String,
}

/// Whose keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erased {
    /// The customer that the event is about.
    Customer,
    /// A person of that customer, by pseudonym.
    Person(String),
    /// Inputs that could not be read.
    Unread,
    /// All keys of a version, or only those of its pseudonyms.
    Version { number: u32, only_pseudonyms: bool },
}

impl Erasure {
    #[must_use]
    pub fn is_of_customer(&self) -> bool {
        matches!(self.what, Erased::Customer | Erased::Person(_))
    }
}

/// A version of the keys was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysMade {
    pub version: u32,
    /// Inputs with a log time from here on are sealed with it.
    pub from: Instant,
    pub actor: String,
    pub reason: String,
}
