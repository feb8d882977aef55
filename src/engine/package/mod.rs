//! Packages: bought as they begin to be consumed (REQUIREMENTS U6), never un-bought.

mod bundle;
mod buy;

use crate::domain::catalog::{Bundling, OnReturn, PackagePlan, PackagePrice, Plan, Service};
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::lineage::{ENTRY_BYTES, Fingerprint};
use crate::domain::names::PlanId;
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::domain::pool::{BoughtPackage, Pool, Sold};
use crate::domain::quantity::Quantity;
use crate::domain::record::{RecordKind, RecordRef};
use crate::domain::zone::{LocalDay, Zone};

use super::customer::Customer;
use super::gates::agreement::Place;
use super::issue::{Draft, Outbox};
use super::returned;

pub use self::bundle::{bundled_lines, missing_bundle, settle_bundle};
pub use self::buy::identity;

/// More packages than this in one event are a fault of the event: the record of their purchase
/// would not fit into a message.
pub const MOST_PACKAGES_PER_EVENT: i128 = 1000;

/// The use of some units of a pool.
#[derive(Debug)]
pub struct PoolUse<'c> {
    pub plan: &'c Plan,
    pub rules: &'c PackagePlan,
    pub service: &'c Service,
    pub consent: Option<Place>,
    pub price: &'c PackagePrice,
    pub currency: Currency,
    pub zone: Zone,
    pub day: LocalDay,
    pub quantity: Quantity,
    pub offset: u64,
    pub entry: [u8; ENTRY_BYTES],
    /// The fingerprint of its id.
    pub event: Fingerprint,
    pub watermark: Instant,
    /// The size stays as it is.
    pub is_frozen: bool,
}

/// Would this use buy more packages than one event may? None if it cannot be counted exactly.
/// Judged by the size that the use itself leads to: it is the same for all packages of an event.
#[must_use]
pub fn buys_too_many(
    pool: Option<&Pool>,
    rules: &PackagePlan,
    price: &PackagePrice,
    day: chrono::NaiveDate,
    quantity: Quantity,
    is_frozen: bool,
) -> Option<bool> {
    let none = Pool::default();
    let pool = pool.unwrap_or(&none);
    let uncovered = pool.used.checked_add(quantity)?.checked_sub(pool.covered)?;
    if uncovered <= Quantity::ZERO {
        return Some(false);
    }
    let mut trailing = pool.trailing.clone();
    trailing.add(day, quantity)?;
    let (rung, _) = buy::choose(pool.size, &trailing, rules, price, is_frozen)?;
    let most = rung.size.nanos().checked_mul(MOST_PACKAGES_PER_EVENT)?;
    Some(uncovered.nanos() > most)
}

/// Does this use begin a package?
#[must_use]
pub fn buys(pool: Option<&Pool>, quantity: Quantity) -> bool {
    let none = Pool::default();
    let pool = pool.unwrap_or(&none);
    pool.used.checked_add(quantity).is_none_or(|used| used > pool.covered)
}

/// Counts the use, buys what it needs, and tells when another size is bought or little is left.
/// None if a sum or an amount cannot be counted exactly; nothing is changed then.
pub fn apply(customer: &mut Customer, using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    if using.quantity < Quantity::ZERO && using.rules.on_return == OnReturn::Credit {
        return returned::credit(customer, using, outbox);
    }
    let pool = customer.pools.change_or(&using.plan.id, Pool::default);
    pool.used = pool.used.checked_add(using.quantity)?;
    pool.trailing.add(using.day.date, using.quantity)?;
    pool.lineage.push(&using.entry, using.offset);
    if pool.used > pool.covered {
        let before = pool.size;
        let packages = buy::buy(pool, using, customer.consents.at(using.consent))?;
        let change = size_change(before, &packages, using);
        match using.rules.bundling {
            Bundling::Event => issue(customer, &packages, using, outbox)?,
            Bundling::Day => bundle::collect(customer, packages, using, outbox)?,
        }
        if let Some(kind) = change {
            outbox.notice(customer, using.watermark, kind);
        }
    }
    notify(customer, using, outbox)
}

fn issue(customer: &mut Customer, packages: &[BoughtPackage], using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let plan = &using.plan.id;
    let lines = buy::lines(plan, packages, using.day.date, using.currency)?;
    let draft = Draft {
        kind: RecordKind::PackagePurchase,
        seller: using.plan.seller.clone(),
        currency: using.currency,
        issued_at: using.watermark,
        period: Some((Period::day(using.day.date), using.zone)),
        due_date: None,
        preceding: std::collections::BTreeSet::new(),
        identity: identity(plan, &lines),
        lines,
    };
    let record = outbox.issue(customer, draft)?;
    sold(customer, plan, packages, using.currency, record);
    Some(())
}

/// Keeps what was issued last: units that come back are credited at its price.
fn sold(customer: &mut Customer, plan: &PlanId, packages: &[BoughtPackage], currency: Currency, record: RecordRef) {
    let Some(last) = packages.last() else { return };
    let sold = Sold {
        record,
        size: last.size,
        amount: last.amount,
        currency,
        vat: last.vat.clone(),
        unit: last.unit.clone(),
        description: last.description.clone(),
    };
    customer.pools.change_or(plan, Pool::default).last = Some(sold);
}

/// What is told when a plan with a ladder leaves the size that it bought last.
fn size_change(before: Option<Quantity>, packages: &[BoughtPackage], using: &PoolUse<'_>) -> Option<NoticeKind> {
    let first = packages.first()?;
    let from = before.filter(|size| *size != first.size)?;
    let plan = using.plan.id.clone();
    Some(NoticeKind::PackageSizeChanged { plan, from, to: first.size, ordinal: first.ordinal, choice: first.choice? })
}

/// A low-balance notice, once per package.
fn notify(customer: &mut Customer, using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let pool = customer.pools.change_or(&using.plan.id, Pool::default);
    let left = pool.covered.checked_sub(pool.used)?;
    let Some(threshold) = using.rules.low_balance.filter(|threshold| left <= *threshold && pool.noticed < pool.bought) else {
        return Some(());
    };
    pool.noticed = pool.bought;
    let kind = NoticeKind::LowBalance { plan: using.plan.id.clone(), ordinal: pool.bought, left, threshold };
    outbox.notice(customer, using.watermark, kind);
    Some(())
}
