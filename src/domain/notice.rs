//! What people are told: low balances, package sizes, held records, refused control events.

use std::fmt;

use chrono::NaiveDate;

use super::directory::{BrakeScope, Freeze};
use super::gates::agreement::AgreementNotice;
use super::gates::brake::{BrakeOrder, Switch, Trip};
use super::instant::Instant;
use super::names::{CustomerId, FreezeId, PlanId, ServiceId};
use super::parked::Origin;
use super::party::MissingTerm;
use super::quantity::Quantity;
use super::rerate::Rerate;
use super::roster::{Drift, LoadDecision, LoadFigures, LoadMode, Score};
use super::sizing::SizeChoice;
use super::succession::{ArchiveHandover, Handover, PoolHandover, PupilHandover, Successors};
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
    Succeeded { handover: Handover, pools: Vec<PoolHandover>, archives: Vec<ArchiveHandover>, pupils: Option<PupilHandover> },
    /// The oldest waiting event of a customer is older than that, in ns; how many wait for what.
    SuspenseAgeing { age: i64, oldest: Instant, waiting: Vec<(Reason, u64)> },
    /// Numbers of a source are missing, and were waited for.
    GapDetected { source: String, first: u64, last: u64, count: u64 },
    /// All numbers of a gap that was told have come.
    GapClosed { source: String, first: u64, last: u64 },
    /// Two events of a source have one number.
    SequenceRepeated { source: String, sequence: u64, id: String },
    /// A service agreement was asked for, answered, ended, or has expired.
    Agreement(Box<AgreementNotice>),
    /// Use that nobody has agreed to (REQUIREMENTS P5): once a day of each source or certificate (issuer, serial).
    SecurityAlarm { reason: Reason, seen: SeenUse },
    /// Traffic that is not in the environment where it belongs (P4, P17): once a day of each source or certificate.
    WrongEnvironment { what: Misplaced, seen: SeenUse },
    /// A brake went on or off by hand.
    BrakeSwitched { of: Braked, order: BrakeOrder },
    /// A brake of a customer went on by itself; no service: it is of all that it does.
    BrakeTripped { service: Option<ServiceId>, trip: Trip },
    /// A freeze window has begun on a partition.
    FreezeBegan { id: FreezeId, freeze: Box<Freeze>, partition: u32 },
    /// It has ended: what was put off is done now, of so many customers.
    FreezeEnded { id: FreezeId, freeze: Box<Freeze>, customers: u64, partition: u32 },
    /// A service is being taken into use.
    Onboarding(OnboardingNotice),
    /// A load of a roster would change too much: it waits for a decision.
    LoadStopped { load: String, source: String, mode: LoadMode, figures: LoadFigures, why: String },
    /// Somebody decided about a load.
    LoadDecided { decision: LoadDecision },
    /// What sources count of their pupils is not what their roster says.
    RosterDrift { on: NaiveDate, drifts: Vec<Drift> },
    /// It is again.
    RosterInSync { on: NaiveDate },
    /// Too many entries of a source have something wrong with them.
    QualityLow { source: String, score: Score, floor: u64 },
    /// A control event was refused.
    ControlRefused { reason: Reason, detail: String, origin: Origin },
}

/// Use that something is wrong with, as told once a day of its source or certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenUse {
    pub source: String,
    /// Issuer, serial number.
    pub certificate: Option<(String, String)>,
    pub service: Option<ServiceId>,
    pub day: NaiveDate,
    pub detail: String,
}

/// What is wrong with the environment of some use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misplaced {
    /// A system that is connected by trial only sends use as production.
    TrialInProduction,
    /// Use says production in a log of the test environment.
    ProductionInTest,
    /// A test comes from no trial connection, where its service asks for one.
    TestWithoutTrial,
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrialInProduction => "trial_in_production",
            Self::ProductionInTest => "production_in_test",
            Self::TestWithoutTrial => "test_without_trial",
        })
    }
}

/// Whose brake it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Braked {
    /// One service of the notice's customer, or (none) all; and how many of its events wait.
    Customer { service: Option<ServiceId>, waiting: u64 },
    /// As one partition has read it.
    Everywhere { scope: BrakeScope, partition: u32 },
}

/// What people are told while a customer takes a service into use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnboardingNotice {
    /// A commissioning test is to be reported within a weekday (REQUIREMENTS K15).
    ReportDue(Box<ReportDeadline>),
    /// It was not.
    ReportOverdue(Box<ReportDeadline>),
    /// What the archivist found does not open production (K12, K13).
    Unverified { plan: String, service: ServiceId, why: String },
    /// Production is open, for use from an instant on (K14).
    Opened { service: ServiceId, from: Instant },
    /// A fact was told late that ends production, or makes a test of use: what was counted of `[from, to)` stays.
    ToldLate { service: ServiceId, from: Instant, to: Instant },
    /// A test id was used by another customer, or at another time, than it was issued for (K10, K11).
    TestIdMisused { service: ServiceId, source: String, id: String, time: Instant, why: String },
}

/// Of which test a report is due, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDeadline {
    pub plan: String,
    pub service: ServiceId,
    pub supplier: String,
    pub tested: Instant,
    pub due: Instant,
}

impl OnboardingNotice {
    fn as_str(&self) -> &'static str {
        match self {
            Self::ReportDue(_) => "commissioning_report_due",
            Self::ReportOverdue(_) => "commissioning_report_overdue",
            Self::Unverified { .. } => "commissioning_unverified",
            Self::Opened { .. } => "production_opened",
            Self::ToldLate { .. } => "onboarding_told_late",
            Self::TestIdMisused { .. } => "test_id_misused",
        }
    }
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
            Self::SuspenseAgeing { .. } => "suspense_ageing",
            Self::GapDetected { .. } => "gap_detected",
            Self::GapClosed { .. } => "gap_closed",
            Self::SequenceRepeated { .. } => "sequence_repeated",
            Self::Agreement(notice) => notice.change.as_str(),
            Self::SecurityAlarm { .. } => "security_alarm",
            Self::WrongEnvironment { .. } => "wrong_environment",
            Self::BrakeSwitched { order, .. } => match order.state {
                Switch::On => "brake_on",
                Switch::Off => "brake_off",
            },
            Self::BrakeTripped { .. } => "brake_tripped",
            Self::FreezeBegan { .. } => "freeze_began",
            Self::FreezeEnded { .. } => "freeze_ended",
            Self::Onboarding(notice) => notice.as_str(),
            Self::LoadStopped { .. } => "load_stopped",
            Self::LoadDecided { .. } => "load_decided",
            Self::RosterDrift { .. } => "roster_drift",
            Self::RosterInSync { .. } => "roster_in_sync",
            Self::QualityLow { .. } => "quality_low",
            Self::ControlRefused { .. } => "control_refused",
        }
    }
}
