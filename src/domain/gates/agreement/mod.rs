//! Service agreements: a supplier asks a municipality to let one of its systems use some services, and the
//! municipality answers. Approval is consent to be billed (REQUIREMENTS P1, P2, P9 to P13).
//!
//! Kept is what was told, and what follows from it is reckoned in the order of the events' own times: so it is
//! the same in whatever order they came.

mod alarms;
mod consent;
mod facts;
mod notice;
mod standing;
#[cfg(test)]
mod tests;
mod version;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::instant::Instant;
use crate::domain::names::{AgreementId, PartyId, ServiceId, SystemId};
use crate::domain::span::Span;

pub use alarms::Alarms;
pub use consent::Consent;
pub use facts::{AgreementAnswer, AgreementFact, AgreementKey, AgreementRequest, AgreementTold, Answer};
pub use notice::{AgreementChange, AgreementNotice};
pub use standing::{Act, Standing};
pub use version::{AgreementVersion, Approval, History, Taken};

/// The agreements of one municipality.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreements {
    versions: BTreeMap<AgreementKey, AgreementVersion>,
    alarms: Alarms,
}

/// Which use is asked about (P1): that of a service by a supplier's system.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    pub supplier: &'a PartyId,
    pub system: &'a SystemId,
    pub service: &'a ServiceId,
}

impl Agreements {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&AgreementKey, &AgreementVersion)> {
        self.versions.iter()
    }

    #[must_use]
    pub fn get(&self, key: &AgreementKey) -> Option<&AgreementVersion> {
        self.versions.get(key)
    }

    /// As they were stored.
    #[must_use]
    pub fn restored(versions: BTreeMap<AgreementKey, AgreementVersion>, alarms: Alarms) -> Self {
        Self { versions, alarms }
    }

    #[must_use]
    pub fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Is an alarm over a source to be raised on a day? Once.
    pub fn raise_alarm(&mut self, source: &str, day: NaiveDate) -> bool {
        self.alarms.raise(source, day)
    }

    pub fn put(&mut self, fact: &AgreementFact, watermark: Instant) -> Taken {
        self.versions.entry(fact.key.clone()).or_default().put(fact, watermark)
    }

    /// Why a fact is refused: its version was asked for otherwise, and earlier.
    #[must_use]
    pub fn why_not(&self, fact: &AgreementFact) -> Option<String> {
        let AgreementTold::Request(request) = &fact.told else { return None };
        let known = self.versions.get(&fact.key)?.request.as_ref().filter(|known| *known < request)?;
        let AgreementKey { agreement, version } = &fact.key;
        Some(format!("version {version} of the agreement `{agreement}` was asked for otherwise at {}: ask for another version", known.at))
    }

    /// The first instant from which the answers of a version may cover use.
    #[must_use]
    pub fn since(&self, key: &AgreementKey) -> Instant {
        let answers = self.versions.get(key).into_iter().flat_map(|version| &version.answers);
        let begin = answers.filter_map(|answer| match answer.what {
            Answer::Approved { from, .. } | Answer::Ended { from } => Some(from),
            Answer::Rejected => None,
        });
        begin.min().unwrap_or(Instant::MAX)
    }

    /// When it is next to be looked whether a request has expired.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.versions.values().filter_map(|version| version.due).min()
    }

    /// Takes the versions whose requests may have expired at an instant.
    pub fn take_due(&mut self, at: Instant) -> Vec<AgreementKey> {
        let due = self.versions.iter_mut().filter(|(_, version)| version.due.is_some_and(|due| due <= at));
        due.map(|(key, version)| {
            version.due = None;
            key.clone()
        })
        .collect()
    }

    /// The agreement under which a use at an instant may be billed, and the span around it in which that answer
    /// stays. Of several, the one that was approved first: what is approved later takes nothing from it.
    #[must_use]
    pub fn covering(&self, claim: Claim<'_>, at: Instant) -> (Option<&AgreementId>, Span) {
        let mut span = Span::ALL;
        let mut best: Option<(Instant, &AgreementKey)> = None;
        for (key, approval) in self.approvals_of(claim) {
            let Span { from, to } = approval.span();
            span.cut(at, from);
            span.cut(at, to);
            if approval.span().contains(at) && best.is_none_or(|best| (approval.at, key) < best) {
                best = Some((approval.at, key));
            }
        }
        (best.map(|(_, key)| &key.agreement), span)
    }

    /// Is any use of a service approved in a span, by whichever system?
    #[must_use]
    pub fn covers_in(&self, service: &ServiceId, span: Span) -> bool {
        let mut approvals = self.versions.values().filter_map(|version| version.history(service)).flat_map(|history| history.approvals);
        approvals.any(|one| !one.is_empty() && one.span().overlaps(&span))
    }

    fn approvals_of<'a>(&'a self, claim: Claim<'_>) -> impl Iterator<Item = (&'a AgreementKey, Approval)> {
        let asked = move |version: &AgreementVersion| {
            version.request.as_ref().is_some_and(|request| (&request.supplier, &request.system) == (claim.supplier, claim.system))
        };
        let versions = self.versions.iter().filter(move |(_, version)| asked(version));
        versions.flat_map(move |(key, version)| {
            let approvals = version.history(claim.service).map(|history| history.approvals).unwrap_or_default();
            approvals.into_iter().filter(|one| !one.is_empty()).map(move |approval| (key, approval))
        })
    }
}
