//! Sizes for people and for programs.

use std::fmt::Write as _;

use miette::{IntoDiagnostic, Result};
use serde::Serialize;

use super::what_if::{CustomerSizes, PlanSizes, SizeCost};
use crate::cli::faults::counted;
use crate::cli::table::{Align, Table, grouped};

/// A table per customer, a line per plan and size.
pub fn table(customers: &[CustomerSizes]) -> String {
    if customers.is_empty() {
        return "Nobody has used packages here.\n".to_owned();
    }
    customers.iter().map(customer_table).collect::<Vec<_>>().join("\n")
}

fn customer_table(sizes: &CustomerSizes) -> String {
    let columns = [
        ("plan", Align::Left),
        ("use a year", Align::Right),
        ("size", Align::Right),
        ("bought a year", Align::Right),
        ("cost a year", Align::Right),
        ("", Align::Left),
    ];
    let mut table = Table::new(&columns);
    for plan in &sizes.plans {
        for (place, size) in plan.sizes.iter().enumerate() {
            table.row(row(plan, place, size));
        }
    }
    let mut text = heading(sizes);
    // Writing to a String cannot fail.
    let _ = write!(text, "{}", table.render());
    text
}

fn heading(sizes: &CustomerSizes) -> String {
    let records = counted(usize::try_from(sizes.records).unwrap_or(usize::MAX), "record");
    let rate = sizes.invoices_per_year.map_or_else(String::new, |rate| format!(", {} invoices a year", rate.normalize()));
    let days = counted(usize::try_from(sizes.days).unwrap_or(0), "day");
    format!("{} {}: {records} in {days}{rate}\n", sizes.customer, sizes.name.as_deref().unwrap_or_default())
}

fn row(plan: &PlanSizes, place: usize, size: &SizeCost) -> Vec<String> {
    let unknown = || "too early".to_owned();
    let notes = [
        (plan.present == Some(size.size)).then(|| "present".to_owned()),
        (plan.chosen == Some(place)).then(|| format!("chosen for at most {} a year", plan.target)),
    ];
    vec![
        plan.plan.to_string(),
        plan.yearly.map_or_else(unknown, |yearly| grouped(&yearly.to_string())),
        grouped(&size.size.to_string()),
        size.purchases.map_or_else(String::new, |purchases| grouped(&purchases.to_string())),
        size.cost.map_or_else(String::new, |cost| format!("{} {}", grouped(&cost.to_string()), plan.currency)),
        notes.into_iter().flatten().collect::<Vec<_>>().join(", "),
    ]
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    customers: Vec<JsonCustomer<'a>>,
}

#[derive(Serialize)]
struct JsonCustomer<'a> {
    customer: &'a str,
    name: Option<&'a str>,
    /// Records issued in so many days since the first use.
    records: u64,
    days: i64,
    invoices_per_year: Option<String>,
    plans: Vec<JsonPlan<'a>>,
}

#[derive(Serialize)]
struct JsonPlan<'a> {
    plan: &'a str,
    yearly_use: Option<String>,
    target: u32,
    present: Option<String>,
    chosen: Option<String>,
    currency: &'a str,
    sizes: Vec<JsonSize>,
}

#[derive(Serialize)]
struct JsonSize {
    size: String,
    purchases_per_year: Option<String>,
    cost_per_year: Option<String>,
}

/// One JSON document.
///
/// # Errors
/// None that could happen: strings and numbers can be written.
pub fn json(customers: &[CustomerSizes]) -> Result<String> {
    let document = Document { schema: "tally/sizing/1", customers: customers.iter().map(json_customer).collect() };
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}

fn json_customer(sizes: &CustomerSizes) -> JsonCustomer<'_> {
    JsonCustomer {
        customer: sizes.customer.as_str(),
        name: sizes.name.as_deref(),
        records: sizes.records,
        days: sizes.days,
        invoices_per_year: sizes.invoices_per_year.map(|rate| rate.normalize().to_string()),
        plans: sizes.plans.iter().map(json_plan).collect(),
    }
}

fn json_plan(plan: &PlanSizes) -> JsonPlan<'_> {
    let size = |size: &SizeCost| JsonSize {
        size: size.size.to_string(),
        purchases_per_year: size.purchases.map(|purchases| purchases.to_string()),
        cost_per_year: size.cost.map(|cost| cost.to_string()),
    };
    JsonPlan {
        plan: plan.plan.as_str(),
        yearly_use: plan.yearly.map(|yearly| yearly.to_string()),
        target: plan.target,
        present: plan.present.map(|size| size.to_string()),
        chosen: plan.chosen.and_then(|place| plan.sizes.get(place)).map(|chosen| chosen.size.to_string()),
        currency: plan.currency.as_str(),
        sizes: plan.sizes.iter().map(size).collect(),
    }
}
