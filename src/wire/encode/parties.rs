//! The parties of a record.

use super::json::Object;
use crate::domain::party::{Address, BuyerParty, Parties, Party, Payment, SellerParty};

pub(super) fn parties(object: &mut Object<'_>, parties: &Parties) {
    object.object("seller", |object| seller(object, &parties.seller)).object("buyer", |object| buyer(object, &parties.buyer));
}

fn seller(object: &mut Object<'_>, seller: &SellerParty) {
    party(object, &seller.party);
    if let Some(how) = &seller.payment {
        object.object("payment", |object| payment(object, how));
    }
}

fn buyer(object: &mut Object<'_>, buyer: &BuyerParty) {
    party(object, &buyer.party);
    let references = &buyer.references;
    object
        .text("timezone", buyer.zone)
        .optional("buyer_reference", references.buyer.as_ref())
        .optional("order_reference", references.order.as_ref())
        .optional("contract", references.contract.as_ref());
}

fn party(object: &mut Object<'_>, party: &Party) {
    object
        .text("name", &party.name)
        .text("country", &party.country)
        .optional("org_number", party.org_number.as_ref())
        .optional("vat_number", party.vat_number.as_ref());
    if let Some(endpoint) = &party.endpoint {
        object.object("endpoint", |object| {
            object.text("scheme", &endpoint.scheme).text("id", &endpoint.id);
        });
    }
    if let Some(postal) = &party.address {
        object.object("address", |object| address(object, postal));
    }
}

fn address(object: &mut Object<'_>, address: &Address) {
    object
        .optional("street", address.street.as_ref())
        .optional("city", address.city.as_ref())
        .optional("post_code", address.post_code.as_ref());
}

fn payment(object: &mut Object<'_>, payment: &Payment) {
    object.text("means", &payment.means).optional("account", payment.account.as_ref()).optional("bank", payment.bank.as_ref());
}
