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
    pub period: Option<HeaderPeriod>,
    /// The last day on which it is paid in time.
    #[serde(default, deserialize_with = "optional_date")]
    pub due_date: Option<NaiveDate>,
    #[serde(default)]
    pub preceding: Vec<Preceding>,
    pub lines: Vec<Line>,
    pub totals: Totals,
    pub catalog: CatalogRef,
    pub tzdb: String,
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
}

/// A group of the VAT breakdown (BG-23).
#[derive(Debug, Clone, Deserialize)]
pub struct VatTotal {
    pub category: String,
    #[serde(deserialize_with = "decimal")]
    pub rate: Decimal,
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
