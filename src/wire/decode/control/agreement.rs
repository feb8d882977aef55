//! `tally.agreement_request.v1`, `tally.agreement_answer.v1`: what a supplier asks, what a municipality answers.

use std::borrow::Cow;

use super::FactFault;
use super::decision::nobody;
use super::fields::{bad, count_text, filled, moment, number, quoted, required, text, texts};
use crate::domain::control::Fact;
use crate::domain::gates::agreement::{AgreementAnswer, AgreementFact, AgreementKey, AgreementRequest, AgreementTold, Answer};
use crate::domain::instant::Instant;
use crate::domain::names::{AgreementId, PartyId, ServiceId, SystemId};
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

type Text<'a> = Option<Cow<'a, str>>;

/// Longer names are of nothing (CONTRACT 4).
const MOST_BYTES: usize = 256;

/// What both have.
#[derive(Default)]
struct Draft<'a> {
    agreement: Text<'a>,
    version: Text<'a>,
    services: Option<Vec<Cow<'a, str>>>,
    actor: Text<'a>,
    reason: Text<'a>,
}

impl<'a> Draft<'a> {
    fn read(&mut self, reader: &mut Reader<'a>, member: &str) -> Result<(), Undecodable> {
        match member {
            "agreement" => self.agreement = Some(text(reader, member)?),
            "version" => self.version = Some(count_text(reader, member)?),
            "services" => self.services = Some(texts(reader, member)?),
            "actor" => self.actor = Some(text(reader, member)?),
            "reason" => self.reason = Some(text(reader, member)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    }
}

/// `tally.agreement_request.v1`, with the time of the event.
pub(super) fn request(at: Instant, reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut draft, mut supplier, mut system, mut expires) = (Draft::default(), None, None, None);
    reader.object(|reader, member| {
        match member {
            "supplier" => supplier = Some(text(reader, member)?),
            "system" => system = Some(text(reader, member)?),
            "expires" => expires = Some(text(reader, member)?),
            _ => draft.read(reader, member)?,
        }
        Ok(())
    })?;
    let (supplier, system) = (required(supplier, "supplier")?, required(system, "system")?);
    let services = required(draft.services.take(), "services")?;
    let (key, actor, reason) = common(draft)?;
    let expires = expires.map(|expires| moment(&expires, "expires")).transpose()?;
    if expires.is_some_and(|expires| expires <= at) {
        return Err(bad("expires", "is not after the time of the event"));
    }
    let told = AgreementTold::Request(AgreementRequest {
        at,
        supplier: PartyId::new(&name(supplier, "supplier")?),
        system: SystemId::new(&name(system, "system")?),
        services: service_list(services)?,
        expires,
        actor,
        reason,
    });
    Ok(Fact::Agreement(Box::new(AgreementFact { key, told })))
}

#[derive(Default)]
struct AnswerDraft<'a> {
    answer: Text<'a>,
    from: Text<'a>,
    to: Text<'a>,
    retroactive: bool,
    approver: Text<'a>,
}

/// `tally.agreement_answer.v1`, with the time of the event.
pub(super) fn answer(at: Instant, reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut draft, mut own) = (Draft::default(), AnswerDraft::default());
    reader.object(|reader, member| {
        match member {
            "answer" => own.answer = Some(text(reader, member)?),
            "from" => own.from = Some(text(reader, member)?),
            "to" => own.to = Some(text(reader, member)?),
            "approver" => own.approver = Some(text(reader, member)?),
            "retroactive" if reader.kind()? == Kind::Bool => own.retroactive = reader.bool()?,
            "retroactive" => return Err(reader.fault("`data.retroactive` is not a boolean")),
            _ => draft.read(reader, member)?,
        }
        Ok(())
    })?;
    let word = required(own.answer.take(), "answer")?;
    let services = draft.services.take().map(service_list).transpose()?;
    let (key, actor, reason) = common(draft)?;
    let approver = own.approver.take().map(|approver| nobody(filled(approver, "approver")?, "approver")).transpose()?;
    if approver.as_ref() == Some(&actor) {
        return Err(bad("approver", "is the actor: two people are needed"));
    }
    let reaches_back = own.retroactive && approver.is_some();
    let what = what(&word, &own, at, reaches_back)?;
    let told = AgreementTold::Answer(AgreementAnswer { at, what, services, actor, reason, approver });
    Ok(Fact::Agreement(Box::new(AgreementFact { key, told })))
}

fn what(word: &str, own: &AnswerDraft<'_>, at: Instant, reaches_back: bool) -> Result<Answer, FactFault> {
    let from = own.from.as_deref().map(|from| moment(from, "from")).transpose()?;
    let to = own.to.as_deref().map(|to| moment(to, "to")).transpose()?;
    match word {
        "approved" => {
            let from = from.unwrap_or(at);
            if from < at && !reaches_back {
                let needs =
                    "is before the time of the event: that needs `data.retroactive` = true and an `data.approver` other than the actor";
                return Err(bad("from", needs));
            }
            if to.is_some_and(|to| to <= from) {
                return Err(bad("to", "is not after the beginning of the approval"));
            }
            Ok(Answer::Approved { from, to })
        }
        "rejected" if from.is_none() && to.is_none() => Ok(Answer::Rejected),
        "rejected" => Err(bad("answer", "is \"rejected\", which has no `data.from` and no `data.to`")),
        "ended" if from.is_some() => Err(bad("from", "begins an approval; say in `data.to` when the agreement ends")),
        "ended" => match to.unwrap_or(at) {
            to if to < at => Err(bad("to", "is before the time of the event: an agreement ends when that is told, or later")),
            to => Ok(Answer::Ended { from: to }),
        },
        other => Err(bad("answer", &format!("is {}, not \"approved\", \"rejected\" or \"ended\"", quoted(other)))),
    }
}

fn common(draft: Draft<'_>) -> Result<(AgreementKey, String, String), FactFault> {
    let (agreement, version) = (required(draft.agreement, "agreement")?, required(draft.version, "version")?);
    let (actor, reason) = (required(draft.actor, "actor")?, required(draft.reason, "reason")?);
    let version = u32::try_from(number(&version, "version")?).ok().filter(|version| *version > 0);
    let version = version.ok_or_else(|| bad("version", "is not a number from 1 on"))?;
    let key = AgreementKey { agreement: AgreementId::new(&name(agreement, "agreement")?), version };
    Ok((key, nobody(filled(actor, "actor")?, "actor")?, nobody(filled(reason, "reason")?, "reason")?))
}

fn service_list(services: Vec<Cow<'_, str>>) -> Result<Vec<ServiceId>, FactFault> {
    let services = services.into_iter().map(|service| Ok(ServiceId::new(&name(service, "services")?)));
    let mut services = services.collect::<Result<Vec<_>, FactFault>>()?;
    if services.is_empty() {
        return Err(bad("services", "is empty"));
    }
    services.sort_unstable();
    services.dedup();
    Ok(services)
}

/// It is published, and stands on invoices.
fn name(text: Cow<'_, str>, member: &str) -> Result<String, FactFault> {
    let name = nobody(filled(text, member)?, member)?;
    if name.len() > MOST_BYTES || name.chars().any(char::is_control) {
        return Err(bad(member, &format!("holds control characters, or more than {MOST_BYTES} bytes")));
    }
    Ok(name)
}
