//! What people are told: low balances, package sizes, held records, refused control events.

use chrono::NaiveDate;

use super::gates::agreement::AgreementNotice;
use super::instant::Instant;
use super::names::{CustomerId, PlanId, ServiceId};
use super::parked::Origin;
use super::party::MissingTerm;
use super::quantity::Quantity;
use super::rerate::Rerate;
use super::sizing::SizeChoice;
use super::succession::{ArchiveHandover, Handover, PoolHandover, Successors};
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
    /// A plan chose another size for a customer's next package.
    PackageSizeChanged { plan: PlanId, from: Quantity, to: Quantity, ordinal: u64, choice: SizeChoice },
    /// A record was due and is not issued.
    RecordHeld { plan: PlanId, period_from: NaiveDate, why: String },
    /// The facts of a customer are in force from a day on, and lack what invoices need.
    CustomerIncomplete { from: NaiveDate, missing: Vec<MissingTerm> },
    /// A period is not charged, because somebody decided so.
    RecordWaived { plan: PlanId, period_from: NaiveDate, actor: String, reason: String },
    /// Closed periods are reckoned again; what they owe otherwise comes as corrections.
    Rerated { rerate: Rerate, periods: u64 },
    /// Nothing is reckoned again.
    RerateRefused { rerate: Rerate, why: String },
    /// A merger or split has come into effect, and pools were handed over.
    Succeeded { handover: Handover, pools: Vec<PoolHandover>, archives: Vec<ArchiveHandover> },
    /// A service agreement was asked for, answered, ended, or has expired.
    Agreement(Box<AgreementNotice>),
    /// Use that nobody has agreed to (REQUIREMENTS P5): once a day of each source or certificate (issuer, serial).
    SecurityAlarm {
        reason: Reason,
        source: String,
        certificate: Option<(String, String)>,
        service: Option<ServiceId>,
        day: NaiveDate,
        detail: String,
    },
    /// A control event was refused.
    ControlRefused { reason: Reason, detail: String, origin: Origin },
}

impl NoticeKind {
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::LowBalance { .. } => "low_balance",
            Self::PackageSizeChanged { .. } => "package_size_changed",
            Self::RecordHeld { .. } => "record_held",
            Self::CustomerIncomplete { .. } => "customer_incomplete",
            Self::RecordWaived { .. } => "record_waived",
            Self::Rerated { .. } => "rerated",
            Self::RerateRefused { .. } => "rerate_refused",
            Self::Succeeded { handover, .. } => match handover.to {
                Successors::Survivor(_) => "customer_merged",
                Successors::Parts(_) => "customer_split",
            },
            Self::Agreement(notice) => notice.change.as_str(),
            Self::SecurityAlarm { .. } => "security_alarm",
            Self::ControlRefused { .. } => "control_refused",
        }
    }
}
