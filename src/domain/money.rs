//! Amounts: whole minor units of a currency, and the one rounding rule.

use std::fmt;

use num_bigint::BigInt;
use rust_decimal::Decimal;

use super::currency::Currency;
use super::quantity::{NANOS_PER_UNIT, Quantity};

/// An amount in minor units (öre, øre, cent) of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    minor: i128,
    currency: Currency,
}

impl Money {
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    #[must_use]
    pub fn of_minor(minor: i128, currency: Currency) -> Self {
        Self { minor, currency }
    }

    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    #[must_use]
    pub fn minor(self) -> i128 {
        self.minor
    }

    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }

    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_sub(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }

    /// `quantity × unit price ÷ base quantity`, rounded half away from zero to the minor unit:
    /// the one rounding of a line. Exact before the rounding, whatever the digits. None if the
    /// amount has more than 38 digits or the base quantity is zero.
    #[must_use]
    pub fn line_net(quantity: Quantity, unit_price: Decimal, base_quantity: Quantity, currency: Currency) -> Option<Self> {
        let minor_per_unit = BigInt::from(10_u32).pow(currency.minor_digits());
        let numerator = BigInt::from(quantity.nanos()) * unit_price.mantissa() * minor_per_unit;
        let denominator = BigInt::from(base_quantity.nanos()) * BigInt::from(10_u32).pow(unit_price.scale());
        let minor = divide_half_away_from_zero(&numerator, &denominator)?;
        Some(Self { minor, currency })
    }

    /// A price as an amount, rounded to the minor unit.
    #[must_use]
    pub fn of_price(price: Decimal, currency: Currency) -> Option<Self> {
        Self::line_net(Quantity::ONE, price, Quantity::from_nanos(NANOS_PER_UNIT), currency)
    }

    /// The tax of a taxable amount at `rate` percent, rounded once (EN 16931 BR-CO-17).
    #[must_use]
    pub fn tax(self, rate: Decimal) -> Option<Self> {
        let numerator = BigInt::from(self.minor) * rate.mantissa();
        let denominator = BigInt::from(100_u32) * BigInt::from(10_u32).pow(rate.scale());
        let minor = divide_half_away_from_zero(&numerator, &denominator)?;
        Some(Self { minor, ..self })
    }

    /// The amount as a decimal price, e.g. for the difference to a minimum.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(self.minor, self.currency.minor_digits()).ok()
    }
}

fn divide_half_away_from_zero(numerator: &BigInt, denominator: &BigInt) -> Option<i128> {
    let zero = BigInt::from(0);
    if *denominator == zero {
        return None;
    }
    let negative = (*numerator < zero) != (*denominator < zero);
    let (n, d) = (BigInt::from(numerator.magnitude().clone()), BigInt::from(denominator.magnitude().clone()));
    let rounded: BigInt = (n * 2_u32 + &d) / (d * 2_u32);
    let signed = if negative { -rounded } else { rounded };
    i128::try_from(signed).ok()
}

/// With all minor digits: `350.00`, `-0.05`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits();
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        let per_unit = 10_u128.pow(digits);
        if digits == 0 {
            return write!(f, "{sign}{minor}");
        }
        write!(f, "{sign}{}.{:0width$}", minor / per_unit, minor % per_unit, width = digits as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn net(quantity: &str, price: &str, base: &str, currency: &str) -> String {
        let (negative, digits) = quantity.strip_prefix('-').map_or((false, quantity), |digits| (true, digits));
        let parsed = Quantity::parse(digits).expect("a quantity");
        let quantity = if negative { parsed.negated() } else { parsed };
        let price = Decimal::from_str(price).expect("a price");
        let base = Quantity::parse(base).expect("a base quantity");
        let currency = Currency::parse(currency).expect("a currency");
        Money::line_net(quantity, price, base, currency).expect("fits").to_string()
    }

    #[test]
    fn a_line_is_rounded_once_half_away_from_zero() {
        let check =
            |given: (&str, &str, &str, &str), expect: &str| assert_eq!(net(given.0, given.1, given.2, given.3), expect, "{given:?}");
        check(("103", "0.345", "1", "DKK"), "35.54");
        check(("7", "0.405", "1", "DKK"), "2.84");
        check(("-7", "0.405", "1", "DKK"), "-2.84");
        check(("1000", "350.00", "1000", "SEK"), "350.00");
        check(("1", "0.005", "1", "SEK"), "0.01");
        check(("1", "0.0049", "1", "SEK"), "0.00");
        check(("3", "0.5", "1", "JPY"), "2");
        check(("999999999999999999.999999999", "0.35", "1", "SEK"), "350000000000000000.00");
    }

    #[test]
    fn tax_is_rounded_on_the_sum() {
        let check = |net: &str, rate: &str, expect: &str| {
            let currency = Currency::parse("EUR").expect("known");
            let taxable = Money::of_price(Decimal::from_str(net).expect("an amount"), currency).expect("fits");
            assert_eq!(taxable.tax(Decimal::from_str(rate).expect("a rate")).expect("fits").to_string(), expect);
        };
        check("0.10", "25", "0.03");
        check("38.50", "25", "9.63");
        check("100.00", "25.5", "25.50");
        check("-1.40", "25", "-0.35");
        check("100.00", "0", "0.00");
    }
}
