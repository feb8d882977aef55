//! What a customer's open periods would put on a record if they ended now. Nothing is changed by it.

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::catalog::Catalog;
use crate::domain::directory::Freezes;
use crate::domain::names::PlanId;
use crate::domain::period::Period;
use crate::domain::record::Line;
use crate::domain::state::{StateKey, StateValue};
use crate::domain::verdict::Sums;

use super::customer::Customer;
use super::issue::Outbox;
use super::models::{self, Closing};
use super::preview::{Stored, supply_to_close};

/// What is known so far of a record's share: it may change until the record is issued (REQUIREMENTS P15).
#[derive(Debug, Clone)]
pub struct Provisional {
    pub plan: PlanId,
    /// A close of its period, or a correction of one that was closed.
    pub what: TaskKind,
    pub key: PeriodKey,
    pub period: Period,
    /// The lines, or why they cannot be reckoned yet.
    pub lines: Result<Vec<Line>, String>,
}

/// Of all that is due in the future, what has begun by now. `read` reads a piece of state.
///
/// # Errors
/// What `read` says.
pub fn provisional<E>(
    stored: &Stored,
    catalog: &Catalog,
    mut read: impl FnMut(&StateKey) -> Result<Option<StateValue>, E>,
) -> Result<Vec<Provisional>, E> {
    let mut found = Vec::new();
    for task in tasks(&stored.account) {
        let Some(plan) = catalog.plan(task.plan.as_str()) else { continue };
        // Preparing a record changes the customer, and none of it may be seen by the next.
        let mut customer = Customer::new(stored.id.clone(), Some(stored.account.clone()));
        supply_to_close(&mut customer, plan, &task, &mut read)?;
        let (mut effects, mut sums) = (Vec::new(), Sums::default());
        let outbox = Outbox { effects: &mut effects, sums: &mut sums, catalog };
        let today = task.period.zone.date_of(stored.watermark);
        let begun = |period: &Period| period.from <= today;
        let period = models::of(plan).timetable(&customer.account).and_then(|timetable| timetable.cycle.period_of(task.period.from));
        match models::of(plan).prepare(Closing { customer: &mut customer, plan, task: &task, freezes: &Freezes::default() }, &outbox) {
            Ok(Some(share)) if begun(&share.period) => {
                let Task { plan, what, .. } = task;
                found.push(Provisional { plan, what, key: share.key, period: share.period, lines: Ok(share.lines) });
            }
            Err(why) => {
                let period = period.filter(begun);
                let of_period = |period| Provisional { plan: task.plan, what: task.what, key: task.period, period, lines: Err(why) };
                found.extend(period.map(of_period));
            }
            Ok(_) => {}
        }
    }
    Ok(found)
}

/// Records and corrections to come, by plan and period.
fn tasks(account: &Account) -> Vec<Task> {
    let held = account.held.iter().map(|held| Task { at: held.since, what: held.what, plan: held.plan.clone(), period: held.period });
    let mut tasks: Vec<Task> = account.agenda.iter().cloned().chain(held).collect();
    tasks.retain(|task| matches!(task.what, TaskKind::Close | TaskKind::Correct));
    tasks.sort_by(|a, b| (&a.plan, a.period, a.what).cmp(&(&b.plan, b.period, b.what)));
    tasks.dedup_by(|a, b| (&a.plan, a.period, a.what) == (&b.plan, b.period, b.what));
    tasks
}
