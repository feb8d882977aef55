//! Control events (CONTRACT 5).

mod agreement;
mod brake;
mod decision;
mod directory;
mod erasure;
mod facts;
mod fields;
mod large;
mod load;
mod onboarding;
mod roster;
mod suspense;
mod test_id;
mod trial;

use thiserror::Error;

use super::envelope::{self, Envelope};
use super::json::Reader;
use super::{Header, Undecodable};
use crate::domain::control::{ControlEvent, Fact};
use crate::domain::instant::Instant;
use crate::domain::personal::{self, Forms};
use crate::domain::roster::RosterFact;

/// The control event changes nothing; a mended copy will.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ControlFault {
    /// It is not an event.
    #[error("control event not decodable: {0}; mend its sender and send it again")]
    Undecodable(String),
    /// It is an event, but says what cannot be. It has a log time, so it moves the clock all the same.
    #[error("control event refused: {detail}; correct it and send it again")]
    BadData { detail: String, recorded_log_time: Instant },
    /// It names a person in clear: what it says is shown nowhere.
    #[error("control event refused: {detail}; send a keyed pseudonym")]
    Personal { detail: String, recorded_log_time: Instant },
}

impl From<Undecodable> for ControlFault {
    fn from(fault: Undecodable) -> Self {
        Self::Undecodable(fault.detail)
    }
}

/// What is wrong with `data`.
enum FactFault {
    Undecodable(Undecodable),
    Impossible(String),
    /// A personal number, or a test id that is no pseudonym.
    Personal(String),
}

impl From<Undecodable> for FactFault {
    fn from(fault: Undecodable) -> Self {
        Self::Undecodable(fault)
    }
}

impl FactFault {
    fn of_event(self, envelope: &Envelope<'_>) -> ControlFault {
        let recorded_log_time = envelope.recorded.unwrap_or(envelope.time);
        match self {
            Self::Undecodable(fault) => fault.into(),
            Self::Impossible(detail) => ControlFault::BadData { detail, recorded_log_time },
            Self::Personal(detail) => ControlFault::Personal { detail, recorded_log_time },
        }
    }
}

/// Decodes a control event. An empty value is a tombstone.
///
/// # Errors
/// If it is not an event, or not a fact that can be.
pub fn control(value: &[u8], headers: &[Header<'_>]) -> Result<ControlEvent, ControlFault> {
    // The type may stand after the data, so the data is checked as JSON now and understood later.
    let mut data = None;
    let envelope = envelope::read(value, headers, |reader| {
        data = Some(reader.raw()?);
        Ok(())
    })?;
    let fact = fact(&envelope, data).map_err(|fault| fault.of_event(&envelope))?;
    if envelope.subject.is_none() && fact.is_of_customer() {
        return Err(envelope::missing("subject").into());
    }
    Ok(ControlEvent {
        source: envelope.source.into_owned(),
        id: envelope.id.into_owned(),
        subject: envelope.subject.unwrap_or_default().into_owned(),
        time: envelope.time,
        recorded: envelope.recorded,
        fact,
    })
}

/// The member of a control event that holds a personal number, if one does: what it says is kept and published.
#[must_use]
pub fn personal(value: &[u8], headers: &[Header<'_>]) -> Option<&'static str> {
    let mut in_data = false;
    let mut look_at = |text: &str| in_data |= personal::holds(text, Forms::All);
    let envelope = envelope::read(value, headers, |reader| reader.any(&mut look_at)).ok()?;
    let subject = envelope.subject.as_deref().unwrap_or_default();
    match () {
        () if personal::holds(&envelope.id, Forms::Separated) => Some("id"),
        () if personal::holds(&envelope.source, Forms::Separated) => Some("source"),
        () if personal::holds(subject, Forms::All) => Some("subject"),
        () if in_data => Some("data"),
        () => None,
    }
}

fn fact(envelope: &Envelope<'_>, data: Option<&str>) -> Result<Fact, FactFault> {
    let data = || data.map(|text| Reader::new(text.as_bytes())).ok_or_else(|| envelope::missing("data"))?;
    let subject = || envelope.subject.as_deref().ok_or_else(|| envelope::missing("subject"));
    match &*envelope.kind {
        "tally.customer.v1" => facts::customer(&mut data()?).map(Fact::Customer),
        "tally.activation.v1" => facts::activation(&mut data()?).map(Fact::Activation),
        "tally.head_count.v1" => facts::head_count(&mut data()?).map(Fact::HeadCount),
        "tally.catalog.v1" => facts::catalog(&mut data()?).map(Fact::Catalog),
        "tally.decision.v1" => decision::read(&mut data()?).map(Fact::Decision),
        "tally.rerate.v1" => large::rerate(&mut data()?).map(Fact::Rerate),
        "tally.merger.v1" => large::merger(&mut data()?).map(Fact::Merger),
        "tally.split.v1" => large::split(&mut data()?).map(Fact::Split),
        "tally.agreement_request.v1" => agreement::request(envelope.time, &mut data()?),
        "tally.agreement_answer.v1" => agreement::answer(envelope.time, &mut data()?),
        "tally.erasure.v1" => erasure::erasure(&mut data()?).map(Fact::Erasure),
        "tally.keys.v1" => erasure::keys(&mut data()?).map(Fact::Keys),
        "tally.party.v1" => directory::party(subject()?, &mut data()?),
        "tally.certificate.v1" => directory::certificate(&mut data()?),
        "tally.certificate_revocation.v1" => directory::revocation(&mut data()?),
        "tally.trial.v1" => trial::read(subject()?, &mut data()?),
        "tally.it_system.v1" => directory::system(subject()?, &mut data()?),
        "tally.brake.v1" => brake::brake(envelope, &mut data()?),
        "tally.freeze.v1" => brake::freeze(subject()?, envelope.time, &mut data()?),
        "tally.write_off.v1" => suspense::write_off(&mut data()?, envelope.time).map(|order| Fact::WriteOff(Box::new(order))),
        "tally.recycle.v1" => suspense::recycle(&mut data()?).map(Fact::Recycle),
        "tally.relation.v1" => onboarding::relation(&mut data()?).map(Fact::Onboarding),
        "tally.service_description.v1" => onboarding::description(subject()?, &mut data()?).map(Fact::Directory),
        "tally.description_approval.v1" => onboarding::approval(&mut data()?).map(Fact::Onboarding),
        "tally.commissioning_plan.v1" => onboarding::plan(&mut data()?).map(Fact::Onboarding),
        "tally.commissioning_run.v1" => onboarding::run(&mut data()?).map(Fact::Onboarding),
        "tally.commissioning_verification.v1" => onboarding::verification(&mut data()?).map(Fact::Onboarding),
        "tally.commissioning_report.v1" => onboarding::report(&mut data()?).map(Fact::Onboarding),
        "tally.test_id_grant.v1" => test_id::grant(subject()?, &mut data()?).map(Fact::TestId),
        "tally.test_id_issue.v1" => test_id::issue(subject()?, &mut data()?).map(Fact::TestId),
        "tally.test_id_return.v1" => test_id::returned(subject()?, &mut data()?).map(Fact::TestId),
        "tally.pupil.v1" => roster::pupil(envelope.time, &mut data()?).map(of_roster),
        "tally.roster.v1" => roster::chunk(&mut data()?).map(of_roster),
        "tally.load_decision.v1" => load::decision(&mut data()?).map(of_roster),
        "tally.master_count.v1" => load::master(&envelope.source, envelope.time, &mut data()?).map(of_roster),
        "tally.tick.v1" => Ok(Fact::Tick),
        unknown => Err(FactFault::Impossible(format!("the type {} is unknown", fields::quoted(unknown)))),
    }
}

fn of_roster(fact: RosterFact) -> Fact {
    Fact::Roster(Box::new(fact))
}
