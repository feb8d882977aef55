//! Which package is bought, and what its line says.

use chrono::NaiveDate;

use crate::domain::catalog::{PackagePlan, PackagePrice, Rung};
use crate::domain::currency::Currency;
use crate::domain::gates::agreement::Consent;
use crate::domain::money::Money;
use crate::domain::names::PlanId;
use crate::domain::period::Period;
use crate::domain::pool::{BoughtPackage, Pool};
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line, PackagePurchase};
use crate::domain::sizing::SizeChoice;
use crate::domain::trailing::TrailingUse;

use super::PoolUse;

/// The rung of the next package. None if the price has no rung, which a read catalog never has.
pub fn choose<'p>(
    present: Option<Quantity>,
    trailing: &TrailingUse,
    rules: &PackagePlan,
    price: &'p PackagePrice,
    is_frozen: bool,
) -> Option<(&'p Rung, Option<SizeChoice>)> {
    let Some(sizing) = &rules.sizing else { return Some((price.rungs.first()?, None)) };
    let sizes: Vec<Quantity> = price.rungs.iter().map(|rung| rung.size).collect();
    let (place, choice) = match present.filter(|_| is_frozen) {
        Some(present) => sizing.stay(&sizes, present, trailing.yearly())?,
        None => sizing.choose(&sizes, present, trailing.yearly())?,
    };
    Some((price.rungs.get(place)?, Some(choice)))
}

/// Buys until all use is covered. The size is chosen once: nothing that it depends on changes from
/// one package to the next of the same event.
pub fn buy(pool: &mut Pool, using: &PoolUse<'_>, consent: Option<&Consent>) -> Option<Vec<BoughtPackage>> {
    let (rung, choice) = choose(pool.size, &pool.trailing, using.rules, using.price, using.is_frozen)?;
    let amount = *rung.amount.get(&using.currency)?;
    let mut packages = Vec::new();
    while pool.used > pool.covered {
        pool.covered = pool.covered.checked_add(rung.size)?;
        pool.bought += 1;
        pool.size = Some(rung.size);
        packages.push(BoughtPackage {
            service: using.service.id.clone(),
            consent: consent.cloned(),
            description: using.service.title.clone(),
            unit: using.service.unit.clone(),
            vat: using.plan.vat.clone(),
            ordinal: pool.bought,
            size: rung.size,
            amount,
            last_unit: pool.covered,
            choice,
            lineage: pool.lineage,
        });
    }
    Some(packages)
}

/// The lines of packages that were bought on one day. None if an amount has too many digits to be exact.
pub fn lines(plan: &PlanId, packages: &[BoughtPackage], day: NaiveDate, currency: Currency) -> Option<Vec<Line>> {
    packages.iter().map(|package| line(plan, package, day, currency)).collect()
}

fn line(plan: &PlanId, package: &BoughtPackage, day: NaiveDate, currency: Currency) -> Option<Line> {
    let BoughtPackage { ordinal, size, last_unit, .. } = *package;
    let first_unit = last_unit.checked_sub(size)?.checked_add(Quantity::ONE)?;
    Some(Line {
        plan: plan.clone(),
        service: Some(package.service.clone()),
        consent: package.consent.clone(),
        description: package.description.clone(),
        quantity: size,
        unit: package.unit.clone(),
        unit_price: package.amount,
        base_quantity: size,
        net: Money::line_net(size, package.amount, size, currency)?,
        vat: package.vat.clone(),
        period: Period::day(day),
        package: Some(PackagePurchase { ordinal, size, first_unit, last_unit }),
        basis: package.choice.as_ref().map(basis).unwrap_or_default(),
        lineage: package.lineage,
    })
}

fn basis(choice: &SizeChoice) -> Basis {
    let yearly = choice.yearly.map(|yearly| ("yearly_use", yearly.to_string()));
    let rest = [("target", choice.target.to_string()), ("size_reason", choice.reason.as_str().to_owned())];
    yearly.into_iter().chain(rest).collect()
}

/// What makes a purchase this one and no other: the plan, and the ordinal of its first package.
#[must_use]
pub fn identity(plan: &PlanId, lines: &[Line]) -> Vec<String> {
    let first = lines.iter().filter_map(|line| line.package).map(|package| package.ordinal.to_string()).next();
    std::iter::once(plan.to_string()).chain(first).collect()
}
