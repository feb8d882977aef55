//! Can a customer be invoiced? Which terms its facts lack for a seller whose records must be good for
//! invoices (REQUIREMENTS K4): told when the facts are taken in, and not when the first record is due.

use crate::domain::account::Account;
use crate::domain::catalog::{Catalog, Plan, Seller, Vat};
use crate::domain::control::{CustomerVersion, Fact};
use crate::domain::identifier;
use crate::domain::instant::Instant;
use crate::domain::names::SellerId;
use crate::domain::notice::NoticeKind;
use crate::domain::party::{Endpoint, MissingTerm};

use super::customer::Customer;
use super::issue::Outbox;
use super::models;

/// Tells of a customer's new facts what invoices would lack. Facts that were sent before say nothing new.
/// To be called before they are taken in.
pub fn notify(customer: &Customer, fact: &Fact, watermark: Instant, outbox: &mut Outbox<'_>) {
    let Fact::Customer(version) = fact else { return };
    if customer.account.versions.contains(version) {
        return;
    }
    let missing = for_all_plans(version, outbox.catalog);
    if !missing.is_empty() {
        outbox.notice(customer, watermark, NoticeKind::CustomerIncomplete { from: version.from, missing });
    }
}

/// What the facts lack for the invoices of every plan that has a price in the customer's currency,
/// each term once a seller.
#[must_use]
pub fn for_all_plans(version: &CustomerVersion, catalog: &Catalog) -> Vec<MissingTerm> {
    let mut missing: Vec<MissingTerm> = Vec::new();
    for plan in catalog.plans.iter().filter(|plan| models::of(plan).applies_to(version)) {
        for term in for_plan(version, plan, catalog) {
            let told = missing.iter().any(|one| (&one.seller, one.term) == (&term.seller, term.term));
            if !told {
                missing.push(term);
            }
        }
    }
    missing.sort_by(|a, b| a.seller.cmp(&b.seller));
    missing
}

/// What the facts lack for the invoices of a plan. Nothing, unless its seller asks for good ones.
#[must_use]
pub fn for_plan(version: &CustomerVersion, plan: &Plan, catalog: &Catalog) -> Vec<MissingTerm> {
    match catalog.sellers.get(&plan.seller) {
        Some(seller) if seller.invoice.is_some() => terms(version, &plan.seller, seller, &plan.vat),
        _ => Vec::new(),
    }
}

/// Why a record of a plan cannot be issued at an instant, in words; none: nothing is missing.
#[must_use]
pub fn lack_at_issue(account: &Account, plan: &Plan, at: Instant, catalog: &Catalog) -> Option<String> {
    let missing = for_plan(account.version_at_issue(at)?, plan, catalog);
    let told: Vec<String> = missing.iter().map(MissingTerm::to_string).collect();
    (!told.is_empty()).then(|| format!("the customer's facts lack what invoices of `{}` need; send {}", plan.seller, told.join("; ")))
}

fn terms(version: &CustomerVersion, id: &SellerId, seller: &Seller, vat: &Vat) -> Vec<MissingTerm> {
    let found = [
        name(version),
        country(version),
        reference(version),
        endpoint(version),
        org_number(version, vat),
        vat_number(version, seller, vat),
    ];
    let with_seller = |(term, member, send)| MissingTerm { seller: id.clone(), term, member, send };
    found.into_iter().flatten().map(with_seller).collect()
}

/// Term, member, and what to send in it.
type Lack = (&'static str, &'static str, String);

fn lack(term: &'static str, member: &'static str, send: impl Into<String>) -> Lack {
    (term, member, send.into())
}

fn name(version: &CustomerVersion) -> Option<Lack> {
    version.name.trim().is_empty().then(|| lack("BT-44", "name", "the buyer's registered name"))
}

fn country(version: &CustomerVersion) -> Option<Lack> {
    let code = &version.country;
    let send = || format!("a country's code of ISO 3166-1, such as SE; {code:?} is none");
    (!identifier::is_country(code)).then(|| lack("BT-55", "country", send()))
}

fn reference(version: &CustomerVersion) -> Option<Lack> {
    let none = version.buyer_reference.is_none() && version.order_reference.is_none();
    none.then(|| lack("BT-10", "buyer_reference", "the reference that the buyer wants on its invoices, or `order_reference` (BT-13)"))
}

fn endpoint(version: &CustomerVersion) -> Option<Lack> {
    let send = match &version.endpoint {
        None => "the buyer's electronic address, e.g. {\"scheme\": \"0088\", \"id\": \"<GLN>\"}".to_owned(),
        Some(Endpoint { scheme, .. }) if !identifier::is_address_scheme(scheme) => {
            format!("an address whose scheme is in the EAS code list, e.g. 0007, 0088, 0184 or 0216; {scheme:?} is not")
        }
        Some(Endpoint { scheme, id }) => {
            let rule = identifier::address(scheme, id).err()?;
            format!("an id of the scheme {scheme}: {rule}; {id:?} is none")
        }
    };
    Some(lack("BT-49", "endpoint", send))
}

/// Without VAT number, the reverse charge needs it (BR-AE-02); else it may be absent, but not wrong.
fn org_number(version: &CustomerVersion, vat: &Vat) -> Option<Lack> {
    let send = match &version.org_number {
        None if vat.category == "AE" && version.vat_number.is_none() => {
            "the buyer's organisation number, or `vat_number` (BT-48): VAT category AE needs one".to_owned()
        }
        None => return None,
        Some(number) => {
            let rule = identifier::organisation(&version.country, number).err()?;
            format!("{rule}; {number:?} is not")
        }
    };
    Some(lack("BT-47", "org_number", send))
}

/// Category K needs it (BR-IC-02). An invoice outside of VAT does not name it (BR-O-02), so that it is not looked at.
fn vat_number(version: &CustomerVersion, seller: &Seller, vat: &Vat) -> Option<Lack> {
    let send = match &version.vat_number {
        None if vat.category == "K" => format!("the buyer's VAT number: {} sells to it in VAT category K", seller.name),
        None => return None,
        Some(_) if vat.category == "O" => return None,
        Some(number) => {
            let rule = identifier::vat_number(&version.country, number).err()?;
            format!("{rule}; {number:?} is not")
        }
    };
    Some(lack("BT-48", "vat_number", send))
}
