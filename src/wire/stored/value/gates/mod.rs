//! What a customer's gates know.

mod agreement;

use bincode::{BorrowDecode, Encode};

use self::agreement::StoredAgreements;
use super::format::Fault;
use crate::domain::gates::Gates;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGates<'a> {
    agreements: StoredAgreements<'a>,
}

impl<'a> StoredGates<'a> {
    pub fn of(gates: &'a Gates) -> Self {
        Self { agreements: StoredAgreements::of(&gates.agreements) }
    }

    pub fn into_domain(self) -> Result<Gates, Fault> {
        Ok(Gates { agreements: self.agreements.into_domain()? })
    }
}
