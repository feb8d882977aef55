//! Whose key: of a customer, of a person of a customer, or of what no one could read.

use sha2::{Digest as _, Sha256};

use super::tree::Path;

/// What one key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    Customer(&'a str),
    /// The person is named by a pseudonym, as events name it.
    Person {
        customer: &'a str,
        pseudonym: &'a str,
    },
    /// Inputs of which no customer is known, because they could not be read.
    Unread,
}

impl Scope<'_> {
    /// Hashed, so that paths are spread over the tree, and two names never share one.
    pub(super) fn path(self) -> Path {
        let (kind, parts) = match self {
            Self::Customer(customer) => (b'c', [customer, ""]),
            Self::Person { customer, pseudonym } => (b'p', [customer, pseudonym]),
            Self::Unread => (b'u', ["", ""]),
        };
        let mut hash = Sha256::new();
        hash.update(b"tally/key-scope/1");
        hash.update([kind]);
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let (high, _) = digest.split_at(16);
        Path(high.iter().fold(0, |path, byte| path << 8 | u128::from(*byte)))
    }
}
