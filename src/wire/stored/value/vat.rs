//! Decimals, and the tax of a line.

use bincode::{BorrowDecode, Encode};
use rust_decimal::Decimal;

use super::format::Fault;
use crate::domain::catalog::{Exemption, Vat};

/// All digits as an integer, and how many of them are behind the point.
#[derive(Encode, BorrowDecode)]
pub(super) struct StoredDecimal(i128, u32);

impl StoredDecimal {
    pub fn of(decimal: Decimal) -> Self {
        Self(decimal.mantissa(), decimal.scale())
    }

    pub fn into_domain(self) -> Result<Decimal, Fault> {
        Decimal::try_from_i128_with_scale(self.0, self.1).map_err(|error| Fault(format!("a decimal: {error}")))
    }
}

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredVat<'a> {
    category: &'a str,
    rate: StoredDecimal,
    /// Reason, code.
    exemption: Option<(Option<&'a str>, Option<&'a str>)>,
}

impl<'a> StoredVat<'a> {
    pub fn of(vat: &'a Vat) -> Self {
        let exemption = vat.exemption.as_ref().map(|one| (one.reason.as_deref(), one.code.as_deref()));
        Self { category: &vat.category, rate: StoredDecimal::of(vat.rate), exemption }
    }

    pub fn into_domain(self) -> Result<Vat, Fault> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let exemption = self.exemption.map(|(reason, code)| Exemption { reason: own(reason), code: own(code) });
        Ok(Vat { category: self.category.to_owned(), rate: self.rate.into_domain()?, exemption })
    }
}
