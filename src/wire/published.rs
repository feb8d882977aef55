//! Published records as a downstream system reads them: the members of `docs/schema`, owned.
//! What turns records into something else (invoices, explanations, statements) reads them here.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::decode;

#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    pub id: String,
    pub number: String,
    pub kind: String,
    pub customer: String,
    pub seller: String,
    pub currency: String,
    pub issued_at: String,
    /// None in records of before there were parties, and so are the next two.
    #[serde(default, deserialize_with = "optional_date")]
    pub issue_date: Option<NaiveDate>,
    #[serde(default, deserialize_with = "optional_date")]
    pub due_date: Option<NaiveDate>,
    pub parties: Option<Parties>,
    pub period: Option<HeaderPeriod>,
    #[serde(default)]
    pub preceding: Vec<Preceding>,
    pub lines: Vec<Line>,
    pub totals: Totals,
    pub catalog: CatalogRef,
    pub tzdb: String,
}

/// Who charges and who pays, as of the issue.
#[derive(Debug, Clone, Deserialize)]
pub struct Parties {
    pub seller: Seller,
    pub buyer: Buyer,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Seller {
    #[serde(flatten)]
    pub party: Party,
    pub payment: Option<Payment>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Buyer {
    #[serde(flatten)]
    pub party: Party,
    /// The zone of the record's dates.
    pub timezone: String,
    pub buyer_reference: Option<String>,
    pub order_reference: Option<String>,
    pub contract: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Party {
    pub name: String,
    pub country: String,
    pub org_number: Option<String>,
    pub vat_number: Option<String>,
    pub endpoint: Option<Endpoint>,
    pub address: Option<Address>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Endpoint {
    pub scheme: String,
    pub id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Address {
    pub street: Option<String>,
    pub city: Option<String>,
    pub post_code: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Payment {
    pub means: String,
    pub account: Option<String>,
    pub bank: Option<String>,
}

/// The period of a whole record, in its zone.
#[derive(Debug, Clone, Deserialize)]
pub struct HeaderPeriod {
    #[serde(flatten)]
    pub days: Days,
    pub zone: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Days {
    #[serde(deserialize_with = "date")]
    pub from: NaiveDate,
    /// The last day, not the one after.
    #[serde(deserialize_with = "date")]
    pub to: NaiveDate,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Preceding {
    pub number: String,
    pub issued_at: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    #[serde(rename = "line")]
    pub number: u32,
    pub plan: String,
    /// None: a line about the whole plan.
    pub service: Option<String>,
    /// The agreement under which it was used, and the system that used it.
    pub agreement: Option<String>,
    pub system: Option<String>,
    pub description: String,
    #[serde(deserialize_with = "decimal")]
    pub quantity: Decimal,
    pub unit: String,
    #[serde(deserialize_with = "decimal")]
    pub unit_price: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub base_quantity: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub net_amount: Decimal,
    pub vat: Vat,
    pub period: Days,
    pub package: Option<Package>,
    /// The figures that the quantity was computed from, by name.
    #[serde(default)]
    pub basis: BTreeMap<String, String>,
    pub lineage: Lineage,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    pub ordinal: u64,
    #[serde(deserialize_with = "decimal")]
    pub size: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub first_unit: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub last_unit: Decimal,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Lineage {
    pub events: u64,
    pub digest: String,
    pub offsets: Option<Offsets>,
}

/// Where to look for the events: the smallest and the largest offset among them.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Offsets {
    pub first: u64,
    pub last: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Totals {
    #[serde(deserialize_with = "decimal")]
    pub net: Decimal,
    pub vat: Vec<VatTotal>,
    #[serde(deserialize_with = "decimal")]
    pub gross: Decimal,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Vat {
    pub category: String,
    #[serde(deserialize_with = "decimal")]
    pub rate: Decimal,
    pub reason: Option<String>,
    pub reason_code: Option<String>,
}

/// A group of the VAT breakdown (BG-23).
#[derive(Debug, Clone, Deserialize)]
pub struct VatTotal {
    pub category: String,
    #[serde(deserialize_with = "decimal")]
    pub rate: Decimal,
    /// Why no tax is charged, as text and by code.
    pub reason: Option<String>,
    pub reason_code: Option<String>,
    #[serde(deserialize_with = "decimal")]
    pub taxable: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub amount: Decimal,
}

#[derive(Debug, Clone, Deserialize)]
pub struct CatalogRef {
    pub version: String,
    pub digest: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Suspense {
    pub reason: String,
    pub state: String,
    pub origin: Origin,
}

/// Where an input stands in the log.
#[derive(Debug, Clone, Deserialize)]
pub struct Origin {
    /// In a journal, the directory of its lane.
    pub topic: String,
    pub partition: u32,
    pub offset: u64,
}

/// Amounts and quantities are strings in JSON, so that no reader takes them for floats.
fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    Decimal::from_str_exact(&text).map_err(|error| D::Error::custom(format!("{text:?} is no decimal: {error}")))
}

fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| decode::date(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no date")));
    text.map(read).transpose()
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(deserializer)?;
    decode::date(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no date")))
}
