//! Closing: what falls due at an instant becomes records, numbered in a fixed order.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::account::{PeriodKey, Task, TaskKind};
use crate::domain::catalog::Plan;
use crate::domain::cell::PeriodStatus;
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::names::{PlanId, SellerId, ServiceId};
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::domain::record::{IssuedRecord, Line, RecordKind, RecordRef};
use crate::domain::state::StateKey;
use crate::domain::zone::Zone;

use super::agenda;
use super::cell;
use super::customer::Customer;
use super::input::Want;
use super::issue::{Draft, Outbox, totals};
use super::models::{self, Closing, Share};

/// The order in which records that fall due together are numbered (CONTRACT 7): regular before
/// corrections, then by seller, currency, kind, and period; what is outside of VAT has its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    correction: bool,
    seller: SellerId,
    currency: Currency,
    kind: RecordKind,
    period: Option<(Period, Zone)>,
    outside_vat: bool,
}

/// What closing this customer at `at` needs in memory and does not have.
pub fn missing(customer: &Customer, at: Instant, outbox: &Outbox<'_>) -> Vec<Want> {
    if customer.is_new {
        return Vec::new();
    }
    let due = customer.account.agenda.iter().take_while(|task| task.at <= at);
    let wanted = due.flat_map(|task| match outbox.catalog.plan(task.plan.as_str()) {
        Some(plan) => models::of(plan).state_to_close(customer, task),
        None => cell::state_to_close(customer, task),
    });
    let register = (!customer.issued.is_resident(&())).then(|| StateKey::Issued(customer.id.clone()));
    wanted.chain(register).map(Want::State).collect()
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
    let Some(share) = models::of(plan).prepare(Closing { customer, plan, task }, outbox)? else { return Ok(None) };
    let PeriodKey { zone, currency, .. } = share.key;
    totals(&share.lines, currency).ok_or(SUM_TOO_LARGE)?;
    let correction = task.what == TaskKind::Correct;
    let place = Place {
        correction,
        seller: plan.seller.clone(),
        currency,
        kind: if correction { RecordKind::Correction } else { share.kind },
        period: (!correction).then_some((share.period, zone)),
        outside_vat: plan.vat.is_outside(),
    };
    Ok(Some((place, share)))
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
    let draft = Draft {
        kind: place.kind,
        seller: place.seller.clone(),
        currency: place.currency,
        issued_at: at,
        period: place.period,
        preceding,
        lines,
        identity: identity(&place, at, &shares),
    };
    let record = if draft.lines.is_empty() { None } else { outbox.issue(customer, draft) };
    if let Some(reference) = record {
        register(customer, &place, reference);
    }
    for share in shares {
        let reference = record.filter(|_| !share.lines.is_empty());
        if let Some(plan) = outbox.catalog.plan(share.task.plan.as_str()) {
            models::of(plan).settle(customer, &share, reference);
        }
    }
}

/// The order of lines (CONTRACT 7): plan, service, price segment or corrected period; a plan's minimum
/// after its services. Tiers stay as they are.
fn place_of(line: &Line) -> (&PlanId, bool, Option<&ServiceId>, Period) {
    (&line.plan, line.service.is_none(), line.service.as_ref(), line.period)
}

fn identity(place: &Place, at: Instant, shares: &[Share]) -> Vec<String> {
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
    let Some((period, zone)) = place.period else { return };
    let Place { currency, kind, outside_vat, .. } = *place;
    let issued = IssuedRecord { seller: place.seller.clone(), currency, kind, period, zone, outside_vat, reference };
    customer.issued.change_or(&(), Vec::new).push(issued);
}

/// Keeps a record back: tells why, once, and tries again a day later.
fn hold(customer: &mut Customer, task: &Task, why: String, outbox: &mut Outbox<'_>) {
    let plan = outbox.catalog.plan(task.plan.as_str());
    let retry = agenda::retry(task, &customer.account, plan);
    customer.account.schedule(retry);
    let was = match plan {
        Some(plan) => models::of(plan).hold(customer, task),
        None => cell::hold(customer, task),
    };
    if was != Some(PeriodStatus::Held) {
        let kind = NoticeKind::RecordHeld { plan: task.plan.clone(), period_from: task.period.from, why };
        outbox.notice(customer, task.at, kind);
    }
}
