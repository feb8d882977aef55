//! What a record must have so that its invoice is valid.

use rust_decimal::Decimal;

use super::fault::TermFault;
use crate::domain::identifier;
use crate::wire::published::{Parties, Party, Record};

const SELLER: &str = "[seller.*] of the catalog";
const BUYER: &str = "tally.customer.v1";
const PLAN: &str = "the plan's `vat` in the catalog";

/// The terms that differ between the parties.
struct Terms {
    owner: &'static str,
    name: &'static str,
    country: &'static str,
    endpoint: &'static str,
    org_number: &'static str,
    vat_number: &'static str,
}

const OF_SELLER: Terms =
    Terms { owner: SELLER, name: "BT-27", country: "BT-40", endpoint: "BT-34", org_number: "BT-30", vat_number: "BT-31" };
const OF_BUYER: Terms =
    Terms { owner: BUYER, name: "BT-44", country: "BT-55", endpoint: "BT-49", org_number: "BT-47", vat_number: "BT-48" };

pub(super) fn faults(record: &Record) -> Vec<TermFault> {
    let Some(parties) = &record.parties else { return vec![TermFault::NoParties] };
    let mut faults = Vec::new();
    if record.lines.is_empty() {
        faults.push(TermFault::NoLines);
    }
    let has = |category: &str| record.totals.vat.iter().any(|total| total.category == category);
    let outside = has("O");
    if outside && record.totals.vat.len() > 1 {
        faults.push(TermFault::MixedWithOutside);
    }
    party(&parties.seller.party, &OF_SELLER, outside, &mut faults);
    party(&parties.buyer.party, &OF_BUYER, outside, &mut faults);
    let missing = |term, what, owner| TermFault::Missing { term, what, owner };
    if parties.seller.party.vat_number.is_none() && !outside {
        faults.push(missing("BT-31", "the seller's VAT number", SELLER));
    }
    if parties.buyer.buyer_reference.is_none() && parties.buyer.order_reference.is_none() {
        faults.push(missing("BT-10", "the buyer's reference, or its order (BT-13)", BUYER));
    }
    if record.due_date.is_none() && record.totals.gross > Decimal::ZERO {
        faults.push(missing("BT-9", "the due date, which follows from `terms`", SELLER));
    }
    buyer_in_category(parties, &has, &mut faults);
    let without_reason = |total: &&crate::wire::published::VatTotal| total.reason.is_none() && total.reason_code.is_none();
    let needs_reason = |category: &str| matches!(category, "E" | "AE" | "K" | "G" | "O");
    if record.totals.vat.iter().filter(without_reason).any(|total| needs_reason(&total.category)) {
        faults.push(missing("BT-120", "why no VAT is charged", PLAN));
    }
    faults
}

/// Whoever owes the tax itself must be known by its number (BR-AE-02, BR-IC-02).
fn buyer_in_category(parties: &Parties, has: &impl Fn(&str) -> bool, faults: &mut Vec<TermFault>) {
    let buyer = &parties.buyer.party;
    if buyer.vat_number.is_none() && (has("K") || has("AE") && buyer.org_number.is_none()) {
        faults.push(TermFault::Missing { term: "BT-48", what: "the buyer's VAT number", owner: BUYER });
    }
}

fn party(party: &Party, terms: &Terms, outside_vat: bool, faults: &mut Vec<TermFault>) {
    let owner = terms.owner;
    let mut wrong = |term, found: &str, checked: Result<(), &'static str>| {
        if let Err(rule) = checked {
            faults.push(TermFault::Wrong { term, found: found.to_owned(), rule, owner });
        }
    };
    let listed = |good: bool, rule| if good { Ok(()) } else { Err(rule) };
    wrong(terms.name, &party.name, listed(!party.name.trim().is_empty(), "a name"));
    wrong(terms.country, &party.country, listed(identifier::is_country(&party.country), "a country's code of ISO 3166-1"));
    if let Some(number) = &party.org_number {
        wrong(terms.org_number, number, identifier::organisation(&party.country, number));
    }
    if let Some(number) = party.vat_number.as_ref().filter(|_| !outside_vat) {
        wrong(terms.vat_number, number, identifier::vat_number(&party.country, number));
    }
    match &party.endpoint {
        Some(endpoint) if !identifier::is_address_scheme(&endpoint.scheme) => {
            wrong(terms.endpoint, &endpoint.scheme, Err("a scheme of the EAS code list"));
        }
        Some(endpoint) => wrong(terms.endpoint, &endpoint.id, identifier::address(&endpoint.scheme, &endpoint.id)),
        None => faults.push(TermFault::Missing { term: terms.endpoint, what: "the electronic address", owner }),
    }
}
