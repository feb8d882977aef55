//! Package pools: the balance of a customer in a plan whose units are bought in packages.

use rust_decimal::Decimal;

use super::catalog::Vat;
use super::currency::Currency;
use super::lineage::Lineage;
use super::quantity::Quantity;
use super::record::RecordRef;

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
    /// Units that were taken back and credited: they are still among those used.
    pub credited: Quantity,
    /// The package that was bought last, as its record sold it; none if that was before this was kept.
    pub last: Option<Sold>,
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
