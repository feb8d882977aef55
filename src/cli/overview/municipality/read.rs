//! What is known of a municipality, out of the state and the published records.

use std::collections::VecDeque;

use chrono::NaiveDate;
use miette::Result;

use super::items::{self, Item, Sight};
use super::packages::{self, Balance};
use crate::app;
use crate::cli::catalog::Place;
use crate::cli::export::Published;
use crate::cli::usage::read::{Reader, Usage, UsageError};
use crate::domain::account::{PeriodKey, TaskKind};
use crate::domain::catalog::Catalog;
use crate::domain::cell::{PeriodCell, PeriodStatus};
use crate::domain::currency::Currency;
use crate::domain::names::{CustomerId, PlanId};
use crate::domain::period::Period;
use crate::engine::preview::Stored;
use crate::engine::provisional::{Provisional, provisional};
use crate::wire::published::Record;

/// Everything but what is issued.
pub struct Overview {
    pub usage: Usage,
    pub today: NaiveDate,
    pub catalog: String,
    pub running: Vec<Running>,
    pub balances: Vec<Balance>,
}

/// What is running up for a record to come.
#[derive(Debug)]
pub struct Running {
    pub plan: PlanId,
    pub period: Period,
    pub currency: Currency,
    pub what: What,
    pub items: Vec<Item>,
    /// Why it cannot be reckoned yet.
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An open period.
    Open,
    /// A change of a closed one.
    Correction,
}

pub fn read(reader: &Reader, usage: Usage, catalog: &Catalog) -> Result<Overview, UsageError> {
    let customer = usage.customer.clone();
    let stored = Stored { id: customer.clone(), account: usage.account.clone(), watermark: usage.watermark };
    let cells = reader.periods(&customer)?;
    let due = provisional(&stored, catalog, |key| reader.get(key))?;
    let version = usage.account.version_at(usage.watermark).or(usage.account.versions.first());
    let today = version.map_or_else(NaiveDate::default, |version| version.zone.date_of(usage.watermark));
    let sight = Sight { usage: &usage, catalog, today };
    let mut running: Vec<Running> = due.iter().filter_map(|one| due_by(&sight, one, &cells)).collect();
    let seen = |plan: &PlanId, period: Period, currency: Currency| {
        due.iter().any(|one| one.what == TaskKind::Close && (&one.plan, one.period, one.key.currency) == (plan, period, currency))
    };
    let only_calls = cells.iter().filter(|(plan, key, cell)| cell.status == PeriodStatus::Open && !seen(plan, cell.period, key.currency));
    running.extend(only_calls.filter_map(|(plan, key, cell)| called(&sight, plan, *key, cell)));
    running.sort_by(|a, b| (&a.plan, a.period.from, a.what as u8).cmp(&(&b.plan, b.period.from, b.what as u8)));
    let plans: Vec<PlanId> = catalog.plans.iter().map(|plan| plan.id.clone()).collect();
    let pools = reader.pools(&customer, &plans)?;
    let balances = version.map_or_else(Vec::new, |version| packages::of(&sight, catalog, &pools, version.currency));
    Ok(Overview { today, catalog: catalog.version.clone(), running, balances, usage })
}

fn due_by(sight: &Sight<'_>, one: &Provisional, cells: &[(PlanId, PeriodKey, PeriodCell)]) -> Option<Running> {
    let plan = sight.catalog.plan(one.plan.as_str())?;
    let currency = one.key.currency;
    let what = if one.what == TaskKind::Close { What::Open } else { What::Correction };
    let cell = cells.iter().find(|(id, key, cell)| (id, key.currency, cell.period) == (&one.plan, currency, one.period));
    let cell = cell.map(|(_, _, cell)| cell);
    let (lines, why) = match &one.lines {
        Ok(lines) => (lines.as_slice(), None),
        Err(why) => (&[][..], Some(why.clone())),
    };
    let items = match what {
        What::Open => items::of(sight, plan, cell, one.period, currency, lines),
        What::Correction => items::of_lines(sight, plan, currency, lines),
    };
    Some(Running { plan: one.plan.clone(), period: one.period, currency, what, items, why })
}

/// A period in which nothing was charged yet.
fn called(sight: &Sight<'_>, plan: &PlanId, key: PeriodKey, cell: &PeriodCell) -> Option<Running> {
    let plan = sight.catalog.plan(plan.as_str())?;
    let items = items::of(sight, plan, Some(cell), cell.period, key.currency, &[]);
    Some(Running { plan: plan.id.clone(), period: cell.period, currency: key.currency, what: What::Open, items, why: None })
}

/// The last records of a customer, in the order of their numbers.
///
/// # Errors
/// They cannot be read.
pub fn issued(place: &Place, customer: &CustomerId, count: usize) -> Result<Vec<Record>> {
    let published = match place {
        Place::Journal(journal) if !journal.join("out/billing-records.ndjson").exists() => return Ok(Vec::new()),
        Place::Journal(journal) => Published::Journal(journal.clone()),
        Place::Kafka(config) => match &config.kafka {
            Some(kafka) => Published::Topic(Box::new(app::settings(config, kafka))),
            None => return Ok(Vec::new()),
        },
    };
    let mut last: VecDeque<Record> = VecDeque::with_capacity(count);
    published.each(&mut |record| {
        // A record may be read twice, and is one all the same.
        if record.customer == customer.as_str() && last.back().is_none_or(|before| before.number < record.number) {
            last.push_back(record);
            if last.len() > count {
                last.pop_front();
            }
        }
        Ok(())
    })?;
    Ok(last.into())
}
