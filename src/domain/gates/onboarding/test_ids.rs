//! The ledger of test ids (REQUIREMENTS K9 to K11): which id was given to which customer for testing which service,
//! and when. Ids are kept by keyed hash, never in clear. An id is shared between services: alone it decides nothing.

use super::facts::{Issue, Return};
use crate::domain::instant::Instant;
use crate::domain::names::{CustomerId, ServiceId};
use crate::domain::spans::Spans;

/// All that was told of one id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestId {
    /// In order, no pair of supplier and `from` twice.
    pub grants: Vec<Grant>,
    /// In order, no triple of customer, service and `from` twice.
    pub issues: Vec<Issue>,
    /// In order, none twice: one may come before the issue that it ends.
    pub returns: Vec<Return>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub supplier: String,
    pub from: Instant,
    pub to: Option<Instant>,
}

/// An id is given to two customers for the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    pub with: Issue,
}

impl TestId {
    /// The end of an issue: as it was told, or when the id was returned.
    #[must_use]
    pub fn end_of(&self, issue: &Issue) -> Option<Instant> {
        let of_issue = |one: &&Return| (&one.customer, &one.service) == (&issue.customer, &issue.service) && one.at >= issue.from;
        let returned = self.returns.iter().filter(of_issue).map(|one| one.at).min();
        issue.to.into_iter().chain(returned).min()
    }

    /// When a customer may test a service with it: issued by a supplier to whom it is granted.
    #[must_use]
    pub fn spans(&self, customer: &CustomerId, service: &ServiceId) -> Spans {
        let issues = self.issues.iter().filter(|issue| (&issue.customer, &issue.service) == (customer, service));
        issues.fold(Spans::default(), |all, issue| {
            let grants = self.grants.iter().filter(|grant| grant.supplier == issue.supplier);
            let granted = grants.fold(Spans::default(), |all, grant| all.or(grant.from, grant.to.unwrap_or(Instant::MAX)));
            all.union(&granted.and(&Spans::of(issue.from, self.end_of(issue))))
        })
    }

    /// Another customer has it at the same time.
    #[must_use]
    pub fn overlap(&self, issue: &Issue) -> Option<Overlap> {
        let span = Spans::of(issue.from, self.end_of(issue));
        let others = self.issues.iter().filter(|other| other.customer != issue.customer);
        let mut clashes = others.filter(|other| !span.and(&Spans::of(other.from, self.end_of(other))).is_empty());
        clashes.next().map(|other| Overlap { with: other.clone() })
    }

    /// True if it changed anything.
    pub fn put_issue(&mut self, issue: &Issue) -> bool {
        let key = |one: &Issue| (one.customer.clone(), one.service.clone(), one.from);
        match self.issues.binary_search_by_key(&key(issue), key) {
            Ok(place) => match self.issues.get_mut(place) {
                Some(known) if known != issue => {
                    known.clone_from(issue);
                    true
                }
                _ => false,
            },
            Err(place) => {
                self.issues.insert(place, issue.clone());
                true
            }
        }
    }

    /// True if it changed anything.
    pub fn put_grant(&mut self, grant: Grant) -> bool {
        let known = self.grants.iter_mut().find(|known| (&known.supplier, known.from) == (&grant.supplier, grant.from));
        match known {
            Some(known) if *known == grant => return false,
            Some(known) => *known = grant,
            None => self.grants.push(grant),
        }
        self.grants.sort_unstable();
        true
    }

    /// True if it changed anything.
    pub fn put_return(&mut self, returned: &Return) -> bool {
        let place = self.returns.binary_search(returned);
        if let Err(place) = place {
            self.returns.insert(place, returned.clone());
        }
        place.is_err()
    }
}
