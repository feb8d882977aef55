//! Packages: bought as they begin to be consumed (REQUIREMENTS U6), never un-bought.

use rust_decimal::Decimal;

use crate::domain::catalog::{PackagePrice, Plan, Service};
use crate::domain::currency::Currency;
use crate::domain::instant::Instant;
use crate::domain::lineage::ENTRY_BYTES;
use crate::domain::money::Money;
use crate::domain::notice::NoticeKind;
use crate::domain::period::Period;
use crate::domain::pool::Pool;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line, PackagePurchase, RecordKind};
use crate::domain::zone::{LocalDay, Zone};

use super::customer::Customer;
use super::issue::{Draft, Outbox};
use super::succession;

/// More packages than this in one event are a fault of the event: the record of their purchase
/// would not fit into a message.
pub const MOST_PACKAGES_PER_EVENT: i128 = 1000;

/// The use of some units of a pool.
#[derive(Debug)]
pub struct PoolUse<'c> {
    pub plan: &'c Plan,
    pub service: &'c Service,
    pub price: &'c PackagePrice,
    pub amount: Decimal,
    pub low_balance: Option<Quantity>,
    pub currency: Currency,
    pub zone: Zone,
    pub day: LocalDay,
    pub quantity: Quantity,
    pub offset: u64,
    pub entry: [u8; ENTRY_BYTES],
    pub watermark: Instant,
}

/// Would this use buy more packages than one event may? None if it cannot be counted exactly.
#[must_use]
pub fn buys_too_many(pool: Option<&Pool>, size: Quantity, quantity: Quantity) -> Option<bool> {
    let none = Pool::default();
    let pool = pool.unwrap_or(&none);
    let uncovered = pool.used.checked_add(quantity)?.checked_sub(pool.covered)?;
    let most = size.nanos().checked_mul(MOST_PACKAGES_PER_EVENT)?;
    Some(uncovered.nanos() > most)
}

/// Counts the use, buys what it needs, and tells when little is left.
/// None if a sum or an amount cannot be counted exactly; nothing is changed then.
pub fn apply(customer: &mut Customer, using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let pool = customer.pools.change_or(&using.plan.id, Pool::default);
    let used = pool.used.checked_add(using.quantity)?;
    pool.lineage.push(&using.entry, using.offset);
    pool.used = used;
    let mut lines = Vec::new();
    while pool.used > pool.covered {
        lines.push(buy(pool, using)?);
    }
    let pool = pool.clone();
    lines.iter_mut().for_each(|line| succession::mark(&customer.account, using.watermark, &mut line.basis));
    if let Some(first) = lines.first().and_then(|line| line.package) {
        let draft = Draft {
            kind: RecordKind::PackagePurchase,
            seller: using.plan.seller.clone(),
            currency: using.currency,
            issued_at: using.watermark,
            period: Some((Period::day(using.day.date), using.zone)),
            preceding: std::collections::BTreeSet::new(),
            lines,
            identity: vec![using.plan.id.to_string(), first.ordinal.to_string()],
        };
        outbox.issue(customer, draft)?;
    }
    notify(customer, &pool, using, outbox)
}

fn buy(pool: &mut Pool, using: &PoolUse<'_>) -> Option<Line> {
    let size = using.price.size;
    let first_unit = pool.covered.checked_add(Quantity::ONE)?;
    pool.covered = pool.covered.checked_add(size)?;
    pool.bought += 1;
    Some(Line {
        plan: using.plan.id.clone(),
        service: Some(using.service.id.clone()),
        description: using.service.title.clone(),
        quantity: size,
        unit: using.service.unit.clone(),
        unit_price: using.amount,
        base_quantity: size,
        net: Money::line_net(size, using.amount, size, using.currency)?,
        vat: using.plan.vat.clone(),
        period: Period::day(using.day.date),
        package: Some(PackagePurchase { ordinal: pool.bought, size, first_unit, last_unit: pool.covered }),
        basis: Basis::new(),
        lineage: pool.lineage,
    })
}

/// A low-balance notice, once per package.
fn notify(customer: &mut Customer, pool: &Pool, using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let left = pool.covered.checked_sub(pool.used)?;
    let Some(threshold) = using.low_balance.filter(|threshold| left <= *threshold && pool.noticed < pool.bought) else {
        return Some(());
    };
    customer.pools.change_or(&using.plan.id, Pool::default).noticed = pool.bought;
    let kind = NoticeKind::LowBalance { plan: using.plan.id.clone(), ordinal: pool.bought, left, threshold };
    outbox.notice(customer, using.watermark, kind);
    Some(())
}
