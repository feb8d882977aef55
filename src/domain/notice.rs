//! What people are told: low balances, held records, refused control events.

use chrono::NaiveDate;

use super::instant::Instant;
use super::names::{CustomerId, PlanId};
use super::parked::Origin;
use super::quantity::Quantity;
use super::verdict::Reason;

/// A notice (CONTRACT 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub at: Instant,
    pub customer: Option<CustomerId>,
    pub kind: NoticeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeKind {
    /// Few units are left in the last bought package.
    LowBalance { plan: PlanId, ordinal: u64, left: Quantity, threshold: Quantity },
    /// A record was due and is not issued.
    RecordHeld { plan: PlanId, period_from: NaiveDate, why: String },
    /// A period is not charged, because somebody decided so.
    RecordWaived { plan: PlanId, period_from: NaiveDate, actor: String, reason: String },
    /// A control event was refused.
    ControlRefused { reason: Reason, detail: String, origin: Origin },
}

impl NoticeKind {
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::LowBalance { .. } => "low_balance",
            Self::RecordHeld { .. } => "record_held",
            Self::RecordWaived { .. } => "record_waived",
            Self::ControlRefused { .. } => "control_refused",
        }
    }
}
