//! Deadlines of reports (REQUIREMENTS K15): a reminder, then an alarm, each once, when the watermark reaches them.

use chrono::NaiveDate;

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::catalog::Catalog;
use crate::domain::currency::Currency;
use crate::domain::gates::onboarding::commissioning::Commissioning;
use crate::domain::gates::onboarding::deadline;
use crate::domain::instant::{Instant, NANOS_PER_MILLISECOND};
use crate::domain::names::PlanId;
use crate::domain::notice::{NoticeKind, OnboardingNotice, ReportDeadline};
use crate::domain::zone::Zone;
use crate::engine::customer::Customer;
use crate::engine::issue::Outbox;

/// A test that is passed and not reported, where the catalog asks for tests: its deadline.
fn pending(one: &Commissioning, catalog: &Catalog) -> Option<ReportDeadline> {
    let (agreed, tested) = (one.agreed.as_ref()?, one.tested()?);
    let is_asked = catalog.service(agreed.service.as_str()).is_some_and(|service| service.onboarding.is_some());
    let (service, supplier) = (agreed.service.clone(), agreed.supplier.clone());
    let open = is_asked && one.reported.is_none() && !one.alarmed;
    open.then(|| ReportDeadline { plan: one.id.clone(), service, supplier, tested, due: deadline::due(tested) })
}

/// What is told next about it, and when.
fn next(one: &Commissioning, catalog: &Catalog) -> Option<Instant> {
    let pending = pending(one, catalog)?;
    let reminder = (!one.reminded).then(|| deadline::reminder(pending.tested));
    Some(reminder.map_or(pending.due, |reminder| reminder.min(pending.due)))
}

/// Puts the next deadline into the agenda. True if it was not there.
pub fn schedule(account: &mut Account, catalog: &Catalog, watermark: Instant) -> bool {
    let next = account.gates.onboarding.commissionings.iter().filter_map(|one| next(one, catalog)).min();
    let is_new = |at: &Instant| !account.agenda.iter().any(|task| task.what == TaskKind::Remind && task.at <= *at);
    // What was told late comes next. Not the watermark itself: see `agenda::due_or_next`.
    let soonest = watermark.saturating_add(NANOS_PER_MILLISECOND);
    let at = next.map(|at| at.max(soonest)).filter(is_new);
    if let Some(at) = at {
        let period = PeriodKey { from: NaiveDate::MIN, zone: Zone::HELSINKI, currency: Currency::EURO };
        account.schedule(Task { at, what: TaskKind::Remind, plan: PlanId::new(""), period });
    }
    at.is_some()
}

/// Tells what is due at an instant of the agenda.
pub fn remind(customer: &mut Customer, at: Instant, outbox: &mut Outbox<'_>) {
    let mut told = Vec::new();
    for one in &mut customer.account.gates.onboarding.commissionings {
        let Some(pending) = pending(one, outbox.catalog) else { continue };
        if pending.due <= at {
            (one.reminded, one.alarmed) = (true, true);
            told.push(OnboardingNotice::ReportOverdue(Box::new(pending)));
        } else if !one.reminded && deadline::reminder(pending.tested) <= at {
            one.reminded = true;
            told.push(OnboardingNotice::ReportDue(Box::new(pending)));
        }
    }
    for notice in told {
        outbox.notice(customer, at, NoticeKind::Onboarding(notice));
    }
    schedule(&mut customer.account, outbox.catalog, at);
}
