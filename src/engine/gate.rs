//! May this use be charged, and by which rule? The checks of CONTRACT 9, in their order.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::domain::account::PeriodKey;
use crate::domain::catalog::{ArchivePlan, Catalog, Model, PackagePrice, Plan, Service};
use crate::domain::instant::Instant;
use crate::domain::period::Period;
use crate::domain::usage::{Environment, UsageEvent};
use crate::domain::verdict::Reason;
use crate::domain::zone::LocalDay;

use super::customer::Customer;

/// Why an event is not charged now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Reason,
    pub detail: String,
}

impl Refusal {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// The event's own faults, which need nothing but the event and the catalog.
///
/// # Errors
/// `bad_quantity`, `bad_data`, `personal_data`.
pub fn own_fault(event: &UsageEvent<'_>, catalog: &Catalog) -> Result<(), Refusal> {
    if event.quantity.is_none() {
        return Err(Refusal::new(
            Reason::BadQuantity,
            "data.quantity is not a decimal of at most 18 integer and 9 fraction digits without sign and exponent",
        ));
    }
    if event.environment == Environment::Unknown {
        return Err(Refusal::new(Reason::BadData, "data.environment is neither `production` nor `test`"));
    }
    let service = catalog.service_of_type(&event.kind);
    if let Some(Model::Archive(plan)) = service.and_then(|service| catalog.plan_of(service)).map(|plan| &plan.model) {
        part(event, plan)?;
    }
    match event.personal {
        Some(_) if !catalog.personal_numbers => Ok(()),
        Some(member) => Err(Refusal::new(Reason::PersonalData, format!("`{member}` holds a personal number; send a pseudonym"))),
        None => Ok(()),
    }
}

/// A change of the archive: document parts of one creation date, made or culled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub created: NaiveDate,
    /// The date whose passing makes the parts count: creation date + the plan's age.
    pub aged: NaiveDate,
    pub culled: bool,
}

fn part(event: &UsageEvent<'_>, plan: &ArchivePlan) -> Result<Part, Refusal> {
    let bad = |detail: &str| Refusal::new(Reason::BadData, detail);
    let created =
        event.created.as_deref().ok_or_else(|| bad("data.created is missing: the creation date of the document parts, YYYY-MM-DD"))?;
    let well_formed = created.len() == 10 && created.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = NaiveDate::from_str(created).ok().filter(|_| well_formed);
    let created = date.ok_or_else(|| bad("data.created is not a date: write YYYY-MM-DD"))?;
    let aged = plan.older_than.after_date(created).ok_or_else(|| bad("data.created is too far in the future"))?;
    let culled = match event.action.as_deref() {
        None | Some("created") => false,
        Some("culled") => true,
        Some(_) => return Err(bad("data.action is neither `created` nor `culled`")),
    };
    Ok(Part { created, aged, culled })
}

/// The event's place in time.
///
/// # Errors
/// `in_future`, `too_old`.
pub fn in_time(
    event: &UsageEvent<'_>,
    log_time: Instant,
    plausible: bool,
    watermark: Instant,
    remembered_since: Instant,
    catalog: &Catalog,
) -> Result<(), Refusal> {
    if !plausible {
        return Err(Refusal::new(Reason::InFuture, format!("its log time {log_time} is later than any clock here")));
    }
    if event.time > log_time.saturating_add(catalog.max_future_skew) {
        return Err(Refusal::new(
            Reason::InFuture,
            format!("its time {} is after its log time {log_time} by more than the allowed skew", event.time),
        ));
    }
    if event.time < remembered_since.max(watermark.saturating_sub(catalog.dedupe_horizon)) {
        return Err(Refusal::new(
            Reason::TooOld,
            format!("its time {} is behind the watermark {watermark} by more than the dedupe horizon", event.time),
        ));
    }
    Ok(())
}

/// An event that may be charged: by which service and rule.
#[derive(Debug, Clone)]
pub struct Admitted<'c> {
    pub service: &'c Service,
    pub day: LocalDay,
    pub key: PeriodKey,
    pub charge: Charge<'c>,
}

#[derive(Debug, Clone)]
pub enum Charge<'c> {
    /// Counted, not charged.
    Nothing,
    Package {
        plan: &'c Plan,
        price: &'c PackagePrice,
        amount: Decimal,
        low_balance: Option<crate::domain::quantity::Quantity>,
    },
    Metered {
        plan: &'c Plan,
        period: Period,
        price_from: NaiveDate,
    },
    Archive {
        plan: &'c Plan,
        rules: &'c ArchivePlan,
        part: Part,
    },
}

/// The gates that wait for the world.
///
/// # Errors
/// `unknown_service`, `unknown_customer`, `not_activated`, `no_price`.
pub fn admit<'c>(event: &UsageEvent<'_>, customer: &mut Customer, catalog: &'c Catalog) -> Result<Admitted<'c>, Refusal> {
    let service = catalog
        .service_of_type(&event.kind)
        .ok_or_else(|| Refusal::new(Reason::UnknownService, format!("no service of the catalog has the type `{}`", event.kind)))?;
    let Some((version, day)) = customer.version_and_day(event.time) else {
        let detail = format!("customer `{}` is not known at {}", customer.id, event.time);
        return Err(Refusal::new(Reason::UnknownCustomer, detail));
    };
    let (zone, currency) = (version.zone, version.currency);
    if service.activation && !customer.account.is_activated(service.id.as_str(), event.time) {
        let detail = format!("`{}` has not activated `{}` at {}", customer.id, service.id, event.time);
        return Err(Refusal::new(Reason::NotActivated, detail));
    }
    let no_price = || Refusal::new(Reason::NoPrice, format!("`{}` has no price in {currency} on {}", service.id, day.date));
    let key = |from: NaiveDate| PeriodKey { from, zone, currency };
    let no_plan = || Refusal::new(Reason::NoPrice, format!("no plan charges `{}`", service.id));
    let plan = catalog.plan_of(service).ok_or_else(no_plan)?;
    let (from, charge) = match &plan.model {
        Model::Package(rules) => {
            let (_, price) = rules.prices.at(day.date).ok_or_else(no_price)?;
            let amount = *price.amount.get(&currency).ok_or_else(no_price)?;
            (day.date, Charge::Package { plan, price, amount, low_balance: rules.low_balance })
        }
        Model::Metered(rules) => {
            let (price_from, tariff) = rules.prices.at(day.date).ok_or_else(no_price)?;
            let period = rules.cycle.period_of(day.date).filter(|_| tariff.has(currency)).ok_or_else(no_price)?;
            (period.from, Charge::Metered { plan, period, price_from })
        }
        Model::Archive(rules) => (day.date, Charge::Archive { plan, rules, part: part(event, rules)? }),
    };
    let charge = if service.bills(event.outcome.as_deref()) { charge } else { Charge::Nothing };
    Ok(Admitted { service, day, key: key(from), charge })
}
