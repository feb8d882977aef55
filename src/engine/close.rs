//! Closing: what falls due at an instant becomes records, numbered in a fixed order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::account::{Held, PeriodKey, Task, TaskKind};
use crate::domain::catalog::Plan;
use crate::domain::currency::Currency;
use crate::domain::directory::Directory;
use crate::domain::gates::agreement::Consent;
use crate::domain::instant::Instant;
use crate::domain::names::{PlanId, SellerId, ServiceId};
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::domain::record::{IssuedRecord, Line, RecordKind, RecordRef};
use crate::domain::state::StateKey;
use crate::domain::verdict::Reason;
use crate::domain::zone::Zone;

use super::agenda;
use super::cell;
use super::complete;
use super::customer::Customer;
use super::gates;
use super::input::Want;
use super::issue::{Draft, Outbox, totals};
use super::models::{self, Closing, Share};
use super::package;
use super::persons;

/// The order in which records that fall due together are numbered (CONTRACT 7): regular before
/// corrections, then by seller, currency, kind, and period; what is outside of VAT, or has a due date,
/// has its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    correction: bool,
    seller: SellerId,
    currency: Currency,
    kind: RecordKind,
    period: Option<(Period, Zone)>,
    outside_vat: bool,
    /// Packages of a day: each plan has a record of its own.
    bundle: Option<PlanId>,
    due_date: Option<NaiveDate>,
}

/// What closing this customer at `at` needs in memory and does not have.
pub fn missing(customer: &mut Customer, at: Instant, outbox: &Outbox<'_>) -> Vec<Want> {
    if customer.is_new {
        return Vec::new();
    }
    let due: Vec<Task> = customer.account.agenda.iter().take_while(|task| task.at <= at).cloned().collect();
    let to_forget = due.iter().find(|task| task.what == TaskKind::Forget).and_then(|task| persons::wanted_to_forget(customer, task));
    let to_issue = due.iter().filter(|task| !matches!(task.what, TaskKind::Forget | TaskKind::Remind));
    let wanted = to_issue.flat_map(|task| match outbox.catalog.plan(task.plan.as_str()) {
        _ if task.what == TaskKind::Bundle => package::missing_bundle(customer, task).into_iter().collect(),
        Some(plan) => models::of(plan).state_to_close(customer, task),
        None => cell::state_to_close(customer, task),
    });
    let register = (!customer.issued.is_resident(&())).then(|| StateKey::Issued(customer.id.clone()));
    wanted.chain(register).map(Want::State).chain(to_forget).collect()
}

/// Closes all that is due at `at`, an instant of the agenda.
pub fn close(customer: &mut Customer, at: Instant, directory: &Directory, outbox: &mut Outbox<'_>) {
    let mut tasks = customer.account.take_due(at);
    customer.account_dirty = true;
    let mut records: BTreeMap<Place, Vec<Share>> = BTreeMap::new();
    if tasks.extract_if(.., |task| task.what == TaskKind::Remind).count() > 0 {
        gates::onboarding::remind(customer, at, outbox);
    }
    let (to_forget, to_issue): (Vec<Task>, Vec<Task>) = tasks.into_iter().partition(|task| task.what == TaskKind::Forget);
    forget(customer, to_forget, outbox);
    for task in to_issue {
        let prepared = prepare(customer, &task, directory, outbox);
        // After it, so that the periods that follow fall due as ever. Nothing is held of which nothing can come.
        let is_empty = prepared.as_ref().is_ok_and(|done| done.as_ref().is_none_or(|(_, share)| share.lines.is_empty()));
        let waits = customer.account.gates.suspense.has(Reason::Braked) && !matches!(prepared, Ok(None));
        let braked = braked(customer, &task, directory, outbox).filter(|_| waits || !is_empty);
        if let Some(why) = braked {
            hold_until(customer, &task, why, agenda::tomorrow(&task), outbox);
            continue;
        }
        match prepared {
            Ok(Some((place, share))) => records.entry(place).or_default().push(share),
            Ok(None) => release(customer, &task),
            Err(why) => hold(customer, &task, why, outbox),
        }
    }
    for (place, shares) in records {
        issue(customer, at, place, shares, outbox);
    }
}

/// One period at a time, and some of its persons: the others are due still.
fn forget(customer: &mut Customer, tasks: Vec<Task>, outbox: &Outbox<'_>) {
    for (place, task) in tasks.into_iter().enumerate() {
        if place == 0 {
            persons::forget(customer, task, outbox.catalog);
        } else {
            customer.account.schedule(task);
        }
    }
}

/// Why a brake holds what a task would issue.
fn braked(customer: &Customer, task: &Task, directory: &Directory, outbox: &Outbox<'_>) -> Option<String> {
    let plan = outbox.catalog.plan(task.plan.as_str())?;
    gates::brake::holds(&customer.account, plan, directory)
}

fn prepare(customer: &mut Customer, task: &Task, directory: &Directory, outbox: &Outbox<'_>) -> Result<Option<(Place, Share)>, String> {
    if task.what == TaskKind::Bundle {
        return Ok(prepare_bundle(customer, task));
    }
    // From a log of tests nothing is ever charged, what stands without use neither.
    if outbox.catalog.test_environment {
        return Ok(None);
    }
    let plan = outbox.catalog.plan(task.plan.as_str()).ok_or_else(|| format!("plan `{}` is not in the catalog", task.plan))?;
    let closing = Closing { customer, plan, task, freezes: directory.freezes() };
    let Some(share) = models::of(plan).prepare(closing, outbox)? else { return Ok(None) };
    let PeriodKey { zone, currency, .. } = share.key;
    totals(&share.lines, currency).ok_or(SUM_TOO_LARGE)?;
    if !share.lines.is_empty()
        && let Some(why) = complete::lack_at_issue(&customer.account, plan, task.at, outbox.catalog)
    {
        return Err(why);
    }
    let correction = task.what == TaskKind::Correct;
    let place = Place {
        correction,
        seller: plan.seller.clone(),
        currency,
        kind: if correction { RecordKind::Correction } else { share.kind },
        period: (!correction).then_some((share.period, zone)),
        outside_vat: plan.vat.is_outside(),
        bundle: None,
        due_date: due_date(plan, share.period).filter(|_| !correction),
    };
    Ok(Some((place, share)))
}

/// The last day on which a period's record is paid in time: its plan's `due` after the end, less a day.
fn due_date(plan: &Plan, period: Period) -> Option<NaiveDate> {
    plan.due?.after_date(period.to)?.pred_opt()
}

/// The packages of a day that is over; a catalog that has lost their plan does not matter.
fn prepare_bundle(customer: &mut Customer, task: &Task) -> Option<(Place, Share)> {
    let (seller, lines) = package::bundled_lines(customer, task)?;
    let (key, kind, period) = (task.period, RecordKind::PackagePurchase, Period::day(task.period.from));
    let place = Place {
        correction: false,
        seller,
        currency: key.currency,
        kind,
        period: Some((period, key.zone)),
        outside_vat: lines.iter().any(|line| line.vat.is_outside()),
        bundle: Some(task.plan.clone()),
        due_date: None,
    };
    Some((place, Share { task: task.clone(), key, kind, period, lines, issued: Vec::new(), preceding: None, notices: Vec::new() }))
}

const SUM_TOO_LARGE: &str = "a sum has too many digits to be exact";

/// The record of a period that this plan would have been part of, had it been used then.
pub fn issued_for(
    customer: &Customer,
    plan: &Plan,
    kind: RecordKind,
    period: Period,
    key: PeriodKey,
    closed_at: Instant,
) -> Option<RecordRef> {
    let same = |record: &&IssuedRecord| {
        record.seller == plan.seller
            && (record.currency, record.zone) == (key.currency, key.zone)
            && (record.kind, record.period) == (kind, period)
            && record.outside_vat == plan.vat.is_outside()
            && record.due_date == due_date(plan, period)
            && record.reference.issued_at == closed_at
    };
    customer.issued.get(&()).and_then(|records| records.iter().find(same)).map(|record| record.reference)
}

/// The zone and currency of an issued record of a period.
pub fn issued_in(customer: &Customer, record: RecordRef) -> Option<(Zone, Currency)> {
    let found = customer.issued.get(&()).and_then(|records| records.iter().find(|one| one.reference == record));
    found.map(|one| (one.zone, one.currency))
}

/// One record of all shares; none if they have no lines. What was shared is closed either way.
fn issue(customer: &mut Customer, at: Instant, place: Place, mut shares: Vec<Share>, outbox: &mut Outbox<'_>) {
    shares.sort_by(|a, b| (&a.task.plan, a.key).cmp(&(&b.task.plan, b.key)));
    let mut lines: Vec<Line> = shares.iter().flat_map(|share| share.lines.iter().cloned()).collect();
    if place.bundle.is_none() {
        lines.sort_by(|a, b| place_of(a).cmp(&place_of(b)));
    }
    if totals(&lines, place.currency).is_none() {
        // Settling without a record would lose what they charge.
        return shares.iter().for_each(|share| hold(customer, &share.task, SUM_TOO_LARGE.to_owned(), outbox));
    }
    let preceding: BTreeSet<RecordRef> = if place.correction {
        shares.iter().filter(|share| !share.lines.is_empty()).filter_map(|share| share.preceding).collect()
    } else {
        BTreeSet::new()
    };
    let draft = Draft {
        kind: place.kind,
        seller: place.seller.clone(),
        currency: place.currency,
        issued_at: at,
        period: place.period,
        due_date: place.due_date,
        preceding,
        identity: identity(&place, at, &shares, &lines),
        lines,
    };
    let record = if draft.lines.is_empty() { None } else { outbox.issue(customer, draft) };
    if let Some(reference) = record {
        register(customer, &place, reference);
    }
    for share in shares {
        if place.bundle.is_some() {
            package::settle_bundle(customer, &share.task, record);
            continue;
        }
        let reference = record.filter(|_| !share.lines.is_empty());
        release(customer, &share.task);
        if let Some(plan) = outbox.catalog.plan(share.task.plan.as_str()) {
            models::of(plan).settle(customer, &share, reference);
        }
        for kind in share.notices {
            outbox.notice(customer, at, kind);
        }
    }
}

/// The order of lines (CONTRACT 7): plan, service, price segment or corrected period, agreement, system; a plan's
/// minimum after its services. Tiers stay as they are.
fn place_of(line: &Line) -> (&PlanId, bool, Option<&ServiceId>, Period, Option<&Consent>) {
    (&line.plan, line.service.is_none(), line.service.as_ref(), line.period, line.consent.as_ref())
}

fn identity(place: &Place, at: Instant, shares: &[Share], lines: &[Line]) -> Vec<String> {
    if let Some(plan) = &place.bundle {
        return package::identity(plan, lines);
    }
    if place.correction {
        let apart = place.outside_vat.then(|| "outside_vat".to_owned());
        return Some(at.to_string()).into_iter().chain(apart).collect();
    }
    let period = place.period.map(|(period, zone)| format!("{}/{}/{zone}", period.from, period.to));
    let plans: BTreeSet<String> = shares.iter().map(|share| share.task.plan.to_string()).collect();
    period.into_iter().chain(plans).collect()
}

/// Later corrections of the period refer to its record, those of plans without a line in it too.
fn register(customer: &mut Customer, place: &Place, reference: RecordRef) {
    let Some((period, zone)) = place.period.filter(|_| place.bundle.is_none()) else { return };
    let Place { currency, kind, outside_vat, due_date, .. } = *place;
    let issued = IssuedRecord { seller: place.seller.clone(), currency, kind, period, zone, outside_vat, due_date, reference };
    customer.issued.change_or(&(), Vec::new).push(issued);
}

/// Keeps a record back: tells why, once, and tries again a day later.
fn hold(customer: &mut Customer, task: &Task, why: String, outbox: &mut Outbox<'_>) {
    let retry = agenda::retry(task, &customer.account, outbox.catalog.plan(task.plan.as_str()));
    hold_until(customer, task, why, retry, outbox);
}

fn hold_until(customer: &mut Customer, task: &Task, why: String, retry: Task, outbox: &mut Outbox<'_>) {
    let plan = outbox.catalog.plan(task.plan.as_str());
    customer.account.schedule(retry);
    match plan {
        Some(plan) => models::of(plan).hold(customer, task),
        None => cell::hold(customer, task),
    };
    if let Some(held) = customer.account.held.iter_mut().find(|held| is_of(held, task)) {
        held.why = why;
        return;
    }
    let Task { at, what, plan, period } = task.clone();
    customer.account.held.push(Held { what, plan: plan.clone(), period, since: at, why: why.clone() });
    outbox.notice(customer, at, NoticeKind::RecordHeld { plan, period_from: period.from, why });
}

/// A task is no longer held.
fn release(customer: &mut Customer, task: &Task) {
    customer.account.held.retain(|held| !is_of(held, task));
}

fn is_of(held: &Held, task: &Task) -> bool {
    (held.what, &held.plan, held.period) == (task.what, &task.plan, task.period)
}
