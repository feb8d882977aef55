//! Package pools: the balance of a customer in a plan whose units are bought in packages.

use super::lineage::Lineage;
use super::quantity::Quantity;

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
}
