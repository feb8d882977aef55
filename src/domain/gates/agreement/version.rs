//! One version of an agreement: what was asked and answered, and what follows from it.

use super::facts::{AgreementAnswer, AgreementFact, AgreementRequest, AgreementTold, Answer};
use super::standing::{Act, Standing};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::span::Span;

/// All that was told of a version, in any order. An answer to what is not yet asked for waits for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgreementVersion {
    pub request: Option<AgreementRequest>,
    /// Ascending by their own time, none twice.
    pub answers: Vec<AgreementAnswer>,
    /// When it is looked whether it has expired; none: it was, or never does.
    pub due: Option<Instant>,
}

/// An approval that took effect for a service, less what ends cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Approval {
    /// When it was given.
    pub at: Instant,
    pub from: Instant,
    pub to: Option<Instant>,
}

impl Approval {
    #[must_use]
    pub fn span(&self) -> Span {
        Span { from: self.from, to: self.to.unwrap_or(Instant::MAX) }
    }

    /// Did it end before it began?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.to.is_some_and(|to| to <= self.from)
    }
}

/// What became of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub standing: Standing,
    pub approvals: Vec<Approval>,
    /// The answers that took effect, as places in the list of all.
    pub taken: Vec<usize>,
}

/// How a fact changed a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Changed,
    /// It was known.
    Known,
    /// The version was asked for otherwise, and earlier: that stands.
    AskedOtherwise,
}

impl AgreementVersion {
    pub fn put(&mut self, fact: &AgreementFact, watermark: Instant) -> Taken {
        match &fact.told {
            AgreementTold::Answer(answer) => match self.answers.binary_search(answer) {
                Ok(_) => Taken::Known,
                Err(place) => {
                    self.answers.insert(place, answer.clone());
                    Taken::Changed
                }
            },
            AgreementTold::Request(request) => match &self.request {
                Some(known) if known == request => Taken::Known,
                Some(known) if known < request => Taken::AskedOtherwise,
                _ => {
                    // Never the watermark itself: an input that is folded again must not find it done.
                    let later = watermark.saturating_add(1_000_000);
                    self.due = request.expires.map(|expires| expires.max(later));
                    self.request = Some(request.clone());
                    Taken::Changed
                }
            },
        }
    }

    /// What its answers did for a service, in the order of their own times. None: it was not asked for.
    #[must_use]
    pub fn history(&self, service: &ServiceId) -> Option<History> {
        let request = self.request.as_ref().filter(|request| request.services.contains(service))?;
        let mut history = History { standing: Standing::Requested, approvals: Vec::new(), taken: Vec::new() };
        let answers = self.answers.iter().enumerate().filter(|(_, answer)| answer.is_about(service));
        for (place, answer) in answers {
            if request.expires.is_some_and(|expires| expires <= answer.at) {
                history.step(Act::Expire);
            }
            if history.step(Act::of(answer.what)) {
                history.taken.push(place);
                history.take(answer);
            }
        }
        Some(history)
    }

    /// The services for which a request has run out unanswered.
    #[must_use]
    pub fn expired(&self) -> Vec<ServiceId> {
        let services = self.request.iter().flat_map(|request| &request.services);
        let unanswered = |service: &&ServiceId| {
            self.history(service).is_some_and(|history| matches!(history.standing, Standing::Requested | Standing::Expired))
        };
        services.filter(unanswered).cloned().collect()
    }

    /// The services for which an answer took effect; empty: it had none.
    #[must_use]
    pub fn affected(&self, answer: usize) -> Vec<ServiceId> {
        let services = self.request.iter().flat_map(|request| &request.services);
        let took = |service: &&ServiceId| self.history(service).is_some_and(|history| history.taken.contains(&answer));
        services.filter(took).cloned().collect()
    }
}

impl History {
    /// False: the act has no effect.
    fn step(&mut self, act: Act) -> bool {
        let next = self.standing.after(act);
        self.standing = next.unwrap_or(self.standing);
        next.is_some()
    }

    fn take(&mut self, answer: &AgreementAnswer) {
        match answer.what {
            Answer::Approved { from, to } => self.approvals.push(Approval { at: answer.at, from, to }),
            Answer::Rejected => {}
            Answer::Ended { from } => {
                for approval in &mut self.approvals {
                    approval.to = Some(approval.to.map_or(from, |to| to.min(from)));
                }
            }
        }
    }
}
