//! What a customer's gates know.

mod waiting;

use bincode::{BorrowDecode, Encode};

use self::waiting::StoredWaiting;
use crate::domain::gates::Gates;
use crate::wire::stored::value::format::Fault;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGates {
    suspense: StoredWaiting,
}

impl StoredGates {
    pub fn of(gates: &Gates) -> Self {
        Self { suspense: StoredWaiting::of(&gates.suspense) }
    }

    pub fn into_domain(self) -> Result<Gates, Fault> {
        Ok(Gates { suspense: self.suspense.into_domain()? })
    }
}
