//! Service descriptions (REQUIREMENTS K3): which version is in force when, for all customers.

use std::collections::BTreeMap;

use super::facts::Description;
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::spans::Spans;

/// By service: versions by `from`, no instant twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Descriptions {
    of_service: BTreeMap<ServiceId, Vec<(Instant, String)>>,
}

impl Descriptions {
    /// Takes a version in; true if it changed anything. The same service and `from` replaces.
    pub fn put(&mut self, description: &Description) -> bool {
        let versions = self.of_service.entry(description.service.clone()).or_default();
        let new = (description.from, description.version.clone());
        match versions.binary_search_by_key(&description.from, |(from, _)| *from) {
            Ok(place) => versions.get_mut(place).is_some_and(|known| std::mem::replace(known, new.clone()) != new),
            Err(place) => {
                versions.insert(place, new);
                true
            }
        }
    }

    #[must_use]
    pub fn versions(&self, service: &str) -> &[(Instant, String)] {
        self.of_service.get(service).map_or(&[], Vec::as_slice)
    }

    pub fn services(&self) -> impl Iterator<Item = &ServiceId> {
        self.of_service.keys()
    }

    /// The version in force at an instant.
    #[must_use]
    pub fn in_force(&self, service: &str, at: Instant) -> Option<&str> {
        self.versions(service).iter().rev().find(|(from, _)| *from <= at).map(|(_, version)| version.as_str())
    }

    /// When a version is in force that is accepted.
    #[must_use]
    pub fn spans(&self, service: &str, accepted: impl Fn(&str) -> bool) -> Spans {
        let versions = self.versions(service);
        let ends = versions.iter().skip(1).map(|(from, _)| *from).chain([Instant::MAX]);
        let taken = versions.iter().zip(ends).filter(|((_, version), _)| accepted(version));
        taken.fold(Spans::default(), |all, ((from, _), to)| all.or(*from, to))
    }
}
