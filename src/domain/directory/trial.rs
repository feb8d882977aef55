//! Trial connections (prøvetilslutning): systems that are tried, in the external test environment or beside production. They
//! name their own sources and certificates; their use is test use (REQUIREMENTS P4, P17).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{CertificateKey, Directory, DirectoryEntry, DirectoryKey};
use crate::domain::instant::Instant;
use crate::domain::names::{PartyId, SystemId};
use crate::domain::usage::UsageEvent;

/// The trial connection of an it-system through time. The system need not be registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    versions: BTreeMap<Instant, TrialVersion>,
}

/// What is connected by trial from an instant on, until `to` or the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialVersion {
    pub from: Instant,
    /// It ends then; none: it is open.
    pub to: Option<Instant>,
    pub supplier: PartyId,
    /// The `source` of events that report its use. Ascending, none twice.
    pub sources: Vec<String>,
    /// Ascending, none twice. With `sources` at least one.
    pub certificates: Vec<CertificateKey>,
    pub actor: String,
    pub reason: String,
}

impl Trial {
    /// Takes a version in; true if it changed anything. The same `from` replaces.
    pub fn put(&mut self, version: TrialVersion) -> bool {
        let known = self.versions.get(&version.from) == Some(&version);
        self.versions.insert(version.from, version);
        !known
    }

    pub fn versions(&self) -> impl Iterator<Item = &TrialVersion> {
        self.versions.values()
    }

    /// The version in force; none: it is not connected by trial then.
    #[must_use]
    pub fn version_at(&self, at: Instant) -> Option<&TrialVersion> {
        let (_, version) = self.versions.range(..=at).next_back()?;
        version.to.is_none_or(|to| at < to).then_some(version)
    }
}

/// The systems whose trial connection has ever named a source or a certificate: few, so that most events ask nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TrialsBy {
    source: FxHashMap<String, Vec<SystemId>>,
    certificate: FxHashMap<CertificateKey, Vec<SystemId>>,
}

impl TrialsBy {
    pub fn follow(&mut self, id: &SystemId, version: &TrialVersion) {
        version.sources.iter().for_each(|source| name(self.source.entry(source.clone()).or_default(), id));
        version.certificates.iter().for_each(|key| name(self.certificate.entry(key.clone()).or_default(), id));
    }
}

fn name(named: &mut Vec<SystemId>, id: &SystemId) {
    if let Err(place) = named.binary_search(id) {
        named.insert(place, id.clone());
    }
}

impl Directory {
    #[must_use]
    pub fn trial(&self, id: &SystemId) -> Option<&Trial> {
        match self.entries.get(&DirectoryKey::Trial(id.clone())) {
            Some(DirectoryEntry::Trial(trial)) => Some(trial),
            _ => None,
        }
    }

    /// The system whose trial connection names the certificate or the source of an event at event time; the first, if several do.
    #[must_use]
    pub fn trial_of(&self, event: &UsageEvent<'_>) -> Option<&SystemId> {
        if self.trials.source.is_empty() && self.trials.certificate.is_empty() {
            return None;
        }
        let key = event.certificate.as_ref().map(|one| CertificateKey { issuer: one.issuer.to_string(), serial: one.serial.to_string() });
        let by_certificate = key.iter().filter_map(|key| Some((key, self.trials.certificate.get(key)?)));
        let mut by_certificate = by_certificate.flat_map(|(key, ids)| ids.iter().map(move |id| (key, id)));
        let named = by_certificate.find(|(key, id)| self.tried_at(id, event.time).is_some_and(|one| one.certificates.contains(key)));
        let mut by_source = self.trials.source.get(&*event.source).into_iter().flatten();
        let of_source = || by_source.find(|id| self.tried_at(id, event.time).is_some_and(|one| names_source(one, &event.source)));
        named.map(|(_, id)| id).or_else(of_source)
    }

    fn tried_at(&self, id: &SystemId, at: Instant) -> Option<&TrialVersion> {
        self.trial(id)?.version_at(at)
    }

    pub(super) fn put_trial(&mut self, id: &SystemId, version: &TrialVersion) -> bool {
        self.trials.follow(id, version);
        let entry = self.entries.entry(DirectoryKey::Trial(id.clone())).or_insert_with(|| DirectoryEntry::Trial(Trial::default()));
        if let DirectoryEntry::Trial(trial) = entry { trial.put(version.clone()) } else { false }
    }
}

fn names_source(version: &TrialVersion, source: &str) -> bool {
    version.sources.iter().any(|one| one == source)
}
