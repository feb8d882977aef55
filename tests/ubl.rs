//! What a record must have to become an invoice: each term that is missing or wrong is named, all at once.
//! That the invoices are valid is tested in `peppol`.

use serde_json::{Value, json};
use tally::wire::published::Record;
use tally::wire::ubl::{TermFault, document};

fn record() -> Value {
    let party = |name: &str, number: &str| {
        json!({"name": name, "country": "SE", "org_number": number, "vat_number": format!("SE{number}01"),
            "endpoint": {"scheme": "0007", "id": number}})
    };
    let mut buyer = party("Buyer", "2029990021");
    buyer["timezone"] = "Europe/Stockholm".into();
    buyer["buyer_reference"] = "ekonomi".into();
    json!({"schema": "tally/billing-record/1", "id": "0", "number": "K-000002", "kind": "correction", "customer": "K", "seller": "s",
        "currency": "SEK", "issued_at": "2026-07-05T22:00:00Z", "issue_date": "2026-07-06", "due_date": "2026-08-05",
        "parties": {"seller": party("Seller", "5569990012"), "buyer": buyer},
        "preceding": [{"number": "K-000001", "issued_at": "2026-04-05T22:00:00Z"}],
        "lines": [{"line": 1, "plan": "p", "service": "a", "description": "A", "quantity": "3", "unit": "C62", "unit_price": "0.50",
            "base_quantity": "1", "net_amount": "1.50", "vat": {"category": "S", "rate": "25"},
            "period": {"from": "2026-01-01", "to": "2026-03-31"}, "basis": {"heads": "3", "blank": ""}, "lineage": {"events": 1, "digest": "sha256:00"}}],
        "totals": {"net": "1.50", "vat": [{"category": "S", "rate": "25", "taxable": "1.50", "amount": "0.38"}], "gross": "1.88"},
        "catalog": {"version": "1", "digest": "sha256:00"}, "tzdb": "2026a"})
}

/// The record with members set, or taken out where the value is null.
fn changed(changes: &[(&str, Value)]) -> Record {
    let mut record = record();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        let parent = record.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is nowhere"));
        match (parent, value) {
            (Value::Object(members), Value::Null) => drop(members.remove(name)),
            (parent, value) => parent[name] = value.clone(),
        }
    }
    serde_json::from_value(record).expect("a record")
}

fn named(fault: &TermFault) -> String {
    match fault {
        TermFault::Missing { term, .. } => format!("-{term}"),
        TermFault::Wrong { term, .. } => format!("!{term}"),
        other => format!("{other:?}"),
    }
}

fn check(changes: &[(&str, Value)], expect: &[&str]) {
    let faults = document(&changed(changes)).err().unwrap_or_default();
    assert_eq!(faults.iter().map(named).collect::<Vec<_>>(), expect, "{changes:?}");
}

#[test]
fn each_missing_term_is_named() {
    let none = || Value::Null;
    check(&[], &[]);
    check(&[("/parties", none())], &["NoParties"]);
    check(&[("/lines", json!([]))], &["NoLines"]);
    check(&[("/due_date", none())], &["-BT-9"]);
    check(&[("/due_date", none()), ("/totals/gross", "0.00".into()), ("/totals/net", "0.00".into())], &[]);
    check(&[("/parties/buyer/buyer_reference", none())], &["-BT-10"]);
    check(&[("/parties/buyer/buyer_reference", none()), ("/parties/buyer/order_reference", "PO-1".into())], &[]);
    check(&[("/parties/buyer/endpoint", none()), ("/parties/seller/endpoint", none())], &["-BT-34", "-BT-49"]);
    check(&[("/parties/seller/vat_number", none())], &["-BT-31"]);
    check(&[("/parties/seller/vat_number", none()), ("/parties/buyer/buyer_reference", none())], &["-BT-31", "-BT-10"]);
}

#[test]
fn each_wrong_term_is_named() {
    check(&[("/parties/buyer/name", " ".into())], &["!BT-44"]);
    check(&[("/parties/seller/org_number", "5569990013".into())], &["!BT-30"]);
    check(&[("/parties/seller/vat_number", "SE556999001301".into())], &["!BT-31"]);
    check(&[("/parties/buyer/org_number", "1".into()), ("/parties/buyer/vat_number", "2".into())], &["!BT-47", "!BT-48"]);
    check(&[("/parties/buyer/endpoint/scheme", "0037".into())], &["!BT-49"]);
    check(&[("/parties/seller/endpoint/id", "5569990013".into())], &["!BT-34"]);
    let country = [("/parties/buyer/country", "EU".into()), ("/parties/buyer/vat_number", Value::Null)];
    check(&country, &["!BT-55"]);
}

#[test]
fn categories_ask_for_more() {
    let group = |category: &str| json!([{"category": category, "rate": "0", "taxable": "1.50", "amount": "0.00"}]);
    let with_reason =
        |category: &str| json!([{"category": category, "rate": "0", "taxable": "1.50", "amount": "0.00", "reason_code": "X"}]);
    let no_vat_number = || ("/parties/buyer/vat_number", Value::Null);
    let no_org_number = || ("/parties/buyer/org_number", Value::Null);
    check(&[("/totals/vat", group("Z"))], &[]);
    check(&[("/totals/vat", group("E"))], &["-BT-120"]);
    check(&[("/totals/vat", with_reason("E"))], &[]);
    check(&[("/totals/vat", with_reason("K")), no_vat_number()], &["-BT-48"]);
    check(&[("/totals/vat", with_reason("AE")), no_vat_number()], &[]);
    check(&[("/totals/vat", with_reason("AE")), no_vat_number(), no_org_number()], &["-BT-48"]);
    check(&[("/totals/vat", with_reason("O")), ("/parties/seller/vat_number", Value::Null)], &[]);
    let both = json!([with_reason("O")[0], group("Z")[0]]);
    check(&[("/totals/vat", both)], &["MixedWithOutside"]);
}

#[test]
fn an_invoice_says_what_the_record_says() {
    let xml = |changes: &[(&str, Value)]| {
        let document = document(&changed(changes)).unwrap_or_else(|faults| panic!("{faults:?}"));
        String::from_utf8(document).expect("UTF-8").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let has = |xml: &str, parts: &[&str]| parts.iter().for_each(|part| assert!(xml.contains(part), "{part} is not in {xml}"));
    let invoice = xml(&[]);
    let reference = "<cac:InvoiceDocumentReference> <cbc:ID>K-000001</cbc:ID> <cbc:IssueDate>2026-04-06</cbc:IssueDate>";
    let attribute = "<cbc:Name>basis.heads</cbc:Name> <cbc:Value>3</cbc:Value>";
    has(&invoice, &["<cbc:InvoiceTypeCode>380<", "<cbc:DueDate>2026-08-05<", reference, attribute, "\"SEK\">0.38</cbc:TaxAmount>"]);
    assert!(!invoice.contains("basis.blank"), "{invoice}");
    // Turned round, all signs: also that of the one line that goes the other way.
    let mut lines = record()["lines"].clone();
    (lines[0]["quantity"], lines[0]["net_amount"]) = ("-3".into(), "-1.50".into());
    let (mut back, mut nothing) = (lines[0].clone(), lines[0].clone());
    (back["line"], back["quantity"], back["net_amount"]) = (2.into(), "1".into(), "0.50".into());
    (nothing["line"], nothing["quantity"], nothing["net_amount"]) = (3.into(), "0".into(), "0.00".into());
    let lines = json!([lines[0], back, nothing]);
    let vat = json!([{"category": "S", "rate": "25", "taxable": "-1.00", "amount": "-0.25"}]);
    let totals = json!({"net": "-1.00", "vat": vat, "gross": "-1.25"});
    let note = xml(&[("/lines", lines), ("/totals", totals), ("/due_date", Value::Null)]);
    has(&note, &["<cbc:CreditNoteTypeCode>381<", ">3</cbc:CreditedQuantity>", ">-1</cbc:CreditedQuantity>", ">0</cbc:CreditedQuantity>"]);
    has(&note, &["\"SEK\">1.25</cbc:PayableAmount>", "\"SEK\">0.25</cbc:TaxAmount>", "\"SEK\">-0.50</cbc:LineExtensionAmount>"]);
    has(&note, &["\"SEK\">0.00</cbc:LineExtensionAmount>", "<cbc:Note>Credit: nothing is to be paid</cbc:Note>"]);
}

/// A line may begin before its record's period, as a year in arrears beside one in advance.
#[test]
fn the_header_holds_every_line() {
    let period = json!({"from": "2026-04-01", "to": "2026-06-30", "zone": "Europe/Stockholm"});
    let document = document(&changed(&[("/period", period)])).expect("an invoice");
    let xml = String::from_utf8(document).expect("UTF-8");
    let header = "\n  <cac:InvoicePeriod>\n    <cbc:StartDate>2026-01-01</cbc:StartDate>\n    <cbc:EndDate>2026-06-30</cbc:EndDate>";
    assert!(xml.contains(header), "{xml}");
}
