//! Closed periods are reckoned again: prices were mended (`tally.rerate.v1`), or a version of the
//! customer was told late. What they owe now, less what was issued, comes with the plan's next close.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::account::{Account, PeriodKey, TaskKind};
use crate::domain::catalog::Plan;
use crate::domain::cell::PeriodStatus;
use crate::domain::control::{CustomerVersion, Fact};
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::names::CustomerId;
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::domain::rerate::Rerate;
use crate::domain::state::StateKey;
use crate::domain::zone::Zone;

use super::agenda;
use super::cell::MOST_PERIODS_BACK;
use super::customer::Customer;
use super::customers::Customers;
use super::input::{Step, Want};
use super::issue::Outbox;
use super::models::{self, Billing};
use super::partition::Engine;
use super::recount;

/// What is reckoned again.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    pub plan: &'a Plan,
    pub span: Period,
    /// In which zones and currencies its periods may stand.
    pub places: &'a BTreeSet<(Zone, Currency)>,
    pub watermark: Instant,
}

impl Again<'_> {
    /// The periods of the span that have begun or are charged.
    fn periods<B: Billing + ?Sized>(&self, rules: &B, account: &Account) -> Vec<Period> {
        let (Some(timetable), Some(first), Some(last)) = (rules.timetable(account), account.versions.first(), account.versions.last())
        else {
            return Vec::new();
        };
        let today = last.zone.date_of(self.watermark);
        let has_come =
            |period: &Period| period.from <= today || agenda::due(self.plan, timetable.charged_on(*period), last.zone) <= self.watermark;
        let begin = timetable.cycle.period_of(self.span.from.max(first.from));
        let periods = std::iter::successors(begin, |period| timetable.cycle.next(*period));
        periods.take_while(|period| period.from < self.span.to && has_come(period)).take(MOST_PERIODS_BACK).collect()
    }

    fn keys(&self, period: Period) -> Vec<PeriodKey> {
        self.places.iter().map(|(zone, currency)| PeriodKey { from: period.from, zone: *zone, currency: *currency }).collect()
    }
}

/// The pieces of state that reckoning periods again needs in memory and lacks.
pub fn state<B: Billing + ?Sized>(rules: &B, again: &Again<'_>, customer: &Customer) -> Vec<StateKey> {
    let mut wanted = Vec::new();
    for period in again.periods(rules, &customer.account) {
        let cells = again.keys(period).into_iter().filter(|key| !customer.periods.is_resident(&(again.plan.id.clone(), *key)));
        wanted.extend(cells.map(|key| StateKey::Period(customer.id.clone(), again.plan.id.clone(), key)));
        if rules.is_sum_of_days() {
            let days = again.plan.services.iter().flat_map(|service| recount::days(period).map(move |day| (service.clone(), day)));
            let lacking = days.filter(|day| !customer.days.is_resident(day));
            wanted.extend(lacking.map(|(service, day)| StateKey::Day(customer.id.clone(), service, day)));
        }
    }
    wanted
}

/// Puts the corrections of closed periods into the agenda. How many periods there are.
pub fn rerate<B: Billing + ?Sized>(rules: &B, again: &Again<'_>, customer: &mut Customer) -> u64 {
    let mut reckoned = 0;
    for period in again.periods(rules, &customer.account) {
        let keys = again.keys(period);
        if rules.is_sum_of_days() && recount::recount(rules, again.plan, customer, period, &keys) {
            settle_status(rules, again, customer, period, &keys);
        }
        let is_closed = |key: &PeriodKey| {
            let cell = customer.periods.get(&(again.plan.id.clone(), *key));
            cell.is_some_and(|cell| cell.status == PeriodStatus::Closed)
        };
        let closed: Vec<PeriodKey> = keys.into_iter().filter(is_closed).collect();
        reckoned += u64::from(!closed.is_empty());
        for key in closed {
            agenda::schedule_correction(&mut customer.account, again.plan, key, again.watermark);
            customer.account_dirty = true;
        }
    }
    reckoned
}

/// A cell that use moved to may be new: it is closed with its period, or was.
fn settle_status<B: Billing + ?Sized>(rules: &B, again: &Again<'_>, customer: &mut Customer, period: Period, keys: &[PeriodKey]) {
    let Some(timetable) = rules.timetable(&customer.account) else { return };
    let charged_on = timetable.charged_on(period);
    for key in keys {
        let Some(cell) = customer.periods.change(&(again.plan.id.clone(), *key)) else { continue };
        if cell.status != PeriodStatus::Open {
            continue;
        }
        if agenda::due(again.plan, charged_on, key.zone) <= again.watermark {
            cell.status = PeriodStatus::Closed;
        } else {
            agenda::schedule_close(&mut customer.account, again.plan, charged_on, *key);
            customer.account_dirty = true;
        }
    }
}

/// Zones and currencies that a customer's periods of a plan may stand in.
pub fn places(account: &Account) -> BTreeSet<(Zone, Currency)> {
    let of_versions = account.versions.iter().map(|version| (version.zone, version.currency));
    let charged = account.agenda.iter().filter(|task| task.what != TaskKind::Remind);
    of_versions.chain(charged.map(|task| (task.period.zone, task.period.currency))).collect()
}

/// What a fact makes to be reckoned again: the days on which the customer is charged in another zone or
/// currency, or at the prices of another group, than it was before the fact was told.
#[derive(Debug)]
pub struct Late {
    span: Period,
    places: BTreeSet<(Zone, Currency)>,
}

impl Late {
    pub fn of(account: &Account, fact: &Fact, watermark: Instant) -> Option<Self> {
        let Fact::Customer(version) = fact else { return None };
        let before = account.version_on(version.from)?;
        let terms = |one: &CustomerVersion| (one.zone, one.currency, one.group.clone());
        if terms(before) == terms(version) || version.zone.midnight(version.from) > watermark {
            return None;
        }
        let later = account.versions.iter().find(|later| later.from > version.from);
        let span = Period { from: version.from, to: later.map_or(chrono::NaiveDate::MAX, |later| later.from) };
        let mut places = places(account);
        places.insert((version.zone, version.currency));
        Some(Self { span, places })
    }

    fn again<'a>(&'a self, plan: &'a Plan, watermark: Instant) -> Again<'a> {
        Again { plan, span: self.span, places: &self.places, watermark }
    }

    pub fn state(&self, plans: &[Plan], customer: &Customer, watermark: Instant) -> Vec<Want> {
        if customer.is_new {
            return Vec::new();
        }
        let wanted = plans.iter().flat_map(|plan| models::of(plan).state_to_rerate(&self.again(plan, watermark), customer));
        wanted.map(Want::State).collect()
    }

    pub fn rerate(&self, plans: &[Plan], customer: &mut Customer, watermark: Instant) {
        for plan in plans {
            models::of(plan).rerate(&self.again(plan, watermark), customer);
        }
    }
}

impl Engine {
    /// `tally.rerate.v1`. It is told what became of it either way.
    pub(super) fn fold_rerate(&mut self, subject: &str, rerate: &Rerate) -> Step<()> {
        let (catalog, watermark) = (Arc::clone(&self.world.catalog), self.meta.watermark);
        let Some((customer, changed)) = self.customers.get_with_list(subject) else {
            return Step::Missing(vec![Want::State(StateKey::Account(CustomerId::new(subject)))]);
        };
        let kind = match rerated_plan(customer, rerate, &catalog.plans) {
            Err(why) => NoticeKind::RerateRefused { rerate: rerate.clone(), why },
            Ok(plan) => {
                let places = places(&customer.account);
                let again = Again { plan, span: rerate.span, places: &places, watermark };
                let wanted = if customer.is_new { Vec::new() } else { models::of(plan).state_to_rerate(&again, customer) };
                if !wanted.is_empty() {
                    return Step::Missing(wanted.into_iter().map(Want::State).collect());
                }
                let periods = models::of(plan).rerate(&again, customer);
                NoticeKind::Rerated { rerate: rerate.clone(), periods }
            }
        };
        Customers::list(changed, customer);
        self.timers.follow(customer);
        let mut outbox = Outbox { effects: &mut self.effects, sums: &mut self.meta.sums, catalog: &catalog };
        outbox.notice(customer, watermark, kind);
        Step::Done(())
    }
}

/// The plan that is asked for.
///
/// # Errors
/// Why it is not reckoned again, and what to do.
pub fn rerated_plan<'p>(customer: &Customer, rerate: &Rerate, plans: &'p [Plan]) -> Result<&'p Plan, String> {
    let (id, plan) = (&customer.id, &rerate.plan);
    if customer.account.versions.is_empty() {
        return Err(format!("customer `{id}` is not known here; tell `tally.customer.v1` first, or mend the subject"));
    }
    let found = plans.iter().find(|one| one.id == *plan);
    let found = found.ok_or_else(|| format!("plan `{plan}` is not in the catalog in force; put the mended catalog in force first"))?;
    match models::of(found).why_never_rerated() {
        Some(why) => Err(format!("plan `{plan}` {why}")),
        None => Ok(found),
    }
}
