//! Billing records: published, immutable, explained (CONTRACT 7).

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::catalog::Vat;
use super::currency::Currency;
use super::gates::agreement::Consent;
use super::instant::Instant;
use super::lineage::Lineage;
use super::money::Money;
use super::names::{CustomerId, PlanId, SellerId, ServiceId};
use super::party::Parties;
use super::period::Period;
use super::quantity::Quantity;
use super::zone::Zone;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingRecord {
    /// Depends only on what is billed.
    pub id: u128,
    /// Gap-free per customer.
    pub number: RecordNumber,
    pub kind: RecordKind,
    pub seller: SellerId,
    pub currency: Currency,
    pub issued_at: Instant,
    /// The local day of its issue (BT-2), and the last one on which it is paid in time (BT-9): as its plans
    /// say, or else by the seller's terms.
    pub issue_date: NaiveDate,
    pub due_date: Option<NaiveDate>,
    /// None: the customer was not known; such a record is never issued.
    pub parties: Option<Parties>,
    /// Absent on corrections, whose lines have periods of their own.
    pub period: Option<(Period, Zone)>,
    /// The records that it corrects (BG-3).
    pub preceding: Vec<RecordRef>,
    pub lines: Vec<Line>,
    pub totals: Totals,
    pub catalog_version: String,
    pub catalog_digest: [u8; 32],
    pub tzdb: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordNumber {
    pub customer: CustomerId,
    pub number: u64,
}

impl std::fmt::Display for RecordNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{:06}", self.customer, self.number)
    }
}

/// In the order in which records that fall due together are numbered; a correction is last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    Annual,
    PackagePurchase,
    Periodic,
    Quarterly,
    Correction,
}

impl RecordKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Annual => "annual",
            Self::PackagePurchase => "package_purchase",
            Self::Periodic => "periodic",
            Self::Quarterly => "quarterly",
            Self::Correction => "correction",
        }
    }
}

/// A reference to an issued record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRef {
    pub number: u64,
    pub issued_at: Instant,
}

/// An issued record of a period, as the customer's register keeps it: what a correction of any plan
/// in that period refers to, even of one that had no line in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedRecord {
    pub seller: SellerId,
    pub currency: Currency,
    pub kind: RecordKind,
    pub period: Period,
    pub zone: Zone,
    /// Fees outside of VAT have a record of their own (BR-O-11, BR-O-12).
    pub outside_vat: bool,
    /// Plans with a due date of their own have a record of their own.
    pub due_date: Option<NaiveDate>,
    pub reference: RecordRef,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub plan: PlanId,
    /// None: a line about the whole plan (a minimum).
    pub service: Option<ServiceId>,
    /// The agreement and the system of its use, where the service asks for one (BT-12).
    pub consent: Option<Consent>,
    pub description: String,
    pub quantity: Quantity,
    pub unit: String,
    pub unit_price: Decimal,
    pub base_quantity: Quantity,
    pub net: Money,
    pub vat: Vat,
    pub period: Period,
    pub package: Option<PackagePurchase>,
    /// The figures that the quantity was computed from, in the order of the computation.
    pub basis: Basis,
    pub lineage: Lineage,
}

/// Named figures, as text: `("active_pupils", "600")`. Names are part of the published format.
pub type Basis = Vec<(&'static str, String)>;

/// Which package a line buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackagePurchase {
    pub ordinal: u64,
    pub size: Quantity,
    pub first_unit: Quantity,
    pub last_unit: Quantity,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub net: Money,
    pub vat: Vec<VatTotal>,
    pub gross: Money,
}

/// A group of the VAT breakdown (BG-23).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatTotal {
    pub vat: Vat,
    pub taxable: Money,
    pub amount: Money,
}
