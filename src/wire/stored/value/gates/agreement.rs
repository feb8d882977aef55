//! Agreements: what was asked and answered.

use bincode::{BorrowDecode, Encode};

use super::super::format::Fault;
use super::super::plain::date;
use crate::domain::gates::agreement::{AgreementAnswer, AgreementKey, AgreementRequest, AgreementVersion, Agreements, Alarms, Answer};
use crate::domain::instant::Instant;
use crate::domain::names::{AgreementId, PartyId, ServiceId, SystemId};

#[derive(Encode, BorrowDecode)]
pub(super) struct StoredAgreements<'a> {
    versions: Vec<StoredVersion<'a>>,
    /// Day, sources.
    alarms: (Option<i32>, Vec<&'a str>),
}

#[derive(Encode, BorrowDecode)]
struct StoredVersion<'a> {
    agreement: &'a str,
    version: u32,
    request: Option<StoredRequest<'a>>,
    answers: Vec<StoredAnswer<'a>>,
    due: Option<i64>,
}

#[derive(Encode, BorrowDecode)]
struct StoredRequest<'a> {
    at: i64,
    supplier: &'a str,
    system: &'a str,
    services: Vec<&'a str>,
    expires: Option<i64>,
    actor: &'a str,
    reason: &'a str,
}

#[derive(Encode, BorrowDecode)]
struct StoredAnswer<'a> {
    at: i64,
    what: StoredWhat,
    services: Option<Vec<&'a str>>,
    actor: &'a str,
    reason: &'a str,
    approver: Option<&'a str>,
}

/// The order of the variants is part of the format.
#[derive(Encode, BorrowDecode)]
enum StoredWhat {
    Approved { from: i64, to: Option<i64> },
    Rejected,
    Ended { from: i64 },
}

impl<'a> StoredAgreements<'a> {
    pub fn of(agreements: &'a Agreements) -> Self {
        let Alarms { day, sources } = agreements.alarms();
        Self {
            versions: agreements.iter().map(|(key, version)| StoredVersion::of(key, version)).collect(),
            alarms: (day.map(|day| day.to_epoch_days()), sources.iter().map(String::as_str).collect()),
        }
    }

    pub fn into_domain(self) -> Result<Agreements, Fault> {
        let (day, sources) = self.alarms;
        let alarms = Alarms { day: day.map(date).transpose()?, sources: sources.into_iter().map(str::to_owned).collect() };
        Ok(Agreements::restored(self.versions.into_iter().map(StoredVersion::into_domain).collect(), alarms))
    }
}

fn names(services: &[ServiceId]) -> Vec<&str> {
    services.iter().map(ServiceId::as_str).collect()
}

fn services(names: Vec<&str>) -> Vec<ServiceId> {
    names.into_iter().map(ServiceId::new).collect()
}

impl<'a> StoredVersion<'a> {
    fn of(key: &'a AgreementKey, version: &'a AgreementVersion) -> Self {
        Self {
            agreement: key.agreement.as_str(),
            version: key.version,
            request: version.request.as_ref().map(StoredRequest::of),
            answers: version.answers.iter().map(StoredAnswer::of).collect(),
            due: version.due.map(Instant::nanos),
        }
    }

    fn into_domain(self) -> (AgreementKey, AgreementVersion) {
        let key = AgreementKey { agreement: AgreementId::new(self.agreement), version: self.version };
        let version = AgreementVersion {
            request: self.request.map(StoredRequest::into_domain),
            answers: self.answers.into_iter().map(StoredAnswer::into_domain).collect(),
            due: self.due.map(Instant::from_nanos),
        };
        (key, version)
    }
}

impl<'a> StoredRequest<'a> {
    fn of(request: &'a AgreementRequest) -> Self {
        Self {
            at: request.at.nanos(),
            supplier: request.supplier.as_str(),
            system: request.system.as_str(),
            services: names(&request.services),
            expires: request.expires.map(Instant::nanos),
            actor: &request.actor,
            reason: &request.reason,
        }
    }

    fn into_domain(self) -> AgreementRequest {
        AgreementRequest {
            at: Instant::from_nanos(self.at),
            supplier: PartyId::new(self.supplier),
            system: SystemId::new(self.system),
            services: services(self.services),
            expires: self.expires.map(Instant::from_nanos),
            actor: self.actor.to_owned(),
            reason: self.reason.to_owned(),
        }
    }
}

impl<'a> StoredAnswer<'a> {
    fn of(answer: &'a AgreementAnswer) -> Self {
        let what = match answer.what {
            Answer::Approved { from, to } => StoredWhat::Approved { from: from.nanos(), to: to.map(Instant::nanos) },
            Answer::Rejected => StoredWhat::Rejected,
            Answer::Ended { from } => StoredWhat::Ended { from: from.nanos() },
        };
        Self {
            at: answer.at.nanos(),
            what,
            services: answer.services.as_deref().map(names),
            actor: &answer.actor,
            reason: &answer.reason,
            approver: answer.approver.as_deref(),
        }
    }

    fn into_domain(self) -> AgreementAnswer {
        let what = match self.what {
            StoredWhat::Approved { from, to } => Answer::Approved { from: Instant::from_nanos(from), to: to.map(Instant::from_nanos) },
            StoredWhat::Rejected => Answer::Rejected,
            StoredWhat::Ended { from } => Answer::Ended { from: Instant::from_nanos(from) },
        };
        AgreementAnswer {
            at: Instant::from_nanos(self.at),
            what,
            services: self.services.map(services),
            actor: self.actor.to_owned(),
            reason: self.reason.to_owned(),
            approver: self.approver.map(str::to_owned),
        }
    }
}
