//! The billing models. Each says in a file of its own how its plans charge; the rest of the engine
//! asks here and knows no model by name.
//!
//! Most models charge by periods, and only say what a period owes ([`Billing::owed`]). What was issued
//! for it before is subtracted (`settle`), so that every correction, whatever its cause, is the
//! difference between the truth now and what was published.

mod archive;
mod capacity;
mod fixed;
mod metered;
mod package;
mod per_head;
mod subscription;

use std::fmt::Debug;

use chrono::NaiveDate;

use crate::domain::account::{Account, PeriodKey, Task};
use crate::domain::archive::ArchiveRow;
use crate::domain::catalog::{Catalog, Model, Plan};
use crate::domain::cell::PeriodStatus;
use crate::domain::charge::{Charge, IssuedCharge, PriceKey};
use crate::domain::control::CustomerVersion;
use crate::domain::currency::Currency;
use crate::domain::directory::Freezes;
use crate::domain::instant::Instant;
use crate::domain::lineage::ENTRY_BYTES;
use crate::domain::names::GroupId;
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::domain::record::{Line, RecordKind, RecordRef};
use crate::domain::state::StateKey;
use crate::domain::timetable::Timetable;
use crate::domain::usage::UsageEvent;
use crate::domain::zone::LocalDay;

use super::cell::{self, Scope};
use super::customer::Customer;
use super::gate::{Admitted, Refusal};
use super::issue::Outbox;
use super::rerate::{self, Again};
use super::usage::Use;

/// The model of a plan.
#[must_use]
pub fn of(plan: &Plan) -> &dyn Billing {
    match &plan.model {
        Model::Package(rules) => rules,
        Model::Metered(rules) => rules,
        Model::Archive(rules) => rules,
        Model::PerHead(rules) => rules,
        Model::Subscription(rules) => rules,
        Model::Fixed(rules) => rules,
        Model::Capacity(rules) => rules,
    }
}

/// How a plan charges. A model without use of its own and without state of its own needs only the
/// first three.
pub trait Billing: Debug {
    /// Its periods, and when each is charged; none: it charges use as it comes.
    fn timetable(&self, account: &Account) -> Option<Timetable>;

    /// Has it a price for such a customer?
    fn applies_to(&self, version: &CustomerVersion) -> bool;

    /// All that a period owes, from scratch.
    ///
    /// # Errors
    /// Why the record is held, in words.
    fn owed(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String>;

    /// Is it charged without any use?
    fn is_standing(&self) -> bool {
        false
    }

    /// Of a period that falls due because it was used: the day that names it. None: it falls due anyway, or never.
    fn awaited_from(&self, _period: Period) -> Option<NaiveDate> {
        None
    }

    /// Is use of its services paid for by what the plan charges anyway? Then it is counted in its
    /// windows, and charges nothing of its own.
    fn covers_use(&self) -> bool {
        false
    }

    /// What people are told when a task is settled.
    fn told(&self, _scope: &Scope<'_>, _task: &Task) -> Vec<NoticeKind> {
        Vec::new()
    }

    /// The lines of a period that owes nothing and is published all the same.
    fn zero_lines(&self, _scope: &Scope<'_>) -> Vec<Line> {
        Vec::new()
    }

    /// Does it charge nothing more for periods that begin after its customer has ended?
    fn ends_with_customer(&self) -> bool {
        self.is_standing()
    }

    /// Does what a period owes depend only on its sums per service and day?
    fn is_sum_of_days(&self) -> bool {
        false
    }

    /// Is it charged by the number of active pupils, which a roster may tell?
    fn counts_pupils(&self) -> bool {
        false
    }

    /// Does it buy packages into pools?
    fn keeps_pools(&self) -> bool {
        false
    }

    /// Does it keep what goes to the survivor of a merger whole: pools, an archive's ledger? What is told after
    /// that counts there too.
    fn goes_with_mergers(&self) -> bool {
        self.keeps_pools()
    }

    /// The piece of state, beside pools, that goes to the survivor.
    fn state_to_hand_over(&self, _plan: &Plan, _customer: &Customer) -> Option<StateKey> {
        None
    }

    /// The first reference date that a customer hands to a survivor, or takes from one that ended.
    fn first_handed_over(&self, _plan: &Plan, _customer: &Customer, _from: Instant, _watermark: Instant) -> Option<NaiveDate> {
        None
    }

    /// Gives away what counts from a reference date on.
    fn give(&self, _plan: &Plan, _customer: &mut Customer, _first: NaiveDate) -> Vec<ArchiveRow> {
        Vec::new()
    }

    /// Takes what another customer gave. None if a sum cannot be counted exactly.
    fn take(&self, _plan: &Plan, _customer: &mut Customer, _given: &[ArchiveRow]) -> Option<()> {
        Some(())
    }

    /// Why what it charged is never reckoned again, and what to do instead; none: it is, when that is asked for.
    fn why_never_rerated(&self) -> Option<&'static str> {
        None
    }

    /// The pieces of state that reckoning a span again needs.
    fn state_to_rerate(&self, again: &Again<'_>, customer: &Customer) -> Vec<StateKey> {
        rerate::state(self, again, customer)
    }

    /// The closed periods of a span are reckoned again. How many there are.
    fn rerate(&self, again: &Again<'_>, customer: &mut Customer) -> u64 {
        rerate::rerate(self, again, customer)
    }

    /// What the records of a task's period charge.
    fn issued(&self, customer: &Customer, task: &Task) -> Vec<IssuedCharge> {
        let cell = customer.periods.get(&(task.plan.clone(), task.period));
        cell.map_or_else(Vec::new, |cell| cell.issued.clone())
    }

    /// What an event must hold for this model.
    ///
    /// # Errors
    /// `bad_data`.
    fn own_fault(&self, _event: &UsageEvent<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// The price that applies to a use; none: it has no price.
    fn price_of(&self, _asked: &Asked<'_>) -> Option<Priced> {
        None
    }

    /// Action and creation day of a lineage entry.
    fn mark(&self, _event: &UsageEvent<'_>) -> (u8, i32) {
        (0, 0)
    }

    /// The piece of state that counting this use changes.
    fn state_of(&self, customer: &Customer, admitted: &Admitted<'_>) -> Option<StateKey> {
        let (plan, key) = (&admitted.plan.id, admitted.key);
        let is_resident = customer.periods.has(|(of, period)| *period == key && of == plan);
        (!is_resident).then(|| StateKey::Period(customer.id.clone(), plan.clone(), key))
    }

    /// What only the state can tell against a use.
    ///
    /// # Errors
    /// `bad_quantity`, `incomplete_customer`.
    fn fits(&self, _customer: &Customer, _admitted: &Admitted<'_>, _using: &Use<'_>, _catalog: &Catalog) -> Result<(), Refusal> {
        Ok(())
    }

    /// Does it count persons, of whom every event must name one?
    fn counts_persons(&self) -> bool {
        false
    }

    /// Do its records tell the number of events, those that are not charged too?
    fn counts_calls(&self) -> bool {
        false
    }

    /// Counts an event that is not charged. None if it has no period.
    fn call(&self, _customer: &mut Customer, _admitted: &Admitted<'_>, _using: &Use<'_>) -> Option<()> {
        Some(())
    }

    /// Counts a use. None if a sum cannot be counted exactly.
    fn count(&self, customer: &mut Customer, counted: &Counted<'_>, _outbox: &mut Outbox<'_>) -> Option<()> {
        cell::count(customer, counted)
    }

    /// A fact about the customer was told, which matters from `since` on.
    fn follow(&self, plan: &Plan, customer: &mut Customer, since: Instant, watermark: Instant) {
        cell::follow(self, plan, customer, since, watermark);
    }

    /// The pieces of state that a task needs.
    fn state_to_close(&self, customer: &Customer, task: &Task) -> Vec<StateKey> {
        cell::state_to_close(customer, task)
    }

    /// What a task puts on a record; none: nothing is to be done.
    ///
    /// # Errors
    /// Why the record is held, in words.
    fn prepare(&self, closing: Closing<'_>, outbox: &Outbox<'_>) -> Result<Option<Share>, String> {
        cell::prepare(self, closing, outbox)
    }

    /// A task's share was issued (with a record, if it had lines).
    fn settle(&self, customer: &mut Customer, share: &Share, record: Option<RecordRef>) {
        cell::settle(customer, share, record);
    }

    /// A task's record is held. What was its status?
    fn hold(&self, customer: &mut Customer, task: &Task) -> Option<PeriodStatus> {
        cell::hold(customer, task)
    }
}

/// A use whose price is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub day: LocalDay,
    pub currency: Currency,
    pub group: Option<&'a GroupId>,
}

/// The price that applies to a use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The period that it counts into, or its day.
    pub period: Period,
    pub price: PriceKey,
}

/// A use that is counted and charged.
#[derive(Debug)]
pub struct Counted<'a> {
    pub admitted: &'a Admitted<'a>,
    pub using: &'a Use<'a>,
    /// Its lineage entry.
    pub entry: [u8; ENTRY_BYTES],
}

/// A task that is due.
#[derive(Debug)]
pub struct Closing<'a> {
    pub customer: &'a mut Customer,
    pub plan: &'a Plan,
    pub task: &'a Task,
    /// What was put off: a period that falls due in a freeze window was closed at its end.
    pub freezes: &'a Freezes,
}

/// The share of one plan and period in a record.
#[derive(Debug)]
pub struct Share {
    pub task: Task,
    /// In which zone and currency it is issued.
    pub key: PeriodKey,
    pub kind: RecordKind,
    pub period: Period,
    pub lines: Vec<Line>,
    /// All that its period has issued when this record is.
    pub issued: Vec<IssuedCharge>,
    /// The record that was issued for the period before.
    pub preceding: Option<RecordRef>,
    pub notices: Vec<NoticeKind>,
}
