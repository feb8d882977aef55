//! The key ring: versions of the keys, each in force from an instant on, and what was shredded.

use thiserror::Error;

use super::scope::Scope;
use super::secret::Secret;
use super::tree::Tree;
use crate::domain::instant::Instant;

/// Keys of one version. Those that were shredded are gone from its trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVersion {
    /// 1, 2, …
    pub number: u32,
    /// Inputs with a log time from here on are sealed with it, until the next version.
    pub from: Instant,
    pub(super) originals: Tree,
    pub(super) pseudonyms: Tree,
}

/// What a version begins with: random bytes from the outside.
#[derive(Debug, Clone)]
pub struct Seeds {
    pub originals: Secret,
    pub pseudonyms: Secret,
}

/// Who did it and why; two people, where something is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub at: Instant,
    pub actor: String,
    pub approver: String,
    pub reason: String,
}

/// What was shredded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shredded {
    Customer(String),
    Person {
        customer: String,
        pseudonym: String,
    },
    /// Originals of inputs that could not be read.
    Unread,
    /// A version: all its keys, or those of pseudonyms alone.
    Version {
        number: u32,
        only_pseudonyms: bool,
    },
}

/// What stays of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    pub what: Shredded,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RingFault {
    #[error("version {last} is in force from {from} on, so the next one must begin later")]
    NotLater { last: u32, from: Instant },
    #[error("there is no version {0} in the key ring; `tally privacy keys list` shows those that there are")]
    NoVersion(u32),
}

/// All keys. A default ring has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRing {
    pub(super) versions: Vec<KeyVersion>,
    pub(super) tombstones: Vec<Tombstone>,
}

impl KeyRing {
    /// Oldest first.
    #[must_use]
    pub fn versions(&self) -> &[KeyVersion] {
        &self.versions
    }

    /// In the order in which they were shredded.
    #[must_use]
    pub fn tombstones(&self) -> &[Tombstone] {
        &self.tombstones
    }

    /// Adds a version, and returns its number. Older ones stay: what is sealed can be opened.
    ///
    /// # Errors
    /// It would not begin after the last one.
    pub fn rotate(&mut self, seeds: &Seeds, from: Instant) -> Result<u32, RingFault> {
        if let Some(last) = self.versions.last().filter(|last| from <= last.from) {
            return Err(RingFault::NotLater { last: last.number, from: last.from });
        }
        let number = self.versions.last().map_or(1, |last| last.number.saturating_add(1));
        let tree = |root: &Secret| Tree::new(root.clone());
        self.versions.push(KeyVersion { number, from, originals: tree(&seeds.originals), pseudonyms: tree(&seeds.pseudonyms) });
        Ok(number)
    }

    /// The version in force at an instant; none: before the first.
    #[must_use]
    pub fn version_at(&self, at: Instant) -> Option<&KeyVersion> {
        self.versions.iter().rev().find(|version| version.from <= at)
    }

    #[must_use]
    pub fn version(&self, number: u32) -> Option<&KeyVersion> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// Destroys keys in every version there is, and leaves a tombstone. False: they were gone before.
    /// Keys of a version that is added later are others.
    ///
    /// # Errors
    /// The version is unknown.
    pub fn shred(&mut self, what: Shredded, act: Act) -> Result<bool, RingFault> {
        let changed = match &what {
            Shredded::Customer(customer) => self.puncture(Scope::Customer(customer), true),
            Shredded::Person { customer, pseudonym } => self.puncture(Scope::Person { customer, pseudonym }, false),
            Shredded::Unread => self.puncture(Scope::Unread, false),
            Shredded::Version { number, only_pseudonyms } => {
                let version = self.versions.iter_mut().find(|version| version.number == *number).ok_or(RingFault::NoVersion(*number))?;
                version.clear(*only_pseudonyms)
            }
        };
        if changed {
            self.tombstones.push(Tombstone { what, act });
        }
        Ok(changed)
    }

    fn puncture(&mut self, scope: Scope<'_>, pseudonyms_too: bool) -> bool {
        let mut changed = false;
        for version in &mut self.versions {
            changed |= version.originals.puncture(scope.path());
            changed |= pseudonyms_too && version.pseudonyms.puncture(scope.path());
        }
        changed
    }
}

impl KeyVersion {
    /// Are all keys of originals gone?
    #[must_use]
    pub fn is_shredded(&self) -> bool {
        self.originals.nodes().next().is_none()
    }

    /// Are all keys of pseudonyms gone?
    #[must_use]
    pub fn names_nobody(&self) -> bool {
        self.pseudonyms.nodes().next().is_none()
    }

    fn clear(&mut self, only_pseudonyms: bool) -> bool {
        let changed = !self.names_nobody() || (!only_pseudonyms && !self.is_shredded());
        self.pseudonyms.clear();
        if !only_pseudonyms {
            self.originals.clear();
        }
        changed
    }
}
