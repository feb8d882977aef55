//! What a year owes: all that is stored beyond what the active pupils have free, never a division.

use rust_decimal::Decimal;

use crate::domain::account::{Task, TaskKind};
use crate::domain::cell::PeriodStatus;
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, PriceKey, Terms};
use crate::domain::control::{Decision, Ruling};
use crate::domain::lineage::Lineage;
use crate::domain::models::capacity::{CapacityPlan, Extent};
use crate::domain::notice::NoticeKind;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line};

use super::figures::{Measured, Reading};
use crate::engine::cell::Scope;
use crate::engine::settle::{self, TOO_LARGE};

impl CapacityPlan {
    pub(super) fn owed_for_year(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        let Some(measured) = self.measured(scope) else { return Ok(Vec::new()) };
        let now = self.reading(scope, measured.again.unwrap_or(measured.first))?;
        let decision = decision(scope);
        if decision.is_some_and(|decision| decision.what == Ruling::Waive) {
            let none = Extent { allowance: Quantity::ZERO, extended: Quantity::ZERO };
            return Ok(self.charge(scope, none, measured, now, waived(decision)).ok().into_iter().collect());
        }
        let (pupils, decided) = self.pupils(scope, now)?;
        let extent = self.extent(now.bytes, pupils).ok_or(TOO_LARGE)?;
        let basis = self.basis(scope, measured, now, extent)?;
        let basis = basis.into_iter().chain(charged_before(scope)?).chain(decided).collect();
        match self.charge(scope, extent, measured, now, basis) {
            Ok(charge) => Ok(vec![charge]),
            Err(_) if extent.extended.is_zero() => Ok(Vec::new()),
            Err(why) => Err(why),
        }
    }

    /// The active pupils, or why the record is held; and who decided that none have anything free.
    fn pupils(&self, scope: &Scope<'_>, now: Reading<'_>) -> Result<(u64, Basis), String> {
        let (plan, used) = (&scope.plan.id, self.unit.of_bytes(now.bytes));
        if now.bytes < Quantity::ZERO {
            return Err(format!("`{plan}` has {used} stored on {}: more was culled than created; report what is missing", now.day));
        }
        let what = match now.pupils {
            Some(pupils) if pupils > 0 => return Ok((pupils, Basis::new())),
            _ if now.bytes.is_zero() => return Ok((0, Basis::new())),
            Some(_) => "there are 0 active pupils",
            None => "no count of active pupils is known",
        };
        match decision(scope) {
            Some(decision) => Ok((0, decided(decision))),
            None => Err(format!(
                "{what} on {}, and `{plan}` has {used} stored: send tally.head_count.v1 with `on` of that day or before it, or decide \
                 by tally.decision.v1 with period_from {}",
                now.day, scope.cell.period.from
            )),
        }
    }

    fn charge(&self, scope: &Scope<'_>, extent: Extent, measured: Measured, now: Reading<'_>, basis: Basis) -> Result<Charge, String> {
        let (price, unit_price) = self.price(scope)?;
        let id = scope.plan.services.first().ok_or("the plan has no service")?;
        let service = scope.service(id.as_str())?;
        Ok(Charge {
            key: ChargeKey { service: Some(service.id.clone()), price, consent: None, part: 0 },
            terms: Terms {
                unit_price,
                unit: self.unit.code().to_owned(),
                description: self.heading.clone().unwrap_or_else(|| service.title.clone()),
                vat: scope.plan.vat.clone(),
                period: scope.cell.period,
            },
            quantity: extent.extended,
            basis,
            lineage: lineage(scope, measured, now),
            kind: ChargeKind::Units,
        })
    }

    /// The price in force on the first day of the year.
    fn price(&self, scope: &Scope<'_>) -> Result<(PriceKey, Decimal), String> {
        let (day, currency) = (scope.cell.period.from, scope.key.currency);
        let row = scope.first_price(&self.prices, scope.cell.period);
        let price = row.and_then(|row| Some((row.key.clone(), *row.price.get(&currency)?)));
        price.ok_or_else(|| format!("`{}` has no price in {currency} on {day}: add it to the catalog", scope.plan.id))
    }

    /// The line of a year that is published though it owes nothing.
    pub(super) fn zero_line(&self, scope: &Scope<'_>) -> Option<Line> {
        let charge = self.owed_for_year(scope).ok()?.into_iter().find(|charge| charge.quantity.is_zero())?;
        let Charge { key, terms, quantity, basis, lineage, .. } = charge;
        settle::line(scope.plan, scope.key.currency, &key, &terms, quantity, basis, lineage).ok()
    }

    /// A waived year is told when it is left out, or taken back.
    pub(super) fn waived(&self, scope: &Scope<'_>, task: &Task) -> Option<NoticeKind> {
        let decision = decision(scope).filter(|decision| decision.what == Ruling::Waive)?;
        let first = self.measured(scope)?.first;
        let is_stored = self.reading(scope, first).is_ok_and(|reading| !reading.bytes.is_zero());
        let is_told = if task.what == TaskKind::Close { is_stored } else { !scope.cell.issued.is_empty() };
        let Decision { plan, period_from, actor, reason, .. } = decision.clone();
        is_told.then_some(NoticeKind::RecordWaived { plan, period_from, actor, reason })
    }
}

fn decision<'a>(scope: &Scope<'a>) -> Option<&'a Decision> {
    scope.customer.account.decision(&scope.plan.id, scope.cell.period.from)
}

fn decided(decision: &Decision) -> Basis {
    vec![("decision", decision.what.as_str().to_owned()), ("actor", decision.actor.clone())]
}

fn waived(decision: Option<&Decision>) -> Basis {
    decision.map(decided).unwrap_or_default()
}

/// What earlier records of the year charge.
fn charged_before(scope: &Scope<'_>) -> Result<Basis, String> {
    let mut issued = scope.cell.issued.iter();
    let sum = issued.try_fold(Quantity::ZERO, |sum, one| sum.checked_add(one.quantity)).ok_or(TOO_LARGE)?;
    Ok(if sum.is_zero() { Basis::new() } else { vec![("charged_before", sum.to_string())] })
}

/// All events behind a measurement when it is charged first, those that came late after that.
fn lineage(scope: &Scope<'_>, measured: Measured, now: Reading<'_>) -> Lineage {
    let is_first = measured.again.is_some() || scope.cell.status != PeriodStatus::Closed;
    now.row.map_or_else(Lineage::default, |row| if is_first { row.total } else { row.late })
}
