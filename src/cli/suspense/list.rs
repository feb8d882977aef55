//! `tally suspense list`: what waits, for what, of whom, how old, and what would cure it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use miette::{IntoDiagnostic, Result};
use serde_json::{Value, json};

use super::cure::cure;
use super::place::PlaceArgs;
use super::quantities::Quantities;
use super::read::{Waits, each_waiting};
use super::select::SelectArgs;
use crate::cli::table::{Align, Table, grouped};
use crate::domain::instant::{Instant, NANOS_PER_DAY};
use crate::domain::quantity::Quantity;
use crate::domain::service::Service;
use crate::domain::verdict::{Reason, Sums};
use crate::engine::reported;

/// Rows of a table of customers or services.
const SHOWN: usize = 20;
/// Since event time, up to the log time that the partition was read to; in days, each bucket up to its bound.
const AGES: [(&str, i64); 5] = [("< 1 day", 1), ("1..7 days", 7), ("7..30 days", 30), ("30..90 days", 90), (">= 90 days", i64::MAX)];

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    select: SelectArgs,
    /// JSON for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Default)]
struct Group {
    events: u64,
    quantities: Quantities,
    oldest: Option<Instant>,
}

impl Group {
    fn add(&mut self, other: &Self) {
        self.quantities.add(&other.quantities);
        self.events += other.events;
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    reason: Reason,
    customer: String,
    /// The type in quotes, if no service is known for it.
    service: String,
    age: usize,
}

/// Runs the command.
///
/// # Errors
/// The state is in use or damaged.
pub fn run(args: &ListArgs) -> Result<ExitCode> {
    let place = match args.place.place() {
        Ok(place) => place,
        Err(code) => return Ok(code),
    };
    let mut rows: BTreeMap<Row, Group> = BTreeMap::new();
    let mut waiting = 0;
    let metas = each_waiting(&place.state, args.select.customer_id().as_ref(), &mut |waits| {
        waiting += 1;
        if args.select.covers(&waits, &place.services) {
            let service = place.services.of_type(&waits.event.event.kind, waits.meta);
            let name = service.map_or_else(|| format!("{:?}", waits.event.event.kind), |service| service.id.to_string());
            rows.entry(row(&waits, name)).or_default().add(&one(&waits, service));
        }
        Ok(())
    })?;
    place.state.warn_of_missing(args.select.customer_id().as_ref())?;
    let sums = metas.iter().map(|meta| meta.sums).fold(Sums::default(), Sums::plus);
    let text = if args.json { json_of(&rows, &sums) + "\n" } else { tables(&rows, &sums, waiting, args.select.customer.is_none()) };
    stdout().write_all(text.as_bytes()).into_diagnostic()?;
    Ok(ExitCode::SUCCESS)
}

fn row(waits: &Waits<'_>, service: String) -> Row {
    let age = waits.meta.watermark.nanos().saturating_sub(waits.event.event.time.nanos());
    let bucket = AGES.iter().position(|(_, days)| age < days.saturating_mul(NANOS_PER_DAY)).unwrap_or(AGES.len() - 1);
    Row { reason: waits.event.reason, customer: waits.customer.to_string(), service, age: bucket }
}

fn one(waits: &Waits<'_>, service: Option<&Service>) -> Group {
    let event = &waits.event.event;
    // Where a service says how a quantity is reckoned that is not reported, that counts; what cannot be reckoned is shown as one.
    let reckoned = reported::quantity(event, service).or_else(|_| event.quantity.given().ok_or(())).unwrap_or(Quantity::ONE);
    let quantities = Quantities::of(service.map(|service| service.unit.as_str()), reckoned);
    Group { events: 1, quantities, oldest: Some(event.time) }
}

fn tables(rows: &BTreeMap<Row, Group>, sums: &Sums, waiting: u64, all: bool) -> String {
    let mut text = String::new();
    if rows.is_empty() {
        text.push_str("Nothing that is asked for waits.\n");
    } else {
        let by_reason = by(rows, |row| row.reason);
        text.push_str(&table("reason", by_reason.iter().map(|(reason, group)| (reason.to_string(), group.clone()))));
        text.push('\n');
        for reason in by_reason.keys() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {reason}: {}", cure(*reason));
        }
        text.push('\n');
        text.push_str(&table("customer", largest(by(rows, |row| row.customer.clone()))));
        text.push('\n');
        text.push_str(&table("service", largest(by(rows, |row| row.service.clone()))));
        text.push('\n');
        let ages = by(rows, |row| row.age);
        text.push_str(&table("age", ages.iter().map(|(age, group)| (age_name(*age).to_owned(), group.clone()))));
    }
    if all {
        let refused = sums.suspended.saturating_sub(waiting);
        let _ = writeln!(
            text,
            "\n{} suspended (verdict sums): {} wait, {} are so for their own fault. {} were written off.",
            grouped(&sums.suspended.to_string()),
            grouped(&waiting.to_string()),
            grouped(&refused.to_string()),
            grouped(&sums.written_off.to_string())
        );
    }
    text
}

fn age_name(age: usize) -> &'static str {
    AGES.get(age).map_or("", |(name, _)| name)
}

fn by<K: Ord>(rows: &BTreeMap<Row, Group>, key: impl Fn(&Row) -> K) -> BTreeMap<K, Group> {
    let mut groups: BTreeMap<K, Group> = BTreeMap::new();
    for (row, group) in rows {
        groups.entry(key(row)).or_default().add(group);
    }
    groups
}

/// Those with the most events, the others together.
fn largest(groups: BTreeMap<String, Group>) -> Vec<(String, Group)> {
    let mut rows: Vec<(String, Group)> = groups.into_iter().collect();
    rows.sort_by(|(a, one), (b, other)| (other.events, a).cmp(&(one.events, b)));
    let mut others = Group::default();
    let rest = rows.split_off(rows.len().min(SHOWN));
    rest.iter().for_each(|(_, group)| others.add(group));
    rows.extend((others.events > 0).then(|| (format!("{} others", rest.len()), others)));
    rows
}

fn table(name: &str, rows: impl IntoIterator<Item = (String, Group)>) -> String {
    let columns = [(name, Align::Left), ("events", Align::Right), ("quantity", Align::Right), ("oldest use", Align::Left)];
    let mut table = Table::new(&columns);
    let mut sum = Group::default();
    let cells = |name: String, group: &Group| {
        let oldest = group.oldest.map_or(String::new(), |oldest| oldest.to_string());
        vec![name, grouped(&group.events.to_string()), group.quantities.to_string(), oldest]
    };
    for (name, group) in rows {
        table.row(cells(name, &group));
        sum.add(&group);
    }
    table.rule();
    table.row(cells("all".to_owned(), &sum));
    table.render()
}

fn json_of(rows: &BTreeMap<Row, Group>, sums: &Sums) -> String {
    let oldest = |group: &Group| group.oldest.map(|oldest| oldest.to_string());
    let mut all = Group::default();
    rows.values().for_each(|group| all.add(group));
    let row = |(row, group): (&Row, &Group)| {
        json!({"reason": row.reason.as_str(), "customer": row.customer, "service": row.service, "age": age_name(row.age),
            "events": group.events, "quantity": group.quantities.only(), "quantities": group.quantities.to_json(), "oldest": oldest(group)})
    };
    let reasons = by(rows, |row| row.reason);
    let cures: Vec<Value> =
        reasons.iter().map(|(reason, group)| json!({"reason": reason.as_str(), "events": group.events, "cure": cure(*reason)})).collect();
    json!({
        "schema": "tally/suspense-list/1",
        "events": all.events, "quantity": all.quantities.only(), "quantities": all.quantities.to_json(), "oldest": oldest(&all),
        "reasons": cures,
        "groups": rows.iter().map(row).collect::<Vec<_>>(),
        "sums": {"suspended": sums.suspended, "written_off": sums.written_off},
    })
    .to_string()
}
