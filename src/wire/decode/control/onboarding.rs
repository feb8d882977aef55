//! Taking a service into use: relations, approvals, and commissioning tests (`domain::gates::onboarding`).

use std::borrow::Cow;

use super::FactFault;
use super::fields::{Signed, bad, count_text, digest, filled, id, moment, number, required, text};
use crate::domain::directory::DirectoryFact;
use crate::domain::gates::onboarding::descriptions::DescriptionVersion;
use crate::domain::gates::onboarding::facts::{
    Agreed, Approval, DocumentFault, DocumentFlaw, OnboardingFact, PlanFact, Relation, Roles, Run, Verification,
};
use crate::domain::instant::Instant;
use crate::domain::names::ServiceId;
use crate::wire::decode::Undecodable;
use crate::wire::decode::json::{Kind, Reader};

type Text<'a> = Option<Cow<'a, str>>;

/// Documents with faults that are kept; the rest is in the log.
const MOST_FAULTS: usize = 20;

/// The members of these facts: which of them a fact has, its reader decides.
#[derive(Default)]
struct Draft<'a> {
    service: Text<'a>,
    version: Text<'a>,
    plan: Text<'a>,
    supplier: Text<'a>,
    system: Text<'a>,
    from: Text<'a>,
    to: Text<'a>,
    at: Text<'a>,
    agreed: Text<'a>,
    outcome: Text<'a>,
    archivist: Text<'a>,
    archive: Text<'a>,
    expected: Text<'a>,
    roles: Option<RolesDraft<'a>>,
    documents: Option<Vec<DocumentDraft<'a>>>,
}

#[derive(Default)]
struct RolesDraft<'a> {
    tester: Text<'a>,
    archivist: Text<'a>,
    support: Text<'a>,
}

#[derive(Default)]
struct DocumentDraft<'a> {
    id: Text<'a>,
    archived: Text<'a>,
    registered: Text<'a>,
}

/// Reads the members that a fact has; others are ignored. Each has an actor and a reason.
fn read<'a>(reader: &mut Reader<'a>, members: &[&str]) -> Result<Draft<'a>, FactFault> {
    let (mut draft, mut signed) = (Draft::default(), Signed::by_one());
    reader.object(|reader, name| {
        if !members.contains(&name) {
            return signed.read_or_skip(reader, name);
        }
        match name {
            "service" => draft.service = Some(text(reader, name)?),
            "version" => draft.version = Some(text(reader, name)?),
            "plan" => draft.plan = Some(text(reader, name)?),
            "supplier" => draft.supplier = Some(text(reader, name)?),
            "system" => draft.system = Some(text(reader, name)?),
            "from" => draft.from = Some(text(reader, name)?),
            "to" => draft.to = Some(text(reader, name)?),
            "at" => draft.at = Some(text(reader, name)?),
            "agreed" => draft.agreed = Some(text(reader, name)?),
            "outcome" => draft.outcome = Some(text(reader, name)?),
            "archivist" => draft.archivist = Some(text(reader, name)?),
            "archive" => draft.archive = Some(text(reader, name)?),
            "expected" => draft.expected = Some(count_text(reader, name)?),
            "roles" => draft.roles = Some(roles(reader)?),
            "documents" => draft.documents = Some(documents(reader)?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    // Who did it, and why, is for those who read the log.
    id(signed.actor()?, "actor")?;
    id(signed.reason()?, "reason")?;
    Ok(draft)
}

fn roles<'a>(reader: &mut Reader<'a>) -> Result<RolesDraft<'a>, Undecodable> {
    if reader.kind()? != Kind::Object {
        return Err(reader.fault("`data.roles` is not an object"));
    }
    let mut draft = RolesDraft::default();
    reader.object(|reader, name| {
        match name {
            "tester" => draft.tester = Some(text(reader, "roles.tester")?),
            "archivist" => draft.archivist = Some(text(reader, "roles.archivist")?),
            "support" => draft.support = Some(text(reader, "roles.support")?),
            _ => reader.any(&mut |_| ())?,
        }
        Ok(())
    })?;
    Ok(draft)
}

fn documents<'a>(reader: &mut Reader<'a>) -> Result<Vec<DocumentDraft<'a>>, Undecodable> {
    if reader.kind()? != Kind::Array {
        return Err(reader.fault("`data.documents` is not a list"));
    }
    let mut drafts = Vec::new();
    reader.list(|reader| {
        if reader.kind()? != Kind::Object {
            return Err(reader.fault("`data.documents` holds something that is not an object"));
        }
        let mut draft = DocumentDraft::default();
        reader.object(|reader, name| {
            match name {
                "id" => draft.id = Some(text(reader, "documents.id")?),
                "archived" => draft.archived = Some(text(reader, "documents.archived")?),
                "registered" => draft.registered = Some(text(reader, "documents.registered")?),
                _ => reader.any(&mut |_| ())?,
            }
            Ok(())
        })?;
        drafts.push(draft);
        Ok(())
    })?;
    Ok(drafts)
}

fn service(draft: Text<'_>) -> Result<ServiceId, FactFault> {
    Ok(ServiceId::new(&filled(required(draft, "service")?, "service")?))
}

fn instant(draft: Text<'_>, member: &str) -> Result<Instant, FactFault> {
    moment(&required(draft, member)?, member)
}

/// `data.to`, which is after `data.from`.
fn end(draft: Text<'_>, from: Instant) -> Result<Option<Instant>, FactFault> {
    let to = draft.map(|to| moment(&to, "to")).transpose()?;
    if to.is_some_and(|to| to <= from) { Err(bad("to", "is not after `data.from`")) } else { Ok(to) }
}

/// `tally.relation.v1`.
pub(super) fn relation(reader: &mut Reader<'_>) -> Result<OnboardingFact, FactFault> {
    let draft = read(reader, &["from", "to"])?;
    let from = instant(draft.from, "from")?;
    Ok(OnboardingFact::Relation(Relation { from, to: end(draft.to, from)? }))
}

/// `tally.service_description.v1`.
pub(super) fn description(service: &str, reader: &mut Reader<'_>) -> Result<DirectoryFact, FactFault> {
    let draft = read(reader, &["version", "from"])?;
    let version = filled(required(draft.version, "version")?, "version")?;
    let version = DescriptionVersion { from: instant(draft.from, "from")?, version };
    Ok(DirectoryFact::Description(ServiceId::new(service), version))
}

/// `tally.description_approval.v1`.
pub(super) fn approval(reader: &mut Reader<'_>) -> Result<OnboardingFact, FactFault> {
    let draft = read(reader, &["service", "version"])?;
    let version = filled(required(draft.version, "version")?, "version")?;
    Ok(OnboardingFact::Approval(Approval { service: service(draft.service)?, version }))
}

/// `tally.commissioning_plan.v1`.
pub(super) fn plan(reader: &mut Reader<'_>) -> Result<OnboardingFact, FactFault> {
    let draft = read(reader, &["plan", "service", "supplier", "system", "from", "to", "agreed", "roles"])?;
    let plan = id(required(draft.plan, "plan")?, "plan")?;
    let (from, people) = (instant(draft.from, "from")?, required(draft.roles, "roles")?);
    let to = end(Some(required(draft.to, "to")?), from)?.unwrap_or(from);
    let agreed = Agreed {
        service: service(draft.service)?,
        supplier: id(required(draft.supplier, "supplier")?, "supplier")?,
        system: draft.system.map(|system| filled(system, "system")).transpose()?,
        from,
        to,
    };
    let roles = Roles {
        agreed: instant(draft.agreed, "agreed")?,
        tester: id(required(people.tester, "roles.tester")?, "roles.tester")?,
        archivist: id(required(people.archivist, "roles.archivist")?, "roles.archivist")?,
        support: id(required(people.support, "roles.support")?, "roles.support")?,
    };
    if roles.archivist == roles.tester {
        return Err(bad("roles.archivist", "is the tester too: another person checks what was archived"));
    }
    Ok(OnboardingFact::Plan(PlanFact { plan, agreed, roles }))
}

/// `tally.commissioning_run.v1`.
pub(super) fn run(reader: &mut Reader<'_>) -> Result<OnboardingFact, FactFault> {
    let draft = read(reader, &["plan", "at", "outcome"])?;
    let plan = id(required(draft.plan, "plan")?, "plan")?;
    let passed = match &*required(draft.outcome, "outcome")? {
        "passed" => true,
        "failed" => false,
        other => return Err(bad("outcome", &format!("is {}, not \"passed\" or \"failed\"", super::fields::quoted(other)))),
    };
    Ok(OnboardingFact::Run { plan, run: Run { at: instant(draft.at, "at")?, passed } })
}

/// `tally.commissioning_report.v1`.
pub(super) fn report(reader: &mut Reader<'_>) -> Result<OnboardingFact, FactFault> {
    let draft = read(reader, &["plan", "at"])?;
    Ok(OnboardingFact::Report { plan: id(required(draft.plan, "plan")?, "plan")?, at: instant(draft.at, "at")? })
}

/// `tally.commissioning_verification.v1`.
pub(super) fn verification(reader: &mut Reader<'_>) -> Result<OnboardingFact, FactFault> {
    let draft = read(reader, &["plan", "at", "archivist", "archive", "expected", "documents"])?;
    let plan = id(required(draft.plan, "plan")?, "plan")?;
    let expected = number(&required(draft.expected, "expected")?, "expected")?;
    if expected == 0 {
        return Err(bad("expected", "is 0: a test case makes documents"));
    }
    let mut found = Verification {
        at: instant(draft.at, "at")?,
        archivist: id(required(draft.archivist, "archivist")?, "archivist")?,
        archive: filled(required(draft.archive, "archive")?, "archive")?,
        expected,
        archived: 0,
        registered: 0,
        faults: Vec::new(),
    };
    let mut seen: Vec<String> = Vec::new();
    for document in required(draft.documents, "documents")? {
        let name = id(required(document.id.clone(), "documents.id")?, "documents.id")?;
        compare(&mut found, &name, &document)?;
        seen.push(name);
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() < count {
        return Err(bad("documents", "names a document twice"));
    }
    Ok(OnboardingFact::Verification { plan, verification: found })
}

fn compare(found: &mut Verification, name: &str, document: &DocumentDraft<'_>) -> Result<(), FactFault> {
    let sum = |text: &Text<'_>, member| text.as_deref().map(|text| digest(text, member)).transpose();
    let archived = sum(&document.archived, "documents.archived")?;
    let registered = sum(&document.registered, "documents.registered")?;
    found.archived += u64::from(archived.is_some());
    found.registered += u64::from(registered.is_some());
    let flaw = match (archived, registered) {
        (None, _) => Some(DocumentFlaw::NotArchived),
        (_, None) => Some(DocumentFlaw::NotRegistered),
        (Some(one), Some(other)) => (one != other).then_some(DocumentFlaw::Differs),
    };
    if found.faults.len() < MOST_FAULTS {
        found.faults.extend(flaw.map(|what| DocumentFault { document: name.to_owned(), what }));
    }
    Ok(())
}
