//! Who takes part: municipalities, suppliers. One party may have several roles (REQUIREMENTS P6).

use super::versions::Versions;
use crate::domain::instant::Instant;

/// A party through time: a supplier may be renamed or acquired (P1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    versions: Versions<PartyVersion>,
}

/// What is known of a party from an instant on, until its next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyVersion {
    pub from: Instant,
    pub name: String,
    /// Ascending, none twice, at least one.
    pub roles: Vec<Role>,
    pub org_number: Option<String>,
    /// Where its notices go.
    pub emails: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Municipality,
    Supplier,
}

impl Role {
    pub const ALL: [Self; 2] = [Self::Municipality, Self::Supplier];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Municipality => "municipality",
            Self::Supplier => "supplier",
        }
    }
}

impl Party {
    /// Takes a version in; true if it changed anything. The same `from` replaces.
    pub fn put(&mut self, version: PartyVersion) -> bool {
        self.versions.put(version.from, version)
    }

    pub fn versions(&self) -> impl Iterator<Item = &PartyVersion> {
        self.versions.iter()
    }

    #[must_use]
    pub fn version_at(&self, at: Instant) -> Option<&PartyVersion> {
        self.versions.begun(at)
    }
}
