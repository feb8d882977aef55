//! Billing records as JSON: the fields that CONTRACT fixes, except `id`, digests and descriptions.

use std::collections::BTreeMap;

use chrono::{NaiveDate, SecondsFormat};
use serde_json::{Map, Value, json};

use super::agreement::Consent;
use super::calendar::{Instant, Period};
use super::catalog::{Catalog, Plan};
use super::decode::minor_digits;
use super::number::Dec;

pub struct Line {
    pub plan: String,
    pub service: Option<String>,
    pub consent: Consent,
    pub quantity: Dec,
    pub unit: String,
    pub unit_price: Dec,
    pub base_quantity: Dec,
    pub vat: (String, String),
    pub period: Period,
    pub package: Option<Value>,
    pub basis: Option<Value>,
    pub events: usize,
}

impl Line {
    pub fn new(plan: &Plan, service: &str, unit: &str, quantity: Dec, unit_price: Dec, period: Period) -> Line {
        Line {
            plan: plan.name.clone(),
            service: Some(service.to_owned()),
            consent: None,
            quantity,
            unit: unit.to_owned(),
            unit_price,
            base_quantity: Dec::int(1),
            vat: (plan.vat.category.clone(), plan.vat.rate.clone()),
            period,
            package: None,
            basis: None,
            events: 0,
        }
    }

    /// The difference to a plan's minimum: a positive one is charged, a negative one given back.
    pub fn minimum(plan: &Plan, difference: &Dec, period: Period) -> Line {
        Line { service: None, ..Line::amount(plan, difference, period) }
    }

    /// One unit at an amount.
    pub fn amount(plan: &Plan, difference: &Dec, period: Period) -> Line {
        let back = difference.is_negative();
        let amount = if back { -difference } else { difference.clone() };
        let quantity = Dec::int(if back { -1 } else { 1 });
        Line::new(plan, "", "C62", quantity, amount, period)
    }

    fn net(&self, places: u32) -> Dec {
        (&self.quantity * &self.unit_price).divide_rounded(&self.base_quantity, places)
    }

    fn to_json(&self, number: usize, places: u32) -> Value {
        let mut line = json!({
            "line": number, "plan": self.plan, "quantity": self.quantity.to_string(), "unit": self.unit,
            "unit_price": self.unit_price.to_string(), "base_quantity": self.base_quantity.to_string(),
            "net_amount": self.net(places).to_string(),
            "vat": {"category": self.vat.0, "rate": self.vat.1},
            "period": {"from": day(self.period.from), "to": last_day(self.period.to)},
            "lineage": {"events": self.events},
        });
        if let Some(service) = &self.service {
            line["service"] = json!(service);
        }
        if let Some((agreement, system)) = &self.consent {
            line["agreement"] = json!(agreement);
            line["system"] = json!(system);
        }
        if let Some(package) = &self.package {
            line["package"] = package.clone();
        }
        if let Some(basis) = &self.basis {
            line["basis"] = basis.clone();
        }
        line
    }
}

pub struct Head<'a> {
    pub number: String,
    pub kind: &'a str,
    pub customer: &'a str,
    pub seller: &'a str,
    pub currency: &'a str,
    pub issued_at: Instant,
    pub period: Option<Period>,
    pub due_date: Option<NaiveDate>,
    pub preceding: Vec<(String, Instant)>,
}

pub fn record(catalog: &Catalog, head: &Head, lines: &[Line]) -> Value {
    let places = minor_digits(head.currency).unwrap();
    let numbered: Vec<Value> = lines.iter().enumerate().map(|(i, line)| line.to_json(i + 1, places)).collect();
    let mut record = json!({
        "schema": "tally/billing-record/1", "number": head.number, "kind": head.kind, "customer": head.customer,
        "seller": head.seller, "currency": head.currency, "issued_at": instant(head.issued_at),
        "lines": numbered, "totals": totals(lines, places), "catalog": {"version": catalog.version},
    });
    if let Some(period) = head.period {
        record["period"] = json!({"from": day(period.from), "to": last_day(period.to), "zone": period.zone.name()});
    }
    if let Some(due) = head.due_date.or_else(|| due_by_terms(catalog, head, lines, places)) {
        record["due_date"] = json!(day(due));
    }
    if !head.preceding.is_empty() {
        let named = |(number, at): &(String, Instant)| json!({"number": number, "issued_at": instant(*at)});
        record["preceding"] = head.preceding.iter().map(named).collect();
    }
    record
}

/// By the seller's terms, from the local day of issue; nothing is due where nothing is owed.
fn due_by_terms(catalog: &Catalog, head: &Head, lines: &[Line], places: u32) -> Option<NaiveDate> {
    let terms = catalog.terms.get(head.seller)?;
    let gross = Dec::parse(totals(lines, places)["gross"].as_str()?)?;
    let zone = lines.first()?.period.zone;
    gross.is_positive().then(|| terms.after(head.issued_at.with_timezone(&zone).date_naive()))
}

fn totals(lines: &[Line], places: u32) -> Value {
    let mut taxable: BTreeMap<(String, Dec), Dec> = BTreeMap::new();
    let mut net = Dec::int(0);
    for line in lines {
        let rate = Dec::parse(&line.vat.1).unwrap();
        let group = taxable.entry((line.vat.0.clone(), rate)).or_insert(Dec::int(0));
        *group = &*group + &line.net(places);
        net = &net + &line.net(places);
    }
    let (mut gross, mut vat) = (net.clone(), Vec::new());
    for ((category, rate), base) in taxable {
        let amount = (&base * &rate).divide_rounded(&Dec::int(100), places);
        gross = &gross + &amount;
        let group: Map<String, Value> = [("category", category), ("rate", rate.to_string())]
            .into_iter()
            .chain([("taxable", base.to_string()), ("amount", amount.to_string())])
            .map(|(name, text)| (name.to_owned(), Value::from(text)))
            .collect();
        vat.push(Value::Object(group));
    }
    json!({"net": net.to_string(), "vat": vat, "gross": gross.to_string()})
}

fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn day(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

fn last_day(end: NaiveDate) -> String {
    day(end.pred_opt().unwrap())
}
