//! Decimals and quantities in strings. Floats are refused before they get here.

use rust_decimal::Decimal;

use crate::domain::quantity::Quantity;
use crate::wire::document::Value;

const MAX_DIGITS: usize = 12;

/// A decimal that is not negative, with at most 12 digits on each side of the point; its scale is
/// kept as written.
pub fn not_negative(value: &Value<'_>, example: &str) -> Option<Decimal> {
    let text = value.text()?;
    let decimal = plain(text).and_then(|()| Decimal::from_str_exact(text).ok());
    if decimal.is_none() {
        refuse(value, text, example);
    }
    decimal
}

/// A quantity above zero.
pub fn positive_quantity(value: &Value<'_>, example: &str) -> Option<Quantity> {
    let quantity = quantity(value, example)?;
    if quantity.is_zero() {
        value.fault("is zero, and must be more", value.assign(example));
        return None;
    }
    Some(quantity)
}

pub fn quantity(value: &Value<'_>, example: &str) -> Option<Quantity> {
    let text = value.text()?;
    let quantity = Quantity::parse(text);
    if quantity.is_none() {
        refuse(value, text, example);
    }
    quantity
}

fn refuse(value: &Value<'_>, text: &str, example: &str) {
    let with_point = text.replace(',', ".");
    if text.strip_prefix('-').is_some_and(|digits| plain(digits).is_some()) {
        value.fault(&format!("is negative: {text:?}"), format!("e.g. {}", value.assign(example)));
    } else if with_point != text && plain(&with_point).is_some() {
        value.fault(&format!("is {text:?}, with a decimal comma"), value.assign(&with_point));
    } else {
        value.fault(
            &format!("is {text:?}, which is not a plain decimal number"),
            format!("at most {MAX_DIGITS} digits before and after the point, e.g. {}", value.assign(example)),
        );
    }
}

/// `0`, `17`, `2.50`; not `007`, `+1`, `.5`, `1.`, `1e3`.
fn plain(text: &str) -> Option<()> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| (1..=MAX_DIGITS).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    (digits(whole) && digits(fraction) && !leading_zero).then_some(())
}
