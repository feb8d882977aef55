//! What a customer's gates know.

use bincode::{BorrowDecode, Encode};

use super::brake::StoredBrakes;
use super::format::Fault;
use crate::domain::gates::Gates;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGates<'a> {
    brakes: StoredBrakes<'a>,
}

impl<'a> StoredGates<'a> {
    pub fn of(gates: &'a Gates) -> Self {
        Self { brakes: StoredBrakes::of(&gates.brakes) }
    }

    pub fn into_domain(self) -> Result<Gates, Fault> {
        Ok(Gates { brakes: self.brakes.into_domain()? })
    }
}
