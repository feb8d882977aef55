//! What a person has used in a period, by price.

use bincode::{BorrowDecode, Encode};

use super::format::Fault;
use super::plain::StoredPriceKey;
use crate::domain::person::PersonUse;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredPerson<'a>(Vec<(StoredPriceKey<'a>, i128)>);

impl<'a> StoredPerson<'a> {
    pub fn of(person: &'a PersonUse) -> Self {
        Self(person.0.iter().map(|(price, used)| (StoredPriceKey::of(price), used.nanos())).collect())
    }

    pub fn into_domain(self) -> Result<PersonUse, Fault> {
        let used = self.0.into_iter().map(|(price, used)| Ok((price.into_domain()?, Quantity::from_nanos(used))));
        used.collect::<Result<_, _>>().map(PersonUse)
    }
}
