//! Pupils and loads of them, in the vocabulary of SS12000. What can be a fault of one entry among many is a finding, so
//! that it does not stop the others; only what is no load at all is refused.

use std::borrow::Cow;
use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::FactFault;
use super::fields::{bad, count_text, day, filled, moment, number, quoted, required, text};
use crate::domain::instant::Instant;
use crate::domain::roster::{
    Enrolment, Finding, LoadChunk, LoadMode, PupilEntry, PupilFact, QualityRule, RosterFact, SCHOOL_TYPES, Statement, fingerprint,
};
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

/// Characters of a pseudonym: 64 to 512 bits in hex, as in usage events.
const PSEUDONYM: std::ops::RangeInclusive<usize> = 16..=128;
/// Names of units and forms that are longer are no names.
const MOST_BYTES: usize = 256;
/// More chunks of a load are a fault of its sender.
const MOST_CHUNKS: u32 = 10_000;

type Text<'a> = Option<Cow<'a, str>>;

#[derive(Default)]
struct EntryDraft<'a> {
    pupil: Text<'a>,
    same_as: Text<'a>,
    action: Text<'a>,
    enrolments: Option<Vec<EnrolmentDraft<'a>>>,
    on: Text<'a>,
}

#[derive(Default)]
struct EnrolmentDraft<'a> {
    unit: Text<'a>,
    form: Text<'a>,
    from: Text<'a>,
    to: Text<'a>,
    class: Text<'a>,
    cancelled: bool,
}

/// `tally.pupil.v1`, told at `time`.
pub(super) fn pupil(time: Instant, reader: &mut Reader<'_>) -> Result<RosterFact, FactFault> {
    let draft = entry_draft(reader)?;
    let on = draft.on.as_deref().map(|on| day(on, "on")).transpose()?;
    Ok(RosterFact::Pupil(PupilFact { day: on.unwrap_or_else(|| day_of(time)), entry: entry(draft)? }))
}

/// The day of a fact that does not name one.
fn day_of(time: Instant) -> NaiveDate {
    time.to_utc().date_naive()
}

/// `tally.roster.v1`.
pub(super) fn chunk(reader: &mut Reader<'_>) -> Result<RosterFact, FactFault> {
    let (mut load, mut part, mut of, mut mode, mut as_of, mut on, mut pupils) = (None, None, None, None, None, None, None);
    reader.object(|reader, name| {
        match name {
            "load" => load = Some(text(reader, name)?),
            "chunk" => part = Some(count_text(reader, name)?),
            "of" => of = Some(count_text(reader, name)?),
            "mode" => mode = Some(text(reader, name)?),
            "as_of" => as_of = Some(text(reader, name)?),
            "on" => on = Some(text(reader, name)?),
            "pupils" => pupils = Some(list(reader, name, entry_draft)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    let (load, part, of) = (required(load, "load")?, required(part, "chunk")?, required(of, "of")?);
    let (mode, as_of, pupils) = (required(mode, "mode")?, required(as_of, "as_of")?, required(pupils, "pupils")?);
    let (part, of) = (number(&part, "chunk")?, number(&of, "of")?);
    let places = u32::try_from(part).ok().zip(u32::try_from(of).ok());
    let places = places.filter(|(part, of)| *part >= 1 && part <= of && *of <= MOST_CHUNKS);
    let (chunk, of) = places.ok_or_else(|| bad("chunk", &format!("is not from 1 to `data.of`, or that is more than {MOST_CHUNKS}")))?;
    let known = LoadMode::ALL.into_iter().find(|one| one.as_str() == mode);
    let mode = known.ok_or_else(|| bad("mode", &format!("is {}, not \"full\" or \"delta\"", quoted(&mode))))?;
    let as_of = moment(&as_of, "as_of")?;
    let on = on.map(|on| day(&on, "on")).transpose()?;
    let mut entries = pupils.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    find_repeated(&mut entries);
    let load = name_of(load, "load")?;
    Ok(RosterFact::Chunk(LoadChunk { load, chunk, of, mode, as_of, day: on.unwrap_or_else(|| day_of(as_of)), entries }))
}

/// In one chunk; in others, it is found when they are taken in.
fn find_repeated(entries: &mut [PupilEntry]) {
    let mut seen = BTreeSet::new();
    for entry in entries {
        if !seen.insert(entry.pupil) {
            entry.findings.push(Finding { rule: QualityRule::DuplicatePupil, unit: String::new() });
            entry.findings.sort_unstable();
        }
    }
}

pub(super) fn list<'a, T>(
    reader: &mut Reader<'a>,
    member: &str,
    mut item: impl FnMut(&mut Reader<'a>) -> Result<T, Undecodable>,
) -> Result<Vec<T>, Undecodable> {
    if reader.kind()? != Kind::Array {
        return Err(reader.fault(&format!("`data.{member}` is not a list")));
    }
    let mut items = Vec::new();
    reader.list(|reader| {
        items.push(item(reader)?);
        Ok(())
    })?;
    Ok(items)
}

fn entry_draft<'a>(reader: &mut Reader<'a>) -> Result<EntryDraft<'a>, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("an entry of `data.pupils` is not an object"));
    }
    let mut draft = EntryDraft::default();
    reader.object(|reader, name| {
        match name {
            "pupil" => draft.pupil = Some(text(reader, name)?),
            "same_as" => draft.same_as = Some(text(reader, name)?),
            "action" => draft.action = Some(text(reader, name)?),
            "on" => draft.on = Some(text(reader, name)?),
            "enrolments" => draft.enrolments = Some(list(reader, name, enrolment_draft)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(draft)
}

fn enrolment_draft<'a>(reader: &mut Reader<'a>) -> Result<EnrolmentDraft<'a>, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("an entry of `data.enrolments` is not an object"));
    }
    let mut draft = EnrolmentDraft::default();
    reader.object(|reader, name| {
        match name {
            "enroled_at" => draft.unit = Some(text(reader, name)?),
            // Many systems say so where they know none; it is a finding, not a fault.
            "school_type" if !reader.null()? => draft.form = Some(text(reader, name)?),
            "start_date" => draft.from = Some(text(reader, name)?),
            "end_date" if !reader.null()? => draft.to = Some(text(reader, name)?),
            "class" => draft.class = Some(text(reader, name)?),
            "cancelled" if reader.kind()? == Kind::Bool => draft.cancelled = reader.bool()?,
            "cancelled" => return Err(reader.fault("`data.enrolments.cancelled` is not a boolean")),
            "school_type" | "end_date" => {}
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(draft)
}

fn entry(draft: EntryDraft<'_>) -> Result<PupilEntry, FactFault> {
    let pseudonym = filled(required(draft.pupil, "pupil")?, "pupil")?;
    let same_as = draft.same_as.map(|other| filled(other, "same_as")).transpose()?;
    let is_deleted = match draft.action.as_deref() {
        None | Some("create" | "update") => false,
        Some("delete") => true,
        Some(other) => return Err(bad("action", &format!("is {}, not \"create\", \"update\" or \"delete\"", quoted(other)))),
    };
    let mut found = Found::default();
    if [Some(&pseudonym), same_as.as_ref()].into_iter().flatten().any(|text| !is_pseudonym(text)) {
        found.note(QualityRule::BadPseudonym, "");
    }
    let told = draft.enrolments;
    let nowhere = !is_deleted && told.as_ref().is_some_and(Vec::is_empty);
    let drafts = if is_deleted { told.unwrap_or_default() } else { required(told, "enrolments")? };
    if nowhere {
        found.note(QualityRule::NoEnrolment, "");
    }
    let mut enrolments = found.enrolments(drafts)?;
    if let Some(open) = enrolments.iter().find(|one| is_deleted && one.to.is_none()) {
        found.note(QualityRule::OpenAfterDelete, &open.unit);
    }
    enrolments.sort_unstable();
    enrolments.dedup();
    found.overlaps(&enrolments);
    found.findings.sort_unstable();
    found.findings.dedup();
    Ok(PupilEntry {
        pupil: fingerprint(&pseudonym),
        same_as: same_as.as_deref().map(fingerprint),
        statement: if is_deleted { Statement::Deleted } else { Statement::Enrolled(enrolments) },
        findings: found.findings,
        classes: found.classes,
    })
}

fn is_pseudonym(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    PSEUDONYM.contains(&text.len()) && text.bytes().all(plain)
}

/// What was seen while an entry was read.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    classes: Vec<(String, String)>,
}

impl Found {
    fn note(&mut self, rule: QualityRule, unit: &str) {
        self.findings.push(Finding { rule, unit: unit.to_owned() });
    }

    /// Those that can be counted. A cancelled one never was (SS12000 `cancelled`).
    fn enrolments(&mut self, drafts: Vec<EnrolmentDraft<'_>>) -> Result<Vec<Enrolment>, FactFault> {
        let mut enrolments = Vec::with_capacity(drafts.len());
        for draft in drafts.into_iter().filter(|draft| !draft.cancelled) {
            if let Some(class) = draft.class {
                let unit = draft.unit.as_deref().unwrap_or_default().to_owned();
                self.classes.push((unit, class.into_owned()));
            }
            enrolments.extend(self.enrolment(draft.unit, draft.form, draft.from, draft.to)?);
        }
        Ok(enrolments)
    }

    fn enrolment(&mut self, unit: Text<'_>, form: Text<'_>, from: Text<'_>, to: Text<'_>) -> Result<Option<Enrolment>, FactFault> {
        let (unit, from) = (required(unit, "enrolments.enroled_at")?, required(from, "enrolments.start_date")?);
        let unit = name_of(unit, "enrolments.enroled_at")?;
        let form = form.map_or(Ok(String::new()), |form| short(form.trim().into(), "enrolments.school_type"))?;
        let from = day(&from, "enrolments.start_date")?;
        let last = to.map(|to| day(&to, "enrolments.end_date")).transpose()?;
        match form.as_str() {
            "" => self.note(QualityRule::MissingForm, &unit),
            known if SCHOOL_TYPES.contains(&known) => {}
            _ => self.note(QualityRule::UnknownForm, &unit),
        }
        if last.is_some_and(|last| last < from) {
            self.note(QualityRule::DatesBackwards, &unit);
            return Ok(None);
        }
        let after = |last: NaiveDate| last.succ_opt().ok_or_else(|| bad("enrolments.end_date", "is the last day of the calendar"));
        Ok(Some(Enrolment { unit, form, from, to: last.map(after).transpose()? }))
    }

    /// Sorted, so that those of a unit and form stand together, by their first day.
    fn overlaps(&mut self, enrolments: &[Enrolment]) {
        for (one, next) in enrolments.iter().zip(enrolments.iter().skip(1)) {
            let alike = (&one.unit, &one.form) == (&next.unit, &next.form);
            if alike && one.to.is_none_or(|to| next.from < to) {
                self.note(QualityRule::Overlap, &one.unit);
            }
        }
    }
}

pub(super) fn name_of(text: Cow<'_, str>, member: &str) -> Result<String, FactFault> {
    short(Cow::Owned(filled(text, member)?), member)
}

fn short(text: Cow<'_, str>, member: &str) -> Result<String, FactFault> {
    if text.len() > MOST_BYTES { Err(bad(member, &format!("is longer than {MOST_BYTES} bytes"))) } else { Ok(text.into_owned()) }
}
