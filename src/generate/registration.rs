//! What a customer is registered as: made up, with check digits that are right. Numbers that begin with
//! 9 are given to nobody.

use serde_json::{Value, json};

use super::municipality::Country;
use crate::domain::identifier;

/// How many customers have numbers of their own; further ones share them.
const NUMBERS: usize = 100_000;

/// Organisation number, VAT number, electronic and postal address of the customer of a rank.
pub fn registration(country: Country, rank: usize) -> Value {
    let rank = rank % NUMBERS;
    let number = org_number(country, rank);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let (vat_number, scheme, id) = match country {
        Country::Sweden => (format!("SE{digits}01"), "0007", digits),
        // Danish public bodies are addressed by a GLN.
        Country::Denmark => {
            (format!("DK{digits}"), "0088", ending(&format!("579999{rank:06}"), |id| identifier::address("0088", id).is_ok()))
        }
        Country::Finland => (format!("FI{digits}"), "0216", format!("0037{digits}")),
    };
    let street = match country {
        Country::Sweden => "Exempelgatan 1",
        Country::Denmark => "Eksempelvej 1",
        Country::Finland => "Exempelvägen 1",
    };
    json!({"org_number": number, "vat_number": vat_number, "endpoint": {"scheme": scheme, "id": id},
        "address": {"street": street, "post_code": "99999", "city": "Exempelstad"}})
}

fn org_number(country: Country, rank: usize) -> String {
    let is_right = |number: &str| identifier::organisation(country.code(), number).is_ok();
    // Some numbers have no check digit; then the next one is taken.
    let mut tries = (0..100).map(|next| match country {
        Country::Sweden => ending(&format!("99{rank:05}{next:02}"), is_right),
        Country::Denmark => ending(&format!("{}", 9_000_000 + rank * 10 + next), is_right),
        Country::Finland => ending(&format!("{}-", 9_000_000 + rank * 10 + next), is_right),
    });
    tries.find(|number| is_right(number)).unwrap_or_default()
}

/// With the check digit that makes it right; without, if none does.
fn ending(body: &str, is_right: impl Fn(&str) -> bool) -> String {
    (0..10).map(|digit| format!("{body}{digit}")).find(|number| is_right(number)).unwrap_or_else(|| body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_numbers_are_right_and_no_two_customers_share_one() {
        let mut numbers: Vec<String> = Vec::new();
        for (country, rank) in Country::ALL.into_iter().flat_map(|country| (0..2_000).map(move |rank| (country, rank))) {
            let facts = registration(country, rank);
            let text = |value: &Value| value.as_str().expect("a text").to_owned();
            assert_eq!(identifier::organisation(country.code(), &text(&facts["org_number"])), Ok(()), "{facts}");
            assert_eq!(identifier::vat_number(country.code(), &text(&facts["vat_number"])), Ok(()), "{facts}");
            let endpoint = &facts["endpoint"];
            assert_eq!(identifier::address(&text(&endpoint["scheme"]), &text(&endpoint["id"])), Ok(()), "{facts}");
            numbers.push(text(&facts["org_number"]));
        }
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 6_000);
    }
}
