//! Closing: what falls due at an instant becomes records, numbered in a fixed order.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::account::{PeriodKey, Task, TaskKind};
use crate::domain::catalog::{ArchivePlan, MeteredPlan, Model, Plan};
use crate::domain::control::CustomerVersion;
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::metered::{PeriodCell, PeriodStatus, Tally};
use crate::domain::names::{PlanId, SellerId, ServiceId};
use crate::domain::notice::NoticeKind;
use crate::domain::period::{Cycle, Period, PeriodLength};
use crate::domain::record::{IssuedRecord, Line, RecordKind, RecordRef};
use crate::domain::state::StateKey;
use crate::domain::zone::Zone;

use super::agenda;
use super::archive;
use super::complete;
use super::customer::Customer;
use super::input::Want;
use super::issue::{Draft, Outbox, totals};
use super::metered;

/// The order in which records that fall due together are numbered (CONTRACT 7): regular before
/// corrections, then by seller, currency, kind, and period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    correction: bool,
    seller: SellerId,
    currency: Currency,
    kind: RecordKind,
    period: Option<(Period, Zone)>,
}

/// The share of one plan and period in a record.
#[derive(Debug)]
struct Share {
    task: Task,
    lines: Vec<Line>,
    preceding: Option<RecordRef>,
}

/// What closing this customer at `at` needs in memory and does not have.
pub fn missing(customer: &Customer, at: Instant, outbox: &Outbox<'_>) -> Vec<Want> {
    let due = customer.account.agenda.iter().take_while(|task| task.at <= at);
    let wanted = due.filter_map(|task| match outbox.catalog.plan(task.plan.as_str()).map(|plan| &plan.model) {
        Some(Model::Archive(_)) if !customer.archives.is_resident(&task.plan) => {
            Some(StateKey::Archive(customer.id.clone(), task.plan.clone()))
        }
        // Of a plan that the catalog has lost, the period still knows whether it is held already.
        Some(Model::Metered(_)) | None if !customer.periods.is_resident(&(task.plan.clone(), task.period)) => {
            Some(StateKey::Period(customer.id.clone(), task.plan.clone(), task.period))
        }
        _ => None,
    });
    let register = (!customer.issued.is_resident(&())).then(|| StateKey::Issued(customer.id.clone()));
    let wanted: Vec<Want> = wanted.chain(register).map(Want::State).collect();
    if customer.is_new { Vec::new() } else { wanted }
}

/// Closes all that is due at `at`, an instant of the agenda.
pub fn close(customer: &mut Customer, at: Instant, outbox: &mut Outbox<'_>) {
    let tasks = customer.account.take_due(at);
    customer.account_dirty = true;
    let mut records: BTreeMap<Place, Vec<Share>> = BTreeMap::new();
    for task in tasks {
        match prepare(customer, &task, outbox) {
            Ok(Some((place, share))) => records.entry(place).or_default().push(share),
            Ok(None) => {}
            Err(why) => hold(customer, &task, why, outbox),
        }
    }
    for (place, shares) in records {
        issue(customer, at, place, shares, outbox);
    }
}

fn prepare(customer: &mut Customer, task: &Task, outbox: &Outbox<'_>) -> Result<Option<(Place, Share)>, String> {
    let plan = outbox.catalog.plan(task.plan.as_str()).ok_or_else(|| format!("plan `{}` is not in the catalog", task.plan))?;
    let share = match &plan.model {
        Model::Metered(rules) => prepare_metered(customer, task, plan, rules, outbox)?,
        Model::Archive(rules) => prepare_archive(customer, task, plan, rules, outbox)?,
        Model::Package(_) => None,
    };
    let Some((kind, period, share)) = share else { return Ok(None) };
    let PeriodKey { zone, currency, .. } = share.task.period;
    totals(&share.lines, currency).ok_or(SUM_TOO_LARGE)?;
    if !share.lines.is_empty()
        && let Some(why) = complete::lack_at_issue(&customer.account, plan, task.at, outbox.catalog)
    {
        return Err(why);
    }
    let correction = task.what == TaskKind::Correct;
    let period = (!correction).then_some((period, zone));
    let kind = if correction { RecordKind::Correction } else { kind };
    Ok(Some((Place { correction, seller: plan.seller.clone(), currency, kind, period }, share)))
}

const SUM_TOO_LARGE: &str = "a sum has too many digits to be exact";

type Prepared = Option<(RecordKind, Period, Share)>;

fn prepare_metered(
    customer: &mut Customer,
    task: &Task,
    plan: &Plan,
    rules: &MeteredPlan,
    outbox: &Outbox<'_>,
) -> Result<Prepared, String> {
    let key = task.period;
    let period = rules.cycle.period_of(key.from).ok_or_else(|| format!("{} is out of the calendar's range", key.from))?;
    let mut publish_zero = task.what == TaskKind::Close && is_zero_published(customer, plan, period.from);
    if task.what == TaskKind::Close && may_publish_zero(customer, plan) {
        let own = key_on(customer, period.from, key);
        publish_zero &= own == key;
        if own == key {
            schedule_next(customer, plan, rules, period, key);
        } else {
            agenda::schedule_close(&mut customer.account, plan, period.to, own);
        }
    }
    let new = || PeriodCell { period, status: PeriodStatus::Open, segments: Vec::new(), record: None };
    let cell_key = (task.plan.clone(), key);
    if customer.periods.get(&cell_key).is_none() {
        customer.periods.put(cell_key.clone(), new());
    }
    let Some(cell) = customer.periods.get(&cell_key) else { return Ok(None) };
    if task.what == TaskKind::Close && cell.status == PeriodStatus::Closed {
        return Ok(None);
    }
    let mut lines = metered::lines(plan, rules, cell, key, outbox)?;
    if lines.is_empty() && publish_zero {
        lines = metered::zero_lines(plan, rules, period, key, customer, outbox);
        lines.extend(metered::minimum_of_nothing(plan, rules, period, key)?);
    }
    let kind = kind_of(rules.cycle);
    let preceding = cell.record.or_else(|| issued_for(customer, plan, kind, period, key));
    Ok(Some((kind, period, Share { task: task.clone(), lines, preceding })))
}

fn kind_of(cycle: Cycle) -> RecordKind {
    match cycle.length {
        PeriodLength::Quarter => RecordKind::Quarterly,
        PeriodLength::Year => RecordKind::Annual,
        PeriodLength::Month | PeriodLength::HalfYear => RecordKind::Periodic,
    }
}

/// Is a period that begins on `day` published without use too?
fn is_zero_published(customer: &Customer, plan: &Plan, day: chrono::NaiveDate) -> bool {
    plan.zero || version_for(customer, day).is_some_and(|version| version.zero)
}

fn may_publish_zero(customer: &Customer, plan: &Plan) -> bool {
    plan.zero || customer.account.versions.iter().any(|version| version.zero)
}

/// The version in force on a day; before the first one, that.
fn version_for(customer: &Customer, day: chrono::NaiveDate) -> Option<&CustomerVersion> {
    customer.account.version_on(day).or(customer.account.versions.first())
}

/// In which zone and currency a period without use is published: those of its first day, once.
fn key_on(customer: &Customer, day: chrono::NaiveDate, now: PeriodKey) -> PeriodKey {
    version_for(customer, day).map_or(PeriodKey { from: day, ..now }, |version| PeriodKey {
        from: day,
        zone: version.zone,
        currency: version.currency,
    })
}

/// Where periods without use are published, the next one is due too. A customer that changed zone
/// or currency goes on in the new one.
fn schedule_next(customer: &mut Customer, plan: &Plan, rules: &MeteredPlan, period: Period, key: PeriodKey) {
    let Some(next) = rules.cycle.next(period) else { return };
    let own = key_on(customer, next.from, key);
    agenda::schedule_close(&mut customer.account, plan, next.to, own);
}

fn prepare_archive(
    customer: &mut Customer,
    task: &Task,
    plan: &Plan,
    rules: &ArchivePlan,
    outbox: &Outbox<'_>,
) -> Result<Prepared, String> {
    let reference = task.period.from;
    let late = task.what == TaskKind::Correct;
    let Some(period) = archive::period(rules, reference) else { return Ok(None) };
    let key = if late { Some(task.period) } else { archive::key_at(&customer.account, reference) };
    if !late {
        let next = period_after(rules, reference).unwrap_or(reference);
        archive::schedule(&mut customer.account, plan, next, task.period);
    }
    let ledger = customer.archives.change_or(&plan.id, crate::domain::archive::ArchiveLedger::default);
    let row = archive::row_at(ledger, reference, PeriodStatus::Open).clone();
    if !late && row.status == PeriodStatus::Closed {
        return Ok(None);
    }
    let key = key.ok_or_else(|| format!("customer `{}` is not known on {reference}", customer.id))?;
    let mut lines = archive::lines(plan, rules, &row, key, late, outbox)?;
    if !late && lines.is_empty() && is_zero_published(customer, plan, reference) {
        let zero = |service| archive::line(plan, rules, reference, service, &Tally::default(), key, outbox);
        lines = plan.services.iter().map(zero).collect::<Result<_, _>>()?;
    }
    let preceding = row.record.or_else(|| issued_for(customer, plan, RecordKind::Annual, period, key));
    let share = Share { task: Task { period: key, ..task.clone() }, lines, preceding };
    Ok(Some((RecordKind::Annual, period, share)))
}

fn period_after(rules: &ArchivePlan, reference: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
    use chrono::Datelike;
    rules.reference.in_year(reference.year() + 1)
}

/// The record of a period that this plan would have been part of, had it been used then.
fn issued_for(customer: &Customer, plan: &Plan, kind: RecordKind, period: Period, key: PeriodKey) -> Option<RecordRef> {
    let closed_at = match &plan.model {
        Model::Archive(_) => agenda::due(plan, key.from, key.zone),
        _ => agenda::due(plan, period.to, key.zone),
    };
    let same = |record: &&IssuedRecord| {
        record.seller == plan.seller
            && (record.currency, record.zone) == (key.currency, key.zone)
            && (record.kind, record.period) == (kind, period)
            && record.reference.issued_at == closed_at
    };
    customer.issued.get(&()).and_then(|records| records.iter().find(same)).map(|record| record.reference)
}

/// One record of all shares; none if they have no lines. What was shared is closed either way.
fn issue(customer: &mut Customer, at: Instant, place: Place, mut shares: Vec<Share>, outbox: &mut Outbox<'_>) {
    shares.sort_by(|a, b| (&a.task.plan, a.task.period).cmp(&(&b.task.plan, b.task.period)));
    let mut lines: Vec<Line> = shares.iter().flat_map(|share| share.lines.iter().cloned()).collect();
    lines.sort_by(|a, b| place_of(a).cmp(&place_of(b)));
    if totals(&lines, place.currency).is_none() {
        // Settling without a record would lose what they charge.
        return shares.iter().for_each(|share| hold(customer, &share.task, SUM_TOO_LARGE.to_owned(), outbox));
    }
    let preceding: BTreeSet<RecordRef> = if place.correction {
        shares.iter().filter(|share| !share.lines.is_empty()).filter_map(|share| share.preceding).collect()
    } else {
        BTreeSet::new()
    };
    let register = place.period.map(|(period, zone)| (place.seller.clone(), place.currency, place.kind, period, zone));
    let identity = if place.correction { vec![at.to_string()] } else { identity(&place, &shares) };
    let draft = Draft {
        kind: place.kind,
        seller: place.seller,
        currency: place.currency,
        issued_at: at,
        period: place.period,
        preceding,
        lines,
        identity,
    };
    let record = if draft.lines.is_empty() { None } else { outbox.issue(customer, draft) };
    if let (Some((seller, currency, kind, period, zone)), Some(reference)) = (register, record) {
        let issued = IssuedRecord { seller, currency, kind, period, zone, reference };
        customer.issued.change_or(&(), Vec::new).push(issued);
    }
    for share in shares {
        settle(customer, &share, record);
    }
}

/// The order of lines (CONTRACT 7): plan, service, price segment or corrected period; a plan's minimum
/// after its services. Tiers stay as they are.
fn place_of(line: &Line) -> (&PlanId, bool, Option<&ServiceId>, Period) {
    (&line.plan, line.service.is_none(), line.service.as_ref(), line.period)
}

fn identity(place: &Place, shares: &[Share]) -> Vec<String> {
    let period = place.period.map(|(period, zone)| format!("{}/{}/{zone}", period.from, period.to));
    let plans: BTreeSet<String> = shares.iter().map(|share| share.task.plan.to_string()).collect();
    period.into_iter().chain(plans).collect()
}

/// Marks what a record has charged.
fn settle(customer: &mut Customer, share: &Share, record: Option<RecordRef>) {
    let record = record.filter(|_| !share.lines.is_empty());
    let key = (share.task.plan.clone(), share.task.period);
    if let Some(cell) = customer.periods.change(&key) {
        for segment in &mut cell.segments {
            segment.billed = segment.billed.checked_add(segment.open.quantity).unwrap_or(segment.billed);
            segment.open = Tally::default();
        }
        close_with(&mut cell.status, &mut cell.record, share, record);
    }
    if let Some(ledger) = customer.archives.change(&share.task.plan) {
        let row = archive::row_at(ledger, share.task.period.from, PeriodStatus::Closed);
        row.issued_in = Some((share.task.period.zone, share.task.period.currency));
        row.services.iter_mut().for_each(|count| count.late = Tally::default());
        close_with(&mut row.status, &mut row.record, share, record);
    }
}

fn close_with(status: &mut PeriodStatus, own: &mut Option<RecordRef>, share: &Share, record: Option<RecordRef>) {
    *status = PeriodStatus::Closed;
    if share.task.what == TaskKind::Close {
        *own = record;
    }
}

/// Keeps a record back: tells why, once, and tries again a day later.
fn hold(customer: &mut Customer, task: &Task, why: String, outbox: &mut Outbox<'_>) {
    let plan = outbox.catalog.plan(task.plan.as_str());
    customer.account.schedule(agenda::retry(task, plan));
    let key = (task.plan.clone(), task.period);
    let known = match (customer.periods.change(&key), customer.archives.change(&task.plan)) {
        (Some(cell), _) => mark_held(&mut cell.status),
        (None, Some(ledger)) => mark_held(&mut archive::row_at(ledger, task.period.from, PeriodStatus::Open).status),
        (None, None) => false,
    };
    if !known {
        let kind = NoticeKind::RecordHeld { plan: task.plan.clone(), period_from: task.period.from, why };
        outbox.notice(customer, task.at, kind);
    }
}

/// True if it was held before. A closed one stays closed: only its correction waits.
fn mark_held(status: &mut PeriodStatus) -> bool {
    let was = *status;
    if was == PeriodStatus::Open {
        *status = PeriodStatus::Held;
    }
    was == PeriodStatus::Held
}
