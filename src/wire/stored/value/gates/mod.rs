//! What a customer's gates know.

mod onboarding;

use bincode::{BorrowDecode, Encode};

use self::onboarding::StoredOnboarding;
use super::format::Fault;
use crate::domain::gates::Gates;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGates<'a> {
    onboarding: StoredOnboarding<'a>,
}

impl<'a> StoredGates<'a> {
    pub fn of(gates: &'a Gates) -> Self {
        Self { onboarding: StoredOnboarding::of(&gates.onboarding) }
    }

    pub fn into_domain(self) -> Result<Gates, Fault> {
        Ok(Gates { onboarding: self.onboarding.into_domain()? })
    }
}
