//! `tally.decision.v1`: what somebody decided about a record that is held.

use super::FactFault;
use super::fields::{Signed, bad, day, filled, quoted, required, text};
use crate::domain::control::{Decision, Ruling};
use crate::domain::names::PlanId;
use crate::domain::personal::{self, Forms};
use crate::wire::decode::json::Reader;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Decision, FactFault> {
    let (mut plan, mut period_from, mut what, mut signed) = (None, None, None, Signed::by_one());
    reader.object(|reader, name| {
        match name {
            "plan" => plan = Some(text(reader, name)?),
            "period_from" => period_from = Some(text(reader, name)?),
            "decision" => what = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (plan, period_from, what) = (required(plan, "plan")?, required(period_from, "period_from")?, required(what, "decision")?);
    let (actor, reason) = (signed.actor()?, signed.reason()?);
    let what = match &*what {
        "charge_all" => Ruling::ChargeAll,
        "waive" => Ruling::Waive,
        other => return Err(bad("decision", &format!("is {}, not \"charge_all\" or \"waive\"", quoted(other)))),
    };
    Ok(Decision {
        plan: PlanId::new(&filled(plan, "plan")?),
        period_from: day(&period_from, "period_from")?,
        what,
        actor: nobody(filled(actor, "actor")?, "actor")?,
        reason: nobody(filled(reason, "reason")?, "reason")?,
    })
}

/// What is published names nobody.
pub(super) fn nobody(text: String, member: &str) -> Result<String, FactFault> {
    if personal::holds(&text, Forms::All) { Err(bad(member, "holds a personal number; write an id that names nobody")) } else { Ok(text) }
}
