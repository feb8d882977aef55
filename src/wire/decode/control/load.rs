//! What somebody decides about a load that waits, and what a source says how many pupils it has.

use super::FactFault;
use super::fields::{Signed, bad, count_text, day, filled, number, quoted, required, text};
use super::roster::{list, name_of};
use crate::domain::instant::Instant;
use crate::domain::roster::{LoadDecision, MasterCount, MasterRow, RosterFact};
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

/// `tally.load_decision.v1`. It changes many pupils at once, so it takes two people.
pub(super) fn decision(reader: &mut Reader<'_>) -> Result<RosterFact, FactFault> {
    let (mut load, mut what, mut signed) = (None, None, Signed::by_two());
    reader.object(|reader, name| {
        match name {
            "load" => load = Some(text(reader, name)?),
            "decision" => what = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (load, what, actor) = (required(load, "load")?, required(what, "decision")?, signed.actor()?);
    let (approver, reason) = (signed.approver()?, signed.reason()?);
    let release = match &*what {
        "release" => true,
        "discard" => false,
        other => return Err(bad("decision", &format!("is {}, not \"release\" or \"discard\"", quoted(other)))),
    };
    let (actor, approver) = (filled(actor, "actor")?, filled(approver, "approver")?);
    if actor == approver {
        return Err(bad("approver", "is the actor: a second person must look at it"));
    }
    Ok(RosterFact::Decision(LoadDecision { load: name_of(load, "load")?, release, actor, approver, reason: filled(reason, "reason")? }))
}

/// `tally.master_count.v1`, told by a source at `time`.
pub(super) fn master(source: &str, time: Instant, reader: &mut Reader<'_>) -> Result<RosterFact, FactFault> {
    let (mut on, mut counts) = (None, None);
    reader.object(|reader, name| {
        match name {
            "on" => on = Some(text(reader, name)?),
            "counts" => counts = Some(list(reader, name, row_draft)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (on, counts) = (required(on, "on")?, required(counts, "counts")?);
    let on = day(&on, "on")?;
    let mut rows = counts.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    rows.sort_unstable();
    let same = |one: &MasterRow, other: &MasterRow| (&one.unit, &one.form) == (&other.unit, &other.form);
    if rows.iter().zip(rows.iter().skip(1)).any(|(one, other)| same(one, other)) {
        return Err(bad("counts", "counts the same school unit and form twice"));
    }
    if rows.is_empty() {
        return Err(bad("counts", "is empty"));
    }
    Ok(RosterFact::Master(MasterCount { source: source.to_owned(), told_at: time, on, rows }))
}

#[derive(Default)]
struct RowDraft {
    unit: Option<String>,
    form: Option<String>,
    count: Option<String>,
}

fn row_draft(reader: &mut Reader<'_>) -> Result<RowDraft, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("an entry of `data.counts` is not an object"));
    }
    let mut draft = RowDraft::default();
    reader.object(|reader, name| {
        match name {
            "school_unit" => draft.unit = Some(text(reader, name)?.into_owned()),
            "school_type" => draft.form = Some(text(reader, name)?.into_owned()),
            "count" => draft.count = Some(count_text(reader, name)?.into_owned()),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(draft)
}

fn row(draft: RowDraft) -> Result<MasterRow, FactFault> {
    let count = required(draft.count, "counts.count")?;
    Ok(MasterRow {
        unit: draft.unit.map(|unit| name_of(unit.into(), "counts.school_unit")).transpose()?,
        form: draft.form.map(|form| name_of(form.into(), "counts.school_type")).transpose()?,
        count: number(&count, "counts.count")?,
    })
}
