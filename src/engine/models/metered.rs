//! Metered plans: sums per service and price segment, charged when the period is closed.

use chrono::NaiveDate;

use crate::domain::account::{Account, PeriodKey, Task};
use crate::domain::catalog::{Count, MeteredPlan, MinimumPer, Service, Tariff};
use crate::domain::cell::Segment;
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, PriceKey, Terms};
use crate::domain::control::CustomerVersion;
use crate::domain::currency::Currency;
use crate::domain::lineage::Lineage;
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line};
use crate::domain::state::StateKey;
use crate::domain::timetable::Timetable;

use super::{Asked, Billing, Counted, Priced};
use crate::engine::agenda;
use crate::engine::cell::{self, Scope};
use crate::engine::customer::Customer;
use crate::engine::gate::Admitted;
use crate::engine::issue::Outbox;
use crate::engine::persons;
use crate::engine::rate::{self, RatedPart};
use crate::engine::rerate::{self, Again};
use crate::engine::settle;
use crate::engine::usage::Use;

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
        let mut charges = self.of_use(scope)?;
        let missing = match self.minimum_per {
            MinimumPer::Period => self.missing_to_minimum(scope, scope.cell.period, &charges)?,
            MinimumPer::Year if !self.ends_year(scope.cell.period) => None,
            MinimumPer::Year => self.missing_in_year(scope, &charges)?,
        };
        charges.extend(missing);
        Ok(charges)
    }

    /// A year's minimum is missing or not by what was used in all of its periods.
    fn state_to_close(&self, customer: &Customer, task: &Task) -> Vec<StateKey> {
        let mut wanted = cell::state_to_close(customer, task);
        let last = self.cycle.period_of(task.period.from).filter(|period| self.has_yearly_minimum() && self.ends_year(*period));
        let others = last.map_or_else(Vec::new, |last| self.cycle.year_in_periods(last));
        for key in others.iter().map(|period| (task.plan.clone(), PeriodKey { from: period.from, ..task.period })) {
            if key.1 != task.period && !customer.periods.is_resident(&key) {
                wanted.push(StateKey::Period(customer.id.clone(), key.0, key.1));
            }
        }
        wanted
    }

    fn awaited_from(&self, period: Period) -> Option<NaiveDate> {
        Some(period.from)
    }

    fn counts_persons(&self) -> bool {
        self.count == Count::DistinctPersons
    }

    fn counts_calls(&self) -> bool {
        true
    }

    fn call(&self, customer: &mut Customer, admitted: &Admitted<'_>, using: &Use<'_>) -> Option<()> {
        cell::call(customer, admitted, using)
    }

    fn count(&self, customer: &mut Customer, counted: &Counted<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
        let (cell, consent) = match self.count {
            Count::Quantity => cell::count_as(customer, counted, counted.using.quantity)?,
            Count::DistinctPersons => persons::count(customer, counted, outbox.catalog)?,
        };
        cell.call(&counted.admitted.service.id, consent, counted.using.is_retraction());
        self.reckon_year(customer, counted);
        Some(())
    }

    fn is_sum_of_days(&self) -> bool {
        self.count == Count::Quantity
    }

    fn state_to_rerate(&self, again: &Again<'_>, customer: &Customer) -> Vec<StateKey> {
        rerate::state(self, &self.to_end_of_year(again), customer)
    }

    fn rerate(&self, again: &Again<'_>, customer: &mut Customer) -> u64 {
        rerate::rerate(self, &self.to_end_of_year(again), customer)
    }

    fn zero_lines(&self, scope: &Scope<'_>) -> Vec<Line> {
        let mut ids: Vec<_> = scope.plan.services.iter().collect();
        ids.sort();
        let services = ids.into_iter().filter_map(|id| scope.catalog.service(id.as_str()));
        services
            .filter(|service| scope.may_be_used(service, scope.cell.period))
            .filter_map(|service| self.zero_line(scope, service))
            .collect()
    }
}

impl MeteredPlan {
    fn of_use(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        let mut segments: Vec<&Segment> = scope.cell.segments.iter().collect();
        segments.sort_by(|a, b| (&a.service, &a.price, &a.consent).cmp(&(&b.service, &b.price, &b.consent)));
        let mut charges = Vec::new();
        // Tiers are of all that a customer uses at a price, whoever's system it is.
        for together in segments.chunk_by(|a, b| (&a.service, &a.price) == (&b.service, &b.price)) {
            let sum = |sum: Quantity, segment: &&Segment| sum.checked_add(segment.quantity);
            let total = together.iter().try_fold(Quantity::ZERO, sum).ok_or(settle::TOO_LARGE)?;
            let mut below = Quantity::ZERO;
            for segment in together {
                for part in self.rated(scope, segment, below, total)? {
                    charges.push(self.charge(scope, segment, part)?);
                }
                below = below.checked_add(segment.quantity).ok_or(settle::TOO_LARGE)?;
            }
        }
        Ok(charges)
    }

    fn tariff(&self, scope: &Scope<'_>, segment: &Segment) -> Option<&Tariff> {
        let row = self.prices.at(segment.price.from, segment.price.group.as_ref())?;
        row.price.has(scope.key.currency).then_some(&row.price)
    }

    fn rated(&self, scope: &Scope<'_>, segment: &Segment, below: Quantity, total: Quantity) -> Result<Vec<RatedPart>, String> {
        if !segment.quantity.is_zero() {
            let share = |tariff| rate::share(tariff, scope.key.currency, segment.quantity, below, total);
            let rated = self.tariff(scope, segment).and_then(share);
            return rated.ok_or_else(|| format!("{} has no price in {}", segment.service, scope.key.currency));
        }
        if segment.open.events == 0 {
            return Ok(Vec::new());
        }
        // All of it was taken back: a charge of nothing, so that what goes is told with the events that took it.
        let first = self.tariff(scope, segment).and_then(|tariff| rate::first_unit_price(tariff, scope.key.currency));
        Ok(first.map(|unit_price| RatedPart { tier: 0, unit_price, quantity: Quantity::ZERO }).into_iter().collect())
    }

    fn charge(&self, scope: &Scope<'_>, segment: &Segment, part: RatedPart) -> Result<Charge, String> {
        let service = scope.service(segment.service.as_str())?;
        let key = ChargeKey {
            service: Some(service.id.clone()),
            price: segment.price.clone(),
            consent: segment.consent.clone(),
            part: part.tier,
        };
        Ok(Charge {
            key,
            terms: self.terms(scope, service, &segment.price, part.unit_price),
            quantity: part.quantity,
            basis: scope
                .cell
                .calls_of(&segment.service, segment.consent.as_ref())
                .map(|calls| ("calls", calls.to_string()))
                .into_iter()
                .collect(),
            lineage: segment.open,
            kind: ChargeKind::Units,
        })
    }

    fn terms(&self, scope: &Scope<'_>, service: &Service, price: &PriceKey, unit_price: rust_decimal::Decimal) -> Terms {
        Terms {
            unit_price,
            unit: service.unit.clone(),
            description: service.title.clone(),
            vat: scope.plan.vat.clone(),
            period: scope.in_force(price, self.prices.end_of(price, scope.group_on(price.from))),
        }
    }

    /// What is missing to a year's minimum is charged with its last period.
    fn to_end_of_year<'a>(&self, again: &Again<'a>) -> Again<'a> {
        let last = again.span.to.pred_opt().and_then(|day| self.cycle.period_of(day)).and_then(|period| self.cycle.year_of(period));
        let to = last.filter(|_| self.has_yearly_minimum()).map_or(again.span.to, |year| year.to);
        Again { span: Period { to, ..again.span }, ..*again }
    }

    fn has_yearly_minimum(&self) -> bool {
        self.minimum_per == MinimumPer::Year && self.minimum.iter().next().is_some()
    }

    fn ends_year(&self, period: Period) -> bool {
        self.cycle.year_of(period).is_some_and(|year| year.to == period.to)
    }

    /// Use may change what is missing in its year: the last period of it is closed even without use of
    /// its own, or corrected.
    fn reckon_year(&self, customer: &mut Customer, counted: &Counted<'_>) {
        let (admitted, done_until) = (counted.admitted, counted.using.done_until);
        let last = self.cycle.year_in_periods(admitted.period).pop();
        let Some(last) = last.filter(|last| self.has_yearly_minimum() && *last != admitted.period) else { return };
        let key = PeriodKey { from: last.from, ..admitted.key };
        if agenda::due(admitted.plan, last.to, key.zone) > done_until {
            agenda::schedule_close(&mut customer.account, admitted.plan, last.to, key);
        } else {
            agenda::schedule_correction(&mut customer.account, admitted.plan, key, done_until);
        }
        customer.account_dirty = true;
    }

    fn missing_in_year(&self, scope: &Scope<'_>, last: &[Charge]) -> Result<Option<Charge>, String> {
        let Some(year) = self.cycle.year_of(scope.cell.period) else { return Ok(None) };
        let mut charges = last.to_vec();
        for period in self.cycle.year_in_periods(scope.cell.period) {
            let key = (scope.plan.id.clone(), PeriodKey { from: period.from, ..scope.key });
            if let Some(cell) = scope.customer.periods.get(&key).filter(|_| key.1 != scope.key) {
                charges.extend(self.of_use(&Scope { cell, ..*scope })?);
            }
        }
        self.missing_to_minimum(scope, year, &charges)
    }

    /// The difference between what is charged for the use of some days and their minimum, as a charge
    /// of its own. Without use, none is due, unless that is published.
    fn missing_to_minimum(&self, scope: &Scope<'_>, days: Period, used: &[Charge]) -> Result<Option<Charge>, String> {
        let least = scope.first_price(&self.minimum, days).and_then(|row| row.price.get(&scope.key.currency));
        let Some(least) = least.filter(|_| scope.publish_zero || used.iter().any(|charge| !charge.quantity.is_zero())) else {
            return Ok(None);
        };
        let least = Money::of_price(*least, scope.key.currency).ok_or(settle::TOO_LARGE)?;
        let net = net(used, scope.key.currency).ok_or(settle::TOO_LARGE)?;
        let missing = least.checked_sub(net).ok_or(settle::TOO_LARGE)?;
        if missing.minor() <= 0 {
            return Ok(None);
        }
        Ok(Some(Charge {
            key: ChargeKey { service: None, price: PriceKey { from: scope.cell.period.from, group: None }, consent: None, part: 0 },
            terms: Terms {
                unit_price: missing.to_decimal().ok_or(settle::TOO_LARGE)?,
                unit: "C62".to_owned(),
                description: "Minimum charge".to_owned(),
                vat: scope.plan.vat.clone(),
                period: scope.cell.period,
            },
            quantity: Quantity::ONE,
            basis: vec![
                ("minimum", least.to_string()),
                ("minimum_from", days.from.to_string()),
                ("minimum_to", days.last_day().to_string()),
                ("charged_by_use", net.to_string()),
            ],
            lineage: Lineage::default(),
            kind: ChargeKind::Amount,
        }))
    }

    /// A period may begin before the plan's first price: then its zero line is at that one.
    fn zero_line(&self, scope: &Scope<'_>, service: &Service) -> Option<Line> {
        let period = scope.cell.period;
        let first_inside = || self.prices.iter().find(|row| period.contains(row.key.from));
        let row = scope.first_price(&self.prices, period).or_else(first_inside)?;
        let unit_price = rate::first_unit_price(&row.price, scope.key.currency)?;
        let key = ChargeKey { service: Some(service.id.clone()), price: row.key.clone(), consent: None, part: 0 };
        let terms = self.terms(scope, service, &row.key, unit_price);
        settle::line(scope.plan, scope.key.currency, &key, &terms, Quantity::ZERO, Basis::new(), Lineage::default()).ok()
    }
}

/// The sum of the charges, each rounded as its line is.
fn net(charges: &[Charge], currency: Currency) -> Option<Money> {
    let of_line = |charge: &Charge| Money::line_net(charge.quantity, charge.terms.unit_price, Quantity::ONE, currency);
    charges.iter().try_fold(Money::zero(currency), |sum, charge| sum.checked_add(of_line(charge)?))
}
