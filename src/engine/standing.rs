//! What is charged without use: to whom, at which price, and as which line.

use rust_decimal::Decimal;

use crate::domain::catalog::{PriceList, PriceRow, Service};
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, PriceKey, Terms};
use crate::domain::instant::Instant;
use crate::domain::lineage::Lineage;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::record::Basis;
use crate::domain::span::Span;

use super::cell::Scope;

impl Scope<'_> {
    /// May the customer have used the service on one of these days? Where it must be activated or agreed on, for
    /// a moment at least.
    pub fn may_be_used(&self, service: &Service, days: Period) -> bool {
        let (start, end) = (self.key.zone.midnight(days.from), self.key.zone.midnight(days.to));
        let overlaps = |from: Instant, to: Option<Instant>| from < end && to.is_none_or(|to| to > start);
        let mut activations = self.customer.account.activations.iter();
        let is_active = !service.activation || activations.any(|one| one.service == service.id.as_str() && overlaps(one.from, one.to));
        let agreements = &self.customer.account.gates.agreements;
        is_active && (!service.agreement || agreements.covers_in(&service.id, Span { from: start, to: end }))
    }

    /// Is the customer known on one of these days?
    pub fn is_known_in(&self, days: Period) -> bool {
        self.customer.account.versions.first().is_some_and(|version| version.from < days.to)
    }

    /// Does the plan charge the customer for these days: may one of its services be used on them?
    pub fn is_served_in(&self, days: Period) -> bool {
        let mut services = self.plan.services.iter().filter_map(|id| self.catalog.service(id.as_str()));
        self.is_known_in(days) && services.any(|service| self.may_be_used(service, days))
    }

    /// The price for the customer on the first of these days.
    pub fn first_price<'p, P>(&self, prices: &'p PriceList<P>, days: Period) -> Option<&'p PriceRow<P>> {
        prices.at(days.from, self.group_on(days.from))
    }

    /// One unit at a price, for the whole plan and period. Its line names the service, if the plan has only one.
    ///
    /// # Errors
    /// The catalog has lost the service.
    pub fn charge_once(&self, heading: Option<&String>, price: &PriceKey, unit_price: Decimal) -> Result<Charge, String> {
        let title = |id| self.service(id).map(|service| service.title.clone());
        let description = match (heading, self.plan.services.as_slice()) {
            (None, [first, ..]) => title(first.as_str())?,
            (heading, _) => heading.cloned().unwrap_or_default(),
        };
        let service = match self.plan.services.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        Ok(Charge {
            key: ChargeKey { service, price: price.clone(), consent: None, part: 0 },
            terms: Terms { unit_price, unit: "C62".to_owned(), description, vat: self.plan.vat.clone(), period: self.cell.period },
            quantity: Quantity::ONE,
            basis: Basis::new(),
            lineage: Lineage::default(),
            kind: ChargeKind::Units,
        })
    }
}
