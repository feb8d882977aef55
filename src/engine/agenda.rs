//! When periods fall due, and which come next.

use chrono::NaiveDate;

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::catalog::{ArchivePlan, MeteredPlan, Model, Plan};
use crate::domain::instant::{Instant, NANOS_PER_DAY};
use crate::domain::period::Period;
use crate::domain::zone::Zone;

/// The instant at which a period that ends with `to` is closed.
#[must_use]
pub fn due(plan: &Plan, to: NaiveDate, zone: Zone) -> Instant {
    plan.allowed_lateness.after_midnight(to, zone)
}

/// The first period of a metered plan that is not due at the watermark.
#[must_use]
pub fn first_open(plan: &Plan, rules: &MeteredPlan, zone: Zone, watermark: Instant) -> Option<Period> {
    let is_open = |period: &Period| due(plan, period.to, zone) > watermark;
    let mut period = rules.cycle.period_of(zone.date_of(watermark))?;
    while let Some(earlier) = rules.cycle.previous(period).filter(is_open) {
        period = earlier;
    }
    while !is_open(&period) {
        period = rules.cycle.next(period)?;
    }
    Some(period)
}

/// The first reference date of an archive plan that is not due at the watermark.
#[must_use]
pub fn first_open_reference(plan: &Plan, rules: &ArchivePlan, zone: Zone, watermark: Instant) -> Option<NaiveDate> {
    use chrono::Datelike;
    let year = zone.date_of(watermark).year();
    (year - 2..=year + 2).filter_map(|year| rules.reference.in_year(year)).find(|reference| due(plan, *reference, zone) > watermark)
}

/// The next close of a plan after the watermark: when corrections of it are issued.
#[must_use]
pub fn next_close(plan: &Plan, zone: Zone, watermark: Instant) -> Option<Instant> {
    let end = match &plan.model {
        Model::Metered(rules) => first_open(plan, rules, zone, watermark)?.to,
        Model::Archive(rules) => first_open_reference(plan, rules, zone, watermark)?,
        Model::Package(_) => return None,
    };
    Some(due(plan, end, zone))
}

/// Puts the close of a period into the agenda.
pub fn schedule_close(account: &mut Account, plan: &Plan, end: NaiveDate, key: PeriodKey) {
    let at = due(plan, end, key.zone);
    account.schedule(Task { at, what: TaskKind::Close, plan: plan.id.clone(), period: key });
}

/// Puts the correction of a closed period into the agenda: with the plan's next close.
pub fn schedule_correction(account: &mut Account, plan: &Plan, key: PeriodKey, watermark: Instant) {
    let at = next_close(plan, key.zone, watermark).unwrap_or(Instant::MAX);
    account.schedule(Task { at, what: TaskKind::Correct, plan: plan.id.clone(), period: key });
}

/// When a held task is tried again: a period a day later, a correction with the plan's next close.
#[must_use]
pub fn retry(task: &Task, plan: Option<&Plan>) -> Task {
    let tomorrow = task.at.saturating_add(NANOS_PER_DAY);
    let at = match (task.what, plan) {
        (TaskKind::Correct, Some(plan)) => next_close(plan, task.period.zone, task.at).unwrap_or(tomorrow),
        _ => tomorrow,
    };
    Task { at, ..task.clone() }
}
