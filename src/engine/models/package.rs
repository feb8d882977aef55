//! Package plans, as the engine asks them. How packages are bought: `engine::package`.

use crate::domain::account::Account;
use crate::domain::catalog::{Catalog, OnReturn, PackagePlan};
use crate::domain::charge::Charge;
use crate::domain::control::CustomerVersion;
use crate::domain::period::Period;
use crate::domain::state::StateKey;
use crate::domain::timetable::Timetable;
use crate::domain::verdict::Reason;

use super::{Asked, Billing, Counted, Priced};
use crate::engine::cell::Scope;
use crate::engine::complete;
use crate::engine::customer::Customer;
use crate::engine::gate::{Admitted, Refusal};
use crate::engine::issue::Outbox;
use crate::engine::package::{self, PoolUse};
use crate::engine::returned;
use crate::engine::usage::Use;

impl Billing for PackagePlan {
    fn timetable(&self, _account: &Account) -> Option<Timetable> {
        None
    }

    fn applies_to(&self, version: &CustomerVersion) -> bool {
        self.prices.iter().any(|row| row.price.has(version.currency))
    }

    fn owed(&self, _scope: &Scope<'_>) -> Result<Vec<Charge>, String> {
        Ok(Vec::new())
    }

    fn keeps_pools(&self) -> bool {
        true
    }

    fn why_never_rerated(&self) -> Option<&'static str> {
        Some("sells packages: each was bought at the price of its day, and its record stands; credit it where the record was booked")
    }

    fn price_of(&self, asked: &Asked<'_>) -> Option<Priced> {
        let row = self.prices.at(asked.day.date, asked.group).filter(|row| row.price.has(asked.currency))?;
        Some(Priced { period: Period::day(asked.day.date), price: row.key.clone() })
    }

    fn state_of(&self, customer: &Customer, admitted: &Admitted<'_>) -> Option<StateKey> {
        let plan = &admitted.plan.id;
        (!customer.pools.is_resident(plan)).then(|| StateKey::Pool(customer.id.clone(), plan.clone()))
    }

    fn fits(&self, customer: &Customer, admitted: &Admitted<'_>, using: &Use<'_>, catalog: &Catalog) -> Result<(), Refusal> {
        let plan = &admitted.plan.id;
        let row = self.prices.at(admitted.day.date, admitted.price.group.as_ref());
        let pool = customer.pools.get(plan);
        if self.on_return == OnReturn::Credit && !returned::can_credit(pool, using.quantity) {
            let detail = format!("no package of `{plan}` is known to be sold whose price could be credited");
            return Err(Refusal::new(Reason::NothingToRetract, detail));
        }
        let too_many =
            row.and_then(|row| package::buys_too_many(pool, self, &row.price, admitted.day.date, using.quantity, using.is_frozen()));
        if too_many == Some(false) {
            let begun = package::buys(pool, using.quantity);
            let lack = begun.then(|| complete::lack_at_issue(&customer.account, admitted.plan, using.watermark, catalog)).flatten();
            return lack.map_or(Ok(()), |why| Err(Refusal::new(Reason::IncompleteCustomer, why)));
        }
        let most = package::MOST_PACKAGES_PER_EVENT;
        Err(Refusal::new(Reason::BadQuantity, format!("it would buy more than {most} packages of `{plan}` at once")))
    }

    fn count(&self, customer: &mut Customer, counted: &Counted<'_>, outbox: &mut Outbox<'_>) -> Option<()> {
        let (admitted, using) = (counted.admitted, counted.using);
        let price = &self.prices.at(admitted.day.date, admitted.price.group.as_ref())?.price;
        let using = PoolUse {
            plan: admitted.plan,
            rules: self,
            service: admitted.service,
            consent: admitted.consent,
            price,
            currency: admitted.key.currency,
            zone: admitted.key.zone,
            day: admitted.day,
            quantity: using.quantity,
            offset: using.offset,
            entry: counted.entry,
            event: using.fingerprint,
            watermark: using.watermark,
            is_frozen: using.is_frozen(),
        };
        package::apply(customer, &using, outbox)
    }
}
