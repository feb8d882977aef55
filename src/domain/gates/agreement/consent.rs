//! By which consent a use is billed.

use crate::domain::names::{AgreementId, SystemId};

/// The agreement and the system of a use: they stand on its line (P12, BT-12).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Consent {
    pub agreement: AgreementId,
    pub system: SystemId,
}
