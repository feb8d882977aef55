//! Corrections of the large kind: a span that is charged again, customers that merge and split.

use std::borrow::Cow;

use super::FactFault;
use super::fields::{Signed, bad, count_text, day, filled, moment, quoted, required, text};
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::rerate::Rerate;
use crate::domain::succession::{Merger, Split, SplitPart};
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

type Text<'a> = Option<Cow<'a, str>>;

/// Longer names are of no customer (CONTRACT 4).
const MOST_BYTES: usize = 256;

/// `tally.rerate.v1`.
pub(super) fn rerate(reader: &mut Reader<'_>) -> Result<Rerate, FactFault> {
    let (mut plan, mut from, mut to, mut signed) = (None, None, None, Signed::by_one());
    reader.object(|reader, name| {
        match name {
            "plan" => plan = Some(text(reader, name)?),
            "from" => from = Some(text(reader, name)?),
            "to" => to = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (plan, from, to) = (required(plan, "plan")?, required(from, "from")?, required(to, "to")?);
    let (actor, reason) = (signed.actor()?, signed.reason()?);
    let span = Period { from: day(&from, "from")?, to: day(&to, "to")? };
    if span.to <= span.from {
        return Err(bad("to", "is not after `data.from`: it is the first day that is not charged again"));
    }
    let plan = PlanId::new(&filled(plan, "plan")?);
    Ok(Rerate { plan, span, actor: filled(actor, "actor")?, reason: filled(reason, "reason")? })
}

/// `tally.merger.v1`.
pub(super) fn merger(reader: &mut Reader<'_>) -> Result<Merger, FactFault> {
    let (mut into, mut from, mut signed) = (None, None, Signed::by_one());
    reader.object(|reader, name| {
        match name {
            "into" => into = Some(text(reader, name)?),
            "from" => from = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (into, from) = (required(into, "into")?, required(from, "from")?);
    let (actor, reason) = (signed.actor()?, signed.reason()?);
    let (into, from) = (customer(into, "into")?, moment(&from, "from")?);
    Ok(Merger { into, from, actor: filled(actor, "actor")?, reason: filled(reason, "reason")? })
}

#[derive(Default)]
struct PartDraft<'a> {
    customer: Text<'a>,
    pool_share: Text<'a>,
}

/// `tally.split.v1`.
pub(super) fn split(reader: &mut Reader<'_>) -> Result<Split, FactFault> {
    let (mut drafts, mut from, mut signed) = (None, None, Signed::by_one());
    reader.object(|reader, name| {
        match name {
            "parts" => drafts = Some(parts(reader)?),
            "from" => from = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (drafts, from) = (required(drafts, "parts")?, required(from, "from")?);
    let (actor, reason) = (signed.actor()?, signed.reason()?);
    let parts: Vec<SplitPart> = drafts.into_iter().map(part).collect::<Result<_, _>>()?;
    shares_fit(&parts)?;
    let from = moment(&from, "from")?;
    Ok(Split { parts, from, actor: filled(actor, "actor")?, reason: filled(reason, "reason")? })
}

fn parts<'a>(reader: &mut Reader<'a>) -> Result<Vec<PartDraft<'a>>, Undecodable> {
    if reader.kind()? != Kind::Array {
        return Err(reader.fault("`data.parts` is not a list"));
    }
    let mut drafts = Vec::new();
    reader.list(|reader| {
        if reader.kind()? != Kind::Object {
            return Err(reader.fault("`data.parts` holds something that is not an object"));
        }
        let mut draft = PartDraft::default();
        reader.object(|reader, name| {
            match name {
                "customer" => draft.customer = Some(text(reader, "parts.customer")?),
                "pool_share" => draft.pool_share = Some(count_text(reader, "parts.pool_share")?),
                _ => reader.any(&mut |_| ())?,
            }
            Ok(())
        })?;
        drafts.push(draft);
        Ok(())
    })?;
    Ok(drafts)
}

fn part(draft: PartDraft<'_>) -> Result<SplitPart, FactFault> {
    let customer = customer(required(draft.customer, "parts.customer")?, "parts.customer")?;
    let share = |text: &str| {
        let parsed = Quantity::parse(text).filter(|share| *share <= Quantity::ONE);
        parsed.ok_or_else(|| bad("parts.pool_share", &format!("is {}, not a decimal from 0 to 1 such as \"0.25\"", quoted(text))))
    };
    let pool_share = draft.pool_share.map_or(Ok(Quantity::ZERO), |text| share(&text))?;
    Ok(SplitPart { customer, pool_share })
}

/// Nothing of a pool is lost, and nothing is made.
fn shares_fit(parts: &[SplitPart]) -> Result<(), FactFault> {
    if parts.is_empty() {
        return Err(bad("parts", "is empty: name the customers that come out of the split"));
    }
    let named_twice = |(place, part): (usize, &SplitPart)| parts.iter().take(place).any(|other| other.customer == part.customer);
    if parts.iter().enumerate().any(named_twice) {
        return Err(bad("parts", "names a customer twice"));
    }
    let sum = parts.iter().try_fold(Quantity::ZERO, |sum, part| sum.checked_add(part.pool_share)).unwrap_or_default();
    if sum.is_zero() || sum == Quantity::ONE {
        return Ok(());
    }
    Err(bad("parts", &format!("has pool shares that sum to {sum}: they must sum to 1, or be left out")))
}

fn customer(name: Cow<'_, str>, member: &str) -> Result<CustomerId, FactFault> {
    let name = filled(name, member)?;
    if name.len() > MOST_BYTES {
        return Err(bad(member, &format!("is longer than {MOST_BYTES} bytes")));
    }
    Ok(CustomerId::new(&name))
}
