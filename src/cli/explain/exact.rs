//! A product before it is rounded, with all its digits.

use num_bigint::BigInt;
use rust_decimal::Decimal;

/// Of a quotient that never ends, so many digits after the point are shown.
const MOST_DIGITS: usize = 20;

/// `factor × price ÷ divisor` as a plain decimal, with `…` if it goes on. None if the divisor is zero.
#[must_use]
pub fn quotient(factor: Decimal, price: Decimal, divisor: Decimal) -> Option<String> {
    let ten = |digits: u32| BigInt::from(10_u32).pow(digits);
    let numerator = BigInt::from(factor.mantissa()) * price.mantissa() * ten(divisor.scale());
    let denominator = BigInt::from(divisor.mantissa()) * ten(factor.scale() + price.scale());
    let zero = BigInt::from(0_u32);
    if denominator == zero {
        return None;
    }
    let sign = if (numerator < zero) != (denominator < zero) && numerator != zero { "-" } else { "" };
    let (numerator, denominator) = (magnitude(&numerator), magnitude(&denominator));
    let mut rest = &numerator % &denominator;
    let mut text = format!("{sign}{}", &numerator / &denominator);
    let mut digits = String::new();
    while rest != zero && digits.len() < MOST_DIGITS {
        rest *= 10_u32;
        digits.push_str(&(&rest / &denominator).to_string());
        rest %= &denominator;
    }
    if !digits.is_empty() {
        text = format!("{text}.{digits}");
    }
    if rest != zero {
        text.push('…');
    }
    Some(text)
}

fn magnitude(number: &BigInt) -> BigInt {
    BigInt::from(number.magnitude().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_is_lost() {
        let check = |factor: &str, price: &str, divisor: &str, expect: Option<&str>| {
            let decimal = |text: &str| Decimal::from_str_exact(text).expect("a decimal");
            assert_eq!(quotient(decimal(factor), decimal(price), decimal(divisor)).as_deref(), expect);
        };
        check("103", "0.345", "1", Some("35.535"));
        check("-7", "0.405", "1", Some("-2.835"));
        check("1000", "350.00", "1000", Some("350"));
        check("1", "1", "3", Some("0.33333333333333333333…"));
        check("999999999999999999.999999999", "0.35", "1", Some("349999999999999999.99999999965"));
        check("0", "0.35", "1", Some("0"));
        check("1", "1", "0", None);
    }
}
