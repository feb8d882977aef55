//! Which figure of a record is which term of EN 16931, and where UBL has it. UBL's order of elements is
//! part of the format. Terms: BT business term, BG business group.

use rust_decimal::Decimal;

use super::xml::{Part, group, optional, text, with};
use crate::domain::identifier;
use crate::domain::zone::Zone;
use crate::wire::decode;
use crate::wire::published::{Address, Buyer, Days, Endpoint, Line, Parties, Party, Payment, Preceding, Record, Seller, VatTotal};

const SPECIFICATION: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const PROCESS: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";

const AGGREGATES: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASICS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// A credit note has the signs turned round: what a record credits is positive in it (DK-R-016).
struct Draft<'a> {
    record: &'a Record,
    parties: &'a Parties,
    /// All VAT together (BT-110).
    tax: Decimal,
    credit: bool,
    /// Outside of VAT no VAT numbers are named (BR-O-02).
    outside_vat: bool,
}

pub(super) fn document(record: &Record, parties: &Parties, tax: Decimal) -> Part {
    let credit = record.totals.gross < Decimal::ZERO;
    let outside_vat = record.totals.vat.iter().any(|total| total.category == "O");
    let draft = Draft { record, parties, tax, credit, outside_vat };
    let (root, namespace) = if credit {
        ("CreditNote", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2")
    } else {
        ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2")
    };
    let part = group(root, draft.head().into_iter().chain(draft.body()));
    with(with(with(part, "xmlns", namespace), "xmlns:cac", AGGREGATES), "xmlns:cbc", BASICS)
}

impl Draft<'_> {
    fn head(&self) -> Vec<Part> {
        let (record, buyer) = (self.record, &self.parties.buyer);
        let preceding = record.preceding.iter().flat_map(|preceding| billing_reference(preceding, &buyer.timezone)).collect();
        vec![
            text("cbc:CustomizationID", SPECIFICATION),                   // BT-24
            text("cbc:ProfileID", PROCESS),                               // BT-23
            text("cbc:ID", &record.number),                               // BT-1
            optional("cbc:IssueDate", record.issue_date),                 // BT-2
            self.in_invoice(|| optional("cbc:DueDate", record.due_date)), // BT-9
            if self.credit { text("cbc:CreditNoteTypeCode", "381") } else { text("cbc:InvoiceTypeCode", "380") }, // BT-3
            text("cbc:DocumentCurrencyCode", &record.currency),           // BT-5
            optional("cbc:BuyerReference", buyer.buyer_reference.as_ref()), // BT-10
            self.period(),                                                // BG-14
            order_reference(buyer),                                       // BT-13
            preceding,                                                    // BG-3
            group("cac:ContractDocumentReference", [optional("cbc:ID", self.contract())]), // BT-12
        ]
    }

    fn body(&self) -> Vec<Part> {
        let Parties { seller, buyer } = self.parties;
        vec![
            group("cac:AccountingSupplierParty", [self.party(&seller.party)]),   // BG-4
            group("cac:AccountingCustomerParty", [self.party(&buyer.party)]),    // BG-7
            self.delivery(),                                                     // BG-13
            self.in_invoice(|| self.payment(seller)),                            // BG-16
            self.terms(),                                                        // BT-20
            self.tax(),                                                          // BG-23
            self.sums(),                                                         // BG-22
            self.record.lines.iter().flat_map(|line| self.line(line)).collect(), // BG-25
        ]
    }

    /// The agreement, if all lines are of one; else the buyer's contract: there is only one per invoice.
    fn contract(&self) -> Option<&String> {
        let mut agreements = self.record.lines.iter().filter_map(|line| line.agreement.as_ref());
        let first = agreements.next().filter(|first| agreements.all(|other| other == *first));
        first.or(self.parties.buyer.contract.as_ref())
    }

    fn in_invoice(&self, part: impl FnOnce() -> Part) -> Part {
        if self.credit { Part::new() } else { part() }
    }

    fn signed(&self, number: Decimal) -> Decimal {
        if self.credit && !number.is_zero() { -number } else { number }
    }

    fn amount(&self, name: &'static str, amount: Decimal) -> Part {
        with(text(name, self.signed(amount)), "currencyID", &self.record.currency)
    }

    /// BG-14, wide enough for every line (R110, R111). A correction is about other periods, so it has none.
    fn period(&self) -> Part {
        let Some(header) = &self.record.period else { return Part::new() };
        let lines = self.record.lines.iter().map(|line| &line.period);
        let wide = lines.fold(header.days.clone(), |wide, days| Days { from: wide.from.min(days.from), to: wide.to.max(days.to) });
        invoice_period(&wide)
    }

    fn party(&self, party: &Party) -> Part {
        let vat_number = party.vat_number.as_ref().filter(|_| !self.outside_vat);
        let tax = vat_number.map_or_else(Part::new, |number| {
            group("cac:PartyTaxScheme", [text("cbc:CompanyID", number), vat_scheme()]) // BT-31, BT-48
        });
        let parts = [
            party.endpoint.as_ref().map_or_else(Part::new, endpoint), // BT-34, BT-49
            group("cac:PartyName", [text("cbc:Name", &party.name)]),  // BT-28, BT-45
            postal_address(party),                                    // BG-5, BG-8
            tax,
            legal_entity(party),
        ];
        group("cac:Party", parts)
    }

    /// Where and when goods and services went, which category K must say (BR-IC-11, BR-IC-12).
    fn delivery(&self) -> Part {
        if !self.record.totals.vat.iter().any(|total| total.category == "K") {
            return Part::new();
        }
        let last = self.record.lines.iter().map(|line| line.period.to).max();
        let country = group("cac:Country", [text("cbc:IdentificationCode", &self.parties.buyer.party.country)]);
        let parts = [
            optional("cbc:ActualDeliveryDate", last),                         // BT-72
            group("cac:DeliveryLocation", [group("cac:Address", [country])]), // BT-80
        ];
        group("cac:Delivery", parts)
    }

    fn payment(&self, seller: &Seller) -> Part {
        match &seller.payment {
            Some(payment) if self.record.totals.gross > Decimal::ZERO => payment_means(payment, &self.record.number),
            _ => Part::new(),
        }
    }

    /// A positive sum must say when it is to be paid (BR-CO-25); that of a credit note is nobody's debt.
    fn terms(&self) -> Part {
        let note = if self.credit { text("cbc:Note", "Credit: nothing is to be paid") } else { Part::new() };
        group("cac:PaymentTerms", [note])
    }

    fn tax(&self) -> Part {
        let groups = self.record.totals.vat.iter().flat_map(|total| self.tax_group(total)).collect();
        group("cac:TaxTotal", [self.amount("cbc:TaxAmount", self.tax), groups]) // BT-110
    }

    fn tax_group(&self, total: &VatTotal) -> Part {
        let category = [
            text("cbc:ID", &total.category),                                    // BT-118
            percent(&total.category, total.rate),                               // BT-119
            optional("cbc:TaxExemptionReasonCode", total.reason_code.as_ref()), // BT-121
            optional("cbc:TaxExemptionReason", total.reason.as_ref()),          // BT-120
            vat_scheme(),
        ];
        let parts = [
            self.amount("cbc:TaxableAmount", total.taxable), // BT-116
            self.amount("cbc:TaxAmount", total.amount),      // BT-117
            group("cac:TaxCategory", category),
        ];
        group("cac:TaxSubtotal", parts)
    }

    fn sums(&self) -> Part {
        let totals = &self.record.totals;
        let parts = [
            self.amount("cbc:LineExtensionAmount", totals.net),  // BT-106
            self.amount("cbc:TaxExclusiveAmount", totals.net),   // BT-109
            self.amount("cbc:TaxInclusiveAmount", totals.gross), // BT-112
            self.amount("cbc:PayableAmount", totals.gross),      // BT-115
        ];
        group("cac:LegalMonetaryTotal", parts)
    }

    /// A negative line has a negative quantity: prices never are (BR-27).
    fn line(&self, line: &Line) -> Part {
        let (root, quantity) =
            if self.credit { ("cac:CreditNoteLine", "cbc:CreditedQuantity") } else { ("cac:InvoiceLine", "cbc:InvoicedQuantity") };
        let price = [
            with(text("cbc:PriceAmount", line.unit_price), "currencyID", &self.record.currency), // BT-146
            with(text("cbc:BaseQuantity", line.base_quantity), "unitCode", &line.unit),          // BT-149
        ];
        let parts = [
            text("cbc:ID", line.number),                                              // BT-126
            with(text(quantity, self.signed(line.quantity)), "unitCode", &line.unit), // BT-129, BT-130
            self.amount("cbc:LineExtensionAmount", line.net_amount),                  // BT-131
            invoice_period(&line.period),                                             // BG-26
            agreement(line),                                                          // BT-128
            item(line),                                                               // BG-31
            group("cac:Price", price),                                                // BG-29
        ];
        group(root, parts)
    }
}

fn invoice_period(days: &Days) -> Part {
    // BT-73 and BT-74, or BT-134 and BT-135.
    group("cac:InvoicePeriod", [text("cbc:StartDate", days.from), text("cbc:EndDate", days.to)])
}

fn order_reference(buyer: &Buyer) -> Part {
    group("cac:OrderReference", [optional("cbc:ID", buyer.order_reference.as_ref())])
}

fn billing_reference(preceding: &Preceding, timezone: &str) -> Part {
    let date = Zone::parse(timezone).zip(decode::instant(&preceding.issued_at)).map(|(zone, at)| zone.date_of(at));
    let parts = [
        text("cbc:ID", &preceding.number), // BT-25
        optional("cbc:IssueDate", date),   // BT-26
    ];
    group("cac:BillingReference", [group("cac:InvoiceDocumentReference", parts)])
}

fn endpoint(endpoint: &Endpoint) -> Part {
    with(text("cbc:EndpointID", &endpoint.id), "schemeID", &endpoint.scheme)
}

fn postal_address(party: &Party) -> Part {
    let none = Address::default();
    let address = party.address.as_ref().unwrap_or(&none);
    let parts = [
        optional("cbc:StreetName", address.street.as_ref()),                    // BT-35, BT-50
        optional("cbc:CityName", address.city.as_ref()),                        // BT-37, BT-52
        optional("cbc:PostalZone", address.post_code.as_ref()),                 // BT-38, BT-53
        group("cac:Country", [text("cbc:IdentificationCode", &party.country)]), // BT-40, BT-55
    ];
    group("cac:PostalAddress", parts)
}

fn legal_entity(party: &Party) -> Part {
    let number = optional("cbc:CompanyID", party.org_number.as_ref()); // BT-30, BT-47
    let number = match identifier::register(&party.country) {
        Some(scheme) => with(number, "schemeID", scheme),
        None => number,
    };
    group("cac:PartyLegalEntity", [text("cbc:RegistrationName", &party.name), number]) // BT-27, BT-44
}

fn payment_means(payment: &Payment, number: &str) -> Part {
    let bank = group("cac:FinancialInstitutionBranch", [optional("cbc:ID", payment.bank.as_ref())]); // BT-86
    let account = match &payment.account {
        Some(account) => group("cac:PayeeFinancialAccount", [text("cbc:ID", account), bank]), // BT-84
        None => Part::new(),
    };
    let parts = [
        text("cbc:PaymentMeansCode", &payment.means), // BT-81
        text("cbc:PaymentID", number),                // BT-83
        account,
    ];
    group("cac:PaymentMeans", parts)
}

/// What the line is based on: the type code says that it is that.
fn agreement(line: &Line) -> Part {
    match &line.agreement {
        Some(agreement) => group("cac:DocumentReference", [text("cbc:ID", agreement), text("cbc:DocumentTypeCode", "130")]),
        None => Part::new(),
    }
}

fn item(line: &Line) -> Part {
    let code = line.service.as_ref().unwrap_or(&line.plan);
    let category = [
        text("cbc:ID", &line.vat.category),         // BT-151
        percent(&line.vat.category, line.vat.rate), // BT-152
        vat_scheme(),
    ];
    let parts = [
        text("cbc:Name", &line.description),                            // BT-153
        group("cac:SellersItemIdentification", [text("cbc:ID", code)]), // BT-155
        group("cac:ClassifiedTaxCategory", category),
        properties(line), // BG-32
    ];
    group("cac:Item", parts)
}

/// Where the line comes from, under the names that it has in the record.
fn properties(line: &Line) -> Part {
    let package = line.package.iter().flat_map(|package| {
        [
            property("package.ordinal", package.ordinal),
            property("package.first_unit", package.first_unit),
            property("package.last_unit", package.last_unit),
        ]
    });
    let basis = line.basis.iter().map(|(name, figure)| property(&format!("basis.{name}"), figure));
    let lineage = [property("lineage.events", line.lineage.events), property("lineage.digest", &line.lineage.digest)];
    let system = line.system.iter().map(|system| property("system", system));
    package.chain(system).chain(basis).chain(lineage).flatten().collect()
}

fn property(name: &str, value: impl std::fmt::Display) -> Part {
    let value = text("cbc:Value", value); // BT-161
    if value.is_empty() {
        return value;
    }
    group("cac:AdditionalItemProperty", [text("cbc:Name", name), value]) // BT-160
}

/// Outside of VAT there is no rate (BR-O-05).
fn percent(category: &str, rate: Decimal) -> Part {
    if category == "O" { Part::new() } else { text("cbc:Percent", rate) }
}

fn vat_scheme() -> Part {
    group("cac:TaxScheme", [text("cbc:ID", "VAT")])
}
