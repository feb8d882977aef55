//! What was issued of a charge, on which terms.

use bincode::{BorrowDecode, Encode};

use super::format::Fault;
use super::plain::{StoredPriceKey, date};
use super::vat::{StoredDecimal, StoredVat};
use crate::domain::charge::{ChargeKey, IssuedCharge, Terms};
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredCharge<'a> {
    service: Option<&'a str>,
    price: StoredPriceKey<'a>,
    part: u16,
    unit_price: StoredDecimal,
    unit: &'a str,
    description: &'a str,
    vat: StoredVat<'a>,
    from: i32,
    to: i32,
    quantity: i128,
}

impl<'a> StoredCharge<'a> {
    pub fn of(charge: &'a IssuedCharge) -> Self {
        let IssuedCharge { key, terms, quantity } = charge;
        Self {
            service: key.service.as_ref().map(ServiceId::as_str),
            price: StoredPriceKey::of(&key.price),
            part: key.part,
            unit_price: StoredDecimal::of(terms.unit_price),
            unit: &terms.unit,
            description: &terms.description,
            vat: StoredVat::of(&terms.vat),
            from: terms.period.from.to_epoch_days(),
            to: terms.period.to.to_epoch_days(),
            quantity: quantity.nanos(),
        }
    }

    pub fn into_domain(self) -> Result<IssuedCharge, Fault> {
        Ok(IssuedCharge {
            key: ChargeKey { service: self.service.map(ServiceId::new), price: self.price.into_domain()?, consent: None, part: self.part },
            terms: Terms {
                unit_price: self.unit_price.into_domain()?,
                unit: self.unit.to_owned(),
                description: self.description.to_owned(),
                vat: self.vat.into_domain()?,
                period: Period { from: date(self.from)?, to: date(self.to)? },
            },
            quantity: Quantity::from_nanos(self.quantity),
        })
    }
}
