//! By which consent a use is billed.

use std::sync::Arc;

use crate::domain::names::{AgreementId, SystemId};

/// The agreement and the system of a use: they stand on its line (P12, BT-12). Cheap to clone, and to compare with
/// itself: every event asks whether its sums are those of its consent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Consent(Arc<Parts>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Parts {
    agreement: AgreementId,
    system: SystemId,
}

impl Consent {
    #[must_use]
    pub fn new(agreement: AgreementId, system: SystemId) -> Self {
        Self(Arc::new(Parts { agreement, system }))
    }

    #[must_use]
    pub fn agreement(&self) -> &AgreementId {
        &self.0.agreement
    }

    #[must_use]
    pub fn system(&self) -> &SystemId {
        &self.0.system
    }
}

impl std::fmt::Debug for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consent").field("agreement", self.agreement()).field("system", self.system()).finish()
    }
}
