//! What control events say of taking a service into use. Who told it, and why, is for those who read the log.

use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, ServiceId};

/// A fact about one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnboardingFact {
    /// `tally.relation.v1`: the customer relation is valid (K2).
    Relation(Relation),
    /// `tally.description_approval.v1`: the customer approves a version of a service's description (K3).
    Approval(Approval),
    /// `tally.commissioning_plan.v1` (K5 to K7).
    Plan(PlanFact),
    /// `tally.commissioning_run.v1`: the test case was carried out.
    Run { plan: String, run: Run },
    /// `tally.commissioning_verification.v1`: the archivist has compared the documents (K12, K13).
    Verification { plan: String, verification: Verification },
    /// `tally.commissioning_report.v1`: the test was reported (K15).
    Report { plan: String, at: Instant },
}

/// `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relation {
    pub from: Instant,
    pub to: Option<Instant>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Approval {
    pub service: ServiceId,
    pub version: String,
}

/// A commissioning test as it was agreed upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFact {
    pub plan: String,
    pub agreed: Agreed,
    pub roles: Roles,
}

/// What of an agreement never changes: another window is another plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    pub service: ServiceId,
    pub supplier: String,
    /// The it-system that is tested: `source` of its events. None: any.
    pub system: Option<String>,
    /// The test is carried out in `[from, to)`.
    pub from: Instant,
    pub to: Instant,
}

/// Who does what, as agreed at an instant (K6): ids, no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    pub agreed: Instant,
    pub tester: String,
    pub archivist: String,
    pub support: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub at: Instant,
    pub passed: bool,
}

/// What the archivist found, without the digests: they are in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    pub at: Instant,
    pub archivist: String,
    pub archive: String,
    /// Documents that the test case makes.
    pub expected: u64,
    /// Those found in the archive, and in the customer's own register.
    pub archived: u64,
    pub registered: u64,
    /// Documents that are missing in one place, or differ: the first of them.
    pub faults: Vec<DocumentFault>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFault {
    pub document: String,
    pub what: DocumentFlaw,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFlaw {
    NotArchived,
    NotRegistered,
    /// Both have it, and with different content (K13).
    Differs,
}

/// A fact about test ids (K9 to K11). An id is a keyed hash wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestIdFact {
    /// `tally.test_id_grant.v1`: ids are granted to a supplier.
    Grant { supplier: String, ids: Vec<String>, from: Instant, to: Option<Instant> },
    /// `tally.test_id_issue.v1`: the supplier hands an id to a customer.
    Issue { id: String, issue: Issue },
    /// `tally.test_id_return.v1`: the customer uses it no longer.
    Return { id: String, returned: Return },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issue {
    pub customer: CustomerId,
    /// For testing which service.
    pub service: ServiceId,
    pub from: Instant,
    pub to: Option<Instant>,
    pub supplier: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Return {
    pub customer: CustomerId,
    pub service: ServiceId,
    pub at: Instant,
}
