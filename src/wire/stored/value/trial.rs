//! Trial connections.

use bincode::{BorrowDecode, Encode};

use crate::domain::directory::{CertificateKey, TrialVersion};
use crate::domain::instant::Instant;
use crate::domain::names::PartyId;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredTrial<'a> {
    from: i64,
    to: Option<i64>,
    supplier: &'a str,
    sources: Vec<&'a str>,
    /// Issuer, serial number.
    certificates: Vec<(&'a str, &'a str)>,
    actor: &'a str,
    reason: &'a str,
}

impl<'a> StoredTrial<'a> {
    pub fn of(version: &'a TrialVersion) -> Self {
        Self {
            from: version.from.nanos(),
            to: version.to.map(Instant::nanos),
            supplier: version.supplier.as_str(),
            sources: version.sources.iter().map(String::as_str).collect(),
            certificates: version.certificates.iter().map(|one| (one.issuer.as_str(), one.serial.as_str())).collect(),
            actor: &version.actor,
            reason: &version.reason,
        }
    }

    pub fn into_domain(self) -> TrialVersion {
        let certificate = |(issuer, serial): (&str, &str)| CertificateKey { issuer: issuer.to_owned(), serial: serial.to_owned() };
        TrialVersion {
            from: Instant::from_nanos(self.from),
            to: self.to.map(Instant::from_nanos),
            supplier: PartyId::new(self.supplier),
            sources: self.sources.into_iter().map(str::to_owned).collect(),
            certificates: self.certificates.into_iter().map(certificate).collect(),
            actor: self.actor.to_owned(),
            reason: self.reason.to_owned(),
        }
    }
}
