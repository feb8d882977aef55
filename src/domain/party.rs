//! Who charges and who pays, as an invoice names them (EN 16931 BG-4 to BG-8, BG-16).

use super::catalog::Seller;
use super::control::CustomerVersion;
use super::names::SellerId;
use super::zone::Zone;

/// An electronic address (BT-34, BT-49): scheme of the EAS code list, and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub scheme: String,
    pub id: String,
}

/// A postal address (BG-5, BG-8) without its country, which stands beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// BT-35, BT-50.
    pub street: Option<String>,
    /// BT-37, BT-52.
    pub city: Option<String>,
    /// BT-38, BT-53.
    pub post_code: Option<String>,
}

/// How a seller is paid (BG-16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// UNTDID 4461 (BT-81): `30` credit transfer, `58` SEPA credit transfer.
    pub means: String,
    /// IBAN or national account (BT-84).
    pub account: Option<String>,
    /// BIC, registration number, or `SE:BANKGIRO` and `SE:PLUSGIRO` (BT-86).
    pub bank: Option<String>,
}

/// What invoices of a seller must be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceFormat {
    /// Peppol BIS Billing 3.0.
    PeppolBis3,
}

/// Both parties of a record with the facts in force when it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    pub seller: SellerParty,
    pub buyer: BuyerParty,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerParty {
    pub party: Party,
    pub payment: Option<Payment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyerParty {
    pub party: Party,
    /// In which the record's dates are.
    pub zone: Zone,
    /// BT-10, BT-13, BT-12.
    pub references: References,
}

/// What both have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub org_number: Option<String>,
    pub vat_number: Option<String>,
    pub endpoint: Option<Endpoint>,
    pub address: Option<Address>,
}

/// What a buyer wants its invoices to name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// BT-10.
    pub buyer: Option<String>,
    /// The purchase order (BT-13).
    pub order: Option<String>,
    /// The contract or service agreement (BT-12).
    pub contract: Option<String>,
}

impl Parties {
    #[must_use]
    pub fn of(seller: &Seller, version: &CustomerVersion) -> Self {
        let buyer = BuyerParty {
            party: Party {
                name: version.name.clone(),
                country: version.country.clone(),
                org_number: version.org_number.clone(),
                vat_number: version.vat_number.clone(),
                endpoint: version.endpoint.clone(),
                address: version.address.clone(),
            },
            zone: version.zone,
            references: References {
                buyer: version.buyer_reference.clone(),
                order: version.order_reference.clone(),
                contract: version.contract.clone(),
            },
        };
        let party = Party {
            name: seller.name.clone(),
            country: seller.country.clone(),
            org_number: Some(seller.org_number.clone()),
            vat_number: seller.vat_number.clone(),
            endpoint: seller.endpoint.clone(),
            address: seller.address.clone(),
        };
        Self { seller: SellerParty { party, payment: seller.payment.clone() }, buyer }
    }
}

/// A term that a seller's invoices need and a customer's facts do not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingTerm {
    pub seller: SellerId,
    /// Of EN 16931, e.g. `BT-10`.
    pub term: &'static str,
    /// The member of `tally.customer.v1` that is to be sent.
    pub member: &'static str,
    /// What to send in it.
    pub send: String,
}

impl std::fmt::Display for MissingTerm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {}", self.member, self.term, self.send)
    }
}
