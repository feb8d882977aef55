//! Plans of the model `per_head`.

use super::metered::month_day;
use super::{price, roster, tiers, timetable};
use crate::domain::catalog::Tariff;
use crate::domain::control::HeadCountKind;
use crate::domain::models::per_head::{CountedOn, Parts, PerHeadPlan};
use crate::wire::document::{Table, Value};

pub const KEYS: &[&str] =
    &["period", "starts", "charge", "heading", "head_count", "pupils", "counted_on", "parts", "allowed_lateness", "due"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", unit = { DKK = \"4.80\" } } ]";
const KINDS: &[(&str, HeadCountKind)] = &[("inhabitants", HeadCountKind::Inhabitants), ("active_pupils", HeadCountKind::ActivePupils)];
const PARTS: &[(&str, Parts)] = &[("equal", Parts::Equal), ("measured", Parts::Measured)];

pub fn read(table: &Table<'_>) -> Option<PerHeadPlan> {
    let timetable = timetable::timetable(table);
    let heading = table.find("heading").and_then(|value| value.words()).map(str::to_owned);
    let head_count = table.need("head_count", "head_count = \"inhabitants\"").and_then(|value| value.choice(KINDS));
    let counted = roster::counted(table);
    if head_count == Some(HeadCountKind::Inhabitants) {
        table.forbid("pupils", "says how pupils count, and the plan counts inhabitants", "head_count = \"active_pupils\", or no `pupils`");
    }
    let counted_on = table.need("counted_on", "counted_on = \"01-01\" (or \"period\")").and_then(|value| counted_on(&value));
    let parts = table.find("parts").and_then(|value| value.choice(PARTS)).unwrap_or(Parts::Equal);
    let prices = price::list(table, PRICE, tariff);
    Some(PerHeadPlan { timetable: timetable?, heading, head_count: head_count?, counted, counted_on: counted_on?, parts, prices: prices? })
}

fn counted_on(value: &Value<'_>) -> Option<CountedOn> {
    if value.is_text("period") { Some(CountedOn::FirstDay) } else { month_day(value).map(CountedOn::Day) }
}

fn tariff(row: &Table<'_>) -> Option<Tariff> {
    row.only(&["from", "group", "unit", "bands"]);
    if row.has("bands") {
        row.forbid("unit", "stands beside `bands`", "either `unit` or `bands`");
        return tiers::bands(row);
    }
    let unit = row.need("unit", "unit = { DKK = \"4.80\" }, or bands = [ ... ]")?;
    price::amounts(&unit).map(Tariff::Flat)
}
