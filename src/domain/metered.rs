//! A billing period of a metered plan, open or closed: what was used, and what was already issued.

use chrono::NaiveDate;

use super::lineage::Lineage;
use super::names::ServiceId;
use super::period::Period;
use super::quantity::Quantity;
use super::record::RecordRef;

/// A period of (customer, plan). After its close, `open` tallies hold what came late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodCell {
    pub period: Period,
    pub status: PeriodStatus,
    /// By service (in the plan's order of first use) and price, neither pair twice.
    pub segments: Vec<Segment>,
    /// The record that was issued for it.
    pub record: Option<RecordRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodStatus {
    Open,
    /// Due, but not issued: a notice says why.
    Held,
    Closed,
}

/// The use of one service at one price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub service: ServiceId,
    /// Since when the price is in force.
    pub price_from: NaiveDate,
    /// Issued already.
    pub billed: Quantity,
    /// Not issued yet.
    pub open: Tally,
}

/// A sum with its lineage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub quantity: Quantity,
    pub lineage: Lineage,
}
