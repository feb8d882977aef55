//! Administrative details (K4): which terms of an invoice a customer's facts lack for sellers that must be able to make one.

use std::collections::BTreeSet;

use super::catalog::{Catalog, Plan};
use super::decode::Facts;

/// The terms that are looked at here; the histories have nothing wrong in the others.
pub fn lacks(catalog: &Catalog, facts: &Facts, plan: &Plan) -> BTreeSet<String> {
    if !catalog.invoicing.contains(&plan.seller) {
        return BTreeSet::new();
    }
    let endpoint = facts.endpoint.as_ref().is_none_or(|(scheme, id)| match scheme.as_str() {
        "0007" => !is_luhn(id, 10),
        "0088" => !is_gln(id),
        "0184" => !is_of_eleven(id.strip_prefix("DK").unwrap_or(id), &[2, 7, 6, 5, 4, 3, 2, 1]),
        "0192" => !is_of_eleven(id, NORWEGIAN),
        // A Finnish business id between 0037 and what may name a unit.
        "0216" => !id.strip_prefix("0037").and_then(|rest| rest.get(..8)).is_some_and(|id| is_of_eleven(id, FINNISH)),
        _ => panic!("the model knows no addresses of {scheme}"),
    });
    let found = [
        ("BT-10", facts.buyer_reference.is_none() && facts.order_reference.is_none()),
        ("BT-49", endpoint),
        ("BT-47", facts.org_number.as_ref().is_some_and(|number| !is_organisation(&facts.country, number))),
    ];
    found.into_iter().filter(|(_, lacks)| *lacks).map(|(term, _)| format!("{}/{term}", plan.seller)).collect()
}

/// What is told when the facts come: for all plans that could ever charge the customer.
pub fn for_all_plans(catalog: &Catalog, facts: &Facts) -> BTreeSet<String> {
    let charges = |plan: &&Plan| plan.prices.iter().any(|price| price.is_in(&facts.currency, plan.model));
    catalog.plans.values().filter(charges).flat_map(|plan| lacks(catalog, facts, plan)).collect()
}

const NORWEGIAN: &[u32] = &[3, 2, 7, 6, 5, 4, 3, 2, 1];
const FINNISH: &[u32] = &[7, 9, 10, 5, 8, 4, 2, 1];

fn is_organisation(country: &str, number: &str) -> bool {
    match country {
        "SE" => is_luhn(number, 10),
        "DK" => is_of_eleven(number, &[2, 7, 6, 5, 4, 3, 2, 1]),
        "NO" => is_of_eleven(number, NORWEGIAN),
        "FI" => number.split_once('-').is_some_and(|(body, last)| last.len() == 1 && is_of_eleven(&format!("{body}{last}"), FINNISH)),
        _ => true,
    }
}

/// Is the weighted sum of its digits a multiple of eleven?
fn is_of_eleven(text: &str, weights: &[u32]) -> bool {
    let digits = digits(text);
    let sum: u32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
    digits.len() == weights.len() && text.len() == weights.len() && sum.is_multiple_of(11)
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|digit| digit.to_digit(10)).collect()
}

fn is_luhn(text: &str, length: usize) -> bool {
    let digits = digits(text);
    let doubled = |(place, digit): (usize, &u32)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { *digit };
    digits.len() == length && text.len() == length && digits.iter().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

fn is_gln(text: &str) -> bool {
    let digits = digits(text);
    let weighed = |(place, digit): (usize, &u32)| if place % 2 == 0 { *digit } else { digit * 3 };
    digits.len() == 13 && text.len() == 13 && digits.iter().enumerate().map(weighed).sum::<u32>() % 10 == 0
}
