//! Entries of the directory.

use bincode::{BorrowDecode, Encode};

use super::brake::StoredBrake;
use super::code::Coded;
use super::format::Fault;
use super::freeze::StoredFreeze;
use super::test_id::StoredTestId;
use super::trial::StoredTrial;
use crate::domain::directory::{
    Certificate, CertificateVersion, DirectoryEntry, DirectoryKey, Party, PartyVersion, Revocation, Role, System, SystemVersion, Trial,
};
use crate::domain::gates::onboarding::descriptions::{Description, DescriptionVersion};
use crate::domain::instant::Instant;
use crate::domain::names::{PartyId, SystemId};

/// The order of the variants is part of the format.
#[derive(Encode, BorrowDecode)]
pub(super) enum StoredEntry<'a> {
    Party(Vec<StoredParty<'a>>),
    System(Vec<StoredSystem<'a>>),
    /// From, version.
    Description(Vec<(i64, &'a str)>),
    TestId(StoredTestId<'a>),
    Brake(StoredBrake<'a>),
    Freeze(StoredFreeze<'a>),
    Certificate(Vec<StoredCertificate<'a>>, Vec<StoredRevocation<'a>>),
    Trial(Vec<StoredTrial<'a>>),
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredCertificate<'a> {
    from: i64,
    to: i64,
    system: &'a str,
    kind: &'a str,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredRevocation<'a> {
    at: i64,
    actor: &'a str,
    reason: &'a str,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredParty<'a> {
    from: i64,
    name: &'a str,
    roles: Vec<u8>,
    org_number: Option<&'a str>,
    emails: Vec<&'a str>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredSystem<'a> {
    from: i64,
    to: Option<i64>,
    name: &'a str,
    supplier: &'a str,
    sources: Vec<&'a str>,
}

impl<'a> StoredEntry<'a> {
    pub fn of(entry: &'a DirectoryEntry) -> Self {
        match entry {
            DirectoryEntry::Party(party) => Self::Party(party.versions().map(StoredParty::of).collect()),
            DirectoryEntry::System(system) => Self::System(system.versions().map(StoredSystem::of).collect()),
            DirectoryEntry::Description(description) => {
                Self::Description(description.versions().iter().map(|one| (one.from.nanos(), one.version.as_str())).collect())
            }
            DirectoryEntry::TestId(ledger) => Self::TestId(StoredTestId::of(ledger)),
            DirectoryEntry::Brake(brake) => Self::Brake(StoredBrake::of(brake)),
            DirectoryEntry::Freeze(freeze) => Self::Freeze(StoredFreeze::of(freeze)),
            DirectoryEntry::Trial(trial) => Self::Trial(trial.versions().map(StoredTrial::of).collect()),
            DirectoryEntry::Certificate(one) => Self::Certificate(
                one.versions().map(StoredCertificate::of).collect(),
                one.revocations().map(StoredRevocation::of).collect(),
            ),
        }
    }

    /// The entry, if it is of the kind that its key names.
    pub fn into_domain(self, key: &DirectoryKey) -> Result<DirectoryEntry, Fault> {
        match (self, key) {
            (Self::Party(versions), DirectoryKey::Party(_)) => {
                let mut party = Party::default();
                for version in versions {
                    party.put(version.into_domain()?);
                }
                Ok(DirectoryEntry::Party(party))
            }
            (Self::System(versions), DirectoryKey::System(_)) => {
                let mut system = System::default();
                for version in versions {
                    system.put(version.into_domain());
                }
                Ok(DirectoryEntry::System(system))
            }
            (Self::Description(versions), DirectoryKey::Description(_)) => {
                let mut description = Description::default();
                for (from, version) in versions {
                    description.put(DescriptionVersion { from: Instant::from_nanos(from), version: version.to_owned() });
                }
                Ok(DirectoryEntry::Description(description))
            }
            (Self::TestId(ledger), DirectoryKey::TestId(_)) => Ok(DirectoryEntry::TestId(ledger.into_domain())),
            (Self::Brake(brake), DirectoryKey::Brake(_)) => brake.into_domain().map(DirectoryEntry::Brake),
            (Self::Freeze(freeze), DirectoryKey::Freeze(_)) => freeze.into_domain().map(DirectoryEntry::Freeze),
            (Self::Certificate(versions, revocations), DirectoryKey::Certificate(_)) => {
                let mut certificate = Certificate::default();
                for version in versions {
                    certificate.put(version.into_domain());
                }
                for revocation in revocations {
                    certificate.revoke(revocation.into_domain());
                }
                Ok(DirectoryEntry::Certificate(certificate))
            }
            (Self::Trial(versions), DirectoryKey::Trial(_)) => {
                let mut trial = Trial::default();
                for version in versions {
                    trial.put(version.into_domain());
                }
                Ok(DirectoryEntry::Trial(trial))
            }
            _ => Err(Fault("it is an entry of another kind than its key says".to_owned())),
        }
    }
}

impl<'a> StoredCertificate<'a> {
    fn of(version: &'a CertificateVersion) -> Self {
        let CertificateVersion { from, to, system, kind } = version;
        Self { from: from.nanos(), to: to.nanos(), system: system.as_str(), kind }
    }

    fn into_domain(self) -> CertificateVersion {
        let (from, to) = (Instant::from_nanos(self.from), Instant::from_nanos(self.to));
        CertificateVersion { from, to, system: SystemId::new(self.system), kind: self.kind.to_owned() }
    }
}

impl<'a> StoredRevocation<'a> {
    fn of(revocation: &'a Revocation) -> Self {
        Self { at: revocation.at.nanos(), actor: &revocation.actor, reason: &revocation.reason }
    }

    fn into_domain(self) -> Revocation {
        Revocation { at: Instant::from_nanos(self.at), actor: self.actor.to_owned(), reason: self.reason.to_owned() }
    }
}

impl<'a> StoredParty<'a> {
    fn of(version: &'a PartyVersion) -> Self {
        Self {
            from: version.from.nanos(),
            name: &version.name,
            roles: version.roles.iter().map(|role| role.code()).collect(),
            org_number: version.org_number.as_deref(),
            emails: version.emails.iter().map(String::as_str).collect(),
        }
    }

    fn into_domain(self) -> Result<PartyVersion, Fault> {
        Ok(PartyVersion {
            from: Instant::from_nanos(self.from),
            name: self.name.to_owned(),
            roles: self.roles.into_iter().map(Role::of_code).collect::<Result<_, _>>()?,
            org_number: self.org_number.map(str::to_owned),
            emails: self.emails.into_iter().map(str::to_owned).collect(),
        })
    }
}

impl<'a> StoredSystem<'a> {
    fn of(version: &'a SystemVersion) -> Self {
        Self {
            from: version.from.nanos(),
            to: version.to.map(Instant::nanos),
            name: &version.name,
            supplier: version.supplier.as_str(),
            sources: version.sources.iter().map(String::as_str).collect(),
        }
    }

    fn into_domain(self) -> SystemVersion {
        SystemVersion {
            from: Instant::from_nanos(self.from),
            to: self.to.map(Instant::from_nanos),
            name: self.name.to_owned(),
            supplier: PartyId::new(self.supplier),
            sources: self.sources.into_iter().map(str::to_owned).collect(),
        }
    }
}
