//! Metered plans: sums per service and price segment, charged when the period is closed.

use chrono::NaiveDate;

use crate::domain::account::PeriodKey;
use crate::domain::catalog::{MeteredPlan, Plan, Service};
use crate::domain::instant::Instant;
use crate::domain::lineage::{ENTRY_BYTES, Lineage};
use crate::domain::metered::{PeriodCell, PeriodStatus, Segment, Tally};
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::domain::record::{Basis, Line};

use super::agenda;
use super::customer::Customer;
use super::issue::Outbox;
use super::rate::{self, RatedPart};

/// The use of some units in a period.
#[derive(Debug)]
pub struct PeriodUse<'c> {
    pub plan: &'c Plan,
    pub service: &'c Service,
    pub period: Period,
    pub key: PeriodKey,
    pub price_from: NaiveDate,
    pub quantity: Quantity,
    pub offset: u64,
    pub entry: [u8; ENTRY_BYTES],
    pub watermark: Instant,
}

/// Counts the use. None if the sum cannot be counted exactly.
pub fn apply(customer: &mut Customer, using: &PeriodUse<'_>) -> Option<()> {
    let key = (using.plan.id.clone(), using.key);
    let is_new = customer.periods.get(&key).is_none();
    let cell = customer.periods.change_or(&key, || new_cell(using));
    let segment = segment_of(cell, using);
    segment.open.quantity = segment.open.quantity.checked_add(using.quantity)?;
    segment.open.lineage.push(&using.entry, using.offset);
    let closed = cell.status == PeriodStatus::Closed;
    if closed {
        agenda::schedule_correction(&mut customer.account, using.plan, using.key, using.watermark);
        customer.account_dirty = true;
    } else if is_new {
        agenda::schedule_close(&mut customer.account, using.plan, using.period.to, using.key);
        customer.account_dirty = true;
    }
    Some(())
}

/// A period whose due instant has passed is born closed: it had no use, and no record.
fn new_cell(using: &PeriodUse<'_>) -> PeriodCell {
    let open = agenda::due(using.plan, using.period.to, using.key.zone) > using.watermark;
    let status = if open { PeriodStatus::Open } else { PeriodStatus::Closed };
    PeriodCell { period: using.period, status, segments: Vec::new(), record: None }
}

fn segment_of<'a>(cell: &'a mut PeriodCell, using: &PeriodUse<'_>) -> &'a mut Segment {
    let wanted = |segment: &Segment| segment.service == using.service.id && segment.price_from == using.price_from;
    let place = cell.segments.iter().position(wanted).unwrap_or_else(|| {
        let segment =
            Segment { service: using.service.id.clone(), price_from: using.price_from, billed: Quantity::ZERO, open: Tally::default() };
        cell.segments.push(segment);
        cell.segments.len() - 1
    });
    &mut cell.segments[place]
}

/// The lines that a period owes now: what was used, less what was issued before.
///
/// # Errors
/// Why the record is held: a price that is gone, or an amount with too many digits.
pub fn lines(plan: &Plan, rules: &MeteredPlan, cell: &PeriodCell, key: PeriodKey, outbox: &Outbox<'_>) -> Result<Vec<Line>, String> {
    let mut segments: Vec<&Segment> = cell.segments.iter().collect();
    segments.sort_by(|a, b| (&a.service, a.price_from).cmp(&(&b.service, b.price_from)));
    let (mut lines, mut net_before, mut net_after) = (Vec::new(), Money::zero(key.currency), Money::zero(key.currency));
    for segment in segments {
        let owed = Owed::of(rules, segment, key)?;
        net_before = owed.sum(net_before, &owed.before, key)?;
        net_after = owed.sum(net_after, &owed.after, key)?;
        for part in &owed.change {
            lines.push(line(plan, rules, cell, segment, *part, key, outbox)?);
        }
    }
    // A period without use may have been issued too, with its minimum.
    let was_issued = cell.record.is_some() || cell.segments.iter().any(|segment| !segment.billed.is_zero());
    let used = was_issued || !lines.is_empty();
    lines.extend(minimum(plan, rules, cell.period, key, was_issued.then_some(net_before), used.then_some(net_after))?);
    Ok(lines)
}

/// What a segment costs: before, with what is open, and the difference.
struct Owed {
    before: Vec<RatedPart>,
    after: Vec<RatedPart>,
    change: Vec<RatedPart>,
}

impl Owed {
    fn of(rules: &MeteredPlan, segment: &Segment, key: PeriodKey) -> Result<Self, String> {
        let price = rules.prices.at(segment.price_from).filter(|(from, _)| *from == segment.price_from);
        let (_, tariff) =
            price.ok_or_else(|| format!("the price of {} since {} is not in the catalog", segment.service, segment.price_from))?;
        let total = segment.billed.checked_add(segment.open.quantity).ok_or_else(too_large)?;
        let rated = |quantity| {
            rate::rate(tariff, key.currency, quantity).ok_or_else(|| format!("{} has no price in {}", segment.service, key.currency))
        };
        let (before, after) = (rated(segment.billed)?, rated(total)?);
        let change = rate::difference(&before, &after).ok_or_else(too_large)?;
        Ok(Self { before, after, change })
    }

    fn sum(&self, start: Money, parts: &[RatedPart], key: PeriodKey) -> Result<Money, String> {
        parts.iter().try_fold(start, |sum, part| {
            let net = Money::line_net(part.quantity, part.unit_price, Quantity::ONE, key.currency);
            net.and_then(|net| sum.checked_add(net)).ok_or_else(too_large)
        })
    }
}

fn too_large() -> String {
    "an amount has too many digits to be exact".to_owned()
}

fn line(
    plan: &Plan,
    rules: &MeteredPlan,
    cell: &PeriodCell,
    segment: &Segment,
    part: RatedPart,
    key: PeriodKey,
    outbox: &Outbox<'_>,
) -> Result<Line, String> {
    let service =
        outbox.catalog.service(segment.service.as_str()).ok_or_else(|| format!("service {} is not in the catalog", segment.service))?;
    let in_force = rate::in_force(segment.price_from, rules.prices.end_of(segment.price_from));
    Ok(Line {
        plan: plan.id.clone(),
        service: Some(segment.service.clone()),
        description: service.title.clone(),
        quantity: part.quantity,
        unit: service.unit.clone(),
        unit_price: part.unit_price,
        base_quantity: Quantity::ONE,
        net: Money::line_net(part.quantity, part.unit_price, Quantity::ONE, key.currency).ok_or_else(too_large)?,
        vat: plan.vat.clone(),
        period: cell.period.intersect(&in_force).unwrap_or(cell.period),
        package: None,
        basis: Basis::new(),
        lineage: segment.open.lineage,
    })
}

/// The minimum of a period without use that is published all the same.
///
/// # Errors
/// As [`lines`].
pub fn minimum_of_nothing(plan: &Plan, rules: &MeteredPlan, period: Period, key: PeriodKey) -> Result<Option<Line>, String> {
    minimum(plan, rules, period, key, None, Some(Money::zero(key.currency)))
}

/// The difference to the minimum, if there is one and the period was used.
fn minimum(
    plan: &Plan,
    rules: &MeteredPlan,
    period: Period,
    key: PeriodKey,
    before: Option<Money>,
    after: Option<Money>,
) -> Result<Option<Line>, String> {
    let Some(price) = rules.minimum.get(&key.currency) else { return Ok(None) };
    let least = Money::of_price(*price, key.currency).ok_or_else(too_large)?;
    let missing = |net: Option<Money>| net.map_or(0, |net| (least.minor() - net.minor()).max(0));
    let change = missing(after) - missing(before);
    if change == 0 {
        return Ok(None);
    }
    let quantity = if change < 0 { Quantity::ONE.negated() } else { Quantity::ONE };
    let unit_price = Money::of_minor(change.abs(), key.currency);
    let unit_price = unit_price.to_decimal().ok_or_else(too_large)?;
    Ok(Some(Line {
        plan: plan.id.clone(),
        service: None,
        description: "Minimum charge".to_owned(),
        quantity,
        unit: "C62".to_owned(),
        unit_price,
        base_quantity: Quantity::ONE,
        net: Money::line_net(quantity, unit_price, Quantity::ONE, key.currency).ok_or_else(too_large)?,
        vat: plan.vat.clone(),
        period,
        package: None,
        basis: Basis::new(),
        lineage: Lineage::default(),
    }))
}

/// The lines of a period without use, one per service, where such periods are published too.
pub fn zero_lines(plan: &Plan, rules: &MeteredPlan, period: Period, key: PeriodKey, customer: &Customer, outbox: &Outbox<'_>) -> Vec<Line> {
    let mut ids: Vec<_> = plan.services.iter().collect();
    ids.sort();
    let services = ids.into_iter().filter_map(|id| outbox.catalog.service(id.as_str()));
    services
        .filter(|service| !service.activation || is_activated_in(customer, service, period, key))
        .filter_map(|service| zero_line(plan, rules, period, key, service))
        .collect()
}

fn is_activated_in(customer: &Customer, service: &Service, period: Period, key: PeriodKey) -> bool {
    let (start, end) = (key.zone.midnight(period.from), key.zone.midnight(period.to));
    let in_period = |from: Instant, to: Option<Instant>| from < end && to.is_none_or(|to| to > start);
    customer.account.activations.iter().any(|one| one.service == service.id.as_str() && in_period(one.from, one.to))
}

fn zero_line(plan: &Plan, rules: &MeteredPlan, period: Period, key: PeriodKey, service: &Service) -> Option<Line> {
    let first_inside = || rules.prices.iter().find(|(from, _)| period.contains(*from)).map(|(from, tariff)| (*from, tariff));
    let (from, tariff) = rules.prices.at(period.from).or_else(first_inside)?;
    let unit_price = rate::first_unit_price(tariff, key.currency)?;
    let in_force = rate::in_force(from, rules.prices.end_of(from));
    Some(Line {
        plan: plan.id.clone(),
        service: Some(service.id.clone()),
        description: service.title.clone(),
        quantity: Quantity::ZERO,
        unit: service.unit.clone(),
        unit_price,
        base_quantity: Quantity::ONE,
        net: Money::zero(key.currency),
        vat: plan.vat.clone(),
        period: period.intersect(&in_force).unwrap_or(period),
        package: None,
        basis: Basis::new(),
        lineage: Lineage::default(),
    })
}
