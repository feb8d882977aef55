//! Billing records (CONTRACT 7).

use super::json::{self, Object};
use super::{JSON, Message, header, parties};
use crate::domain::catalog::Vat;
use crate::domain::gates::agreement::Consent;
use crate::domain::lineage::Lineage;
use crate::domain::period::Period;
use crate::domain::record::{BillingRecord, Line, PackagePurchase, RecordNumber, RecordRef, Totals};

const SCHEMA: &str = "tally/billing-record/1";

/// A billing record as a `CloudEvent` in binary mode.
#[must_use]
pub fn record(record: &BillingRecord) -> Message {
    let customer = record.number.customer.as_str();
    let headers = vec![
        header("ce_specversion", "1.0"),
        header("ce_id", id(record)),
        header("ce_source", "//tally"),
        header("ce_type", "tally.billing-record.v1"),
        header("ce_subject", customer),
        header("ce_time", record.issued_at.to_string()),
        header("content-type", JSON),
    ];
    Message { key: customer.as_bytes().to_vec(), headers, value: json::object(|object| members(object, record)) }
}

fn id(record: &BillingRecord) -> String {
    format!("{:032x}", record.id)
}

fn members(object: &mut Object<'_>, record: &BillingRecord) {
    object
        .text("schema", SCHEMA)
        .text("id", id(record))
        .text("number", &record.number)
        .text("kind", record.kind.as_str())
        .text("customer", &record.number.customer)
        .text("seller", &record.seller)
        .text("currency", record.currency)
        .text("issued_at", record.issued_at)
        .text("issue_date", record.issue_date)
        .optional("due_date", record.due_date);
    if let Some(both) = &record.parties {
        object.object("parties", |object| parties::parties(object, both));
    }
    if let Some((days, zone)) = record.period {
        object.object("period", |object| {
            period(object, days);
            object.text("zone", zone);
        });
    }
    if !record.preceding.is_empty() {
        object.list("preceding", &record.preceding, |object, preceding| reference(object, record, preceding));
    }
    object
        .list("lines", (1..).zip(&record.lines), |object, (place, one)| line(object, place, one))
        .object("totals", |object| totals(object, &record.totals))
        .object("catalog", |object| {
            object.text("version", &record.catalog_version).text("digest", sha256(&record.catalog_digest));
        })
        .text("tzdb", record.tzdb);
}

/// People read the last day; inside, periods are half-open.
fn period(object: &mut Object<'_>, period: Period) {
    object.text("from", period.from).text("to", period.last_day());
}

fn reference(object: &mut Object<'_>, record: &BillingRecord, preceding: &RecordRef) {
    let number = RecordNumber { customer: record.number.customer.clone(), number: preceding.number };
    object.text("number", number).text("issued_at", preceding.issued_at);
}

fn line(object: &mut Object<'_>, place: u64, line: &Line) {
    object
        .number("line", place)
        .text("plan", &line.plan)
        .optional("service", line.service.as_ref())
        .optional("agreement", line.consent.as_ref().map(Consent::agreement))
        .optional("system", line.consent.as_ref().map(Consent::system))
        .text("description", &line.description)
        .text("quantity", line.quantity)
        .text("unit", &line.unit)
        .text("unit_price", line.unit_price)
        .text("base_quantity", line.base_quantity)
        .text("net_amount", line.net)
        .object("vat", |object| vat(object, &line.vat))
        .object("period", |object| period(object, line.period));
    if let Some(purchase) = &line.package {
        object.object("package", |object| package(object, purchase));
    }
    if !line.basis.is_empty() {
        object.object("basis", |object| {
            for (name, figure) in &line.basis {
                object.text(name, figure);
            }
        });
    }
    object.object("lineage", |object| lineage(object, &line.lineage));
}

fn package(object: &mut Object<'_>, package: &PackagePurchase) {
    object
        .number("ordinal", package.ordinal)
        .text("size", package.size)
        .text("first_unit", package.first_unit)
        .text("last_unit", package.last_unit);
}

fn lineage(object: &mut Object<'_>, lineage: &Lineage) {
    object.number("events", lineage.events).text("digest", sha256(&lineage.digest()));
    if lineage.events > 0 {
        object.object("offsets", |object| {
            object.number("first", lineage.first_offset).number("last", lineage.last_offset);
        });
    }
}

fn totals(object: &mut Object<'_>, totals: &Totals) {
    object
        .text("net", totals.net)
        .list("vat", &totals.vat, |object, total| {
            vat(object, &total.vat);
            object.text("taxable", total.taxable).text("amount", total.amount);
        })
        .text("gross", totals.gross);
}

fn vat(object: &mut Object<'_>, vat: &Vat) {
    object.text("category", &vat.category).text("rate", vat.rate);
    if let Some(exemption) = &vat.exemption {
        object.optional("reason", exemption.reason.as_ref()).optional("reason_code", exemption.code.as_ref());
    }
}

fn sha256(digest: &[u8; 32]) -> String {
    format!("sha256:{}", hex::encode(digest))
}
