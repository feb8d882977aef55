//! What a customer's gates know.

mod roster;

use bincode::{BorrowDecode, Encode};

use self::roster::StoredRoster;
use super::format::Fault;
use crate::domain::gates::Gates;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredGates<'a> {
    roster: Option<StoredRoster<'a>>,
}

impl<'a> StoredGates<'a> {
    pub fn of(gates: &'a Gates) -> Self {
        Self { roster: gates.roster.as_deref().map(StoredRoster::of) }
    }

    pub fn into_domain(self) -> Result<Gates, Fault> {
        let roster = self.roster.map(StoredRoster::into_domain).transpose()?;
        Ok(Gates { roster: roster.map(Box::new) })
    }
}
