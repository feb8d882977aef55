//! Certificates: which it-system calls, where that does not follow from its source (REQUIREMENTS P7, P8). A serial number is
//! unique only for its issuer; a renewed certificate has another one, and names the same system.

use std::collections::BTreeSet;

use super::versions::Versions;
use crate::domain::instant::Instant;
use crate::domain::names::SystemId;
use crate::domain::span::Span;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateKey {
    pub issuer: String,
    pub serial: String,
}

/// All that was told of a certificate. A revocation may be told before the certificate itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    versions: Versions<CertificateVersion>,
    revocations: BTreeSet<Revocation>,
}

/// What it says of itself, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateVersion {
    pub from: Instant,
    /// It has expired then.
    pub to: Instant,
    pub system: SystemId,
    /// FOCES, VOCES: which are allowed, the catalog says.
    pub kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revocation {
    pub at: Instant,
    pub actor: String,
    pub reason: String,
}

/// Why a certificate does not count at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    Unknown,
    Expired,
    Revoked,
}

impl Invalid {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "is not known",
            Self::Expired => "has expired",
            Self::Revoked => "is revoked",
        }
    }
}

impl Certificate {
    /// Takes a version in; true if it changed anything. The same `from` replaces.
    pub fn put(&mut self, version: CertificateVersion) -> bool {
        self.versions.put(version.from, version)
    }

    /// Takes a revocation in; true if it changed anything.
    pub fn revoke(&mut self, revocation: Revocation) -> bool {
        self.revocations.insert(revocation)
    }

    pub fn versions(&self) -> impl Iterator<Item = &CertificateVersion> {
        self.versions.iter()
    }

    pub fn revocations(&self) -> impl Iterator<Item = &Revocation> {
        self.revocations.iter()
    }

    /// What is valid at an instant.
    ///
    /// # Errors
    /// Why nothing is.
    pub fn version_at(&self, at: Instant) -> Result<&CertificateVersion, Invalid> {
        let version = self.versions.begun(at).ok_or(Invalid::Unknown)?;
        match () {
            () if self.revocations.first().is_some_and(|first| first.at <= at) => Err(Invalid::Revoked),
            () if version.to <= at => Err(Invalid::Expired),
            () => Ok(version),
        }
    }

    /// Keeps the part of a span around an instant in which its validity does not change.
    pub fn cut(&self, at: Instant, span: &mut Span) {
        for version in self.versions.iter() {
            span.cut(at, version.from);
            span.cut(at, version.to);
        }
        self.revocations.iter().for_each(|one| span.cut(at, one.at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_valid_in_its_span_until_it_is_revoked() {
        let at = Instant::from_nanos;
        let version = CertificateVersion { from: at(10), to: at(30), system: "s".into(), kind: "VOCES".to_owned() };
        let revocation = |nanos| Revocation { at: at(nanos), actor: "a".to_owned(), reason: "lost".to_owned() };
        let check = |revoked: &[i64], expect: [&str; 4]| {
            let mut certificate = Certificate::default();
            revoked.iter().for_each(|nanos| assert!(certificate.revoke(revocation(*nanos))));
            assert!(certificate.put(version.clone()) && !certificate.put(version.clone()));
            let found = [9, 10, 29, 30].map(|nanos| certificate.version_at(at(nanos)).map_or_else(Invalid::as_str, |_| "valid"));
            assert_eq!(found, expect, "{revoked:?}");
        };
        check(&[], ["is not known", "valid", "valid", "has expired"]);
        check(&[40, 20], ["is not known", "valid", "is revoked", "is revoked"]);
        check(&[5], ["is not known", "is revoked", "is revoked", "is revoked"]);
    }
}
