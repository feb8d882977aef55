//! What falls due for one customer at one instant: first the regular records, then the corrections.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::Notice;
use super::archive;
use super::calendar::{Instant, Period, midnight};
use super::catalog::{Catalog, Model, Plan};
use super::ledger::{Counted, Customer, What};
use super::metered::{self, Quantities, Statement};
use super::number::Dec;
use super::record::{self, Head, Line};

/// A regular record, remembered so that corrections can name it.
pub struct Issued {
    seller: String,
    currency: String,
    kind: &'static str,
    period: Period,
    number: String,
    at: Instant,
}

/// Which lines share a record.
type GroupKey = (String, String, &'static str, (NaiveDate, NaiveDate, &'static str));

struct Group {
    period: Period,
    lines: Vec<Line>,
}

#[derive(Default)]
struct Correction {
    lines: Vec<Line>,
    preceding: BTreeMap<String, Instant>,
}

pub fn close(catalog: &Catalog, id: &str, customer: &mut Customer, due: Instant) -> (Vec<Value>, Vec<Notice>) {
    let (mut records, mut notices) = (Vec::new(), Vec::new());
    for ((seller, currency, kind, _), group) in regular(catalog, id, customer, due, &mut notices) {
        let number = next_number(id, customer);
        let head = Head {
            number: number.clone(),
            kind,
            customer: id,
            seller: &seller,
            currency: &currency,
            issued_at: due,
            period: Some(group.period),
            preceding: Vec::new(),
        };
        records.push(record::record(catalog, &head, &group.lines));
        customer.issued.push(Issued { seller, currency, kind, period: group.period, number, at: due });
    }
    for ((seller, currency), correction) in corrections(catalog, customer, due) {
        let head = Head {
            number: next_number(id, customer),
            kind: "correction",
            customer: id,
            seller: &seller,
            currency: &currency,
            issued_at: due,
            period: None,
            preceding: correction.preceding.into_iter().collect(),
        };
        records.push(record::record(catalog, &head, &correction.lines));
    }
    (records, notices)
}

fn next_number(id: &str, customer: &mut Customer) -> String {
    customer.numbers += 1;
    format!("{id}-{:06}", customer.numbers)
}

fn regular(catalog: &Catalog, id: &str, customer: &mut Customer, due: Instant, notices: &mut Vec<Notice>) -> BTreeMap<GroupKey, Group> {
    let mut groups: BTreeMap<GroupKey, Group> = BTreeMap::new();
    for plan in catalog.plans.values() {
        let bills = match plan.model {
            Model::Package => continue,
            Model::Metered => metered_bills(catalog, customer, plan, due),
            Model::Archive => archive::bill(catalog, customer, plan, due).unwrap_or_else(|archive::Held| {
                notices.push(Notice { kind: "record_held", customer: id.to_owned() });
                Vec::new()
            }),
        };
        for (currency, period, lines) in bills.into_iter().filter(|(_, _, lines)| !lines.is_empty()) {
            let key = (plan.seller.clone(), currency, plan.kind(), period.sort_key());
            groups.entry(key).or_insert(Group { period, lines: Vec::new() }).lines.extend(lines);
        }
    }
    groups
}

/// Currency, billing period and lines of one plan.
pub type Bill = (String, Period, Vec<Line>);

fn metered_bills(catalog: &Catalog, customer: &mut Customer, plan: &Plan, due: Instant) -> Vec<Bill> {
    let on_time = |counted: &&Counted| match &counted.what {
        What::Metered { due: own, .. } => counted.plan == plan.name && *own == due && *own > counted.watermark,
        What::Archive { .. } => false,
    };
    let mut bills = Vec::new();
    for ((currency, _), events) in by_period(customer.counted.iter().filter(on_time)) {
        let period = period_of(events[0]);
        let statement = metered::statement(plan, &currency, &quantities(&events), false);
        bills.push((currency, period, lines(catalog, plan, &period, &statement, &events)));
    }
    if bills.iter().all(|(_, _, lines)| lines.is_empty()) {
        bills = zero_bill(catalog, customer, plan, due).into_iter().collect();
        customer.zero_billed.extend(bills.iter().map(|(c, period, _)| (plan.name.clone(), c.clone(), *period)));
    }
    bills
}

/// The bill that says "nothing was used", for those who want one.
fn zero_bill(catalog: &Catalog, customer: &Customer, plan: &Plan, due: Instant) -> Option<Bill> {
    let (first, facts) = customer.versions.iter().next()?;
    let mut at = midnight(*first, facts.zone).max(customer.known_at?);
    let (period, facts) = loop {
        let facts = customer.facts_at(at)?;
        let period = plan.period_at(at, facts.zone);
        if period.due(plan.lateness) >= due {
            break (period, customer.facts_at(period.start()).unwrap_or(facts));
        }
        at = period.end();
    };
    let is_over = customer.ended.is_some_and(|ended| ended <= period.start());
    if period.due(plan.lateness) != due || !(plan.zero || facts.zero) || is_over {
        return None;
    }
    let segment = metered::zero_segment(plan, &period, &facts.currency)?;
    let mut services: Vec<&String> = plan.services.iter().collect();
    services.retain(|service| {
        let overlaps = |from: Instant, to: Option<Instant>| from < period.end() && to.is_none_or(|to| to > period.start());
        let mut told = customer.activations.iter().filter(|((name, _), _)| name == *service);
        !catalog.services[*service].activation || told.any(|((_, from), to)| overlaps(*from, *to))
    });
    services.sort();
    let price = &plan.prices[segment].tiers[0].unit[&facts.currency];
    let part = plan.segment(&period, segment);
    let line = |s: &&String| Line::new(plan, s, &catalog.services[*s].unit, Dec::int(0), price.clone(), part);
    let mut lines: Vec<Line> = services.iter().map(line).collect();
    let missing = metered::statement(plan, &facts.currency, &Quantities::new(), !lines.is_empty()).minimum;
    if missing.is_positive() {
        lines.push(Line::minimum(plan, &missing, period));
    }
    (!lines.is_empty()).then(|| (facts.currency.clone(), period, lines))
}

type PeriodKey = (String, (NaiveDate, NaiveDate, &'static str));

fn by_period<'a>(events: impl Iterator<Item = &'a Counted>) -> BTreeMap<PeriodKey, Vec<&'a Counted>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for counted in events {
        if let What::Metered { currency, period, .. } = &counted.what {
            found.entry((currency.clone(), period.sort_key())).or_default().push(counted);
        }
    }
    found
}

fn period_of(counted: &Counted) -> Period {
    match &counted.what {
        What::Metered { period, .. } => *period,
        What::Archive { .. } => unreachable!("an archive event has no billing period"),
    }
}

fn segment_of(counted: &Counted) -> usize {
    match &counted.what {
        What::Metered { segment, .. } => *segment,
        What::Archive { .. } => unreachable!("an archive event has no price segment"),
    }
}

fn quantities(events: &[&Counted]) -> Quantities {
    let mut sums = Quantities::new();
    for counted in events {
        let sum = sums.entry((counted.service.clone(), segment_of(counted))).or_insert(Dec::int(0));
        *sum = &*sum + &counted.quantity;
    }
    sums
}

fn lines(catalog: &Catalog, plan: &Plan, period: &Period, statement: &Statement, events: &[&Counted]) -> Vec<Line> {
    let mut lines = Vec::new();
    for ((service, segment), tiers) in &statement.parts {
        let count = events.iter().filter(|e| e.service == *service && segment_of(e) == *segment).count();
        let (unit, part) = (&catalog.services[service].unit, plan.segment(period, *segment));
        for (unit_price, quantity) in tiers {
            let line = Line::new(plan, service, unit, quantity.clone(), unit_price.clone(), part);
            lines.push(Line { events: count, ..line });
        }
    }
    if !statement.minimum.is_zero() {
        lines.push(Line::minimum(plan, &statement.minimum, *period));
    }
    lines
}

fn corrections(catalog: &Catalog, customer: &Customer, due: Instant) -> BTreeMap<(String, String), Correction> {
    let mut found: BTreeMap<(String, String), Correction> = BTreeMap::new();
    for plan in catalog.plans.values() {
        let mut bills = match plan.model {
            Model::Package => continue,
            Model::Metered => metered_corrections(catalog, customer, plan, due),
            Model::Archive => archive::corrections(catalog, customer, plan, due),
        };
        bills.retain(|(_, _, lines)| !lines.is_empty());
        let mut by_currency: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for (currency, period, lines) in bills {
            let correction = found.entry((plan.seller.clone(), currency.clone())).or_default();
            let same = |i: &&Issued| (&i.seller, &i.currency, i.kind, i.period) == (&plan.seller, &currency, plan.kind(), period);
            // Plans of one seller may close the same period at different instants: each then has its own record.
            let closed = due_of(plan, &period);
            let named = customer.issued.iter().filter(same).filter(|i| i.at == closed);
            correction.preceding.extend(named.map(|i| (i.number.clone(), i.at)));
            by_currency.entry(currency).or_default().extend(lines);
        }
        for (currency, mut lines) in by_currency {
            lines.sort_by_key(|line| (line.service.is_none(), line.service.clone(), line.period.from));
            found.entry((plan.seller.clone(), currency)).or_default().lines.extend(lines);
        }
    }
    found
}

/// When the shown period was closed; an archive paid in advance was closed at its beginning.
fn due_of(plan: &Plan, shown: &Period) -> Instant {
    match plan.in_advance && plan.model == Model::Archive {
        true => Period { to: shown.from, ..*shown }.due(plan.lateness),
        false => shown.due(plan.lateness),
    }
}

fn metered_corrections(catalog: &Catalog, customer: &Customer, plan: &Plan, due: Instant) -> Vec<Bill> {
    let is_late = |counted: &Counted| match &counted.what {
        What::Metered { due: own, .. } => *own <= counted.watermark,
        What::Archive { .. } => false,
    };
    let of_plan = || customer.counted.iter().filter(|counted| counted.plan == plan.name);
    let now = |counted: &&Counted| is_late(counted) && counted.next_close == due;
    let mut bills = Vec::new();
    for ((currency, key), late) in by_period(of_plan().filter(now)) {
        let period = period_of(late[0]);
        let billed = |counted: &&Counted| !is_late(counted) || counted.next_close < due;
        let before = by_period(of_plan().filter(billed)).remove(&(currency.clone(), key)).unwrap_or_default();
        let after: Vec<&Counted> = before.iter().chain(&late).copied().collect();
        let zero = customer.zero_billed.contains(&(plan.name.clone(), currency.clone(), period));
        let statement = |events: &[&Counted]| metered::statement(plan, &currency, &quantities(events), zero);
        let change = metered::difference(plan, &currency, &statement(&before), &statement(&after));
        bills.push((currency.clone(), period, lines(catalog, plan, &period, &change, &late)));
    }
    bills
}
