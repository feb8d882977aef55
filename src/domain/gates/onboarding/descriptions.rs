//! Descriptions of services (REQUIREMENTS K3): which version is in force when, for all customers.

use crate::domain::instant::Instant;
use crate::domain::spans::Spans;

/// The description of a service through time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// By `from`, no instant twice.
    versions: Vec<DescriptionVersion>,
}

/// In force from an instant on, until the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptionVersion {
    pub from: Instant,
    pub version: String,
}

impl Description {
    /// Takes a version in; true if it changed anything. The same `from` replaces.
    pub fn put(&mut self, version: DescriptionVersion) -> bool {
        match self.versions.binary_search_by_key(&version.from, |known| known.from) {
            Ok(place) => self.versions.get_mut(place).is_some_and(|known| std::mem::replace(known, version.clone()) != version),
            Err(place) => {
                self.versions.insert(place, version);
                true
            }
        }
    }

    #[must_use]
    pub fn versions(&self) -> &[DescriptionVersion] {
        &self.versions
    }

    /// The version in force at an instant.
    #[must_use]
    pub fn in_force(&self, at: Instant) -> Option<&str> {
        self.versions.iter().rev().find(|one| one.from <= at).map(|one| one.version.as_str())
    }

    /// When a version is in force that is accepted.
    #[must_use]
    pub fn spans(&self, accepted: impl Fn(&str) -> bool) -> Spans {
        let ends = self.versions.iter().skip(1).map(|one| one.from).chain([Instant::MAX]);
        let taken = self.versions.iter().zip(ends).filter(|(one, _)| accepted(&one.version));
        taken.fold(Spans::default(), |all, (one, to)| all.or(one.from, to))
    }
}
