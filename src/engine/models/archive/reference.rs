//! What a reference date owes.

use crate::domain::account::{Account, PeriodKey};
use crate::domain::archive::ArchiveRow;
use crate::domain::catalog::{ArchivePlan, Plan};
use crate::domain::charge::{Charge, ChargeKey, ChargeKind, Terms};
use crate::domain::lineage::Lineage;
use crate::domain::names::ServiceId;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line};
use crate::engine::issue::Outbox;
use crate::engine::settle;
use crate::engine::succession;

/// A reference date that is being charged.
pub struct Reference<'a> {
    pub rules: &'a ArchivePlan,
    pub plan: &'a Plan,
    pub period: Period,
    /// In which zone and currency.
    pub key: PeriodKey,
    pub account: &'a Account,
    pub outbox: &'a Outbox<'a>,
}

impl Reference<'_> {
    /// All that counts. A close with fewer than no parts is held; if what came late makes it so, nothing is
    /// owed until it is right again.
    pub fn charges(&self, row: &ArchiveRow, late: bool) -> Result<Vec<Charge>, String> {
        let mut charges = Vec::new();
        for count in &row.services {
            let quantity = count.total.quantity;
            if quantity < Quantity::ZERO {
                let (plan, service) = (&self.plan.id, &count.service);
                let held = || format!("{service} of `{plan}` is {quantity}: more was culled than created");
                return if late { Ok(Vec::new()) } else { Err(held()) };
            }
            if !quantity.is_zero() {
                let lineage = if late { count.late.lineage } else { count.total.lineage };
                charges.push(self.charge(&count.service, quantity, lineage)?);
            }
        }
        Ok(charges)
    }

    fn charge(&self, service: &ServiceId, quantity: Quantity, lineage: Lineage) -> Result<Charge, String> {
        let PeriodKey { from: reference, currency, .. } = self.key;
        let service = self.outbox.catalog.service(service.as_str()).ok_or_else(|| format!("service {service} is not in the catalog"))?;
        let group = self.account.version_on(reference).and_then(|version| version.group.as_ref());
        let row = self.rules.prices.at(reference, group);
        let price = row.and_then(|row| Some((row.key.clone(), *row.price.get(&currency)?)));
        let (price, unit_price) = price.ok_or_else(|| format!("`{}` has no price in {currency} on {reference}", self.plan.id))?;
        let terms = Terms {
            unit_price,
            unit: service.unit.clone(),
            description: self.rules.heading.clone(),
            vat: self.plan.vat.clone(),
            period: self.period,
        };
        let key = ChargeKey { service: Some(service.id.clone()), price, consent: None, part: 0 };
        let mut basis = Basis::new();
        succession::mark(self.account, self.key.zone.midnight(reference), &mut basis);
        Ok(Charge { key, terms, quantity, basis, lineage, kind: ChargeKind::Units })
    }

    /// The line of a year without parts.
    pub fn zero_line(&self, service: &ServiceId) -> Result<Line, String> {
        let Charge { key, terms, quantity, basis, lineage, .. } = self.charge(service, Quantity::ZERO, Lineage::default())?;
        settle::line(self.plan, self.key.currency, &key, &terms, quantity, basis, lineage)
    }
}
