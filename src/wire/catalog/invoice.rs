//! What a seller with `invoice = "peppol-bis-3"` must say, and its plans and services with it, so that
//! every record of its can become a valid invoice. Of other sellers nothing is asked.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::catalog::{Model, Plan, Seller, Service};
use crate::domain::identifier;
use crate::domain::names::SellerId;
use crate::domain::party::Payment;
use crate::wire::document::{Table, Value};

/// UN/ECE Recommendation 20 with the packages of Recommendation 21 (BR-CL-23).
const UNITS: &str = include_str!("units.txt");

/// The tables that the parts were read from: where to show what is wrong.
pub struct Tables<'a> {
    pub sellers: BTreeMap<&'a str, Table<'a>>,
    pub services: BTreeMap<&'a str, Table<'a>>,
    pub plans: BTreeMap<&'a str, Table<'a>>,
}

pub fn check(tables: &Tables<'_>, sellers: &BTreeMap<SellerId, Seller>, services: &[Service], plans: &[Plan]) {
    for (id, seller) in sellers.iter().filter(|(_, seller)| seller.invoice.is_some()) {
        let Some(table) = tables.sellers.get(id.as_str()) else { continue };
        let own: Vec<&Plan> = plans.iter().filter(|plan| plan.seller == *id).collect();
        check_party(table, seller, &own);
        check_payment(table, seller);
        for plan in &own {
            if let Some(table) = tables.plans.get(plan.id.as_str()) {
                check_vat(table, seller, plan, &own);
            }
        }
        let sold = services.iter().filter(|service| own.iter().any(|plan| plan.services.contains(&service.id)));
        for service in sold.filter(|service| !UNITS.split_ascii_whitespace().any(|unit| unit == service.unit)) {
            if let Some(table) = tables.services.get(service.id.as_str()) {
                wrong(table, "unit", &service.unit, "a unit of UN/ECE Recommendation 20, e.g. unit = \"C62\"");
            }
        }
    }
}

/// What is written, and what a right one would be.
fn wrong(table: &Table<'_>, key: &str, written: &str, right: &str) {
    if let Some(value) = table.find(key) {
        value.fault(&format!("is {written:?}"), right);
    }
}

fn check_party(table: &Table<'_>, seller: &Seller, plans: &[&Plan]) {
    if !identifier::is_country(&seller.country) {
        wrong(table, "country", &seller.country, "a country's code of ISO 3166-1, e.g. country = \"SE\"");
    }
    if let Err(rule) = identifier::organisation(&seller.country, &seller.org_number) {
        wrong(table, "org_number", &seller.org_number, rule);
    }
    check_vat_number(table, seller, plans);
    match (&seller.endpoint, table.need("endpoint", "endpoint = { scheme = \"0007\", id = \"...\" } (BT-34)")) {
        (Some(endpoint), Some(value)) if !identifier::is_address_scheme(&endpoint.scheme) => {
            value.fault(&format!("has the scheme {:?}, which Peppol does not know", endpoint.scheme), "0007, 0088, 0184 or 0216, …");
        }
        (Some(endpoint), Some(value)) => {
            if let Err(rule) = identifier::address(&endpoint.scheme, &endpoint.id) {
                value.fault(&format!("has the id {:?}", endpoint.id), format!("an id of the scheme {}: {rule}", endpoint.scheme));
            }
        }
        _ => {}
    }
    let _ = table.need("terms", "terms = \"P30D\": when records fall due (BT-9)");
}

/// Needed in all categories but O, in which invoices do not name it (BR-O-02).
fn check_vat_number(table: &Table<'_>, seller: &Seller, plans: &[&Plan]) {
    let Some(number) = &seller.vat_number else {
        if plans.iter().any(|plan| plan.vat.category != "O") {
            let _ = table.need("vat_number", "vat_number = \"SE...01\" (BT-31)");
        }
        return;
    };
    if let Err(rule) = identifier::vat_number(&seller.country, number) {
        wrong(table, "vat_number", number, rule);
    }
}

/// Means of payment that need what no record has: a mandate of each customer, or an id of each payment.
const PER_CUSTOMER: &[&str] = &["49", "50", "59", "93"];
/// All that Danish sellers may use (DK-R-005).
const DANISH: &[&str] = &["1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97"];

fn check_payment(table: &Table<'_>, seller: &Seller) {
    let (Some(payment), Some(value)) = (&seller.payment, table.find("payment")) else { return };
    let means = payment.means.as_str();
    if seller.country == "DK" && !DANISH.contains(&means) {
        let write = "means 42 with account and bank, or 58 with an IBAN";
        value.fault(&format!("has means {means}, which Danish sellers may not use (DK-R-005)"), write);
    } else if PER_CUSTOMER.contains(&means) {
        value.fault(&format!("has means {means}, which needs a mandate or a payment id of each customer"), "means 30, 42 or 58");
    } else if seller.country == "SE" && matches!(means, "31" | "56") {
        let write = "means 30, and bank = \"SE:BANKGIRO\" or \"SE:PLUSGIRO\" if that is meant";
        value.fault(&format!("has means {means}, which Swedish sellers should not use (SE-R-011, SE-R-012)"), write);
    } else if matches!(means, "30" | "58") && payment.account.is_none() {
        value.fault("has no account", "means, and account = \"<IBAN or national account>\" (BR-61)");
    } else if seller.country == "DK" && matches!(means, "31" | "42") && (payment.account.is_none() || payment.bank.is_none()) {
        value.fault("has no account or no bank", "means, account, and bank = \"<registration number>\" (DK-R-006)");
    }
    check_giro(payment, &value);
}

/// Numbers of the Swedish giros (SE-R-007 to SE-R-010).
fn check_giro(payment: &Payment, value: &Value<'_>) {
    let (lengths, write) = match payment.bank.as_deref() {
        Some("SE:BANKGIRO") => (7..=8, "the bankgiro number as seven or eight digits, without hyphen"),
        Some("SE:PLUSGIRO") => (2..=8, "the plusgiro number as two to eight digits, without hyphen"),
        _ => return,
    };
    let Some(account) = &payment.account else { return };
    if !lengths.contains(&account.len()) || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        value.fault(&format!("has the account {account:?}"), write);
    }
}

/// Categories that need a reason and have no usual one are left: `E`, in which there are many.
fn check_vat(table: &Table<'_>, seller: &Seller, plan: &Plan, own: &[&Plan]) {
    let Some(value) = table.find("vat") else { return };
    let vat = &plan.vat;
    if vat.category == "E" && vat.exemption.is_none() {
        value.fault("names no reason, which category E needs", "reason = \"...\", or reason_code = \"VATEX-EU-132\" (BT-120, BT-121)");
    }
    let swedish_rate = [25, 12, 6].into_iter().any(|rate| vat.rate == Decimal::from(rate));
    if seller.country == "SE" && vat.category == "S" && !swedish_rate {
        value.fault("has a rate that Sweden does not know (SE-R-006)", "rate = \"25\", \"12\" or \"6\"");
    }
    // Records of a period hold the lines of several plans; a package is a record of its own.
    let together = |other: &&&Plan| !matches!(plan.model, Model::Package(_)) && !matches!(other.model, Model::Package(_));
    if vat.category == "O" && own.iter().filter(together).any(|other| other.vat.category != "O") {
        value.fault(
            "is outside of VAT beside plans inside of it, which one invoice may not hold (BR-O-11)",
            "another seller for the plans of category O, with the same facts",
        );
    }
    let same_group = |other: &&&Plan| (&other.vat.category, other.vat.rate) == (&vat.category, vat.rate);
    let first = own.iter().find(same_group);
    if first.is_some_and(|first| first.vat.exemption != vat.exemption) {
        value.fault("has another reason than a plan of the same seller and category", "the same reason: an invoice names one a category");
    }
}
