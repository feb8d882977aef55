//! The ledger of a test id: an entry of the directory.

use bincode::{BorrowDecode, Encode};

use crate::domain::gates::onboarding::facts::{Issue, Return};
use crate::domain::gates::onboarding::test_ids::{Grant, TestId};
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, ServiceId};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredTestId<'a> {
    /// Supplier, from, to.
    grants: Vec<(&'a str, i64, Option<i64>)>,
    issues: Vec<StoredIssue<'a>>,
    /// Customer, service, at.
    returns: Vec<(&'a str, &'a str, i64)>,
}

#[derive(Encode, BorrowDecode)]
struct StoredIssue<'a> {
    customer: &'a str,
    service: &'a str,
    from: i64,
    to: Option<i64>,
    supplier: &'a str,
}

impl<'a> StoredTestId<'a> {
    pub fn of(ledger: &'a TestId) -> Self {
        let grant = |one: &'a Grant| (one.supplier.as_str(), one.from.nanos(), one.to.map(Instant::nanos));
        Self {
            grants: ledger.grants.iter().map(grant).collect(),
            issues: ledger.issues.iter().map(StoredIssue::of).collect(),
            returns: ledger.returns.iter().map(|one| (one.customer.as_str(), one.service.as_str(), one.at.nanos())).collect(),
        }
    }

    pub fn into_domain(self) -> TestId {
        let grant = |(supplier, from, to): (&str, i64, Option<i64>)| Grant {
            supplier: supplier.to_owned(),
            from: Instant::from_nanos(from),
            to: to.map(Instant::from_nanos),
        };
        let returned = |(customer, service, at): (&str, &str, i64)| Return {
            customer: CustomerId::new(customer),
            service: ServiceId::new(service),
            at: Instant::from_nanos(at),
        };
        TestId {
            grants: self.grants.into_iter().map(grant).collect(),
            issues: self.issues.into_iter().map(StoredIssue::into_domain).collect(),
            returns: self.returns.into_iter().map(returned).collect(),
        }
    }
}

impl<'a> StoredIssue<'a> {
    fn of(issue: &'a Issue) -> Self {
        let Issue { customer, service, from, to, supplier } = issue;
        Self { customer: customer.as_str(), service: service.as_str(), from: from.nanos(), to: to.map(Instant::nanos), supplier }
    }

    fn into_domain(self) -> Issue {
        Issue {
            customer: CustomerId::new(self.customer),
            service: ServiceId::new(self.service),
            from: Instant::from_nanos(self.from),
            to: self.to.map(Instant::from_nanos),
            supplier: self.supplier.to_owned(),
        }
    }
}
