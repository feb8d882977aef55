//! What all customers share that take services into use: descriptions of services, and the ledger of test ids.

use super::{Directory, DirectoryEntry, DirectoryKey};
use crate::domain::gates::onboarding::descriptions::Description;
use crate::domain::gates::onboarding::facts::TestIdFact;
use crate::domain::gates::onboarding::test_ids::{Grant, Overlap, TestId};
use crate::domain::names::ServiceId;

impl Directory {
    #[must_use]
    pub fn description(&self, service: &ServiceId) -> Option<&Description> {
        match self.entries.get(&DirectoryKey::Description(service.clone())) {
            Some(DirectoryEntry::Description(description)) => Some(description),
            _ => None,
        }
    }

    /// The ledger of a test id; none: it is not one.
    #[must_use]
    pub fn test_id(&self, id: &str) -> Option<&TestId> {
        let known = self.test_ids.get(id)?;
        match self.entries.get(&DirectoryKey::TestId(known.clone())) {
            Some(DirectoryEntry::TestId(ledger)) => Some(ledger),
            _ => None,
        }
    }

    /// Takes a fact in. The entries that it changed.
    ///
    /// # Errors
    /// The id is given to another customer at the same time: nothing changes.
    pub fn put_test_id(&mut self, fact: &TestIdFact) -> Result<Vec<DirectoryKey>, Overlap> {
        let changed: Vec<String> = match fact {
            TestIdFact::Grant { supplier, ids, from, to } => {
                let grant = || Grant { supplier: supplier.clone(), from: *from, to: *to };
                ids.iter().filter(|id| self.change(id, |ledger| ledger.put_grant(grant()))).cloned().collect()
            }
            TestIdFact::Issue { id, issue } => {
                if let Some(overlap) = self.test_id(id).and_then(|ledger| ledger.overlap(issue)) {
                    return Err(overlap);
                }
                Some(id).filter(|id| self.change(id, |ledger| ledger.put_issue(issue))).into_iter().cloned().collect()
            }
            TestIdFact::Return { id, returned } => {
                Some(id).filter(|id| self.change(id, |ledger| ledger.put_return(returned))).into_iter().cloned().collect()
            }
        };
        self.changes += u64::from(!changed.is_empty());
        Ok(changed.into_iter().map(DirectoryKey::TestId).collect())
    }

    fn change(&mut self, id: &str, put: impl FnOnce(&mut TestId) -> bool) -> bool {
        self.test_ids.insert(id.to_owned());
        let entry = self.entries.entry(DirectoryKey::TestId(id.to_owned()));
        match entry.or_insert_with(|| DirectoryEntry::TestId(TestId::default())) {
            DirectoryEntry::TestId(ledger) => put(ledger),
            _ => false,
        }
    }
}
