//! What people are told about agreements (P11, P13).

use super::facts::AgreementKey;
use crate::domain::instant::Instant;
use crate::domain::names::{PartyId, ServiceId, SystemId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementChange {
    Requested,
    Approved,
    Rejected,
    Ended,
    Expired,
    /// An answer that changes nothing, because of where the agreement stands.
    AnswerIgnored,
}

impl AgreementChange {
    /// The kind of the notice.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "agreement_requested",
            Self::Approved => "agreement_approved",
            Self::Rejected => "agreement_rejected",
            Self::Ended => "agreement_ended",
            Self::Expired => "agreement_expired",
            Self::AnswerIgnored => "agreement_answer_ignored",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementNotice {
    pub change: AgreementChange,
    pub key: AgreementKey,
    pub supplier: PartyId,
    pub system: SystemId,
    /// Of which services.
    pub services: Vec<ServiceId>,
    /// The answer, as its event names it.
    pub answer: Option<&'static str>,
    /// In which span use may be billed, or since when it may not.
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub expires: Option<Instant>,
    pub actor: Option<String>,
    pub reason: Option<String>,
    pub approver: Option<String>,
    /// E-mail addresses of those whom it concerns, as far as the directory knows them.
    pub recipients: Vec<String>,
}
