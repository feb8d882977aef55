//! Taking services into use: a part of a customer's account.

use bincode::{BorrowDecode, Encode};

use crate::domain::gates::onboarding::Onboarding;
use crate::domain::gates::onboarding::commissioning::Commissioning;
use crate::domain::gates::onboarding::facts::{Agreed, Approval, DocumentFault, DocumentFlaw, Relation, Roles, Run, Verification};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::wire::stored::value::code::Coded;
use crate::wire::stored::value::format::Fault;

#[derive(Encode, BorrowDecode)]
pub(in crate::wire::stored::value) struct StoredOnboarding<'a> {
    /// From, to.
    relations: Vec<(i64, Option<i64>)>,
    /// Service, version.
    approvals: Vec<(&'a str, &'a str)>,
    commissionings: Vec<StoredCommissioning<'a>>,
}

#[derive(Encode, BorrowDecode)]
struct StoredCommissioning<'a> {
    id: &'a str,
    agreed: Option<StoredAgreed<'a>>,
    /// Agreed, tester, archivist, support.
    roles: Vec<(i64, &'a str, &'a str, &'a str)>,
    /// At, passed.
    runs: Vec<(i64, bool)>,
    verifications: Vec<StoredVerification<'a>>,
    reported: Option<i64>,
    reminded: bool,
    alarmed: bool,
}

#[derive(Encode, BorrowDecode)]
struct StoredAgreed<'a> {
    service: &'a str,
    supplier: &'a str,
    system: Option<&'a str>,
    from: i64,
    to: i64,
}

#[derive(Encode, BorrowDecode)]
struct StoredVerification<'a> {
    at: i64,
    archivist: &'a str,
    archive: &'a str,
    expected: u64,
    archived: u64,
    registered: u64,
    /// Document, flaw.
    faults: Vec<(&'a str, u8)>,
}

impl<'a> StoredOnboarding<'a> {
    pub fn of(onboarding: &'a Onboarding) -> Self {
        let relation = |one: &Relation| (one.from.nanos(), one.to.map(Instant::nanos));
        Self {
            relations: onboarding.relations.iter().map(relation).collect(),
            approvals: onboarding.approvals.iter().map(|one| (one.service.as_str(), one.version.as_str())).collect(),
            commissionings: onboarding.commissionings.iter().map(StoredCommissioning::of).collect(),
        }
    }

    pub fn into_domain(self) -> Result<Onboarding, Fault> {
        let relation = |(from, to): (i64, Option<i64>)| Relation { from: Instant::from_nanos(from), to: to.map(Instant::from_nanos) };
        let approval = |(service, version): (&str, &str)| Approval { service: ServiceId::new(service), version: version.to_owned() };
        Ok(Onboarding {
            relations: self.relations.into_iter().map(relation).collect(),
            approvals: self.approvals.into_iter().map(approval).collect(),
            commissionings: self.commissionings.into_iter().map(StoredCommissioning::into_domain).collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> StoredCommissioning<'a> {
    fn of(one: &'a Commissioning) -> Self {
        let role = |roles: &'a Roles| (roles.agreed.nanos(), roles.tester.as_str(), roles.archivist.as_str(), roles.support.as_str());
        Self {
            id: &one.id,
            agreed: one.agreed.as_ref().map(StoredAgreed::of),
            roles: one.roles.iter().map(role).collect(),
            runs: one.runs.iter().map(|run| (run.at.nanos(), run.passed)).collect(),
            verifications: one.verifications.iter().map(StoredVerification::of).collect(),
            reported: one.reported.map(Instant::nanos),
            reminded: one.reminded,
            alarmed: one.alarmed,
        }
    }

    fn into_domain(self) -> Result<Commissioning, Fault> {
        let role = |(agreed, tester, archivist, support): (i64, &str, &str, &str)| Roles {
            agreed: Instant::from_nanos(agreed),
            tester: tester.to_owned(),
            archivist: archivist.to_owned(),
            support: support.to_owned(),
        };
        Ok(Commissioning {
            id: self.id.to_owned(),
            agreed: self.agreed.map(StoredAgreed::into_domain),
            roles: self.roles.into_iter().map(role).collect(),
            runs: self.runs.into_iter().map(|(at, passed)| Run { at: Instant::from_nanos(at), passed }).collect(),
            verifications: self.verifications.into_iter().map(StoredVerification::into_domain).collect::<Result<_, _>>()?,
            reported: self.reported.map(Instant::from_nanos),
            reminded: self.reminded,
            alarmed: self.alarmed,
        })
    }
}

impl<'a> StoredAgreed<'a> {
    fn of(agreed: &'a Agreed) -> Self {
        Self {
            service: agreed.service.as_str(),
            supplier: &agreed.supplier,
            system: agreed.system.as_deref(),
            from: agreed.from.nanos(),
            to: agreed.to.nanos(),
        }
    }

    fn into_domain(self) -> Agreed {
        Agreed {
            service: ServiceId::new(self.service),
            supplier: self.supplier.to_owned(),
            system: self.system.map(str::to_owned),
            from: Instant::from_nanos(self.from),
            to: Instant::from_nanos(self.to),
        }
    }
}

impl<'a> StoredVerification<'a> {
    fn of(one: &'a Verification) -> Self {
        let Verification { at, archivist, archive, expected, archived, registered, faults } = one;
        Self {
            at: at.nanos(),
            archivist,
            archive,
            expected: *expected,
            archived: *archived,
            registered: *registered,
            faults: faults.iter().map(|fault| (fault.document.as_str(), fault.what.code())).collect(),
        }
    }

    fn into_domain(self) -> Result<Verification, Fault> {
        let fault = |(document, what): (&str, u8)| Ok(DocumentFault { document: document.to_owned(), what: DocumentFlaw::of_code(what)? });
        Ok(Verification {
            at: Instant::from_nanos(self.at),
            archivist: self.archivist.to_owned(),
            archive: self.archive.to_owned(),
            expected: self.expected,
            archived: self.archived,
            registered: self.registered,
            faults: self.faults.into_iter().map(fault).collect::<Result<_, Fault>>()?,
        })
    }
}
