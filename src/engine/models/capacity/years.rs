//! The years of a customer: when each begins, is measured, charged and corrected.

use chrono::{Months, NaiveDate};

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::catalog::Plan;
use crate::domain::cell::PeriodStatus;
use crate::domain::instant::{Instant, NANOS_PER_MILLISECOND};
use crate::domain::models::capacity::{CapacityPlan, YearStart};
use crate::domain::period::{Cycle, MonthDay, Period, PeriodLength};
use crate::domain::timetable::{Charged, Timetable};
use crate::domain::zone::Zone;

use crate::engine::agenda;
use crate::engine::cell;
use crate::engine::customer::Customer;
use crate::engine::models::Billing;
use crate::engine::rerate::Again;

/// Past years that one fact can change. What lies before is not charged again.
const MOST_YEARS_BACK: usize = 100;

/// The years of one customer of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Years<'a> {
    plan: &'a Plan,
    pub timetable: Timetable,
    /// Years that begin on this day or later are trued up: the agreement covers the whole of them.
    trued_up_from: Option<NaiveDate>,
}

impl<'a> Years<'a> {
    pub fn of(rules: &CapacityPlan, plan: &'a Plan, account: &Account) -> Option<Self> {
        let trued_up_from = if rules.true_up { rules.agreed_on(account) } else { None };
        rules.years_of(account).map(|timetable| Self { plan, timetable, trued_up_from })
    }

    pub fn is_trued_up(&self, period: Period) -> bool {
        self.trued_up_from.is_some_and(|from| from <= period.from)
    }

    /// The year before, if it is trued up by what charges this one.
    pub fn trued_up_by(&self, period: Period) -> Option<Period> {
        self.timetable.cycle.previous(period).filter(|before| self.is_trued_up(*before))
    }

    /// When a period is closed.
    pub fn due(&self, period: Period, zone: Zone) -> Instant {
        agenda::due(self.plan, self.timetable.charged_on(period), zone)
    }

    /// The period that is charged by what is measured on a day.
    pub fn charged_by(&self, measured: NaiveDate) -> Option<Period> {
        let period = self.timetable.cycle.period_of(measured)?;
        if self.timetable.charged_on(period) == measured { Some(period) } else { self.timetable.cycle.next(period) }
    }

    /// The first period that is measured after an instant: at the midnight of its day, in the zone that the
    /// customer has when the period begins.
    pub fn first_after(&self, account: &Account, time: Instant, now: PeriodKey) -> Option<Period> {
        self.first(account, time, now, |period, zone| zone.midnight(self.timetable.charged_on(period)))
    }

    /// The first period that is not due at an instant, in the zone that the customer has when it begins.
    pub fn first_open(&self, account: &Account, watermark: Instant, now: PeriodKey) -> Option<Period> {
        self.first(account, watermark, now, |period, zone| self.due(period, zone))
    }

    fn first(&self, account: &Account, after: Instant, now: PeriodKey, at: impl Fn(Period, Zone) -> Instant) -> Option<Period> {
        let cycle = self.timetable.cycle;
        let at = |period: Period| at(period, cell::key_on(account, period.from, now).zone);
        let mut period = cycle.previous(cycle.period_of(now.zone.date_of(after))?)?;
        while let Some(earlier) = cycle.previous(period).filter(|earlier| at(*earlier) > after) {
            period = earlier;
        }
        while at(period) <= after {
            period = cycle.next(period)?;
        }
        Some(period)
    }

    /// Puts the close of a period into the agenda; with it, the year before is trued up.
    pub fn schedule_year(&self, account: &mut Account, period: Period, own: PeriodKey) {
        let key = cell::key_on(account, period.from, own);
        let at = self.due(period, key.zone);
        account.schedule(Task { at, what: TaskKind::Close, plan: self.plan.id.clone(), period: key });
        let before = self.trued_up_by(period).filter(|before| !self.is_corrected(account, *before));
        if let Some(before) = before {
            let key = cell::key_on(account, before.from, own);
            account.schedule(Task { at, what: TaskKind::Correct, plan: self.plan.id.clone(), period: key });
        }
    }

    /// The customer moved: the period is closed in its new zone and currency.
    pub fn schedule_moved(&self, account: &mut Account, task: &Task, own: PeriodKey) {
        let Some(period) = self.timetable.cycle.period_of(own.from) else { return };
        let at = self.due(period, own.zone).max(task.at);
        account.schedule(Task { at, period: own, ..task.clone() });
    }

    /// What a measured day charges is corrected; where years are trued up, so is the year before.
    pub fn schedule_corrections(&self, account: &mut Account, period: Period, now: PeriodKey, watermark: Instant) {
        self.schedule_correction(account, period, now, watermark);
        if let Some(before) = self.trued_up_by(period) {
            self.schedule_correction(account, before, now, watermark);
        }
    }

    /// With the plan's next close, once, whatever zone and currency the customer has by now.
    pub fn schedule_correction(&self, account: &mut Account, period: Period, now: PeriodKey, watermark: Instant) {
        if self.is_corrected(account, period) {
            return;
        }
        let key = cell::key_on(account, period.from, now);
        let next = self.first_open(account, watermark, now);
        let at = next.map_or(Instant::MAX, |next| self.due(next, cell::key_on(account, next.from, now).zone));
        account.schedule(Task { at, what: TaskKind::Correct, plan: self.plan.id.clone(), period: key });
    }

    fn is_corrected(&self, account: &Account, period: Period) -> bool {
        let same = |task: &Task| (task.what, &task.plan, task.period.from) == (TaskKind::Correct, &self.plan.id, period.from);
        account.agenda.iter().any(same)
    }
}

impl CapacityPlan {
    pub(super) fn years_of(&self, account: &Account) -> Option<Timetable> {
        let starts = match self.starts {
            YearStart::On(day) => day,
            YearStart::Agreement => MonthDay::of(self.agreed_on(account)?),
        };
        let cycle = Cycle { length: PeriodLength::Year, starts };
        Some(Timetable { cycle, charged: Charged::Advance { on: self.measured } })
    }

    /// The day on which a task's period was or is measured.
    pub(super) fn measured_for(&self, account: &Account, task: &Task) -> Option<NaiveDate> {
        let timetable = self.years_of(account)?;
        Some(timetable.charged_on(timetable.cycle.period_of(task.period.from)?))
    }

    /// The day of the first activation of one of the plan's services; without one, the day from which the
    /// customer is known.
    fn agreed_on(&self, account: &Account) -> Option<NaiveDate> {
        let fixed = account.agreements.iter().find(|(service, _)| self.services.contains(service)).map(|(_, day)| *day);
        let is_ours = |service: &str| self.services.iter().any(|one| one.as_str() == service);
        let first = || account.activations.iter().filter(|one| is_ours(&one.service)).map(|one| one.from).min();
        let day = |at: Instant| account.version_at(at).or(account.versions.first()).map(|version| version.zone.date_of(at));
        fixed.or_else(|| first().and_then(day)).or_else(|| account.versions.first().map(|version| version.from))
    }

    fn is_fixed(&self, account: &Account) -> bool {
        account.agreements.iter().any(|(service, _)| self.services.contains(service))
    }

    /// What is counted or charged by a year fixes the years: an activation told later moves none.
    pub(super) fn fix_years(&self, account: &mut Account) {
        if self.is_fixed(account) {
            return;
        }
        if let (Some(day), Some(service)) = (self.agreed_on(account), self.services.first()) {
            account.agreements.push((service.clone(), day));
        }
    }

    /// A fact was told: what is held is tried again at once, closed years that it may change are reckoned again.
    pub(super) fn follow_fact(&self, plan: &Plan, customer: &mut Customer, since: Instant, watermark: Instant) {
        let account = &mut customer.account;
        let is_close = |task: &Task| (&task.plan, task.what) == (&plan.id, TaskKind::Close);
        if self.starts == YearStart::Agreement && !self.is_fixed(account) {
            account.agenda.retain(|task| !is_close(task));
        }
        self.schedule_zero(plan, account, watermark);
        customer.account_dirty = true;
        let account = &mut customer.account;
        let Some(years) = Years::of(self, plan, account) else { return };
        if account.agenda.iter().any(is_close) {
            years.retry(account, watermark);
            years.move_tasks(account, watermark);
            years.reckon_again(account, since, watermark);
        }
    }

    /// The closed years of a span are reckoned again. How many there are.
    pub(super) fn rerate_years(&self, again: &Again<'_>, customer: &mut Customer) -> u64 {
        let account = &mut customer.account;
        let Some(now) = account.versions.last().map(|last| PeriodKey { from: last.from, zone: last.zone, currency: last.currency }) else {
            return 0;
        };
        let Some(years) = Years::of(self, again.plan, account) else { return 0 };
        let rows = customer.levels.get(&again.plan.id).into_iter().flat_map(|ledger| &ledger.rows);
        let closed = rows.filter(|row| row.status == PeriodStatus::Closed).filter_map(|row| years.charged_by(row.measured));
        let closed: Vec<Period> = closed.filter(|period| period.intersect(&again.span).is_some()).collect();
        for period in &closed {
            years.schedule_correction(account, *period, now, again.watermark);
            customer.account_dirty = true;
        }
        closed.len() as u64
    }

    /// Where years without use are published, the first one falls due without any.
    fn schedule_zero(&self, plan: &Plan, account: &mut Account, watermark: Instant) {
        let Some(years) = Years::of(self, plan, account) else { return };
        let wanted = account.versions.iter().find(|version| (plan.zero || version.zero) && self.applies_to(version));
        let Some(version) = wanted else { return };
        if account.agenda.iter().any(|task| (&task.plan, task.what) == (&plan.id, TaskKind::Close)) {
            return;
        }
        let start = version.zone.midnight(version.from).max(watermark);
        let now = PeriodKey { from: version.from, zone: version.zone, currency: version.currency };
        if let Some(open) = years.first_open(account, start, now) {
            years.schedule_year(account, open, now);
        }
    }
}

impl Years<'_> {
    /// Closes that are past their instant are held ones: they are tried right after this input, which may have to be
    /// folded again from its beginning (see `agenda::due_or_next`).
    fn retry(&self, account: &mut Account, watermark: Instant) {
        let is_held = |task: &Task| {
            let period = self.timetable.cycle.period_of(task.period.from);
            (&task.plan, task.what) == (&self.plan.id, TaskKind::Close)
                && period.is_some_and(|period| self.due(period, task.period.zone) <= watermark)
        };
        agenda::reschedule(account, |task, _| is_held(task).then(|| watermark.saturating_add(NANOS_PER_MILLISECOND)));
    }

    /// The customer moved, or will: what is due in the zone of before is due in the new one.
    fn move_tasks(&self, account: &mut Account, watermark: Instant) {
        let waits = |task: &Task| task.plan == self.plan.id && task.at > watermark;
        let moved: Vec<Task> = account.agenda.extract_if(.., |task| waits(task)).collect();
        for task in moved {
            let Some(period) = self.timetable.cycle.period_of(task.period.from) else { continue };
            let is_due = self.due(period, task.period.zone) == task.at;
            match task.what {
                TaskKind::Close if is_due => self.schedule_year(account, period, task.period),
                TaskKind::Close | TaskKind::Bundle | TaskKind::Forget | TaskKind::Remind => account.schedule(task),
                TaskKind::Correct => self.schedule_correction(account, period, task.period, watermark),
            }
        }
    }

    /// Closed years that did not end before `since` are corrected with the plan's next close. One that is
    /// trued up may have ended when the year after it, by which it is measured, began.
    fn reckon_again(&self, account: &mut Account, since: Instant, watermark: Instant) {
        let Some(version) = account.versions.last() else { return };
        let now = PeriodKey { from: version.from, zone: version.zone, currency: version.currency };
        let since = now.zone.date_of(since);
        let since = if self.trued_up_from.is_some() { since.checked_sub_months(Months::new(12)).unwrap_or(since) } else { since };
        let Some(mut period) = self.first_open(account, watermark, now) else { return };
        for _ in 0..MOST_YEARS_BACK {
            let Some(earlier) = self.timetable.cycle.previous(period).filter(|earlier| earlier.to > since) else { return };
            period = earlier;
            if account.version_on(period.last_day()).is_none() {
                return;
            }
            self.schedule_correction(account, period, now, watermark);
        }
    }
}
