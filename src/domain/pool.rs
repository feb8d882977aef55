//! Package pools: the balance of a customer in a plan whose units are bought in packages.

use rust_decimal::Decimal;

use super::account::PeriodKey;
use super::catalog::Vat;
use super::currency::Currency;
use super::gates::agreement::Consent;
use super::lineage::Lineage;
use super::names::{SellerId, ServiceId};
use super::quantity::Quantity;
use super::record::RecordRef;
use super::sizing::SizeChoice;
use super::trailing::TrailingUse;

/// A pool of (customer, plan).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pool {
    /// Units used so far.
    pub used: Quantity,
    /// Units of all packages bought so far.
    pub covered: Quantity,
    /// Ordinal of the last bought package; 0: none yet.
    pub bought: u64,
    /// Ordinal of the package that a low-balance notice was given for.
    pub noticed: u64,
    /// All events that the pool has counted.
    pub lineage: Lineage,
    /// Size of the last bought package; none: none yet, or bought before sizes were kept.
    pub size: Option<Quantity>,
    /// What the size of the next package is chosen from.
    pub trailing: TrailingUse,
    /// Bought, not yet issued: one per day and seller, until the day is over (REQUIREMENTS U11).
    pub bundles: Vec<Bundle>,
    /// Units that were taken back and credited: they are still among those used.
    pub credited: Quantity,
    /// The package that was issued last, as its record sold it; none if that was before this was kept.
    pub last: Option<Sold>,
}

/// Packages bought on one local day, which are issued together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The day of the use that bought them, its zone, and the currency.
    pub day: PeriodKey,
    pub seller: SellerId,
    /// In the order of their ordinals.
    pub packages: Vec<BoughtPackage>,
}

/// A package as it was bought: what its line says does not depend on a later catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoughtPackage {
    pub service: ServiceId,
    /// Of the use that bought it.
    pub consent: Option<Consent>,
    pub description: String,
    pub unit: String,
    pub vat: Vat,
    pub ordinal: u64,
    pub size: Quantity,
    pub amount: Decimal,
    /// The last unit that it covers, counted over all packages of the pool.
    pub last_unit: Quantity,
    /// How its size was chosen; none: the plan has one size.
    pub choice: Option<SizeChoice>,
    /// All events that the pool had counted by then.
    pub lineage: Lineage,
}

/// A package as it was sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    pub record: RecordRef,
    pub size: Quantity,
    pub amount: Decimal,
    pub currency: Currency,
    pub vat: Vat,
    pub unit: String,
    pub description: String,
}
