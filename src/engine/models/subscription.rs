//! Subscriptions: each calendar month that was begun is charged whole, at the price of its first day.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::account::Account;
use crate::domain::catalog::Service;
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, PriceKey, Terms};
use crate::domain::control::CustomerVersion;
use crate::domain::lineage::Lineage;
use crate::domain::models::subscription::SubscriptionPlan;
use crate::domain::period::{Cycle, MonthDay, Period, PeriodLength};
use crate::domain::quantity::Quantity;
use crate::domain::timetable::Timetable;

use super::Billing;
use crate::engine::cell::Scope;
use crate::engine::settle;

const CALENDAR_MONTHS: Cycle = Cycle { length: PeriodLength::Month, starts: MonthDay::JANUARY_FIRST };

impl Billing for SubscriptionPlan {
    fn timetable(&self, _account: &Account) -> Option<Timetable> {
        Some(self.timetable)
    }

    fn applies_to(&self, version: &CustomerVersion) -> bool {
        self.prices.has_for(version.group.as_ref(), |amounts| amounts.contains_key(&version.currency))
    }

    fn owed(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        let mut charges = Vec::new();
        for id in &scope.plan.services {
            let service = scope.service(id.as_str())?;
            for ((price, unit_price), months) in self.segments(scope) {
                charges.extend(charge(scope, service, price, unit_price, &months)?);
            }
        }
        Ok(charges)
    }

    fn is_standing(&self) -> bool {
        true
    }

    fn covers_use(&self) -> bool {
        true
    }
}

impl SubscriptionPlan {
    /// The months of the period by the price of their first day.
    fn segments(&self, scope: &Scope<'_>) -> BTreeMap<(PriceKey, Decimal), Vec<Period>> {
        let mut segments: BTreeMap<(PriceKey, Decimal), Vec<Period>> = BTreeMap::new();
        for month in months_of(scope.cell.period) {
            let row = scope.first_price(&self.prices, month);
            if let Some((row, price)) = row.and_then(|row| Some((row, *row.price.get(&scope.key.currency)?))) {
                segments.entry((row.key.clone(), price)).or_default().push(month);
            }
        }
        segments
    }
}

fn months_of(period: Period) -> impl Iterator<Item = Period> {
    let months = std::iter::successors(CALENDAR_MONTHS.period_of(period.from), |month| CALENDAR_MONTHS.next(*month));
    months.take_while(move |month| month.from < period.to)
}

/// The started ones of the months that have one price.
fn charge(scope: &Scope<'_>, service: &Service, price: PriceKey, unit_price: Decimal, months: &[Period]) -> Result<Option<Charge>, String> {
    let started: Vec<&Period> = months.iter().filter(|month| scope.is_known_in(**month) && scope.may_be_used(service, **month)).collect();
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Ok(None) };
    let names: Vec<String> = started.iter().map(|month| month.from.format("%Y-%m").to_string()).collect();
    let count = i64::try_from(started.len()).map_err(|_| settle::TOO_LARGE)?;
    Ok((count > 0).then(|| Charge {
        key: ChargeKey { service: Some(service.id.clone()), price, consent: None, part: 0 },
        terms: Terms {
            unit_price,
            unit: "MON".to_owned(),
            description: service.title.clone(),
            vat: scope.plan.vat.clone(),
            period: Period { from: first.from, to: last.to },
        },
        quantity: Quantity::from_units(count),
        basis: vec![("months", names.join(" "))],
        lineage: Lineage::default(),
        kind: ChargeKind::Units,
    }))
}
