//! Trial connections (prøvetilslutning): systems that are tried, in the external test environment or beside production. They
//! name their own sources and certificates; their use is test use (REQUIREMENTS P4, P17).

use rustc_hash::FxHashMap;

use super::versions::Versions;
use super::{CertificateKey, Directory, DirectoryEntry, DirectoryKey, name};
use crate::domain::instant::Instant;
use crate::domain::names::{PartyId, SystemId};
use crate::domain::usage::UsageEvent;

/// The trial connection of an it-system through time. The system need not be registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    versions: Versions<TrialVersion>,
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
        self.versions.put(version.from, version)
    }

    pub fn versions(&self) -> impl Iterator<Item = &TrialVersion> {
        self.versions.iter()
    }

    /// The version in force; none: it is not connected by trial then.
    #[must_use]
    pub fn version_at(&self, at: Instant) -> Option<&TrialVersion> {
        let version = self.versions.begun(at)?;
        version.to.is_none_or(|to| at < to).then_some(version)
    }
}

/// The systems whose trial connection has ever named a source or a certificate: few, so that most events ask nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TrialsBy {
    source: FxHashMap<String, Vec<SystemId>>,
    /// By serial number: whose it is, the trial says.
    serial: FxHashMap<String, Vec<SystemId>>,
}

impl TrialsBy {
    pub fn follow(&mut self, id: &SystemId, version: &TrialVersion) {
        version.sources.iter().for_each(|source| name(self.source.entry(source.clone()).or_default(), id));
        version.certificates.iter().for_each(|key| name(self.serial.entry(key.serial.clone()).or_default(), id));
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
        let certificate = event.certificate.as_ref().filter(|_| !self.trials.serial.is_empty());
        let by_certificate = certificate.and_then(|named| {
            let is_named = |key: &CertificateKey| key.issuer == named.issuer && key.serial == named.serial;
            let mut ids = self.trials.serial.get(&*named.serial)?.iter();
            ids.find(|id| self.tried_at(id, event.time).is_some_and(|one| one.certificates.iter().any(is_named)))
        });
        by_certificate.or_else(|| {
            let mut ids = self.trials.source.get(&*event.source)?.iter();
            ids.find(|id| self.tried_at(id, event.time).is_some_and(|one| one.sources.iter().any(|source| *source == event.source)))
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory::DirectoryFact;

    #[test]
    fn it_is_open_in_its_spans_whatever_the_order_in_which_they_are_told() {
        let version = |from: i64, to: Option<i64>| TrialVersion {
            from: Instant::from_nanos(from),
            to: to.map(Instant::from_nanos),
            supplier: "lev".into(),
            sources: vec!["s".to_owned()],
            certificates: Vec::new(),
            actor: "anna".to_owned(),
            reason: "to try it".to_owned(),
        };
        let versions = [version(10, Some(20)), version(30, None)];
        for order in [[0, 1], [1, 0]] {
            let mut directory = Directory::default();
            for place in order {
                let fact = DirectoryFact::Trial("journal".into(), versions[place].clone());
                assert!(directory.put(&fact).is_some() && directory.put(&fact).is_none(), "told again it is no news");
            }
            let mut restored = Directory::default();
            directory.iter().for_each(|(key, entry)| restored.restore(key.clone(), entry.clone()));
            let is_open = |at: i64| {
                let found = directory.trial(&"journal".into()).and_then(|trial| trial.version_at(Instant::from_nanos(at)));
                assert_eq!(restored.trials, directory.trials);
                found.is_some()
            };
            assert_eq!([9, 10, 19, 20, 29, 30, 99].map(is_open), [false, true, true, false, false, true, true], "{order:?}");
        }
    }
}
