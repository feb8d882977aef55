//! Units that come back under the policy `credit`: they stay used, and their share of the last package's
//! price is credited. (Under `restore` they are simply in the pool again.)

use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::domain::pool::Pool;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line, RecordKind};

use super::customer::Customer;
use super::issue::{Draft, Outbox};
use super::package::PoolUse;

/// Issues the credit, which names the record that sold the package. None if an amount or a sum cannot
/// be counted exactly, or nothing was sold; nothing is changed then.
pub fn credit(customer: &mut Customer, using: &PoolUse<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
    let pool = customer.pools.change(&using.plan.id)?;
    let sold = pool.last.clone()?;
    let net = Money::line_net(using.quantity, sold.amount, sold.size, sold.currency)?;
    pool.credited = pool.credited.checked_sub(using.quantity)?;
    pool.lineage.push(&using.entry, using.offset);
    let basis: Basis = vec![
        ("units_returned", using.quantity.negated().to_string()),
        ("package_size", sold.size.to_string()),
        ("package_amount", sold.amount.to_string()),
    ];
    let line = Line {
        plan: using.plan.id.clone(),
        service: Some(using.service.id.clone()),
        consent: customer.consents.at(using.consent).cloned(),
        description: sold.description,
        quantity: using.quantity,
        unit: sold.unit,
        unit_price: sold.amount,
        base_quantity: sold.size,
        net,
        vat: sold.vat,
        period: Period::day(using.day.date),
        package: None,
        basis,
        lineage: pool.lineage,
    };
    let draft = Draft {
        kind: RecordKind::Correction,
        seller: using.plan.seller.clone(),
        currency: sold.currency,
        issued_at: using.watermark,
        period: None,
        due_date: None,
        preceding: [sold.record].into(),
        lines: vec![line],
        identity: vec![using.plan.id.to_string(), "returned".to_owned(), format!("{:032x}", using.event.0)],
    };
    outbox.issue(customer, draft).map(|_| ())
}

/// Is there a package whose price can be credited?
#[must_use]
pub fn can_credit(pool: Option<&Pool>, quantity: Quantity) -> bool {
    quantity >= Quantity::ZERO || pool.is_some_and(|pool| pool.last.is_some())
}
