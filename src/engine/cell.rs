//! Periods: what is used in them, when they are closed, and what they put on a record. The defaults
//! of every billing model.

use crate::domain::account::{Account, PeriodKey, Task, TaskKind};
use crate::domain::catalog::{Catalog, Plan, Service};
use crate::domain::cell::{PeriodCell, PeriodStatus, Segment};
use crate::domain::charge::PriceKey;
use crate::domain::control::CustomerVersion;
use crate::domain::gates::agreement::Consent;
use crate::domain::instant::Instant;
use crate::domain::lineage::Lineage;
use crate::domain::names::{GroupId, PlanId};
use crate::domain::period::{Cycle, Period, PeriodLength};
use crate::domain::quantity::Quantity;
use crate::domain::record::{RecordKind, RecordRef};
use crate::domain::state::StateKey;
use crate::domain::timetable::Timetable;
use crate::domain::zone::Zone;

use super::agenda;
use super::customer::Customer;
use super::gate::Admitted;
use super::issue::Outbox;
use super::models::{self, Billing, Closing, Counted, Share};
use super::settle;
use super::shelf::Shelf;
use super::succession;
use super::usage::Use;

use chrono::NaiveDate;

/// Past periods that one fact can change: decades of months. What lies before is not charged again.
pub const MOST_PERIODS_BACK: usize = 600;

/// What a model sees when it says what a period owes.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub plan: &'a Plan,
    pub catalog: &'a Catalog,
    pub customer: &'a Customer,
    pub cell: &'a PeriodCell,
    pub key: PeriodKey,
    /// Is this period published even if nothing was used in it?
    pub publish_zero: bool,
}

impl<'a> Scope<'a> {
    /// # Errors
    /// The catalog has lost it.
    pub fn service(&self, id: &str) -> Result<&'a Service, String> {
        self.catalog.service(id).ok_or_else(|| format!("service {id} is not in the catalog"))
    }

    /// The customer's facts on a day of the period; before the first ones, those.
    pub fn version_on(&self, day: NaiveDate) -> Option<&'a CustomerVersion> {
        version_for(&self.customer.account, day)
    }

    /// The customer's group on a day: which prices are its own.
    pub fn group_on(&self, day: NaiveDate) -> Option<&'a GroupId> {
        self.version_on(day).and_then(|version| version.group.as_ref())
    }

    /// The part of the period in which a price is in force.
    pub fn in_force(&self, price: &PriceKey, end: Option<NaiveDate>) -> Period {
        let in_force = Period { from: price.from, to: end.unwrap_or(NaiveDate::MAX) };
        self.cell.period.intersect(&in_force).unwrap_or(self.cell.period)
    }
}

/// Counts a use into its segment. None if the sum cannot be counted exactly.
pub fn count(customer: &mut Customer, counted: &Counted<'_>) -> Option<()> {
    count_as(customer, counted, counted.using.quantity).map(|_| ())
}

/// Counts a use into its segment with another quantity than its own. Its period, and the consent of the use.
pub fn count_as<'a>(
    customer: &'a mut Customer,
    counted: &Counted<'_>,
    quantity: Quantity,
) -> Option<(&'a mut PeriodCell, Option<&'a Consent>)> {
    let (admitted, using) = (counted.admitted, counted.using);
    let plan = admitted.plan;
    let charged_on = models::of(plan).timetable(&customer.account)?.charged_on(admitted.period);
    let cell = cell_of(&mut customer.periods, admitted, using, charged_on);
    let begins = cell.status == PeriodStatus::Open && cell.segments.is_empty();
    let consent = customer.consents.at(admitted.consent);
    let segment = segment_of(cell, admitted.service, &admitted.price, consent);
    segment.quantity = segment.quantity.checked_add(quantity)?;
    segment.open.push(&counted.entry, using.offset);
    if cell.status == PeriodStatus::Closed {
        agenda::schedule_correction(&mut customer.account, plan, admitted.key, using.done_until);
        customer.account_dirty = true;
    } else if begins {
        agenda::schedule_close(&mut customer.account, plan, charged_on, admitted.key);
        customer.account_dirty = true;
    }
    Some((cell, consent))
}

/// Counts an event as a call only. It lets nothing fall due by itself. None if it has no period.
pub fn call(customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Option<()> {
    let charged_on = models::of(admitted.plan).timetable(&customer.account)?.charged_on(admitted.period);
    let consent = customer.consents.at(admitted.consent);
    cell_of(&mut customer.periods, admitted, using, charged_on).call(&admitted.service.id, consent, using.is_retraction());
    Some(())
}

/// The period that an event counts into. One whose due instant has passed without a use that is charged
/// is closed: it had no record.
fn cell_of<'a>(
    periods: &'a mut Shelf<(PlanId, PeriodKey), PeriodCell>,
    admitted: &Admitted<'_>,
    using: &Use<'_>,
    charged_on: NaiveDate,
) -> &'a mut PeriodCell {
    let (plan, key) = (&admitted.plan.id, admitted.key);
    let is_key = |(of, period): &(PlanId, PeriodKey)| *period == key && of == plan;
    let cell = periods.change_where(is_key, || (plan.clone(), key), || PeriodCell::new(admitted.period, PeriodStatus::Open));
    let is_unused = cell.status == PeriodStatus::Open && cell.segments.is_empty();
    if is_unused && agenda::due(admitted.plan, charged_on, admitted.key.zone) <= using.done_until {
        cell.status = PeriodStatus::Closed;
    }
    cell
}

pub fn segment_of<'a>(cell: &'a mut PeriodCell, service: &Service, price: &PriceKey, consent: Option<&Consent>) -> &'a mut Segment {
    let wanted = |segment: &Segment| segment.service == service.id && segment.price == *price && segment.consent.as_ref() == consent;
    let place = cell.segments.iter().position(wanted).unwrap_or_else(|| {
        let (service, price, consent) = (service.id.clone(), price.clone(), consent.cloned());
        cell.segments.push(Segment { service, price, consent, quantity: Quantity::ZERO, open: Lineage::default() });
        cell.segments.len() - 1
    });
    &mut cell.segments[place]
}

/// A fact was told. Where periods are charged or published without use, the first one falls due even if
/// no use ever begins it; and closed ones that a standing charge may owe otherwise are reckoned again.
pub fn follow<B: Billing + ?Sized>(rules: &B, plan: &Plan, customer: &mut Customer, since: Instant, watermark: Instant) {
    let Some(timetable) = rules.timetable(&customer.account) else { return };
    customer.account_dirty |= agenda::retry_held(&mut customer.account, plan, timetable, watermark);
    schedule_first(rules, plan, timetable, customer, watermark);
    if rules.is_standing() {
        move_closes(plan, timetable, customer, watermark);
        reckon_again(plan, timetable, customer, since, watermark);
    }
}

fn schedule_first<B: Billing + ?Sized>(rules: &B, plan: &Plan, timetable: Timetable, customer: &mut Customer, watermark: Instant) {
    let account = &mut customer.account;
    // One that has ended began long ago: what its periods owe otherwise is corrected.
    if account.ended_by(&customer.id, watermark).is_some() {
        return;
    }
    let unasked = |version: &&CustomerVersion| rules.applies_to(version) && (rules.is_standing() || plan.zero || version.zero);
    let Some(version) = account.versions.iter().find(unasked) else { return };
    if account.agenda.iter().any(|task| task.plan == plan.id && task.what == TaskKind::Close) {
        return;
    }
    // A period without use is published from the one on in which the customer is told.
    let start = version.zone.midnight(version.from).max(watermark);
    let Some(current) = timetable.cycle.period_of(version.zone.date_of(start)) else { return };
    let open = agenda::first_open(plan, timetable, version.zone, watermark);
    // One that is charged in advance and has begun is charged at once, not with the next one.
    let standing = open.filter(|first| rules.is_standing() && first.to > version.from);
    let first = standing.map_or(current, |first| if first.from > current.from { current } else { first });
    let key = PeriodKey { from: first.from, zone: version.zone, currency: version.currency };
    let at = agenda::due_or_next(plan, timetable.charged_on(first), key.zone, watermark);
    account.schedule(Task { at, what: TaskKind::Close, plan: plan.id.clone(), period: key });
    customer.account_dirty = true;
}

/// The customer moved, or will: what begins in its new zone or currency is due there.
fn move_closes(plan: &Plan, timetable: Timetable, customer: &mut Customer, watermark: Instant) {
    let account = &mut customer.account;
    let closes: Vec<Task> = account.agenda.iter().filter(|task| (&task.plan, task.what) == (&plan.id, TaskKind::Close)).cloned().collect();
    for task in closes {
        let own = key_on(account, task.period.from, task.period);
        let Some(period) = timetable.cycle.period_of(own.from).filter(|_| own != task.period) else { continue };
        account.agenda.retain(|one| *one != task);
        let at = agenda::due_or_next(plan, timetable.charged_on(period), own.zone, watermark);
        account.schedule(Task { at, period: own, ..task });
        customer.account_dirty = true;
    }
}

/// Closed periods that did not end before `since` are corrected with the plan's next close.
pub fn reckon_again(plan: &Plan, timetable: Timetable, customer: &mut Customer, since: Instant, watermark: Instant) {
    let account = &mut customer.account;
    let Some(zone) = account.versions.last().map(|version| version.zone) else { return };
    for period in closed_since(plan, timetable, zone, zone.date_of(since), watermark) {
        let Some(version) = account.version_on(period.last_day()) else { return };
        let key = key_on(account, period.from, PeriodKey { from: period.from, zone: version.zone, currency: version.currency });
        agenda::schedule_correction(account, plan, key, watermark);
        customer.account_dirty = true;
    }
}

/// The customer was not where, or not in the currency in which, it was charged without use from a day on:
/// that is given back with the plan's next close. (What it used stays as it was counted.)
pub fn give_back<B: Billing + ?Sized>(rules: &B, plan: &Plan, customer: &mut Customer, was: PeriodKey, watermark: Instant) {
    let Some(timetable) = rules.timetable(&customer.account).filter(|_| rules.is_standing()) else { return };
    for period in closed_since(plan, timetable, was.zone, was.from, watermark) {
        agenda::schedule_correction(&mut customer.account, plan, PeriodKey { from: period.from, ..was }, watermark);
        customer.account_dirty = true;
    }
}

/// The closed periods that did not end before a day, the latest first.
fn closed_since(plan: &Plan, timetable: Timetable, zone: Zone, since: NaiveDate, watermark: Instant) -> impl Iterator<Item = Period> {
    let open = agenda::first_open(plan, timetable, zone, watermark);
    let earlier = std::iter::successors(open, move |period| timetable.cycle.previous(*period)).skip(1);
    earlier.take_while(move |period| period.to > since).take(MOST_PERIODS_BACK)
}

/// A task needs its period. One of a plan that the catalog has lost too: it knows whether it is held.
pub fn state_to_close(customer: &Customer, task: &Task) -> Vec<StateKey> {
    let resident = customer.periods.is_resident(&(task.plan.clone(), task.period));
    let wanted = (!resident).then(|| StateKey::Period(customer.id.clone(), task.plan.clone(), task.period));
    wanted.into_iter().collect()
}

/// What a task puts on a record: what its period owes, less what it has issued.
///
/// # Errors
/// Why the record is held.
pub fn prepare<B: Billing + ?Sized>(rules: &B, closing: Closing<'_>, outbox: &Outbox<'_>) -> Result<Option<Share>, String> {
    let Closing { customer, plan, task, freezes } = closing;
    let key = task.period;
    let Some(timetable) = rules.timetable(&customer.account) else { return Ok(None) };
    let period = timetable.cycle.period_of(key.from).ok_or_else(|| format!("{} is out of the calendar's range", key.from))?;
    let is_close = task.what == TaskKind::Close;
    let own = key_on(&customer.account, period.from, key);
    if is_close && (rules.is_standing() || may_publish_zero(&customer.account, plan)) {
        schedule_following(customer, plan, timetable, period, key, own);
    }
    // The customer is charged elsewhere for it, now: what was issued here is taken back.
    let ended = customer.account.ended_by(&customer.id, key.zone.midnight(period.from)).is_some();
    let is_elsewhere = (rules.is_standing() && own != key) || (rules.ends_with_customer() && ended);
    if is_close && is_elsewhere {
        return Ok(None);
    }
    let cell_key = (task.plan.clone(), key);
    let status = if is_close { PeriodStatus::Open } else { PeriodStatus::Closed };
    let cell = customer.periods.change_or(&cell_key, || PeriodCell::new(period, status)).clone();
    // A period is closed once; and one that is not closed yet has nothing to correct.
    if is_close == (cell.status == PeriodStatus::Closed) {
        return Ok(None);
    }
    let publish_zero =
        own == key && !ended && is_zero_published(&customer.account, plan, period.from) && (is_close || cell.record.is_some());
    let scope = Scope { plan, catalog: outbox.catalog, customer, cell: &cell, key, publish_zero };
    let owed = if is_elsewhere { Vec::new() } else { rules.owed(&scope)? };
    let (mut lines, issued) = settle::difference(plan, key.currency, &cell.issued, &owed)?;
    if is_close && publish_zero && lines.iter().all(|line| line.service.is_none()) {
        lines.splice(0..0, rules.zero_lines(&scope));
    }
    let notices = rules.told(&scope, task);
    let end = key.zone.midnight(period.to);
    lines.iter_mut().for_each(|line| succession::mark(&customer.account, end, &mut line.basis));
    let kind = kind_of(timetable.cycle);
    let due = freezes.thawed(agenda::due(plan, timetable.charged_on(period), key.zone));
    let preceding = cell.record.or_else(|| super::close::issued_for(customer, plan, kind, period, key, due));
    Ok(Some(Share { task: task.clone(), key, kind, period, lines, issued, preceding, notices }))
}

/// The next period falls due too; a customer that changed zone or currency goes on in the new one, and this
/// period, if it began in the new one, is closed there.
fn schedule_following(customer: &mut Customer, plan: &Plan, timetable: Timetable, period: Period, key: PeriodKey, own: PeriodKey) {
    let account = &mut customer.account;
    let ended = |day| account.ended_by(&customer.id, key.zone.midnight(day)).is_some();
    if own != key {
        agenda::schedule_close(account, plan, timetable.charged_on(period), own);
    } else if let Some(next) = timetable.cycle.next(period).filter(|next| !ended(next.from)) {
        let own = key_on(account, next.from, key);
        agenda::schedule_close(account, plan, timetable.charged_on(next), own);
    }
}

fn kind_of(cycle: Cycle) -> RecordKind {
    match cycle.length {
        PeriodLength::Quarter => RecordKind::Quarterly,
        PeriodLength::Year => RecordKind::Annual,
        PeriodLength::Month | PeriodLength::HalfYear => RecordKind::Periodic,
    }
}

/// Is a period that begins on `day` published without use too?
pub fn is_zero_published(account: &Account, plan: &Plan, day: NaiveDate) -> bool {
    plan.zero || version_for(account, day).is_some_and(|version| version.zero)
}

pub fn may_publish_zero(account: &Account, plan: &Plan) -> bool {
    plan.zero || account.versions.iter().any(|version| version.zero)
}

/// The version in force on a day; before the first one, that.
fn version_for(account: &Account, day: NaiveDate) -> Option<&CustomerVersion> {
    account.version_on(day).or(account.versions.first())
}

/// In which zone and currency a period without use is published: those of its first day, once.
pub fn key_on(account: &Account, day: NaiveDate, now: PeriodKey) -> PeriodKey {
    version_for(account, day).map_or(PeriodKey { from: day, ..now }, |version| PeriodKey {
        from: day,
        zone: version.zone,
        currency: version.currency,
    })
}

/// Marks what a record has charged.
pub fn settle(customer: &mut Customer, share: &Share, record: Option<RecordRef>) {
    if let Some(cell) = customer.periods.change(&(share.task.plan.clone(), share.key)) {
        cell.issued.clone_from(&share.issued);
        cell.segments.iter_mut().for_each(|segment| segment.open = Lineage::default());
        cell.status = PeriodStatus::Closed;
        if share.task.what == TaskKind::Close {
            cell.record = record;
        }
    }
}

/// Marks a period as held, unless it is closed: then only its correction waits. Its status before.
pub fn hold(customer: &mut Customer, task: &Task) -> Option<PeriodStatus> {
    let cell = customer.periods.change(&(task.plan.clone(), task.period))?;
    let was = cell.status;
    cell.status = was.held();
    Some(was)
}
