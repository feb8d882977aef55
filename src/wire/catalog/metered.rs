//! Plans of the model `metered`.

use super::{price, tiers};
use crate::domain::catalog::{Count, MeteredPlan, Tariff};
use crate::domain::period::{Cycle, MonthDay, PeriodLength};
use crate::wire::document::{Table, Value};

pub const KEYS: &[&str] = &["period", "starts", "count", "minimum", "allowed_lateness", "zero"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", unit = { SEK = \"0.35\" } } ]";

pub fn read(table: &Table<'_>) -> Option<MeteredPlan> {
    let length = table.need("period", "period = \"quarter\"").and_then(|value| period(&value));
    let starts = table.find("starts").and_then(|value| month_day(&value)).unwrap_or(MonthDay::JANUARY_FIRST);
    let choices = &[("quantity", Count::Quantity), ("distinct_persons", Count::DistinctPersons)];
    let count = table.find("count").and_then(|value| value.choice(choices)).unwrap_or(Count::Quantity);
    let minimum = table.find("minimum").and_then(|value| price::amounts(&value)).unwrap_or_default();
    let prices = price::list(table, PRICE, tariff);
    Some(MeteredPlan { cycle: Cycle { length: length?, starts }, count, prices: prices?, minimum })
}

pub fn period(value: &Value<'_>) -> Option<PeriodLength> {
    value.parse(PeriodLength::parse, "`month`, `quarter`, `half-year` or `year`", "quarter")
}

pub fn month_day(value: &Value<'_>) -> Option<MonthDay> {
    value.parse(MonthDay::parse, "a day `MM-DD` that every year and month has (01 to 28)", "07-01")
}

fn tariff(row: &Table<'_>) -> Option<Tariff> {
    row.only(&["from", "group", "unit", "tiers", "mode"]);
    if row.has("tiers") {
        row.forbid("unit", "stands beside `tiers`", "either `unit` or `tiers`");
        return tiers::read(row);
    }
    row.forbid("mode", "says how tiers are read, and there are none", "nothing here, or tiers = [ ... ]");
    let unit = row.need("unit", "unit = { SEK = \"0.35\" }, or tiers = [ ... ]")?;
    price::amounts(&unit).map(Tariff::Flat)
}
