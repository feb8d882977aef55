//! A thing of the directory through time: its versions, each from an instant on.

use std::collections::BTreeMap;

use crate::domain::instant::Instant;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions<V>(BTreeMap<Instant, V>);

impl<V> Default for Versions<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<V: PartialEq> Versions<V> {
    /// Takes a version in; true if it changed anything. The same `from` replaces.
    pub fn put(&mut self, from: Instant, version: V) -> bool {
        let known = self.0.get(&from) == Some(&version);
        self.0.insert(from, version);
        !known
    }

    pub fn iter(&self) -> impl Iterator<Item = &V> {
        self.0.values()
    }

    /// The last one that has begun at an instant.
    #[must_use]
    pub fn begun(&self, at: Instant) -> Option<&V> {
        self.0.range(..=at).next_back().map(|(_, version)| version)
    }
}
