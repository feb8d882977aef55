//! The overview for people and for programs.

use std::fmt::Write as _;

use miette::{IntoDiagnostic as _, Result};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::items::Item;
use super::packages::Balance;
use super::read::{Overview, Running, What};
use crate::cli::overview::suppliers::supplier_of;
use crate::cli::table::{Align, Table, grouped};
use crate::cli::usage::By;
use crate::cli::usage::tried::{self, Tried};
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::domain::quantity::Quantity;
use crate::wire::published::{Line, Record};

const PROVISIONAL: &str = "provisional";

pub fn text(overview: &Overview, issued: &[Record]) -> String {
    let mut text = heading(overview);
    // Writing to a String cannot fail.
    let _ = if overview.running.is_empty() {
        writeln!(text, "\nNothing is running up.")
    } else {
        write!(text, "\nRunning up ({PROVISIONAL}: it may change until its record is issued)\n{}", running(overview))
    };
    for one in overview.running.iter().filter(|one| one.why.is_some()) {
        let _ = writeln!(text, "{} {}: not reckoned yet, {}.", one.plan, one.period.from, one.why.as_deref().unwrap_or_default());
    }
    if !overview.balances.is_empty() {
        let _ = write!(text, "\nPackages\n{}", balances(&overview.balances));
    }
    let tried = tried::sum(&overview.usage, By::Quarter);
    if !tried.is_empty() {
        let _ = write!(text, "\nTests, which cost nothing\n{}", tests(&tried));
    }
    if !issued.is_empty() {
        let _ = write!(text, "\nIssued\n{}", records(issued));
    }
    text
}

fn heading(overview: &Overview) -> String {
    let version = overview.usage.account.version_on(overview.today).or(overview.usage.account.versions.first());
    let (name, zone) = version.map_or(("not registered", "UTC"), |version| (version.name.as_str(), version.zone.name()));
    let waiting = match overview.usage.account.parked {
        0 => String::new(),
        count => format!(" {count} more events wait and are in none of the numbers."),
    };
    format!(
        "{} {name}; read up to {}, local days of {zone}; prices of catalog {}. Amounts are without VAT.{waiting}\n",
        overview.usage.customer, overview.usage.watermark, overview.catalog
    )
}

fn running(overview: &Overview) -> String {
    let mut table = Table::new(&[
        ("plan", Align::Left),
        ("period", Align::Left),
        ("service", Align::Left),
        ("supplier", Align::Left),
        ("system", Align::Left),
        ("agreement", Align::Left),
        ("calls", Align::Right),
        ("look-ups", Align::Right),
        ("price now", Align::Right),
        ("amount", Align::Right),
        ("", Align::Left),
        ("", Align::Left),
    ]);
    for one in &overview.running {
        for item in &one.items {
            table.row(vec![
                one.plan.to_string(),
                span(one.period),
                item.service.as_ref().map_or_else(|| item.title.clone(), ToString::to_string),
                supplier(overview, item).unwrap_or_default(),
                item.consent.as_ref().map(|consent| consent.system().to_string()).unwrap_or_default(),
                item.consent.as_ref().map(|consent| consent.agreement().to_string()).unwrap_or_default(),
                item.calls.map(|calls| grouped(&calls.to_string())).unwrap_or_default(),
                item.lookups.map(quantity).unwrap_or_default(),
                item.price.clone().unwrap_or_default(),
                if one.why.is_some() { String::new() } else { item.amount.map_or_else(|| "?".to_owned(), money) },
                one.currency.as_str().to_owned(),
                mark(one).to_owned(),
            ]);
        }
    }
    table.render()
}

fn supplier(overview: &Overview, item: &Item) -> Option<String> {
    let consent = item.consent.as_ref()?;
    supplier_of(&overview.usage.account, consent).map(ToString::to_string)
}

fn mark(one: &Running) -> &'static str {
    match (one.what, &one.why) {
        (_, Some(_)) => "not reckoned yet",
        (What::Open, None) => PROVISIONAL,
        (What::Correction, None) => "provisional correction",
    }
}

fn balances(balances: &[Balance]) -> String {
    let mut table = Table::new(&[
        ("plan", Align::Left),
        ("bought", Align::Right),
        ("used", Align::Right),
        ("left", Align::Right),
        ("calls this quarter", Align::Right),
        ("look-ups", Align::Right),
        ("price now", Align::Right),
        ("not on a record yet", Align::Right),
    ]);
    for one in balances {
        table.row(vec![
            one.plan.to_string(),
            one.bought.to_string(),
            quantity(one.used),
            left(one).map(quantity).unwrap_or_default(),
            one.calls.map(|calls| grouped(&calls.to_string())).unwrap_or_default(),
            one.lookups.map(quantity).unwrap_or_default(),
            one.price.clone().unwrap_or_default(),
            one.unissued.filter(|amount| amount.minor() != 0).map(|amount| format!("{} {PROVISIONAL}", money(amount))).unwrap_or_default(),
        ]);
    }
    table.render()
}

fn left(one: &Balance) -> Option<Quantity> {
    one.covered.checked_sub(one.used)
}

fn tests(tried: &[Tried]) -> String {
    let mut table = Table::new(&[
        ("period", Align::Left),
        ("service", Align::Left),
        ("system", Align::Left),
        ("calls", Align::Right),
        ("quantity", Align::Right),
    ]);
    for one in tried {
        table.row(vec![
            span(one.period),
            one.service.to_string(),
            one.system.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string),
            grouped(&one.events.to_string()),
            one.quantity.map_or_else(|| "?".to_owned(), quantity),
        ]);
    }
    table.render()
}

fn records(issued: &[Record]) -> String {
    let mut table = Table::new(&[
        ("record", Align::Left),
        ("issued", Align::Left),
        ("period", Align::Left),
        ("what", Align::Left),
        ("system", Align::Left),
        ("agreement", Align::Left),
        ("calls", Align::Right),
        ("quantity", Align::Right),
        ("unit price", Align::Right),
        ("amount", Align::Right),
        ("", Align::Left),
    ]);
    for record in issued {
        for line in &record.lines {
            table.row(vec![
                record.number.clone(),
                record.issued_at.chars().take(10).collect(),
                format!("{} – {}", line.period.from, line.period.to),
                line.service.clone().unwrap_or_else(|| line.description.clone()),
                line.system.clone().unwrap_or_default(),
                line.agreement.clone().unwrap_or_default(),
                calls(line).map(grouped).unwrap_or_default(),
                grouped(&line.quantity.to_string()),
                unit_price(line),
                grouped(&line.net_amount.to_string()),
                record.currency.clone(),
            ]);
        }
    }
    table.render()
}

fn calls(line: &Line) -> Option<&str> {
    line.basis.get("calls").map(String::as_str)
}

fn unit_price(line: &Line) -> String {
    if line.base_quantity == Decimal::ONE { line.unit_price.to_string() } else { format!("{} / {}", line.unit_price, line.base_quantity) }
}

/// People read the last day.
fn span(period: Period) -> String {
    format!("{} – {}", period.from, period.last_day())
}

fn quantity(quantity: Quantity) -> String {
    grouped(&quantity.to_string())
}

fn money(amount: Money) -> String {
    grouped(&amount.to_string())
}

/// One JSON document.
///
/// # Errors
/// None that could happen: strings and numbers can be written.
pub fn json(overview: &Overview, issued: &[Record]) -> Result<String> {
    let document = json!({
        "schema": "tally/overview/1", "as": "municipality", "party": overview.usage.customer.as_str(),
        "as_of": overview.usage.watermark.to_string(), "catalog": overview.catalog, "waiting": overview.usage.account.parked,
        "running": overview.running.iter().map(|one| json_running(overview, one)).collect::<Vec<_>>(),
        "tests": tried::sum(&overview.usage, By::Quarter).iter().map(json_tests).collect::<Vec<_>>(),
        "packages": overview.balances.iter().map(json_balance).collect::<Vec<_>>(),
        "issued": issued.iter().flat_map(|record| record.lines.iter().map(|line| json_line(record, line))).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}

fn json_period(period: Period) -> Value {
    json!({"from": period.from.to_string(), "to": period.last_day().to_string()})
}

fn json_running(overview: &Overview, one: &Running) -> Value {
    let item = |item: &Item| {
        json!({
            "service": item.service.as_ref().map(|service| service.as_str()), "title": item.title,
            "agreement": item.consent.as_ref().map(|consent| consent.agreement().as_str()), "supplier": supplier(overview, item),
            "system": item.consent.as_ref().map(|consent| consent.system().as_str()), "calls": item.calls,
            "lookups": item.lookups.map(|quantity| quantity.to_string()), "price": item.price,
            "amount": item.amount.filter(|_| one.why.is_none()).map(|amount| amount.to_string()),
        })
    };
    json!({
        "plan": one.plan.as_str(), "period": json_period(one.period), "currency": one.currency.as_str(), "provisional": true,
        "kind": match one.what { What::Open => "open", What::Correction => "correction" }, "why": one.why,
        "items": one.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn json_tests(one: &Tried) -> Value {
    json!({
        "service": one.service.as_str(), "system": one.system.as_ref().map(|system| system.as_str()), "period": json_period(one.period),
        "calls": one.events, "quantity": one.quantity.map(|quantity| quantity.to_string()),
    })
}

fn json_balance(one: &Balance) -> Value {
    json!({
        "plan": one.plan.as_str(), "bought": one.bought, "used": one.used.to_string(), "covered": one.covered.to_string(),
        "left": left(one).map(|left| left.to_string()), "quarter": json_period(one.quarter), "calls": one.calls,
        "lookups": one.lookups.map(|quantity| quantity.to_string()), "price": one.price,
        "provisional": one.unissued.filter(|amount| amount.minor() != 0).map(|amount| amount.to_string()),
    })
}

fn json_line(record: &Record, line: &Line) -> Value {
    json!({
        "record": record.number, "kind": record.kind, "issued_at": record.issued_at, "currency": record.currency, "plan": line.plan,
        "service": line.service, "agreement": line.agreement, "system": line.system, "title": line.description,
        "period": {"from": line.period.from.to_string(), "to": line.period.to.to_string()}, "calls": calls(line),
        "quantity": line.quantity.to_string(), "unit_price": line.unit_price.to_string(), "base_quantity": line.base_quantity.to_string(),
        "amount": line.net_amount.to_string(),
    })
}
