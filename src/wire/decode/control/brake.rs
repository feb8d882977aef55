//! `tally.brake.v1`, `tally.freeze.v1`: a hand on the brake.

use super::FactFault;
use super::decision::nobody;
use super::fields::{Signed, bad, filled, moment, quoted, required, text};
use crate::domain::control::Fact;
use crate::domain::directory::{BrakeScope, FreezeOrder};
use crate::domain::gates::brake::{BrakeOrder, Switch};
use crate::domain::instant::Instant;
use crate::domain::names::{FreezeId, ServiceId};
use crate::domain::quantity::Quantity;
use crate::wire::decode::envelope::{self, Envelope};
use crate::wire::decode::json::{Kind, Reader};

/// `tally.brake.v1`. The subject is the customer, the service or the source.
pub(super) fn brake(envelope: &Envelope<'_>, reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut state, mut scope, mut service, mut signed) = (None, None, None, Signed::by_two());
    reader.object(|reader, name| {
        match name {
            "state" => state = Some(text(reader, name)?),
            "scope" => scope = Some(text(reader, name)?),
            "service" => service = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (state, scope) = (required(state, "state")?, required(scope, "scope")?);
    let (actor, reason) = (signed.actor()?, signed.reason()?);
    let state = match &*state {
        "on" => Switch::On,
        "off" => Switch::Off,
        other => return Err(bad("state", &format!("is {}, not \"on\" or \"off\"", quoted(other)))),
    };
    let service = service.map(|service| filled(service, "service")).transpose()?.map(|service| ServiceId::new(&service));
    let order = BrakeOrder {
        at: envelope.time,
        state,
        actor: nobody(filled(actor, "actor")?, "actor")?,
        approver: signed.approver.map(|approver| nobody(filled(approver, "approver")?, "approver")).transpose()?,
        reason: nobody(filled(reason, "reason")?, "reason")?,
    };
    if order.approver.as_ref() == Some(&order.actor) {
        return Err(bad("approver", "is `data.actor`: a second person must look at it"));
    }
    of_scope(&scope, service, envelope, order)
}

fn of_scope(scope: &str, service: Option<ServiceId>, envelope: &Envelope<'_>, order: BrakeOrder) -> Result<Fact, FactFault> {
    if service.is_some() && matches!(scope, "service" | "source" | "all") {
        return Err(bad("service", "is given, and `data.scope` is not \"customer\": the subject is the service"));
    }
    let subject = || envelope.subject.as_deref().ok_or_else(|| envelope::missing("subject"));
    match scope {
        "customer" => Ok(Fact::Brake(service, order)),
        "service" => Ok(Fact::BrakeAll(BrakeScope::Service(ServiceId::new(subject()?)), order)),
        "source" => Ok(Fact::BrakeAll(BrakeScope::Source(subject()?.to_owned()), order)),
        "all" => Ok(Fact::BrakeAll(BrakeScope::All, order)),
        other => Err(bad("scope", &format!("is {}, not \"customer\", \"service\", \"source\" or \"all\"", quoted(other)))),
    }
}

/// `tally.freeze.v1`. The subject is the id of the window.
pub(super) fn freeze(id: &str, at: Instant, reader: &mut Reader<'_>) -> Result<Fact, FactFault> {
    let (mut from, mut to, mut expected, mut withdrawn, mut signed) = (None, None, None, false, Signed::by_one());
    reader.object(|reader, name| {
        match name {
            "from" => from = Some(text(reader, name)?),
            "to" => to = Some(text(reader, name)?),
            "expected" => expected = Some(text(reader, name)?),
            "withdrawn" if reader.kind()? == Kind::Bool => withdrawn = reader.bool()?,
            "withdrawn" => return Err(reader.fault("`data.withdrawn` is not a boolean")),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (from, to) = (required(from, "from")?, required(to, "to")?);
    let (actor, reason) = (signed.actor()?, signed.reason()?);
    let (from, to) = (moment(&from, "from")?, moment(&to, "to")?);
    if to <= from {
        return Err(bad("to", "is not after `data.from`"));
    }
    let factor = |text: &str| Quantity::parse(text).filter(|factor| (Quantity::ONE..=Quantity::from_units(1_000_000)).contains(factor));
    let not_a_factor = |text: &str| bad("expected", &format!("is {}, not a decimal from 1 to 1000000", quoted(text)));
    let expected = expected.map(|text| factor(&text).ok_or_else(|| not_a_factor(&text))).transpose()?;
    let actor = nobody(filled(actor, "actor")?, "actor")?;
    let reason = nobody(filled(reason, "reason")?, "reason")?;
    Ok(Fact::Freeze(FreezeId::new(id), FreezeOrder { at, from, to, withdrawn, expected, actor, reason }))
}
