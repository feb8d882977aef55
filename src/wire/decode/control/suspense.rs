//! What people decide about waiting events: `tally.write_off.v1`, `tally.recycle.v1`.

use std::borrow::Cow;

use super::FactFault;
use super::decision::nobody;
use super::fields::{Signed, bad, filled, moment, quoted, required, text};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::domain::verdict::Reason;
use crate::domain::write_off::{Approval, Recycle, Selection, WriteOff};
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

type Text<'a> = Option<Cow<'a, str>>;

#[derive(Default)]
struct SelectionDraft<'a> {
    reason: Text<'a>,
    service: Text<'a>,
    kind: Text<'a>,
    source: Text<'a>,
    from: Text<'a>,
    to: Text<'a>,
    events: Option<Vec<(Text<'a>, Text<'a>)>>,
}

/// `time`: when it was decided; what came later is not meant, unless it says so.
pub(super) fn write_off(reader: &mut Reader<'_>, time: Instant) -> Result<WriteOff, FactFault> {
    let (mut select, mut seen_until, mut signed) = (SelectionDraft::default(), None, Signed::by_two());
    reader.object(|reader, name| {
        match name {
            "select" => select = read_selection(reader)?,
            "seen_until" => seen_until = Some(text(reader, name)?),
            _ => signed.read_or_skip(reader, name)?,
        }
        Ok(())
    })?;
    let (actor, approver, reason) = (signed.actor()?, signed.approver()?, signed.reason()?);
    let seen_until = seen_until.map_or(Ok(time), |text| moment(&text, "seen_until"))?;
    let approval = Approval {
        actor: nobody(filled(actor, "actor")?, "actor")?,
        approver: nobody(filled(approver, "approver")?, "approver")?,
        reason: nobody(filled(reason, "reason")?, "reason")?,
    };
    if approval.actor.trim() == approval.approver.trim() {
        return Err(bad("approver", "is the actor: two people must stand for giving up what could be charged"));
    }
    Ok(WriteOff { selection: selection(select, seen_until)?, approval })
}

pub(super) fn recycle(reader: &mut Reader<'_>) -> Result<Recycle, FactFault> {
    let mut signed = Signed::by_one();
    reader.object(|reader, name| signed.read_or_skip(reader, name))?;
    let (actor, reason) = (signed.actor()?, signed.reason()?);
    Ok(Recycle { actor: nobody(filled(actor, "actor")?, "actor")?, reason: nobody(filled(reason, "reason")?, "reason")? })
}

fn read_selection<'a>(reader: &mut Reader<'a>) -> Result<SelectionDraft<'a>, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("`data.select` is not an object"));
    }
    let mut draft = SelectionDraft::default();
    reader.object(|reader, name| {
        match name {
            "reason" => draft.reason = Some(text(reader, "select.reason")?),
            "service" => draft.service = Some(text(reader, "select.service")?),
            "type" => draft.kind = Some(text(reader, "select.type")?),
            "source" => draft.source = Some(text(reader, "select.source")?),
            "from" => draft.from = Some(text(reader, "select.from")?),
            "to" => draft.to = Some(text(reader, "select.to")?),
            "events" => draft.events = Some(read_events(reader)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(draft)
}

fn read_events<'a>(reader: &mut Reader<'a>) -> Result<Vec<(Text<'a>, Text<'a>)>, Undecodable> {
    if reader.kind()? != Kind::Array {
        return Err(reader.fault("`data.select.events` is not a list"));
    }
    let mut events = Vec::new();
    reader.list(|reader| {
        if reader.kind()? != Kind::Object {
            return Err(reader.fault("`data.select.events` holds something that is not an object"));
        }
        let (mut source, mut id) = (None, None);
        reader.object(|reader, name| {
            match name {
                "source" => source = Some(text(reader, "select.events.source")?),
                "id" => id = Some(text(reader, "select.events.id")?),
                _ => reader.any(&mut |_| ())?,
            }
            Ok(())
        })?;
        events.push((source, id));
        Ok(())
    })?;
    Ok(events)
}

fn selection(draft: SelectionDraft<'_>, seen_until: Instant) -> Result<Selection, FactFault> {
    let text = |text: Text<'_>, member: &str| text.map(|text| filled(text, member)).transpose();
    let from = draft.from.map(|text| moment(&text, "select.from")).transpose()?;
    let to = draft.to.map(|text| moment(&text, "select.to")).transpose()?;
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        return Err(bad("select.to", "is not after `data.select.from`"));
    }
    Ok(Selection {
        reason: draft.reason.map(|text| waiting_reason(&text)).transpose()?,
        service: text(draft.service, "select.service")?.map(|service| ServiceId::new(&service)),
        kind: text(draft.kind, "select.type")?,
        source: text(draft.source, "select.source")?,
        from,
        to,
        events: draft.events.map(events).transpose()?,
        seen_until,
    })
}

fn waiting_reason(text: &str) -> Result<Reason, FactFault> {
    let known = Reason::ALL.into_iter().find(|reason| reason.waits() && reason.as_str() == text);
    known.ok_or_else(|| {
        bad("select.reason", &format!("is {}, which nothing waits for; `tally suspense list` shows the reasons", quoted(text)))
    })
}

fn events(drafts: Vec<(Text<'_>, Text<'_>)>) -> Result<Vec<(String, String)>, FactFault> {
    let mut events = Vec::with_capacity(drafts.len());
    for (source, id) in drafts {
        let (source, id) = (required(source, "select.events.source")?, required(id, "select.events.id")?);
        events.push((source.into_owned(), id.into_owned()));
    }
    events.sort_unstable();
    Ok(events)
}
