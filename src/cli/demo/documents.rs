//! What the demo reads of the output files: billing records and suspense records, as a downstream
//! system would read them (`docs/schemas`).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::wire::decode;

#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    pub number: String,
    pub kind: String,
    pub customer: String,
    pub seller: String,
    pub currency: String,
    pub issued_at: String,
    pub period: Option<Days>,
    #[serde(default)]
    pub preceding: Vec<Preceding>,
    pub lines: Vec<Line>,
    pub totals: Totals,
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
}

#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    #[serde(rename = "line")]
    pub number: u32,
    pub plan: String,
    pub description: String,
    #[serde(deserialize_with = "decimal")]
    pub quantity: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub unit_price: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub base_quantity: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub net_amount: Decimal,
    pub period: Days,
    pub package: Option<Package>,
    pub lineage: Lineage,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    pub ordinal: u64,
    #[serde(deserialize_with = "decimal")]
    pub size: Decimal,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Lineage {
    pub events: u64,
    pub digest: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Totals {
    #[serde(deserialize_with = "decimal")]
    pub net: Decimal,
    pub vat: Vec<Vat>,
    #[serde(deserialize_with = "decimal")]
    pub gross: Decimal,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Vat {
    #[serde(deserialize_with = "decimal")]
    pub rate: Decimal,
    #[serde(deserialize_with = "decimal")]
    pub amount: Decimal,
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

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(deserializer)?;
    decode::date(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no date")))
}
