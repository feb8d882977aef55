//! `[seller.NAME]`

use crate::domain::catalog::Seller;
use crate::domain::duration::CalendarDuration;
use crate::domain::party::{Address, Endpoint, InvoiceFormat, Payment};
use crate::wire::document::{Table, Value};

const KEYS: &[&str] = &["name", "country", "org_number", "vat_number", "endpoint", "address", "payment", "terms", "invoice"];

const FORMATS: &[(&str, InvoiceFormat)] = &[("peppol-bis-3", InvoiceFormat::PeppolBis3)];

pub fn read(table: &Table<'_>) -> Option<Seller> {
    table.only(KEYS);
    let name = table.need("name", "name = \"Unikum AB\"").and_then(|value| value.words());
    let country = table.need("country", "country = \"SE\"").and_then(|value| value.parse(country, "a country's code", "SE"));
    let org_number = table.need("org_number", "org_number = \"5560000000\"").and_then(|value| org_number(&value, country.as_deref()));
    let vat_number = words(table, "vat_number");
    let endpoint = table.find("endpoint").and_then(|value| endpoint(&value));
    let address = table.find("address").and_then(|value| address(&value));
    let payment = table.find("payment").and_then(|value| payment(&value));
    let terms = table.find("terms").and_then(|value| value.parse(terms, "a duration of days, weeks or months", "P30D"));
    let invoice = table.find("invoice").and_then(|value| value.choice(FORMATS));
    Some(Seller {
        name: name?.to_owned(),
        country: country?,
        org_number: org_number?,
        vat_number,
        endpoint,
        address,
        payment,
        terms,
        invoice,
    })
}

fn words(table: &Table<'_>, key: &str) -> Option<String> {
    table.find(key).and_then(|value| value.words()).map(str::to_owned)
}

fn address(value: &Value<'_>) -> Option<Address> {
    let table = value.table()?;
    table.only(&["street", "city", "post_code"]);
    Some(Address { street: words(&table, "street"), city: words(&table, "city"), post_code: words(&table, "post_code") })
}

fn payment(value: &Value<'_>) -> Option<Payment> {
    let table = value.table()?;
    table.only(&["means", "account", "bank"]);
    let means = table.need("means", "means = \"30\"").and_then(|value| value.parse(means, "a code of UNTDID 4461", "30"));
    Some(Payment { means: means?, account: words(&table, "account"), bank: words(&table, "bank") })
}

/// UNTDID 4461 as EN 16931 has it (BR-CL-16): `ZZZ`, or a number of it.
fn means(text: &str) -> Option<String> {
    let number = text.parse::<u8>().ok().filter(|number| number.to_string() == text);
    let listed = number.is_some_and(|number| matches!(number, 1..=70 | 74..=78 | 91..=98));
    (listed || text == "ZZZ").then(|| text.to_owned())
}

fn terms(text: &str) -> Option<CalendarDuration> {
    CalendarDuration::parse(text).filter(|terms| terms.seconds == 0)
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
