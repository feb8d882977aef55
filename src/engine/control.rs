//! Control events change facts. Applying one twice is applying it once.

use chrono::NaiveDate;

use crate::domain::account::{Account, PeriodKey};
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::control::Fact;
use crate::domain::gates::agreement::Taken;
use crate::domain::gates::brake::{Ordered, Switch};
use crate::domain::instant::Instant;
use crate::domain::period::Cycle;

use super::agenda;
use super::cell;
use super::complete;
use super::customer::Customer;
use super::gates::{self, onboarding, told};
use super::input::Want;
use super::issue::Outbox;
use super::models;
use super::rerate::Late;
use super::world::World;

/// How far ahead a day is looked for on which periods begin: shifted years meet others within one.
const MOST_DAYS_AHEAD: usize = 800;

/// Why a fact is refused: a brake that one person may not release, a version of an agreement that was asked for otherwise, or
/// a change of zone or currency inside of a period, where the catalog allows none.
pub fn why_not(account: &Account, fact: &Fact, watermark: Instant, catalog: &Catalog) -> Option<String> {
    if let Some(why) = gates::brake::why_not(account, fact, watermark) {
        return Some(why);
    }
    match fact {
        Fact::Onboarding(fact) => return account.gates.onboarding.why_not(fact),
        Fact::Agreement(fact) => return account.gates.agreements.why_not(fact),
        _ => {}
    }
    let Fact::Customer(version) = fact else { return None };
    let before = account.versions.iter().rev().find(|one| one.from < version.from)?;
    if !catalog.moves_at_period_start || (before.zone, before.currency) == (version.zone, version.currency) {
        return None;
    }
    let charged = |plan: &&Plan| account.agenda.iter().any(|task| task.plan == plan.id);
    let cycles: Vec<Cycle> =
        catalog.plans.iter().filter(charged).filter_map(|plan| Some(models::of(plan).timetable(account)?.cycle)).collect();
    let begins = |day: &NaiveDate| cycles.iter().all(|cycle| cycle.period_of(*day).is_some_and(|period| period.from == *day));
    if begins(&version.from) {
        return None;
    }
    let next = version.from.iter_days().take(MOST_DAYS_AHEAD).find(|day| begins(day));
    let next = next.map_or("no day begins periods of all its plans".to_owned(), |day| format!("the next possible day is {day}"));
    Some(format!("a change of zone or currency on {} is inside of a period: {next}", version.from))
}

/// The pieces of state that a fact needs in memory and does not have.
pub fn missing(customer: &Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) -> Vec<Want> {
    let late = Late::of(&customer.account, fact, watermark);
    late.map_or_else(Vec::new, |late| late.state(&catalog.plans, customer, watermark))
}

/// Takes a fact in, and tells what people must know of it.
pub fn take(customer: &mut Customer, fact: &Fact, watermark: Instant, world: &World, outbox: &mut Outbox<'_>) {
    if let Fact::Onboarding(fact) = fact {
        onboarding::take(customer, fact, watermark, world, outbox);
        return;
    }
    let watch = onboarding::Watch::begin(&customer.account, world);
    complete::notify(customer, fact, watermark, outbox);
    told::notify(customer, fact, watermark, &world.directory, outbox);
    gates::brake::notify(customer, fact, watermark, outbox);
    apply(customer, fact, watermark, &world.catalog);
    watch.end(customer, watermark, world, outbox);
}

/// Takes a fact in, and lets each plan see what follows from it.
fn apply(customer: &mut Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) {
    let moved_from = moved_from(&customer.account, fact);
    let late = Late::of(&customer.account, fact, watermark);
    let account = &mut customer.account;
    let (changed, since) = match fact {
        Fact::Customer(version) => (account.put_version(version.clone()), version.zone.midnight(version.from)),
        Fact::Activation(activation) => (account.put_activation(activation.clone()), activation.from),
        Fact::HeadCount(count) => {
            let zone = account.version_on(count.on).or(account.versions.first()).map(|version| version.zone);
            (account.put_head_count(count.clone()), zone.map_or(Instant::MAX, |zone| zone.midnight(count.on)))
        }
        Fact::Decision(decision) => {
            let zone = account.version_on(decision.period_from).or(account.versions.first()).map(|version| version.zone);
            (account.put_decision(decision.clone()), zone.map_or(Instant::MAX, |zone| zone.midnight(decision.period_from)))
        }
        Fact::Agreement(fact) => {
            let changed = account.gates.agreements.put(fact, watermark) == Taken::Changed;
            customer.consents.forget();
            (changed, account.gates.agreements.since(&fact.key))
        }
        // Orders that are refused were so before.
        Fact::Brake(service, order) => {
            let ordered = account.gates.brakes.entry(service.as_ref()).put(order, watermark);
            if order.state == Switch::Off && matches!(ordered, Ok(Ordered::Switched | Ordered::Noted)) {
                agenda::retry_released(account, watermark);
            }
            (matches!(ordered, Ok(Ordered::Switched | Ordered::Noted)), Instant::MAX)
        }
        // Told for those who audit: the keys are elsewhere, and counts and amounts stay.
        Fact::Erasure(_) | Fact::Keys(_) => return,
        Fact::Catalog(_)
        | Fact::Directory(_)
        | Fact::Onboarding(_)
        | Fact::TestId(_)
        | Fact::BrakeAll(..)
        | Fact::Freeze(..)
        | Fact::Rerate(_)
        | Fact::Merger(_)
        | Fact::Split(_)
        | Fact::Roster(_)
        | Fact::WriteOff(_)
        | Fact::Recycle(_)
        | Fact::Tick => return,
    };
    customer.account_dirty |= changed;
    customer.forget_today();
    if changed {
        follow(customer, since, watermark, catalog);
        if let Some(was) = moved_from {
            catalog.plans.iter().for_each(|plan| cell::give_back(models::of(plan), plan, customer, was, watermark));
        }
        if let Some(late) = late {
            late.rerate(&catalog.plans, customer, watermark);
        }
    }
}

/// In which zone and currency the customer was thought to be on the first day of other facts, if those
/// put it elsewhere.
fn moved_from(account: &Account, fact: &Fact) -> Option<PeriodKey> {
    let Fact::Customer(version) = fact else { return None };
    let old = account.version_on(version.from).or(account.versions.first())?;
    let moved = (old.zone, old.currency) != (version.zone, version.currency);
    moved.then_some(PeriodKey { from: version.from, zone: old.zone, currency: old.currency })
}

/// Lets a customer see a catalog that has come into force. True if anything falls due that did not before.
pub fn meet(customer: &mut Customer, watermark: Instant, catalog: &Catalog) -> bool {
    let reminded = onboarding::schedule(&mut customer.account, catalog, watermark);
    customer.account_dirty |= reminded;
    follow(customer, Instant::MAX, watermark, catalog) || reminded
}

/// Lets each plan see facts that matter from `since` on. True if anything falls due that did not before. On a log of tests
/// nothing ever does.
pub fn follow(customer: &mut Customer, since: Instant, watermark: Instant, catalog: &Catalog) -> bool {
    if catalog.test_environment {
        return false;
    }
    let was_dirty = std::mem::take(&mut customer.account_dirty);
    for plan in &catalog.plans {
        models::of(plan).follow(plan, customer, since, watermark);
    }
    let changed = customer.account_dirty;
    customer.account_dirty |= was_dirty;
    changed
}
