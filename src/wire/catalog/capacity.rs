//! Plans of the model `capacity`.

use super::decimal::{positive_quantity, quantity};
use super::metered::{month_day, period};
use super::{price, roster};
use crate::domain::catalog::Amounts;
use crate::domain::models::capacity::{ByteUnit, CapacityPlan, Measure, YearStart};
use crate::domain::period::{MonthDay, PeriodLength};
use crate::wire::document::{Table, Value};

pub const KEYS: &[&str] = &[
    "period",
    "starts",
    "measure",
    "measured",
    "included",
    "unit",
    "school_forms",
    "pupils",
    "step",
    "true_up",
    "heading",
    "allowed_lateness",
    "zero",
];

const PRICE: &str = "price = [ { from = \"2026-01-01\", unit = { SEK = \"0.10\" } } ]";

pub fn read(table: &Table<'_>) -> Option<CapacityPlan> {
    let yearly = table.need("period", "period = \"year\"").and_then(|value| yearly(&value));
    let starts = table.find("starts").and_then(|value| starts(&value));
    let measure = table.need("measure", "measure = \"snapshot\" (or \"delta\")").and_then(|value| value.choice(MEASURES));
    let measured = table.find("measured").and_then(|value| month_day(&value));
    let included = table.need("included", "included = \"100\"").and_then(|value| quantity(&value, "100"));
    let unit = table.find("unit").and_then(|value| value.choice(UNITS));
    let step = table.find("step").and_then(|value| positive_quantity(&value, "1000"));
    let forms = table.find("school_forms").and_then(|value| school_forms(&value));
    let counted = roster::counted(table);
    let heading = table.find("heading").and_then(|value| value.words());
    let true_up = table.find("true_up").and_then(|value| value.flag());
    let prices = price::list(table, PRICE, per_unit);
    yearly?;
    Some(CapacityPlan {
        services: Vec::new(),
        measure: measure?,
        unit: unit.unwrap_or(ByteUnit::Megabyte),
        included: included?,
        school_forms: forms,
        counted,
        starts: starts.unwrap_or(YearStart::On(MonthDay::JANUARY_FIRST)),
        measured,
        true_up: true_up.unwrap_or(false),
        step,
        heading: heading.map(str::to_owned),
        prices: prices?,
    })
}

const MEASURES: &[(&str, Measure)] = &[("snapshot", Measure::Snapshot), ("delta", Measure::Delta)];

const UNITS: &[(&str, ByteUnit)] = &[("MB", ByteUnit::Megabyte), ("MiB", ByteUnit::Mebibyte)];

fn yearly(value: &Value<'_>) -> Option<()> {
    if period(value)? != PeriodLength::Year {
        value.fault("is not a year, and capacity is charged by the year", "period = \"year\"");
    }
    Some(())
}

fn starts(value: &Value<'_>) -> Option<YearStart> {
    let read = |text: &str| match text {
        "agreement" => Some(YearStart::Agreement),
        day => MonthDay::parse(day).map(YearStart::On),
    };
    value.parse(read, "`agreement`, or a day `MM-DD` that every year and month has (01 to 28)", "07-01")
}

fn school_forms(value: &Value<'_>) -> Option<Vec<String>> {
    Some(value.list()?.into_iter().map(|(_, form)| form.to_owned()).collect())
}

fn per_unit(row: &Table<'_>) -> Option<Amounts> {
    row.only(&["from", "group", "unit"]);
    price::amounts(&row.need("unit", "unit = { SEK = \"0.10\" }")?)
}
