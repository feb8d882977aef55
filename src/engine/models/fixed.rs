//! Fixed plans: one fee per period, whatever its days.

use crate::domain::account::Account;
use crate::domain::charge::Charge;
use crate::domain::control::CustomerVersion;
use crate::domain::models::fixed::FixedPlan;
use crate::domain::timetable::Timetable;

use super::Billing;
use crate::engine::cell::Scope;

impl Billing for FixedPlan {
    fn timetable(&self, _account: &Account) -> Option<Timetable> {
        Some(self.timetable)
    }

    fn applies_to(&self, version: &CustomerVersion) -> bool {
        self.prices.has_for(version.group.as_ref(), |amounts| amounts.contains_key(&version.currency))
    }

    fn owed(&self, scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        let period = scope.cell.period;
        let row = scope.first_price(&self.prices, period).filter(|_| scope.is_served_in(period));
        let fee = row.and_then(|row| Some((&row.key, *row.price.get(&scope.key.currency)?)));
        fee.map(|(price, amount)| scope.charge_once(self.heading.as_ref(), price, amount)).into_iter().collect()
    }

    fn is_standing(&self) -> bool {
        true
    }

    fn covers_use(&self) -> bool {
        true
    }
}
