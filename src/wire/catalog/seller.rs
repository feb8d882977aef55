//! `[seller.NAME]`

use crate::domain::catalog::{Endpoint, Seller};
use crate::wire::document::{Table, Value};

pub fn read(table: &Table<'_>) -> Option<Seller> {
    table.only(&["name", "country", "org_number", "vat_number", "endpoint"]);
    let name = table.need("name", "name = \"Unikum AB\"").and_then(|value| value.words());
    let country = table.need("country", "country = \"SE\"").and_then(|value| value.parse(country, "a country's code", "SE"));
    let org_number = table.need("org_number", "org_number = \"5560000000\"").and_then(|value| org_number(&value, country.as_deref()));
    let vat_number = table.find("vat_number").and_then(|value| value.words());
    let endpoint = table.find("endpoint").and_then(|value| endpoint(&value));
    Some(Seller { name: name?.to_owned(), country: country?, org_number: org_number?, vat_number: vat_number.map(str::to_owned), endpoint })
}

/// ISO 3166-1 alpha-2.
fn country(text: &str) -> Option<String> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())).then(|| text.to_owned())
}

/// The check digit is not looked at: examples and tests use numbers that nobody has.
fn org_number(value: &Value<'_>, country: Option<&str>) -> Option<String> {
    let text = value.words()?;
    if country == Some("SE") && !(text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit())) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let example = if digits.len() == 10 { digits.as_str() } else { "5560000000" };
        value.fault(&format!("is {text:?}: Swedish ones have ten digits"), value.assign(example));
        return None;
    }
    Some(text.to_owned())
}

fn endpoint(value: &Value<'_>) -> Option<Endpoint> {
    let table = value.table()?;
    table.only(&["scheme", "id"]);
    let scheme = table.need("scheme", "scheme = \"0007\"").and_then(|value| value.parse(scheme, "a code of the EAS list", "0007"));
    let id = table.need("id", "id = \"5560000000\"").and_then(|value| value.words());
    Some(Endpoint { scheme: scheme?, id: id?.to_owned() })
}

/// Electronic Address Scheme: four digits, or two letters such as `EM`.
fn scheme(text: &str) -> Option<String> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let letters = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    (digits || letters).then(|| text.to_owned())
}
