//! What falls due for one customer at one instant: first the regular records, then the corrections.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use serde_json::Value;

use super::Notice;
use super::archive;
use super::calendar::{Instant, Period, midnight};
use super::capacity;
use super::catalog::{Catalog, Model, Plan};
use super::complete;
use super::freeze::Windows;
use super::ledger::{Counted, Customer, What};
use super::metered::{self, Quantities, Statement};
use super::number::Dec;
use super::record::{self, Head, Line};
use super::reported::Person;
use super::standing;

/// All that fell due from the first instant on, and when it is done: in a freeze window nothing is.
#[derive(Clone, Copy)]
pub struct Due {
    pub first: Instant,
    pub at: Instant,
}

impl Due {
    pub fn holds(&self, at: Instant) -> bool {
        self.first <= at && at <= self.at
    }
}

pub struct Closing<'a> {
    pub due: Due,
    /// Plans whose records a brake holds.
    pub stopped: BTreeSet<String>,
    /// Does any event of the customer wait behind a brake?
    pub waits: bool,
    /// Is what is held tried again? Not where there are plans of which the model does not know what becomes of them then.
    pub tries_again: bool,
    pub windows: &'a Windows,
}

/// Plan, currency, period.
pub type PeriodKey = (String, String, (NaiveDate, NaiveDate, &'static str));

/// What is held: a record or a correction, of which period.
pub type Held = (&'static str, PeriodKey);

pub fn key_of(plan: &Plan, currency: &str, period: Period) -> (PeriodKey, Period) {
    ((plan.name.clone(), currency.to_owned(), period.sort_key()), period)
}

impl Customer {
    /// When a period is closed; one that is held, when it is tried again.
    pub fn due_of(&self, plan: &Plan, key: &PeriodKey, period: &Period) -> Instant {
        let held = self.held.get(&("record", key.clone())).or(self.closed.get(key));
        held.copied().unwrap_or(period.due(plan.lateness))
    }

    /// Tries what is held again at another instant.
    pub fn hold_until(&mut self, held: Held, at: Instant) {
        let (what, key) = &held;
        let before = self.held.get(&held).copied();
        for counted in self.counted.iter_mut().filter(|counted| counted.plan == key.0) {
            let What::Metered { currency, period, due, .. } = &mut counted.what else { continue };
            if (&key.1, key.2) != (currency, period.sort_key()) {
                continue;
            }
            let is_late = *due <= counted.watermark;
            match *what {
                "record" if !is_late => *due = at,
                "correction" if is_late && before.is_none_or(|before| counted.next_close >= before) => counted.next_close = at,
                _ => {}
            }
        }
        self.held.insert(held, at);
    }
}

/// A regular record, remembered so that corrections can name it.
pub struct Issued {
    seller: String,
    currency: String,
    kind: &'static str,
    period: Period,
    outside_vat: bool,
    due_date: Option<NaiveDate>,
    number: String,
    at: Instant,
}

/// Which lines share a record: those of seller, currency, kind, period, tax and due date; and the plan of packages, of which each has
/// a record of its own.
type GroupKey = (String, String, &'static str, (NaiveDate, NaiveDate, &'static str), bool, Option<NaiveDate>, Option<String>);

struct Group {
    period: Period,
    lines: Vec<Line>,
}

#[derive(Default)]
struct Correction {
    lines: Vec<Line>,
    preceding: BTreeMap<String, Instant>,
}

pub fn close(catalog: &Catalog, id: &str, customer: &mut Customer, closing: &Closing) -> (Vec<Value>, Vec<Notice>) {
    let (mut records, mut notices, due) = (Vec::new(), Vec::new(), closing.due.at);
    for ((seller, currency, kind, _, outside_vat, due_date, _), group) in regular(catalog, id, customer, closing, &mut notices) {
        let number = next_number(id, customer);
        let head = Head {
            number: number.clone(),
            kind,
            customer: id,
            seller: &seller,
            currency: &currency,
            issued_at: due,
            period: Some(group.period),
            due_date,
            preceding: Vec::new(),
        };
        records.push(record::record(catalog, &head, &group.lines));
        for charged in customer.standing.iter_mut().filter(|one| one.period == group.period && one.currency == currency) {
            if group.lines.iter().any(|line| line.plan == charged.plan) {
                charged.record = Some((number.clone(), due));
            }
        }
        customer.issued.push(Issued { seller, currency, kind, period: group.period, outside_vat, due_date, number, at: due });
    }
    for ((seller, currency, _), correction) in corrections(catalog, id, customer, closing, &mut notices) {
        let head = Head {
            number: next_number(id, customer),
            kind: "correction",
            customer: id,
            seller: &seller,
            currency: &currency,
            issued_at: due,
            period: None,
            due_date: None,
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

/// What is held is told once, and tried again a day later.
fn hold(id: &str, customer: &mut Customer, held: Held, closing: &Closing, notices: &mut Vec<Notice>) {
    let at = closing.due.at;
    if !customer.held.contains_key(&held) {
        let said = format!("{} {}", held.1.0, held.1.2.0);
        notices.push(Notice { said: Some((at, said)), ..Notice::of("record_held", id) });
    }
    if closing.tries_again {
        customer.hold_until(held, at + Duration::days(1));
    }
}

/// Bills that can be issued now; a plan's periods whose use waits are closed too. An archive is told of by its reference date.
fn issuable(
    catalog: &Catalog,
    id: &str,
    customer: &mut Customer,
    plan: &Plan,
    closing: &Closing,
    bills: Vec<Bill>,
    notices: &mut Vec<Notice>,
) -> Vec<Bill> {
    let (due, is_stopped) = (closing.due, closing.stopped.contains(&plan.name));
    let facts = customer.facts_at(due.at).or(customer.versions.values().next());
    let lacks = facts.is_some_and(|facts| !complete::lacks(catalog, facts, plan).is_empty());
    let of_plan = |key: &PeriodKey| key.0 == plan.name;
    let awaited = customer.awaited.iter().filter(|(key, period)| of_plan(key) && due.holds(customer.due_of(plan, key, period)));
    let awaited: Vec<(PeriodKey, Period)> = awaited.map(|(key, period)| (key.clone(), *period)).collect();
    let mut issued = Vec::new();
    let mut seen = BTreeSet::new();
    for (currency, period, lines) in bills {
        let key = match plan.model {
            Model::Archive => archive::key_of(plan, &period),
            _ => key_of(plan, &currency, period).0,
        };
        seen.insert(key.clone());
        let is_empty = lines.is_empty();
        if (is_stopped && (closing.waits || !is_empty)) || (lacks && !is_empty) {
            hold(id, customer, ("record", key), closing, notices);
        } else {
            customer.held.remove(&("record", key.clone()));
            customer.awaited.remove(&key);
            if !is_empty {
                customer.charged.insert(key.clone(), due.at);
            }
            customer.closed.insert(key, due.at);
            issued.push((currency, period, lines));
        }
    }
    for (key, _) in awaited.into_iter().filter(|(key, _)| !seen.contains(key)) {
        if is_stopped && closing.waits {
            hold(id, customer, ("record", key), closing, notices);
        } else {
            customer.held.remove(&("record", key.clone()));
            customer.awaited.remove(&key);
            customer.closed.insert(key, due.at);
        }
    }
    issued
}

fn regular(
    catalog: &Catalog,
    id: &str,
    customer: &mut Customer,
    closing: &Closing,
    notices: &mut Vec<Notice>,
) -> BTreeMap<GroupKey, Group> {
    let due = closing.due.first;
    let mut groups: BTreeMap<GroupKey, Group> = BTreeMap::new();
    for plan in catalog.plans.values() {
        let bills = match plan.model {
            Model::Package => continue,
            Model::Metered => {
                let bills = metered_bills(catalog, customer, plan, closing.due);
                issuable(catalog, id, customer, plan, closing, bills, notices)
            }
            Model::Capacity => capacity::bills(catalog, id, customer, plan, due, notices),
            Model::Archive => match archive::bill(catalog, customer, plan, closing.due) {
                Ok(bills) => issuable(catalog, id, customer, plan, closing, bills, notices),
                Err(archive::Held(key)) => {
                    hold(id, customer, ("record", key), closing, notices);
                    Vec::new()
                }
            },
            Model::PerHead | Model::Subscription | Model::Fixed => {
                standing::bills(catalog, customer, plan, due).unwrap_or_else(|standing::Held| {
                    notices.push(Notice::of("record_held", id));
                    Vec::new()
                })
            }
        };
        // Of these the model does not know what becomes of them behind a brake.
        let is_known = matches!(plan.model, Model::Metered | Model::Archive);
        let is_stopped =
            !is_known && closing.stopped.contains(&plan.name) && bills.iter().any(|(_, _, lines)| closing.waits || !lines.is_empty());
        notices.extend(is_stopped.then(|| Notice::of("record_held", id)));
        for (currency, period, lines) in bills.into_iter().filter(|(_, _, lines)| !lines.is_empty()) {
            let (outside_vat, due_date) = (plan.vat.category == "O", plan.due_date(&period));
            let key = (plan.seller.clone(), currency, plan.kind(), period.sort_key(), outside_vat, due_date, None);
            groups.entry(key).or_insert(Group { period, lines: Vec::new() }).lines.extend(lines);
        }
    }
    for bundle in customer.bundles.extract_if(.., |bundle| closing.due.holds(bundle.due)) {
        notices.extend(closing.stopped.contains(&bundle.plan).then(|| Notice::of("record_held", id)));
        let (period, plan) = (bundle.period, Some(bundle.plan));
        let key = (
            bundle.seller,
            bundle.currency,
            "package_purchase",
            period.sort_key(),
            bundle.lines.iter().any(|line| line.vat.0 == "O"),
            None,
            plan,
        );
        groups.entry(key).or_insert(Group { period, lines: Vec::new() }).lines.extend(bundle.lines);
    }
    groups
}

/// Currency, billing period and lines of one plan.
pub type Bill = (String, Period, Vec<Line>);

fn metered_bills(catalog: &Catalog, customer: &mut Customer, plan: &Plan, due: Due) -> Vec<Bill> {
    let on_time = |counted: &&Counted| match &counted.what {
        What::Metered { due: own, .. } => counted.plan == plan.name && due.holds(*own) && *own > counted.watermark,
        What::Archive { .. } | What::Stored { .. } => false,
    };
    let mut bills = Vec::new();
    for ((currency, _), events) in by_period(customer.counted.iter().filter(on_time)) {
        let period = period_of(events[0]);
        let statement = metered::statement(plan, &currency, &quantities(&events), Some(period.from), false);
        bills.push((currency, period, lines(catalog, plan, &period, &statement, &events)));
    }
    if bills.iter().all(|(_, _, lines)| lines.is_empty()) {
        bills = zero_bill(catalog, customer, plan, due.first).into_iter().collect();
        customer.zero_billed.extend(bills.iter().map(|(c, period, _)| (plan.name.clone(), c.clone(), *period)));
    }
    for (currency, period, minimum) in year_minimums(customer, plan, |last| due.holds(last.due(plan.lateness))) {
        match bills.iter_mut().find(|(c, p, _)| (c, *p) == (&currency, period)) {
            Some((_, _, lines)) => lines.push(minimum),
            None => bills.push((currency, period, vec![minimum])),
        }
    }
    bills
}

/// What changed of the minimums of years with such a last period.
fn year_minimums(customer: &mut Customer, plan: &Plan, wanted: impl Fn(&Period) -> bool) -> Vec<(String, Period, Line)> {
    if !plan.minimum_is_yearly {
        return Vec::new();
    }
    let mut used: BTreeMap<metered::YearKey, (Period, Vec<&Counted>)> = BTreeMap::new();
    for counted in customer.counted.iter().filter(|counted| counted.plan == plan.name) {
        if let What::Metered { currency, period, .. } = &counted.what {
            let last = last_of_year(plan, period);
            used.entry((plan.name.clone(), currency.clone(), last.sort_key())).or_insert((last, Vec::new())).1.push(counted);
        }
    }
    for (_, currency, period) in
        customer.zero_billed.iter().filter(|(name, _, period)| *name == plan.name && last_of_year(plan, period) == *period)
    {
        used.entry((plan.name.clone(), currency.clone(), period.sort_key())).or_insert((*period, Vec::new()));
    }
    let mut changes = Vec::new();
    for (key, (last, events)) in used.into_iter().filter(|(_, (last, _))| wanted(last)) {
        let mut net = Dec::int(0);
        let mut is_used = customer.zero_billed.contains(&(plan.name.clone(), key.1.clone(), last));
        for of_period in by_period(events.into_iter()).values() {
            let sums = quantities(of_period);
            is_used |= sums.values().any(|sum| !sum.is_zero());
            net = &net + &metered::net(plan, &key.1, &sums);
        }
        let least = plan.minimum_on(plan.year_of(&last).from, &key.1).filter(|_| is_used);
        let missing = least.map(|least| least - &net).filter(Dec::is_positive).unwrap_or(Dec::int(0));
        let before = customer.year_minimums.insert(key.clone(), missing.clone()).unwrap_or(Dec::int(0));
        let change = &missing - &before;
        if !change.is_zero() {
            changes.push((key.1.clone(), last, Line::minimum(plan, &change, last)));
        }
    }
    changes
}

fn last_of_year(plan: &Plan, period: &Period) -> Period {
    let year = plan.year_of(period);
    plan.period_at(year.end() - chrono::Duration::hours(12), period.zone)
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
    let missing = metered::statement(plan, &facts.currency, &Quantities::new(), Some(period.from), !lines.is_empty()).minimum;
    if missing.is_positive() {
        lines.push(Line::minimum(plan, &missing, period));
    }
    (!lines.is_empty()).then(|| (facts.currency.clone(), period, lines))
}

/// Currency, period.
type Span = (String, (NaiveDate, NaiveDate, &'static str));

fn by_period<'a>(events: impl Iterator<Item = &'a Counted>) -> BTreeMap<Span, Vec<&'a Counted>> {
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
        What::Archive { .. } | What::Stored { .. } => unreachable!("such an event has no billing period"),
    }
}

fn segment_of(counted: &Counted) -> usize {
    match &counted.what {
        What::Metered { segment, .. } => *segment,
        What::Archive { .. } | What::Stored { .. } => unreachable!("such an event has no price segment"),
    }
}

fn quantities(events: &[&Counted]) -> Quantities {
    let mut sums = persons(events);
    for counted in events.iter().filter(|counted| counted.person.is_none()) {
        let sum = sums.entry((counted.service.clone(), segment_of(counted), counted.consent.clone())).or_insert(Dec::int(0));
        *sum = &*sum + &counted.quantity;
    }
    sums
}

/// Each person once: at the first price under which more was used than taken back.
fn persons(events: &[&Counted]) -> Quantities {
    let mut used: BTreeMap<(&String, &Person), BTreeMap<usize, Dec>> = BTreeMap::new();
    for counted in events {
        let Some(person) = &counted.person else { continue };
        let by_segment = used.entry((&counted.service, person)).or_default();
        let sum = by_segment.entry(segment_of(counted)).or_insert(Dec::int(0));
        *sum = &*sum + &counted.quantity;
    }
    let mut heads = Quantities::new();
    for ((service, _), by_segment) in used {
        if let Some((segment, _)) = by_segment.into_iter().find(|(_, sum)| sum.is_positive()) {
            let heads = heads.entry((service.clone(), segment, None)).or_insert(Dec::int(0));
            *heads = &*heads + &Dec::int(1);
        }
    }
    heads
}

fn lines(catalog: &Catalog, plan: &Plan, period: &Period, statement: &Statement, events: &[&Counted]) -> Vec<Line> {
    let mut lines = Vec::new();
    for ((service, segment, consent), tiers) in &statement.parts {
        let of_line = |e: &&&Counted| e.service == *service && segment_of(e) == *segment && e.consent == *consent;
        let count = events.iter().filter(of_line).count();
        let (unit, part) = (&catalog.services[service].unit, plan.segment(period, *segment));
        for (unit_price, quantity) in tiers {
            let line = Line::new(plan, service, unit, quantity.clone(), unit_price.clone(), part);
            lines.push(Line { events: count, consent: consent.clone(), ..line });
        }
    }
    if !statement.minimum.is_zero() {
        lines.push(Line::minimum(plan, &statement.minimum, *period));
    }
    lines
}

/// Seller, currency, and whether it is outside of VAT.
type CorrectionKey = (String, String, bool);

fn corrections(
    catalog: &Catalog,
    id: &str,
    customer: &mut Customer,
    closing: &Closing,
    notices: &mut Vec<Notice>,
) -> BTreeMap<CorrectionKey, Correction> {
    let due = closing.due.first;
    let mut found: BTreeMap<CorrectionKey, Correction> = BTreeMap::new();
    for plan in catalog.plans.values() {
        let mut bills = match plan.model {
            Model::Package => continue,
            Model::Metered => {
                let bills = metered_corrections(catalog, customer, plan, closing.due);
                correctable(catalog, id, customer, plan, closing, bills, notices)
            }
            Model::Capacity => capacity::corrections(catalog, id, customer, plan, due, notices),
            Model::Archive => archive::corrections(catalog, customer, plan, closing.due),
            Model::PerHead | Model::Subscription | Model::Fixed => standing::corrections(catalog, customer, plan, due),
        };
        let outside_vat = plan.vat.category == "O";
        bills.retain(|(_, _, lines)| !lines.is_empty());
        let is_stopped = plan.model != Model::Metered && closing.stopped.contains(&plan.name) && !bills.is_empty();
        notices.extend(is_stopped.then(|| Notice::of("record_held", id)));
        let mut by_currency: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for (currency, period, lines) in bills {
            let correction = found.entry((plan.seller.clone(), currency.clone(), outside_vat)).or_default();
            let same = |i: &&Issued| {
                (&i.seller, &i.currency, i.kind, i.period) == (&plan.seller, &currency, plan.kind(), period)
                    && (i.outside_vat, i.due_date) == (outside_vat, plan.due_date(&period))
            };
            // Plans of one seller may close the same period at different instants: each then has its own record.
            let (key, _) = key_of(plan, &currency, period);
            let closed = capacity::closed_at(plan, customer, &period).or(customer.charged.get(&key).copied());
            let closed = closed.unwrap_or_else(|| closing.windows.thaw(due_of(plan, &period)));
            let own = customer.standing.iter().find(|one| one.plan == plan.name && one.period == period && one.currency == currency);
            let named = customer.issued.iter().filter(same).filter(|i| i.at == closed).map(|i| (i.number.clone(), i.at));
            match own.and_then(|own| own.record.clone()) {
                Some(record) => correction.preceding.extend([record]),
                None => correction.preceding.extend(named),
            }
            by_currency.entry(currency).or_default().extend(lines);
        }
        for (currency, mut lines) in by_currency {
            lines.sort_by_key(|line| (line.service.is_none(), line.service.clone(), line.period.from, line.consent.clone()));
            found.entry((plan.seller.clone(), currency, outside_vat)).or_default().lines.extend(lines);
        }
    }
    found
}

/// Corrections that can be issued now.
fn correctable(
    catalog: &Catalog,
    id: &str,
    customer: &mut Customer,
    plan: &Plan,
    closing: &Closing,
    bills: Vec<Bill>,
    notices: &mut Vec<Notice>,
) -> Vec<Bill> {
    let is_stopped = closing.stopped.contains(&plan.name);
    let facts = customer.facts_at(closing.due.at).or(customer.versions.values().next());
    let lacks = facts.is_some_and(|facts| !complete::lacks(catalog, facts, plan).is_empty());
    let mut issued = Vec::new();
    for (currency, period, lines) in bills {
        let held = ("correction", key_of(plan, &currency, period).0);
        if is_stopped && (closing.waits || !lines.is_empty()) {
            hold(id, customer, held, closing, notices);
        } else if lacks && !lines.is_empty() {
            hold(id, customer, held.clone(), closing, notices);
            // With the plan's next close.
            customer.hold_until(held, plan.next_close(closing.due.at, period.zone));
        } else {
            customer.held.remove(&held);
            issued.push((currency, period, lines));
        }
    }
    issued
}

/// When the shown period was closed; an archive paid in advance was closed at its beginning.
fn due_of(plan: &Plan, shown: &Period) -> Instant {
    match plan.in_advance && plan.model == Model::Archive {
        true => Period { to: shown.from, ..*shown }.due(plan.lateness),
        false => plan.closes_at(shown),
    }
}

fn metered_corrections(catalog: &Catalog, customer: &mut Customer, plan: &Plan, due: Due) -> Vec<Bill> {
    let is_late = |counted: &Counted| match &counted.what {
        What::Metered { due: own, .. } => *own <= counted.watermark,
        What::Archive { .. } | What::Stored { .. } => false,
    };
    let of_plan = || customer.counted.iter().filter(|counted| counted.plan == plan.name);
    let now = |counted: &&Counted| is_late(counted) && due.holds(counted.next_close);
    let mut bills = Vec::new();
    for ((currency, key), late) in by_period(of_plan().filter(now)) {
        let period = period_of(late[0]);
        let billed = |counted: &&Counted| !is_late(counted) || counted.next_close < due.first;
        let before = by_period(of_plan().filter(billed)).remove(&(currency.clone(), key)).unwrap_or_default();
        let after: Vec<&Counted> = before.iter().chain(&late).copied().collect();
        let zero = customer.zero_billed.contains(&(plan.name.clone(), currency.clone(), period));
        let statement = |events: &[&Counted]| metered::statement(plan, &currency, &quantities(events), Some(period.from), zero);
        let change = metered::difference(plan, &currency, &statement(&before), &statement(&after));
        bills.push((currency.clone(), period, lines(catalog, plan, &period, &change, &late)));
    }
    let just_before = due.first - Duration::nanoseconds(1);
    let closed = |last: &Period| last.due(plan.lateness) < due.first && due.holds(plan.next_close(just_before, last.zone));
    bills.extend(year_minimums(customer, plan, closed).into_iter().map(|(currency, period, line)| (currency, period, vec![line])));
    bills
}
