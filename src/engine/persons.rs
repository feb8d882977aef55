//! Distinct persons of a period: exact, and the same in whatever order their use comes, is repeated
//! or taken back. Of each person only the sums by price are kept, under a fingerprint.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::catalog::Catalog;
use crate::domain::cell::PeriodCell;
use crate::domain::gates::agreement::Consent;
use crate::domain::instant::{Instant, NANOS_PER_DAY};
use crate::domain::names::PlanId;
use crate::domain::period::Period;
use crate::domain::person::{PersonKey, PersonUse};
use crate::domain::quantity::Quantity;
use crate::domain::state::StateKey;

use super::cell;
use super::customer::Customer;
use super::gate::Admitted;
use super::input::Want;
use super::models::{self, Counted};
use super::shelf::Slot;

/// Persons that a customer keeps in memory after a commit.
const KEPT: usize = 512;
/// Waiting events may still be counted into an old period: so long it is looked again.
const POSTPONED_DAYS: i64 = 30;

/// The persons of a customer that are in memory. Many in a login storm, so not a shelf.
#[derive(Debug, Default)]
pub struct Persons {
    slots: HashMap<PersonKey, Slot<PersonUse>, FxBuildHasher>,
    forgetting: Forgetting,
}

/// How far the persons of an old period have been let go.
#[derive(Debug, Default)]
struct Forgetting {
    of: Option<(PlanId, PeriodKey)>,
    /// The last one that was taken from the store.
    after: Option<PersonKey>,
    chunk: Option<Vec<PersonKey>>,
    complete: bool,
}

impl Persons {
    pub fn is_resident(&self, key: &PersonKey) -> bool {
        self.slots.contains_key(key)
    }

    /// Takes what the store holds, unless memory knows better.
    pub fn supply(&mut self, key: PersonKey, value: Option<PersonUse>) {
        self.slots.entry(key).or_insert(Slot { value, dirty: false });
    }

    /// Takes keys of an old period from the store. A chunk that was not asked for is left.
    pub fn supply_old(&mut self, plan: &PlanId, period: PeriodKey, after: Option<&PersonKey>, keys: Vec<PersonKey>, complete: bool) {
        let Forgetting { of, after: place, chunk, .. } = &self.forgetting;
        let is_next = of.as_ref().is_some_and(|of| (&of.0, of.1) == (plan, period)) && place.as_ref() == after && chunk.is_none();
        if is_next {
            self.forgetting.after = keys.last().cloned().or_else(|| after.cloned());
            self.forgetting.chunk = Some(keys);
            self.forgetting.complete = complete;
        }
    }

    /// Hands every changed person to `each`; none: deleted.
    pub fn freeze(&mut self, mut each: impl FnMut(&PersonKey, Option<&PersonUse>)) {
        for (key, slot) in self.slots.iter_mut().filter(|(_, slot)| slot.dirty) {
            slot.dirty = false;
            each(key, slot.value.as_ref());
        }
    }

    /// Only when all of them are clean and stored.
    pub fn shrink(&mut self) {
        if self.slots.len() > KEPT {
            self.slots = HashMap::default();
        }
    }

    fn forget(&mut self, key: PersonKey) {
        self.slots.insert(key, Slot { value: None, dirty: true });
    }

    /// Lets go of the persons that were supplied. Are all gone?
    fn forget_chunk(&mut self, task: &Task, is_new: bool) -> bool {
        for key in self.forgetting.chunk.take().unwrap_or_default() {
            self.forget(key);
        }
        if !is_new && !self.forgetting.complete {
            return false;
        }
        // Those too that no commit has written yet.
        let of_period = |key: &&PersonKey| key.plan == task.plan && key.period == task.period;
        let rest: Vec<PersonKey> = self.slots.keys().filter(of_period).cloned().collect();
        rest.into_iter().for_each(|key| self.forget(key));
        self.forgetting = Forgetting::default();
        true
    }
}

/// The person that a use is of, as its piece of state.
#[must_use]
pub fn key_of(admitted: &Admitted<'_>) -> Option<PersonKey> {
    let person = admitted.person?;
    Some(PersonKey { plan: admitted.plan.id.clone(), period: admitted.key, service: admitted.service.id.clone(), person })
}

/// Counts a use of a person: nothing, one more, or one from another price. None if a sum cannot be counted exactly.
pub fn count<'a>(
    customer: &'a mut Customer,
    counted: &Counted<'_>,
    catalog: &Catalog,
) -> Option<(&'a mut PeriodCell, Option<&'a Consent>)> {
    let (admitted, using) = (counted.admitted, counted.using);
    schedule_forget(&mut customer.account, admitted, catalog);
    customer.account_dirty = true;
    let slot = customer.persons.slots.entry(key_of(admitted)?).or_insert(Slot { value: None, dirty: true });
    slot.dirty = true;
    let person = slot.value.get_or_insert_with(PersonUse::default);
    let before = person.counted_at().cloned();
    person.add(&admitted.price, using.quantity)?;
    let after = person.counted_at().cloned();
    if person.0.is_empty() {
        slot.value = None;
    }
    let (cell, consent) = cell::count_as(customer, counted, Quantity::ZERO)?;
    let changes = [(before, Quantity::ONE.negated()), (after, Quantity::ONE)];
    for (price, one) in changes.into_iter().filter_map(|(price, one)| Some((price?, one))) {
        let segment = cell::segment_of(cell, admitted.service, &price, consent);
        segment.quantity = segment.quantity.checked_add(one)?;
    }
    Some((cell, consent))
}

/// Once per period.
fn schedule_forget(account: &mut Account, admitted: &Admitted<'_>, catalog: &Catalog) {
    let at = too_old_from(admitted.key, admitted.period, catalog);
    let forget = Task { at, what: TaskKind::Forget, plan: admitted.plan.id.clone(), period: admitted.key };
    let known = |task: &Task| (task.what, &task.plan, task.period) == (forget.what, &forget.plan, forget.period);
    if !account.agenda.iter().any(known) {
        account.schedule(forget);
    }
}

/// What letting go of an old period needs of the store: the next keys.
pub fn wanted_to_forget(customer: &mut Customer, task: &Task) -> Option<Want> {
    if is_postponed(&customer.account) {
        return None;
    }
    let forgetting = &mut customer.persons.forgetting;
    let of = (task.plan.clone(), task.period);
    if forgetting.of.as_ref() != Some(&of) {
        *forgetting = Forgetting { of: Some(of), ..Forgetting::default() };
    }
    if forgetting.chunk.is_some() || forgetting.complete {
        return None;
    }
    let after = forgetting.after.clone();
    Some(Want::Persons { customer: customer.id.clone(), plan: task.plan.clone(), period: task.period, after })
}

/// Use of the period is too old to come any more, and nothing waits: its persons are let go, some at a time.
pub fn forget(customer: &mut Customer, task: Task, catalog: &Catalog) {
    let end = closed_to_use_at(customer, &task, catalog);
    let again = if is_postponed(&customer.account) {
        Some(task.at.saturating_add(POSTPONED_DAYS * NANOS_PER_DAY))
    } else if let Some(later) = end.filter(|end| *end > task.at) {
        Some(later)
    } else {
        let done = customer.persons.forget_chunk(&task, customer.is_new);
        (!done).then_some(task.at)
    };
    if let Some(at) = again {
        customer.account.schedule(Task { at, ..task });
    }
}

/// From when on use of a task's period is too old to be taken; none: its plan is gone.
fn closed_to_use_at(customer: &Customer, task: &Task, catalog: &Catalog) -> Option<Instant> {
    let timetable = models::of(catalog.plan(task.plan.as_str())?).timetable(&customer.account)?;
    let period = timetable.cycle.period_of(task.period.from)?;
    Some(too_old_from(task.period, period, catalog))
}

fn too_old_from(key: PeriodKey, period: Period, catalog: &Catalog) -> Instant {
    key.zone.midnight(period.to).saturating_add(catalog.dedupe_horizon)
}

fn is_postponed(account: &Account) -> bool {
    account.parked > 0
}

/// The piece of state that is wanted to count a person.
#[must_use]
pub fn missing(customer: &Customer, admitted: &Admitted<'_>) -> Option<StateKey> {
    let key = key_of(admitted)?;
    (!customer.persons.is_resident(&key)).then(|| StateKey::Person(customer.id.clone(), key))
}
