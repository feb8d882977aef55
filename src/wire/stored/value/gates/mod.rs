//! What a customer's gates know.

mod agreement;
mod waiting;

use bincode::{BorrowDecode, Encode};

use self::agreement::StoredAgreements;
use self::waiting::StoredWaiting;
use super::format::Fault;
use crate::domain::gates::Gates;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGates<'a> {
    agreements: StoredAgreements<'a>,
    suspense: StoredWaiting,
}

impl<'a> StoredGates<'a> {
    pub fn of(gates: &'a Gates) -> Self {
        Self { agreements: StoredAgreements::of(&gates.agreements), suspense: StoredWaiting::of(&gates.suspense) }
    }

    pub fn into_domain(self) -> Result<Gates, Fault> {
        Ok(Gates { agreements: self.agreements.into_domain()?, suspense: self.suspense.into_domain()? })
    }
}
