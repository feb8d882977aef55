//! Capacity plans: bytes stored beyond what is included, charged by the year before it begins
//! (REQUIREMENTS U12 to U19).

mod figures;
mod owed;
mod stored;
mod years;

use chrono::NaiveDate;

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::cell::PeriodStatus;
use crate::domain::charge::{Charge, IssuedCharge, PriceKey};
use crate::domain::control::CustomerVersion;
use crate::domain::instant::Instant;
use crate::domain::levels::LevelRow;
use crate::domain::lineage::Lineage;
use crate::domain::models::capacity::{CapacityPlan, Measure};
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::domain::record::{Line, RecordRef};
use crate::domain::state::StateKey;
use crate::domain::timetable::Timetable;
use crate::domain::usage::UsageEvent;
use crate::domain::verdict::Reason;

use self::years::Years;
use super::{Asked, Billing, Closing, Counted, Priced, Share};
use crate::engine::cell::{self, Scope};
use crate::engine::customer::Customer;
use crate::engine::gate::{Admitted, Refusal};
use crate::engine::issue::Outbox;
use crate::engine::rerate::Again;
use crate::engine::usage::Use;

/// A level counts at all days on which is measured after it: so the plan keeps a ledger of measured days
/// beside the periods, and each period is charged by the one before it.
impl Billing for CapacityPlan {
    fn timetable(&self, account: &Account) -> Option<Timetable> {
        self.years_of(account)
    }

    fn applies_to(&self, version: &CustomerVersion) -> bool {
        self.prices.iter().any(|row| row.price.contains_key(&version.currency))
    }

    fn owed(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        self.owed_for_year(scope)
    }

    fn told(&self, scope: &Scope<'_>, task: &Task) -> Vec<NoticeKind> {
        self.waived(scope, task).into_iter().collect()
    }

    fn zero_lines(&self, scope: &Scope<'_>) -> Vec<Line> {
        self.zero_line(scope).into_iter().collect()
    }

    fn own_fault(&self, event: &UsageEvent<'_>) -> Result<(), Refusal> {
        stored::own_fault(self.measure, event)
    }

    /// Priced on the first day of the year that it is charged for, not now.
    fn price_of(&self, asked: &Asked<'_>) -> Option<Priced> {
        let day = asked.day.date;
        Some(Priced { period: Period::day(day), price: PriceKey { from: day, group: None } })
    }

    fn mark(&self, event: &UsageEvent<'_>) -> (u8, i32) {
        match self.measure {
            Measure::Snapshot => (0, 0),
            Measure::Delta if stored::is_culled(event) => (2, 0),
            Measure::Delta => (1, 0),
        }
    }

    fn state_of(&self, customer: &Customer, admitted: &Admitted<'_>) -> Option<StateKey> {
        ledger_of(customer, admitted.plan)
    }

    fn fits(&self, customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>, _catalog: &Catalog) -> Result<(), Refusal> {
        let key = stored::key(self.measure, &admitted.service.id, using.event);
        let full = customer.levels.get(&admitted.plan.id).is_some_and(|ledger| ledger.is_full_for(&key));
        let detail = "the customer has too many units or sources that tell snapshots; use the same names each time";
        if full { Err(Refusal::new(Reason::BadData, detail)) } else { Ok(()) }
    }

    fn count(&self, customer: &mut Customer, counted: &Counted<'_>, _outbox: &mut Outbox<'_>) -> Option<()> {
        self.take_in(customer, counted)
    }

    fn follow(&self, plan: &Plan, customer: &mut Customer, since: Instant, watermark: Instant) {
        self.follow_fact(plan, customer, since, watermark);
    }

    /// First the ledger, which says in which zone and currency the period was issued.
    fn state_to_close(&self, customer: &Customer, task: &Task) -> Vec<StateKey> {
        if !customer.levels.is_resident(&task.plan) {
            return vec![StateKey::Levels(customer.id.clone(), task.plan.clone())];
        }
        cell::state_to_close(customer, &self.as_issued(customer, task))
    }

    fn ends_with_customer(&self) -> bool {
        true
    }

    fn counts_pupils(&self) -> bool {
        true
    }

    fn state_to_rerate(&self, again: &Again<'_>, customer: &Customer) -> Vec<StateKey> {
        ledger_of(customer, again.plan).into_iter().collect()
    }

    fn rerate(&self, again: &Again<'_>, customer: &mut Customer) -> u64 {
        self.rerate_years(again, customer)
    }

    fn issued(&self, customer: &Customer, task: &Task) -> Vec<IssuedCharge> {
        let cell = customer.periods.get(&(task.plan.clone(), self.as_issued(customer, task).period));
        cell.map_or_else(Vec::new, |cell| cell.issued.clone())
    }

    fn prepare(&self, closing: Closing<'_>, outbox: &Outbox<'_>) -> Result<Option<Share>, String> {
        let Closing { customer, plan, task, freezes } = closing;
        let Some(period) = self.to_charge(customer, plan, task) else { return Ok(None) };
        let issued = self.as_issued(customer, task);
        let share = cell::prepare(self, Closing { customer: &mut *customer, plan, task: &issued, freezes }, outbox)?;
        if task.what == TaskKind::Close {
            self.mark_final(customer, plan, task, period);
        }
        Ok(share.map(|share| Share { task: task.clone(), ..share }))
    }

    fn settle(&self, customer: &mut Customer, share: &Share, record: Option<RecordRef>) {
        cell::settle(customer, share, record);
        if let Some(row) = self.row_of(customer, &share.task) {
            row.issued_in = Some((share.key.zone, share.key.currency));
            row.late = Lineage::default();
            row.status = PeriodStatus::Closed;
        }
    }

    fn hold(&self, customer: &mut Customer, task: &Task) -> Option<PeriodStatus> {
        let issued = self.as_issued(customer, task);
        if let Some(row) = self.row_of(customer, task) {
            row.status = row.status.held();
        }
        cell::hold(customer, &issued)
    }
}

fn ledger_of(customer: &Customer, plan: &Plan) -> Option<StateKey> {
    (!customer.levels.is_resident(&plan.id)).then(|| StateKey::Levels(customer.id.clone(), plan.id.clone()))
}

/// A year in which nothing was told has what the year before it has.
fn begin_row(customer: &mut Customer, plan: &Plan, measured: NaiveDate) {
    let last = customer.levels.get(&plan.id).and_then(|ledger| ledger.rows.last()).map(|row| row.measured);
    if last.is_some_and(|last| last < measured)
        && let Some(ledger) = customer.levels.change(&plan.id)
    {
        ledger.add_row(measured, PeriodStatus::Open);
    }
}

impl CapacityPlan {
    /// The period of a task, if it is still to be charged: a closed one is not closed again, and an open
    /// one has nothing to correct. Puts the next close into the agenda.
    fn to_charge(&self, customer: &mut Customer, plan: &Plan, task: &Task) -> Option<Period> {
        self.fix_years(&mut customer.account);
        customer.account_dirty = true;
        let years = Years::of(self, plan, &customer.account)?;
        let period = years.timetable.cycle.period_of(task.period.from)?;
        let measured = years.timetable.charged_on(period);
        if task.what == TaskKind::Close {
            let own = cell::key_on(&customer.account, period.from, task.period);
            if own != task.period {
                years.schedule_moved(&mut customer.account, task, own);
                return None;
            }
            let next = years.timetable.cycle.next(period)?;
            years.schedule_year(&mut customer.account, next, own);
            begin_row(customer, plan, measured);
        }
        let row = customer.levels.get(&plan.id).and_then(|ledger| ledger.row(measured));
        let status = row.map(|row| row.status);
        let over = match task.what {
            TaskKind::Close => status == Some(PeriodStatus::Closed),
            TaskKind::Correct => status.is_some_and(|status| status != PeriodStatus::Closed),
            TaskKind::Bundle | TaskKind::Forget | TaskKind::Remind => true,
        };
        (!over).then_some(period)
    }

    /// A task in the zone and currency in which its period was issued: a customer that moved later is
    /// corrected in those.
    fn as_issued(&self, customer: &Customer, task: &Task) -> Task {
        let row = self.measured_for(&customer.account, task).and_then(|day| customer.levels.get(&task.plan)?.row(day));
        let issued_in = row.and_then(|row| row.issued_in).filter(|_| task.what == TaskKind::Correct);
        let key = |(zone, currency)| PeriodKey { from: task.period.from, zone, currency };
        Task { period: issued_in.map_or(task.period, key), ..task.clone() }
    }

    fn row_of<'a>(&self, customer: &'a mut Customer, task: &Task) -> Option<&'a mut LevelRow> {
        let measured = self.measured_for(&customer.account, task)?;
        customer.levels.change(&task.plan)?.row_mut(measured)
    }

    /// The close of a period could be made: its measurement also counts for the year before. One that was
    /// held came too late for that year's own turn.
    fn mark_final(&self, customer: &mut Customer, plan: &Plan, task: &Task, period: Period) {
        if let Some(row) = self.row_of(customer, task) {
            row.is_final = true;
        }
        let Some(years) = Years::of(self, plan, &customer.account) else { return };
        let before = years.trued_up_by(period).filter(|_| years.due(period, task.period.zone) < task.at);
        if let Some(before) = before {
            years.schedule_correction(&mut customer.account, before, task.period, task.at);
        }
    }
}
