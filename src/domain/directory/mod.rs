//! What every partition knows, because any of its customers may need it: parties, it-systems, certificates, trials. Its facts
//! stand in the log of each partition, so that each stays deterministic by itself (REQUIREMENTS P1, P3).

mod brake;
mod certificate;
mod freeze;
mod onboarding;
mod party;
mod system;
mod trial;
mod versions;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::gates::brake::{Brake, BrakeOrder, Ordered, Refused};
use super::gates::onboarding::descriptions::{Description, DescriptionVersion};
use super::gates::onboarding::test_ids::TestId;
use super::instant::Instant;
use super::names::{FreezeId, PartyId, ServiceId, SystemId};
use super::span::Span;

pub use brake::{BrakeScope, BrakesOn};
pub use certificate::{Certificate, CertificateKey, CertificateVersion, Invalid, Revocation};
pub use freeze::{Freeze, FreezeOrder, Freezes, PostponedCatalog, Stage, Turn};
pub use party::{Party, PartyVersion, Role};
pub use system::{System, SystemVersion};
pub use trial::{Trial, TrialVersion};

/// The name of an entry; each is a piece of state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DirectoryKey {
    Party(PartyId),
    System(SystemId),
    Certificate(CertificateKey),
    /// Of an it-system that is tried.
    Trial(SystemId),
    /// Of the description of a service.
    Description(ServiceId),
    /// By keyed hash.
    TestId(String),
    Brake(BrakeScope),
    Freeze(FreezeId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryEntry {
    Party(Party),
    System(System),
    Certificate(Certificate),
    Trial(Trial),
    Description(Description),
    TestId(TestId),
    Brake(Brake),
    Freeze(Freeze),
}

/// What the log tells of an entry. Any order of the same facts gives the same directory, but for two facts
/// of one entry with the same `from`: of those the last one told stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryFact {
    /// `tally.party.v1`
    Party(PartyId, PartyVersion),
    /// `tally.it_system.v1`
    System(SystemId, SystemVersion),
    /// `tally.certificate.v1`
    Certificate(CertificateKey, CertificateVersion),
    /// `tally.certificate_revocation.v1`
    Revocation(CertificateKey, Revocation),
    /// `tally.trial.v1`
    Trial(SystemId, TrialVersion),
    /// `tally.service_description.v1`
    Description(ServiceId, DescriptionVersion),
}

/// All entries, in memory from the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    entries: BTreeMap<DirectoryKey, DirectoryEntry>,
    /// The systems that a source has ever been named as a source of.
    by_source: FxHashMap<String, Vec<SystemId>>,
    trials: trial::TrialsBy,
    braked: BrakesOn,
    freezes: Freezes,
    /// Those of its entries that are test ids: most persons are none.
    test_ids: FxHashSet<String>,
    /// Counts up with every change: what was found in it before may be wrong now.
    changes: u64,
}

impl Directory {
    #[must_use]
    pub fn get(&self, key: &DirectoryKey) -> Option<&DirectoryEntry> {
        self.entries.get(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&DirectoryKey, &DirectoryEntry)> {
        self.entries.iter()
    }

    #[must_use]
    pub fn party(&self, id: &PartyId) -> Option<&Party> {
        match self.entries.get(&DirectoryKey::Party(id.clone())) {
            Some(DirectoryEntry::Party(party)) => Some(party),
            _ => None,
        }
    }

    #[must_use]
    pub fn system(&self, id: &SystemId) -> Option<&System> {
        match self.entries.get(&DirectoryKey::System(id.clone())) {
            Some(DirectoryEntry::System(system)) => Some(system),
            _ => None,
        }
    }

    #[must_use]
    pub fn certificate(&self, issuer: &str, serial: &str) -> Option<&Certificate> {
        let key = CertificateKey { issuer: issuer.to_owned(), serial: serial.to_owned() };
        match self.entries.get(&DirectoryKey::Certificate(key)) {
            Some(DirectoryEntry::Certificate(certificate)) => Some(certificate),
            _ => None,
        }
    }

    /// The systems that are registered at an instant and name this source as theirs. More than one is a fault
    /// of those who registered them: whose use it is cannot be told.
    pub fn systems_of<'a>(&'a self, source: &str, at: Instant) -> impl Iterator<Item = (&'a SystemId, &'a SystemVersion)> {
        let named = self.by_source.get(source).into_iter().flatten();
        named.filter_map(move |id| {
            let version = self.system(id)?.version_at(at)?;
            version.sources.iter().any(|one| one == source).then_some((id, version))
        })
    }

    /// How often it has changed since it was made.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Keeps the part of a span around an instant in which no registration of a source begins or ends.
    pub fn cut_at_registrations(&self, source: &str, at: Instant, span: &mut Span) {
        let systems = self.by_source.get(source).into_iter().flatten().filter_map(|id| self.system(id));
        systems.for_each(|system| system.cut(at, span));
    }

    /// Takes an entry as it was stored.
    pub fn restore(&mut self, key: DirectoryKey, entry: DirectoryEntry) {
        match (&key, &entry) {
            (DirectoryKey::System(id), DirectoryEntry::System(system)) => {
                let sources: Vec<String> = system.versions().flat_map(|version| version.sources.iter().cloned()).collect();
                self.index(id, sources);
            }
            (DirectoryKey::Trial(id), DirectoryEntry::Trial(trial)) => {
                trial.versions().for_each(|version| self.trials.follow(id, version));
            }
            (DirectoryKey::Brake(scope), DirectoryEntry::Brake(brake)) => self.braked.follow(scope, brake),
            (DirectoryKey::Freeze(id), DirectoryEntry::Freeze(freeze)) => self.freezes.follow(id, freeze),
            _ => {}
        }
        if let DirectoryKey::TestId(id) = &key {
            self.test_ids.insert(id.clone());
        }
        self.changes += 1;
        self.entries.insert(key, entry);
    }

    /// Takes a fact in. The entry that it changed; none: it was known.
    pub fn put(&mut self, fact: &DirectoryFact) -> Option<DirectoryKey> {
        let (key, changed) = match fact {
            DirectoryFact::Party(id, version) => {
                let key = DirectoryKey::Party(id.clone());
                let entry = self.entries.entry(key.clone()).or_insert_with(|| DirectoryEntry::Party(Party::default()));
                (key, if let DirectoryEntry::Party(party) = entry { party.put(version.clone()) } else { false })
            }
            DirectoryFact::System(id, version) => {
                self.index(id, version.sources.clone());
                let key = DirectoryKey::System(id.clone());
                let entry = self.entries.entry(key.clone()).or_insert_with(|| DirectoryEntry::System(System::default()));
                (key, if let DirectoryEntry::System(system) = entry { system.put(version.clone()) } else { false })
            }
            DirectoryFact::Description(id, version) => {
                let key = DirectoryKey::Description(id.clone());
                let entry = self.entries.entry(key.clone()).or_insert_with(|| DirectoryEntry::Description(Description::default()));
                (key, if let DirectoryEntry::Description(description) = entry { description.put(version.clone()) } else { false })
            }
            DirectoryFact::Trial(id, version) => (DirectoryKey::Trial(id.clone()), self.put_trial(id, version)),
            DirectoryFact::Certificate(id, version) => {
                let key = DirectoryKey::Certificate(id.clone());
                (key.clone(), self.certificate_mut(key).is_some_and(|certificate| certificate.put(version.clone())))
            }
            DirectoryFact::Revocation(id, revocation) => {
                let key = DirectoryKey::Certificate(id.clone());
                (key.clone(), self.certificate_mut(key).is_some_and(|certificate| certificate.revoke(revocation.clone())))
            }
        };
        self.changes += u64::from(changed);
        changed.then_some(key)
    }

    fn certificate_mut(&mut self, key: DirectoryKey) -> Option<&mut Certificate> {
        match self.entries.entry(key).or_insert_with(|| DirectoryEntry::Certificate(Certificate::default())) {
            DirectoryEntry::Certificate(certificate) => Some(certificate),
            _ => None,
        }
    }

    /// The brakes that are on.
    #[must_use]
    pub fn braked(&self) -> &BrakesOn {
        &self.braked
    }

    #[must_use]
    pub fn brake(&self, scope: &BrakeScope) -> Option<&Brake> {
        match self.entries.get(&DirectoryKey::Brake(scope.clone())) {
            Some(DirectoryEntry::Brake(brake)) => Some(brake),
            _ => None,
        }
    }

    /// Takes an order in, told at a log time.
    ///
    /// # Errors
    /// See [`Brake::put`].
    pub fn order_brake(&mut self, scope: &BrakeScope, order: &BrakeOrder, watermark: Instant) -> Result<Ordered, Refused> {
        let entry = self.entries.entry(DirectoryKey::Brake(scope.clone())).or_insert_with(|| DirectoryEntry::Brake(Brake::default()));
        let DirectoryEntry::Brake(brake) = entry else { return Ok(Ordered::Known) };
        let ordered = brake.put(order, watermark)?;
        self.braked.follow(scope, brake);
        Ok(ordered)
    }

    #[must_use]
    pub fn freezes(&self) -> &Freezes {
        &self.freezes
    }

    #[must_use]
    pub fn freeze(&self, id: &FreezeId) -> Option<&Freeze> {
        match self.entries.get(&DirectoryKey::Freeze(id.clone())) {
            Some(DirectoryEntry::Freeze(freeze)) => Some(freeze),
            _ => None,
        }
    }

    /// Takes an order in, told at a log time; true if it changed anything.
    pub fn order_freeze(&mut self, id: &FreezeId, order: &FreezeOrder, watermark: Instant) -> bool {
        let known = self.freeze(id).is_some();
        if known {
            self.change_freeze(id, |freeze| freeze.put(order, watermark))
        } else {
            self.put_freeze(id, Freeze::new(order, watermark))
        }
    }

    /// Changes a window; true if `change` says that it did.
    pub fn change_freeze(&mut self, id: &FreezeId, change: impl FnOnce(&mut Freeze) -> bool) -> bool {
        let Some(DirectoryEntry::Freeze(freeze)) = self.entries.get_mut(&DirectoryKey::Freeze(id.clone())) else { return false };
        let changed = change(freeze);
        self.freezes.follow(id, freeze);
        changed
    }

    fn put_freeze(&mut self, id: &FreezeId, freeze: Freeze) -> bool {
        self.freezes.follow(id, &freeze);
        self.entries.insert(DirectoryKey::Freeze(id.clone()), DirectoryEntry::Freeze(freeze));
        true
    }

    fn index(&mut self, id: &SystemId, sources: Vec<String>) {
        for source in sources {
            name(self.by_source.entry(source).or_default(), id);
        }
    }
}

/// One more system that is known by something, ascending, none twice.
fn name(named: &mut Vec<SystemId>, id: &SystemId) {
    if let Err(place) = named.binary_search(id) {
        named.insert(place, id.clone());
    }
}
