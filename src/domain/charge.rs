//! What a period owes, and what was issued for it so far. A correction is the difference of the two.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::catalog::Vat;
use super::gates::agreement::Consent;
use super::lineage::Lineage;
use super::names::{GroupId, ServiceId};
use super::period::Period;
use super::quantity::Quantity;
use super::record::Basis;

/// Which charge of a period: the same key is the same line, in whatever record it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChargeKey {
    /// None: about the whole plan (a minimum).
    pub service: Option<ServiceId>,
    /// Since when its price is in force, and for which group of customers.
    pub price: PriceKey,
    /// By which agreement and system it was used, where the service asks for one.
    pub consent: Option<Consent>,
    /// The tier, or another part that the model tells apart.
    pub part: u16,
}

/// A price of a list: its first day, and the group of customers that it is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PriceKey {
    pub from: NaiveDate,
    pub group: Option<GroupId>,
}

/// A charge that a period owes, reckoned from scratch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub key: ChargeKey,
    pub terms: Terms,
    pub quantity: Quantity,
    pub basis: Basis,
    /// The events that no record has charged yet.
    pub lineage: Lineage,
    pub kind: ChargeKind,
}

/// How a change of a charge is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeKind {
    /// As units: what is more or fewer than was issued, at their price.
    Units,
    /// As one unit at the amount by which it changed: minimums and other differences.
    Amount,
}

/// How a charge stands on its line. A unit that is taken back is taken back on the terms it was issued on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub unit_price: Decimal,
    pub unit: String,
    pub description: String,
    pub vat: Vat,
    pub period: Period,
}

/// What was issued of a charge on some terms, summed over the records of its period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCharge {
    pub key: ChargeKey,
    pub terms: Terms,
    pub quantity: Quantity,
}
