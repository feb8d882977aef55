//! Exact quantities: integers of 10⁻⁹ units. No float comes near them (REQUIREMENTS U2).

use std::fmt;

/// A signed quantity in units of 10⁻⁹.
///
/// One event holds at most 10¹⁸ units (27 digits), so that an `i128` sums 10¹¹ of the largest
/// possible events before it overflows; all arithmetic is checked all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i128);

/// How many 10⁻⁹ units make one.
pub const NANOS_PER_UNIT: i128 = 1_000_000_000;

const MAX_INTEGER_DIGITS: usize = 18;
const MAX_FRACTION_DIGITS: usize = 9;

impl Quantity {
    pub const ZERO: Self = Self(0);
    pub const ONE: Self = Self(NANOS_PER_UNIT);

    #[must_use]
    pub const fn from_nanos(nanos: i128) -> Self {
        Self(nanos)
    }

    #[must_use]
    pub const fn from_units(units: i64) -> Self {
        Self(units as i128 * NANOS_PER_UNIT)
    }

    #[must_use]
    pub const fn nanos(self) -> i128 {
        self.0
    }

    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    #[must_use]
    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    /// Parses JSON's number grammar without sign and exponent, at most 18 integer and 9 fraction
    /// digits: `0`, `17`, `2.50`; not `007`, `+1`, `.5`, `1.`, `1e3`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || leading_zero || whole.len() > MAX_INTEGER_DIGITS || fraction.len() > MAX_FRACTION_DIGITS {
            return None;
        }
        let missing = u32::try_from(MAX_FRACTION_DIGITS - fraction.len()).ok()?;
        let nanos = digits(whole)? * NANOS_PER_UNIT + digits(fraction)? * 10_i128.pow(missing);
        Some(Self(nanos))
    }

    /// Like [`Quantity::parse`], and with a minus before anything but zero: for uses that are given back.
    #[must_use]
    pub fn parse_signed(text: &str) -> Option<Self> {
        match text.strip_prefix('-') {
            Some(size) => Self::parse(size).filter(|size| !size.is_zero()).map(Self::negated),
            None => Self::parse(text),
        }
    }
}

fn digits(text: &str) -> Option<i128> {
    text.bytes().try_fold(0_i128, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i128::from(byte - b'0')))
}

/// Plain decimal without trailing zeros: `1000`, `0.5`, `-3`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let (whole, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{fraction:09}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_follows_the_json_number_grammar() {
        let check = |text: &str, expect: Option<i128>| assert_eq!(Quantity::parse(text).map(Quantity::nanos), expect, "{text:?}");
        check("0", Some(0));
        check("1", Some(1_000_000_000));
        check("2500.000000001", Some(2_500_000_000_001));
        check("999999999999999999.999999999", Some(999_999_999_999_999_999_999_999_999));
        for bad in
            ["", "-1", "+1", "007", ".5", "1.", "1e3", "1E3", "NaN", "1 ", " 1", "1_0", "1000000000000000000", "0.0000000001", "٣", "1.2.3"]
        {
            check(bad, None);
        }
    }

    #[test]
    fn a_sign_is_read_where_it_is_allowed() {
        let check = |text: &str, expect: Option<i128>| assert_eq!(Quantity::parse_signed(text).map(Quantity::nanos), expect, "{text:?}");
        check("-3", Some(-3_000_000_000));
        check("-0.000000001", Some(-1));
        check("2.5", Some(2_500_000_000));
        for bad in ["-", "--1", "-0", "-0.0", "+1", "-007", "- 1", "-1e3", "-.5"] {
            check(bad, None);
        }
    }

    #[test]
    fn display_is_the_shortest_plain_decimal() {
        let check = |nanos: i128, expect: &str| assert_eq!(Quantity::from_nanos(nanos).to_string(), expect);
        check(0, "0");
        check(1_000_000_000_000, "1000");
        check(500_000_000, "0.5");
        check(-3_000_000_001, "-3.000000001");
    }
}
