//! When periods fall due, and which come next.

use chrono::NaiveDate;

use crate::domain::account::{Account, Held, PeriodKey, Task, TaskKind};
use crate::domain::catalog::Plan;
use crate::domain::instant::{Instant, NANOS_PER_DAY, NANOS_PER_MILLISECOND};
use crate::domain::period::Period;
use crate::domain::timetable::Timetable;
use crate::domain::zone::Zone;

use super::models;

/// The instant at which what is charged at the midnight of `day` is closed.
#[must_use]
pub fn due(plan: &Plan, day: NaiveDate, zone: Zone) -> Instant {
    plan.allowed_lateness.after_midnight(day, zone)
}

/// The same, or what comes next, if that has passed. Not the watermark itself: an input that lacks state
/// is folded again from its beginning, and must not find done what it only asked for.
#[must_use]
pub fn due_or_next(plan: &Plan, day: NaiveDate, zone: Zone, watermark: Instant) -> Instant {
    let at = due(plan, day, zone);
    if at > watermark { at } else { watermark.saturating_add(NANOS_PER_MILLISECOND) }
}

/// The first period that is not due at the watermark.
#[must_use]
pub fn first_open(plan: &Plan, timetable: Timetable, zone: Zone, watermark: Instant) -> Option<Period> {
    let is_open = |period: &Period| due(plan, timetable.charged_on(*period), zone) > watermark;
    let mut period = timetable.cycle.period_of(zone.date_of(watermark))?;
    while let Some(earlier) = timetable.cycle.previous(period).filter(is_open) {
        period = earlier;
    }
    while !is_open(&period) {
        period = timetable.cycle.next(period)?;
    }
    Some(period)
}

/// The next close of a plan after the watermark: when corrections of it are issued.
#[must_use]
pub fn next_close(plan: &Plan, account: &Account, zone: Zone, watermark: Instant) -> Option<Instant> {
    let timetable = models::of(plan).timetable(account)?;
    let period = first_open(plan, timetable, zone, watermark)?;
    Some(due(plan, timetable.charged_on(period), zone))
}

/// Puts the close of what is charged at the midnight of `day` into the agenda.
pub fn schedule_close(account: &mut Account, plan: &Plan, day: NaiveDate, key: PeriodKey) {
    let at = due(plan, day, key.zone);
    account.schedule(Task { at, what: TaskKind::Close, plan: plan.id.clone(), period: key });
}

/// Puts the correction of a closed period into the agenda: with the plan's next close.
pub fn schedule_correction(account: &mut Account, plan: &Plan, key: PeriodKey, watermark: Instant) {
    let at = next_close(plan, account, key.zone, watermark).unwrap_or(Instant::MAX);
    account.schedule(Task { at, what: TaskKind::Correct, plan: plan.id.clone(), period: key });
}

/// A fact may be what held records of a plan wait for: they are tried at once, with the next input.
/// Held is what is due later than its period says. True if there was one.
pub fn retry_held(account: &mut Account, plan: &Plan, timetable: Timetable, watermark: Instant) -> bool {
    retry_closes(account, plan, |task| {
        let period = timetable.cycle.period_of(task.period.from)?;
        Some(due_or_next(plan, timetable.charged_on(period), task.period.zone, watermark))
    })
}

/// The closes of a plan that are due later than `next` says are due then. True if there was one.
pub fn retry_closes(account: &mut Account, plan: &Plan, next: impl Fn(&Task) -> Option<Instant>) -> bool {
    let waits = |task: &Task| (&task.plan, task.what) == (&plan.id, TaskKind::Close);
    reschedule(account, |task, _| next(task).filter(|at| waits(task) && *at < task.at))
}

/// A customer's brake was released: its corrections and packages of a day that are held are tried with the next input. True if
/// there was one.
pub fn retry_released(account: &mut Account, watermark: Instant) -> bool {
    let soon = watermark.saturating_add(NANOS_PER_MILLISECOND);
    reschedule(account, |task, held| {
        let is_held = || held.iter().any(|held| (held.what, &held.plan, held.period) == (task.what, &task.plan, task.period));
        (matches!(task.what, TaskKind::Correct | TaskKind::Bundle) && is_held()).then(|| task.at.min(soon))
    })
}

/// Tasks for which `at` names an instant are due then. True if there was one.
pub fn reschedule(account: &mut Account, at: impl Fn(&Task, &[Held]) -> Option<Instant>) -> bool {
    let Account { agenda, held, .. } = account;
    let mut moved = Vec::new();
    agenda.retain(|task| {
        let next = at(task, held).map(|at| Task { at, ..task.clone() });
        let stays = next.is_none();
        moved.extend(next);
        stays
    });
    let any = !moved.is_empty();
    moved.into_iter().for_each(|task| account.schedule(task));
    any
}

/// What a brake holds is tried again a day later, corrections too.
#[must_use]
pub fn tomorrow(task: &Task) -> Task {
    Task { at: task.at.saturating_add(NANOS_PER_DAY), ..task.clone() }
}

/// When a held task is tried again: a period a day later, a correction with the plan's next close.
#[must_use]
pub fn retry(task: &Task, account: &Account, plan: Option<&Plan>) -> Task {
    let tomorrow = tomorrow(task).at;
    let at = match (task.what, plan) {
        (TaskKind::Correct, Some(plan)) => next_close(plan, account, task.period.zone, task.at).unwrap_or(tomorrow),
        _ => tomorrow,
    };
    Task { at, ..task.clone() }
}
