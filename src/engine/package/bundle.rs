//! Packages of a local day in one record (REQUIREMENTS U11): the balance moves at once, only the
//! issue waits until the watermark passes the end of the day.

use crate::domain::account::{PeriodKey, Task, TaskKind};
use crate::domain::names::SellerId;
use crate::domain::period::Period;
use crate::domain::pool::{BoughtPackage, Bundle, Pool};
use crate::domain::record::{Line, RecordKind, RecordRef};
use crate::domain::state::StateKey;

use super::super::customer::Customer;
use super::super::issue::{Draft, Outbox};
use super::{MOST_PACKAGES_PER_EVENT, PoolUse, buy, sold};

/// Puts packages into the bundle of their day. One that would grow beyond what a record can hold,
/// or that another seller began, is issued first.
pub fn collect(customer: &mut Customer, packages: Vec<BoughtPackage>, using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let day = PeriodKey { from: using.day.date, zone: using.zone, currency: using.currency };
    // An amount that cannot be told exactly must stop the use that buys it, not the issue later.
    buy::lines(&using.plan.id, &packages, day.from, day.currency)?;
    let pool = customer.pools.change_or(&using.plan.id, Pool::default);
    let open = pool.bundles.iter().find(|bundle| bundle.day == day);
    let most = usize::try_from(MOST_PACKAGES_PER_EVENT).unwrap_or(usize::MAX);
    let takes_all = |bundle: &Bundle| bundle.seller == using.plan.seller && bundle.packages.len() + packages.len() <= most;
    if open.is_some_and(|bundle| !takes_all(bundle)) {
        issue_early(customer, day, using, outbox)?;
    }
    let pool = customer.pools.change_or(&using.plan.id, Pool::default);
    match pool.bundles.iter_mut().find(|bundle| bundle.day == day) {
        Some(bundle) => bundle.packages.extend(packages),
        None => pool.bundles.push(Bundle { day, seller: using.plan.seller.clone(), packages }),
    }
    customer.account.schedule(Task { at: due(using), what: TaskKind::Bundle, plan: using.plan.id.clone(), period: day });
    customer.account_dirty = true;
    Some(())
}

/// The end of the day of the use; of a day that is over already, the end of the day that it is told on.
fn due(using: &PoolUse<'_>) -> crate::domain::instant::Instant {
    if using.day.end > using.watermark { using.day.end } else { using.zone.day_of(using.watermark).end }
}

fn issue_early(customer: &mut Customer, day: PeriodKey, using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let task = Task { at: using.watermark, what: TaskKind::Bundle, plan: using.plan.id.clone(), period: day };
    let (seller, lines) = bundled_lines(customer, &task)?;
    let draft = Draft {
        kind: RecordKind::PackagePurchase,
        seller,
        currency: day.currency,
        issued_at: using.watermark,
        period: Some((Period::day(day.from), day.zone)),
        due_date: None,
        preceding: std::collections::BTreeSet::new(),
        identity: buy::identity(&using.plan.id, &lines),
        lines,
    };
    let record = outbox.issue(customer, draft)?;
    settle_bundle(customer, &task, Some(record));
    Some(())
}

/// The pool whose bundle is due, if it is not in memory.
pub fn missing_bundle(customer: &Customer, task: &Task) -> Option<StateKey> {
    (!customer.pools.is_resident(&task.plan)).then(|| StateKey::Pool(customer.id.clone(), task.plan.clone()))
}

/// Who charges a bundle that is due, and its lines. None if it was issued already.
pub fn bundled_lines(customer: &Customer, task: &Task) -> Option<(SellerId, Vec<Line>)> {
    let pool = customer.pools.get(&task.plan)?;
    let bundle = pool.bundles.iter().find(|bundle| bundle.day == task.period)?;
    let lines = buy::lines(&task.plan, &bundle.packages, bundle.day.from, bundle.day.currency)?;
    Some((bundle.seller.clone(), lines))
}

/// After its record was issued.
pub fn settle_bundle(customer: &mut Customer, task: &Task, record: Option<RecordRef>) {
    let Some(pool) = customer.pools.change(&task.plan) else { return };
    let issued: Vec<Bundle> = pool.bundles.extract_if(.., |bundle| bundle.day == task.period).collect();
    for (bundle, record) in issued.into_iter().zip(record) {
        sold(customer, &task.plan, &bundle.packages, bundle.day.currency, record);
    }
}
