//! What people are told when an agreement moves (REQUIREMENTS P11, P13).

use crate::domain::control::Fact;
use crate::domain::directory::Directory;
use crate::domain::gates::agreement::{
    AgreementAnswer, AgreementChange, AgreementFact, AgreementKey, AgreementNotice, AgreementRequest, AgreementTold, AgreementVersion,
    Answer, Taken,
};
use crate::domain::instant::Instant;
use crate::domain::names::{PartyId, ServiceId};
use crate::domain::notice::NoticeKind;
use crate::engine::customer::Customer;
use crate::engine::issue::Outbox;

/// Tells what a fact will change. What was told before says nothing new. To be called before it is taken in.
pub fn notify(customer: &Customer, fact: &Fact, watermark: Instant, directory: &Directory, outbox: &mut Outbox<'_>) {
    let Fact::Agreement(fact) = fact else { return };
    let before = customer.account.gates.agreements.get(&fact.key).cloned().unwrap_or_default();
    let mut after = before.clone();
    if after.put(fact, watermark) != Taken::Changed {
        return;
    }
    let Some(request) = &after.request else { return };
    let tell = Telling { customer, key: &fact.key, request, watermark, directory };
    if before.request.as_ref() != Some(request) {
        tell.of_request(AgreementChange::Requested, request.services.clone(), outbox);
    }
    for (place, answer) in after.answers.iter().enumerate() {
        let known: Vec<ServiceId> = affected_by(&before, answer);
        let new: Vec<ServiceId> = after.affected(place).into_iter().filter(|service| !known.contains(service)).collect();
        if !new.is_empty() {
            tell.of_answer(change_of(answer.what), answer, new, outbox);
        } else if is_told(fact, answer) {
            let services = answer.services.clone().unwrap_or_else(|| request.services.clone());
            tell.of_answer(AgreementChange::AnswerIgnored, answer, services, outbox);
        }
    }
}

fn affected_by(version: &AgreementVersion, answer: &AgreementAnswer) -> Vec<ServiceId> {
    version.answers.binary_search(answer).map(|place| version.affected(place)).unwrap_or_default()
}

fn is_told(fact: &AgreementFact, answer: &AgreementAnswer) -> bool {
    matches!(&fact.told, AgreementTold::Answer(told) if told == answer)
}

fn change_of(answer: Answer) -> AgreementChange {
    match answer {
        Answer::Approved { .. } => AgreementChange::Approved,
        Answer::Rejected => AgreementChange::Rejected,
        Answer::Ended { .. } => AgreementChange::Ended,
    }
}

/// Requests that run out unanswered at an instant.
pub fn expire(customer: &mut Customer, at: Instant, directory: &Directory, outbox: &mut Outbox<'_>) {
    let due = customer.account.gates.agreements.take_due(at);
    customer.account_dirty |= !due.is_empty();
    for key in due {
        let Some(version) = customer.account.gates.agreements.get(&key) else { continue };
        let expired = version.expired();
        if let Some(request) = version.request.as_ref().filter(|_| !expired.is_empty()) {
            let tell = Telling { customer, key: &key, request, watermark: at, directory };
            tell.of_request(AgreementChange::Expired, expired, outbox);
        }
    }
}

#[derive(Clone, Copy)]
struct Telling<'a> {
    customer: &'a Customer,
    key: &'a AgreementKey,
    request: &'a AgreementRequest,
    watermark: Instant,
    directory: &'a Directory,
}

impl Telling<'_> {
    fn of_request(&self, change: AgreementChange, services: Vec<ServiceId>, outbox: &mut Outbox<'_>) {
        let (actor, reason) = (Some(self.request.actor.clone()), Some(self.request.reason.clone()));
        let actor = actor.filter(|_| change == AgreementChange::Requested);
        let reason = reason.filter(|_| change == AgreementChange::Requested);
        self.tell(AgreementNotice { actor, reason, ..self.notice(change, services) }, outbox);
    }

    fn of_answer(&self, change: AgreementChange, answer: &AgreementAnswer, services: Vec<ServiceId>, outbox: &mut Outbox<'_>) {
        let (from, to) = match answer.what {
            Answer::Approved { from, to } => (Some(from), to),
            Answer::Rejected => (None, None),
            Answer::Ended { from } => (None, Some(from)),
        };
        let notice = AgreementNotice {
            answer: Some(answer.what.as_str()),
            from,
            to,
            actor: Some(answer.actor.clone()),
            reason: Some(answer.reason.clone()),
            approver: answer.approver.clone(),
            ..self.notice(change, services)
        };
        self.tell(notice, outbox);
    }

    fn notice(&self, change: AgreementChange, services: Vec<ServiceId>) -> AgreementNotice {
        AgreementNotice {
            change,
            key: self.key.clone(),
            supplier: self.request.supplier.clone(),
            system: self.request.system.clone(),
            services,
            answer: None,
            from: None,
            to: None,
            expires: self.request.expires,
            actor: None,
            reason: None,
            approver: None,
            recipients: self.recipients(change),
        }
    }

    /// The municipality answers, the supplier waits for it.
    fn recipients(&self, change: AgreementChange) -> Vec<String> {
        let municipality = PartyId::new(self.customer.id.as_str());
        let parties = match change {
            AgreementChange::Requested => vec![&municipality],
            AgreementChange::Expired | AgreementChange::Ended => vec![&municipality, &self.request.supplier],
            AgreementChange::Approved | AgreementChange::Rejected | AgreementChange::AnswerIgnored => vec![&self.request.supplier],
        };
        let versions = parties.into_iter().filter_map(|id| self.directory.party(id)?.version_at(self.watermark));
        let mut emails: Vec<String> = versions.flat_map(|version| version.emails.iter().cloned()).collect();
        emails.sort_unstable();
        emails.dedup();
        emails
    }

    fn tell(&self, notice: AgreementNotice, outbox: &mut Outbox<'_>) {
        outbox.notice(self.customer, self.watermark, NoticeKind::Agreement(Box::new(notice)));
    }
}
