//! A look ahead: what reckoning a span again would change. Nothing is changed by it.

use crate::domain::account::{Account, Task, TaskKind};
use crate::domain::catalog::{Catalog, Plan};
use crate::domain::charge::IssuedCharge;
use crate::domain::currency::Currency;
use crate::domain::directory::Freezes;
use crate::domain::instant::Instant;
use crate::domain::money::Money;
use crate::domain::names::CustomerId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::rerate::Rerate;
use crate::domain::state::{StateKey, StateValue};
use crate::domain::verdict::Sums;

use super::customer::Customer;
use super::issue::Outbox;
use super::models::{self, Closing};
use super::rerate::{Again, places, rerated_plan};
use super::settle::TOO_LARGE;

/// What reckoning a period again would change.
#[derive(Debug, Clone)]
pub struct Preview {
    pub period: Period,
    pub currency: Currency,
    /// What its records charge, and what they would.
    pub old: Money,
    pub new: Money,
    /// The net amount of the lines that its correction would have.
    pub difference: Money,
}

/// A customer's state, out of a store that nobody writes to.
#[derive(Debug)]
pub struct Stored {
    pub id: CustomerId,
    pub account: Account,
    pub watermark: Instant,
}

/// What a rerate would change with this catalog. `read` reads a piece of state. Nothing is changed.
///
/// # Errors
/// What `read` says. Inside: why the rerate would be refused, or a record held.
pub fn preview<E>(
    stored: Stored,
    rerate: &Rerate,
    catalog: &Catalog,
    mut read: impl FnMut(&StateKey) -> Result<Option<StateValue>, E>,
) -> Result<Result<Vec<Preview>, String>, E> {
    let watermark = stored.watermark;
    let mut customer = Customer::new(stored.id, Some(stored.account));
    let plan = match rerated_plan(&customer, rerate, &catalog.plans) {
        Ok(plan) => plan,
        Err(why) => return Ok(Err(why)),
    };
    let places = places(&customer.account);
    let again = Again { plan, span: rerate.span, places: &places, watermark };
    for key in models::of(plan).state_to_rerate(&again, &customer) {
        let value = read(&key)?;
        customer.supply(key, value);
    }
    customer.account.agenda.clear();
    models::of(plan).rerate(&again, &mut customer);
    let corrections: Vec<Task> = customer.account.agenda.iter().filter(|task| task.what == TaskKind::Correct).cloned().collect();
    for task in &corrections {
        supply_to_close(&mut customer, plan, task, &mut read)?;
    }
    let (mut effects, mut sums) = (Vec::new(), Sums::default());
    let outbox = Outbox { effects: &mut effects, sums: &mut sums, catalog };
    Ok(corrections.iter().filter_map(|task| previewed(&mut customer, plan, task, &outbox).transpose()).collect())
}

/// Each piece may say which one is needed next.
pub(super) fn supply_to_close<E>(
    customer: &mut Customer,
    plan: &Plan,
    task: &Task,
    read: &mut impl FnMut(&StateKey) -> Result<Option<StateValue>, E>,
) -> Result<(), E> {
    let mut wanted = models::of(plan).state_to_close(customer, task);
    while !wanted.is_empty() {
        let asked = wanted.clone();
        for key in wanted {
            let value = read(&key)?;
            customer.supply(key, value);
        }
        wanted = models::of(plan).state_to_close(customer, task);
        wanted.retain(|key| !asked.contains(key));
    }
    Ok(())
}

fn previewed(customer: &mut Customer, plan: &Plan, task: &Task, outbox: &Outbox<'_>) -> Result<Option<Preview>, String> {
    let before = models::of(plan).issued(customer, task);
    let closing = Closing { customer, plan, task, freezes: &Freezes::default() };
    let Some(share) = models::of(plan).prepare(closing, outbox)? else { return Ok(None) };
    let currency = share.key.currency;
    let of_lines = sum(currency, share.lines.iter().map(|line| Some(line.net)));
    let of_issued = |issued: &[IssuedCharge]| {
        sum(currency, issued.iter().map(|one| Money::line_net(one.quantity, one.terms.unit_price, Quantity::ONE, currency)))
    };
    let (old, new) = (of_issued(&before).ok_or(TOO_LARGE)?, of_issued(&share.issued).ok_or(TOO_LARGE)?);
    Ok(Some(Preview { period: share.period, currency, old, new, difference: of_lines.ok_or(TOO_LARGE)? }))
}

fn sum(currency: Currency, mut nets: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    nets.try_fold(Money::zero(currency), |sum, net| sum.checked_add(net?))
}
