//! What the log says about agreements: that one is asked for, and how the municipality answers.

use crate::domain::instant::Instant;
use crate::domain::names::{AgreementId, PartyId, ServiceId, SystemId};

/// A version of an agreement. What is added later is a version of its own: none is ever overwritten (P2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgreementKey {
    pub agreement: AgreementId,
    pub version: u32,
}

/// `tally.agreement_request.v1`, `tally.agreement_answer.v1`, about one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementFact {
    pub key: AgreementKey,
    pub told: AgreementTold,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreementTold {
    Request(AgreementRequest),
    Answer(AgreementAnswer),
}

/// A supplier asks that one system may use some services (P2, P10). Ordered by its own time: if a version is asked
/// for in two ways, the first one stands, in whatever order they are told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgreementRequest {
    /// The time of the event.
    pub at: Instant,
    pub supplier: PartyId,
    pub system: SystemId,
    /// Ascending, none twice, at least one.
    pub services: Vec<ServiceId>,
    /// Unanswered at this instant, it is over.
    pub expires: Option<Instant>,
    pub actor: String,
    pub reason: String,
}

/// What the municipality says to it (P11). Ordered by its own time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgreementAnswer {
    /// The time of the event.
    pub at: Instant,
    pub what: Answer,
    /// Which services it is about, ascending; none: all that are asked for.
    pub services: Option<Vec<ServiceId>>,
    pub actor: String,
    pub reason: String,
    /// Who has agreed that it reaches back: another than the actor (P12).
    pub approver: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Use in `[from, to)` may be billed.
    Approved {
        from: Instant,
        to: Option<Instant>,
    },
    Rejected,
    /// From this instant on, no use may be billed.
    Ended {
        from: Instant,
    },
}

impl Answer {
    /// As events name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved { .. } => "approved",
            Self::Rejected => "rejected",
            Self::Ended { .. } => "ended",
        }
    }
}

impl AgreementAnswer {
    #[must_use]
    pub fn is_about(&self, service: &ServiceId) -> bool {
        self.services.as_ref().is_none_or(|services| services.contains(service))
    }
}
