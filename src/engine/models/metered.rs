//! Metered plans: sums per service and price segment, charged when the period is closed.

use crate::domain::account::Account;
use crate::domain::catalog::{MeteredPlan, Service, Tariff};
use crate::domain::cell::Segment;
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, PriceKey, Terms};
use crate::domain::control::CustomerVersion;
use crate::domain::instant::Instant;
use crate::domain::lineage::Lineage;
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line};
use crate::domain::timetable::Timetable;

use super::{Asked, Billing, Priced};
use crate::engine::cell::Scope;
use crate::engine::rate::{self, RatedPart};
use crate::engine::settle;

impl Billing for MeteredPlan {
    fn timetable(&self, _account: &Account) -> Option<Timetable> {
        Some(Timetable::arrears(self.cycle))
    }

    fn applies_to(&self, version: &CustomerVersion) -> bool {
        self.prices.iter().any(|row| row.price.has(version.currency))
    }

    fn price_of(&self, asked: &Asked<'_>) -> Option<Priced> {
        let row = self.prices.at(asked.day.date, asked.group).filter(|row| row.price.has(asked.currency))?;
        Some(Priced { period: self.cycle.period_of(asked.day.date)?, price: row.key.clone() })
    }

    fn owed(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        let mut segments: Vec<&Segment> = scope.cell.segments.iter().collect();
        segments.sort_by(|a, b| (&a.service, &a.price).cmp(&(&b.service, &b.price)));
        let mut charges = Vec::new();
        let mut net = Money::zero(scope.key.currency);
        for segment in segments {
            for part in self.rated(scope, segment)? {
                let of_part = Money::line_net(part.quantity, part.unit_price, Quantity::ONE, scope.key.currency);
                net = of_part.and_then(|of_part| net.checked_add(of_part)).ok_or(settle::TOO_LARGE)?;
                charges.push(self.charge(scope, segment, part)?);
            }
        }
        if scope.publish_zero || !charges.is_empty() {
            charges.extend(self.missing_to_minimum(scope, net)?);
        }
        Ok(charges)
    }

    fn is_sum_of_days(&self) -> bool {
        true
    }

    fn zero_lines(&self, scope: &Scope<'_>) -> Vec<Line> {
        let mut ids: Vec<_> = scope.plan.services.iter().collect();
        ids.sort();
        let services = ids.into_iter().filter_map(|id| scope.catalog.service(id.as_str()));
        services.filter(|service| may_be_used(scope, service)).filter_map(|service| self.zero_line(scope, service)).collect()
    }
}

impl MeteredPlan {
    fn tariff(&self, scope: &Scope<'_>, segment: &Segment) -> Option<&Tariff> {
        let row = self.prices.at(segment.price.from, segment.price.group.as_ref())?;
        row.price.has(scope.key.currency).then_some(&row.price)
    }

    fn rated(&self, scope: &Scope<'_>, segment: &Segment) -> Result<Vec<RatedPart>, String> {
        if segment.quantity.is_zero() {
            return Ok(Vec::new());
        }
        let rated = self.tariff(scope, segment).and_then(|tariff| rate::rate(tariff, scope.key.currency, segment.quantity));
        rated.ok_or_else(|| format!("{} has no price in {}", segment.service, scope.key.currency))
    }

    fn charge(&self, scope: &Scope<'_>, segment: &Segment, part: RatedPart) -> Result<Charge, String> {
        let service = scope.service(segment.service.as_str())?;
        let key = ChargeKey { service: Some(service.id.clone()), price: segment.price.clone(), part: part.tier };
        Ok(Charge {
            key,
            terms: self.terms(scope, service, &segment.price, part.unit_price),
            quantity: part.quantity,
            basis: Basis::new(),
            lineage: segment.open,
            kind: ChargeKind::Units,
        })
    }

    fn terms(&self, scope: &Scope<'_>, service: &Service, price: &PriceKey, unit_price: rust_decimal::Decimal) -> Terms {
        let group = scope.version_on(price.from).and_then(|version| version.group.as_ref());
        Terms {
            unit_price,
            unit: service.unit.clone(),
            description: service.title.clone(),
            vat: scope.plan.vat.clone(),
            period: scope.in_force(price, self.prices.end_of(price, group)),
        }
    }

    /// The difference to the plan's minimum, as a charge of its own.
    fn missing_to_minimum(&self, scope: &Scope<'_>, net: Money) -> Result<Option<Charge>, String> {
        let Some(least) = self.minimum.get(&scope.key.currency) else { return Ok(None) };
        let least = Money::of_price(*least, scope.key.currency).ok_or(settle::TOO_LARGE)?;
        let missing = least.checked_sub(net).ok_or(settle::TOO_LARGE)?;
        if missing.minor() <= 0 {
            return Ok(None);
        }
        Ok(Some(Charge {
            key: ChargeKey { service: None, price: PriceKey { from: scope.cell.period.from, group: None }, part: 0 },
            terms: Terms {
                unit_price: missing.to_decimal().ok_or(settle::TOO_LARGE)?,
                unit: "C62".to_owned(),
                description: "Minimum charge".to_owned(),
                vat: scope.plan.vat.clone(),
                period: scope.cell.period,
            },
            quantity: Quantity::ONE,
            basis: vec![("minimum", least.to_string()), ("charged_by_use", net.to_string())],
            lineage: Lineage::default(),
            kind: ChargeKind::Amount,
        }))
    }

    /// A period may begin before the plan's first price: then its zero line is at that one.
    fn zero_line(&self, scope: &Scope<'_>, service: &Service) -> Option<Line> {
        let period = scope.cell.period;
        let group = scope.version_on(period.from).and_then(|version| version.group.as_ref());
        let first_inside = || self.prices.iter().find(|row| period.contains(row.key.from));
        let row = self.prices.at(period.from, group).or_else(first_inside)?;
        let unit_price = rate::first_unit_price(&row.price, scope.key.currency)?;
        let key = ChargeKey { service: Some(service.id.clone()), price: row.key.clone(), part: 0 };
        let terms = self.terms(scope, service, &row.key, unit_price);
        settle::line(scope.plan, scope.key.currency, &key, &terms, Quantity::ZERO, Basis::new(), Lineage::default()).ok()
    }
}

/// Could the customer have used it in the period?
fn may_be_used(scope: &Scope<'_>, service: &Service) -> bool {
    let (zone, period) = (scope.key.zone, scope.cell.period);
    let (start, end) = (zone.midnight(period.from), zone.midnight(period.to));
    let in_period = |from: Instant, to: Option<Instant>| from < end && to.is_none_or(|to| to > start);
    let mut activations = scope.customer.account.activations.iter();
    !service.activation || activations.any(|one| one.service == service.id.as_str() && in_period(one.from, one.to))
}
