//! Control events change facts. Applying one twice is applying it once.

use chrono::NaiveDate;

use crate::domain::account::Account;
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::control::Fact;
use crate::domain::instant::Instant;
use crate::domain::period::Cycle;

use super::customer::Customer;
use super::input::Want;
use super::models;
use super::rerate::Late;

/// How far ahead a day is looked for on which periods begin: shifted years meet others within one.
const MOST_DAYS_AHEAD: usize = 800;

/// Why a fact is refused: a change of zone or currency inside of a period, where the catalog allows none.
pub fn why_not(account: &Account, fact: &Fact, catalog: &Catalog) -> Option<String> {
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

/// Takes a fact in, and lets each plan see what follows from it.
pub fn apply(customer: &mut Customer, fact: &Fact, watermark: Instant, catalog: &Catalog) {
    let late = Late::of(&customer.account, fact, watermark);
    let account = &mut customer.account;
    let (changed, since) = match fact {
        Fact::Customer(version) => (account.put_version(version.clone()), version.zone.midnight(version.from)),
        Fact::Activation(activation) => (account.put_activation(activation.clone()), activation.from),
        Fact::HeadCount(count) => {
            let zone = account.version_on(count.on).or(account.versions.first()).map(|version| version.zone);
            (account.put_head_count(count.clone()), zone.map_or(Instant::MAX, |zone| zone.midnight(count.on)))
        }
        Fact::Rerate(_) | Fact::Merger(_) | Fact::Split(_) | Fact::Tick => return,
    };
    customer.account_dirty |= changed;
    customer.forget_today();
    if changed {
        for plan in &catalog.plans {
            models::of(plan).follow(plan, customer, since, watermark);
        }
        if let Some(late) = late {
            late.rerate(&catalog.plans, customer, watermark);
        }
    }
}
