//! Plans of the model `metered`.

use chrono::NaiveDate;

use super::{price, tiers, timetable};
use crate::domain::catalog::{Amounts, Count, MeteredPlan, MinimumPer, PriceList, PriceRow, Tariff};
use crate::domain::charge::PriceKey;
use crate::domain::period::{MonthDay, PeriodLength};
use crate::wire::document::{Table, Value};

pub const KEYS: &[&str] = &["period", "starts", "count", "minimum", "minimum_per", "allowed_lateness", "zero", "due"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", unit = { SEK = \"0.35\" } } ]";

pub fn read(table: &Table<'_>) -> Option<MeteredPlan> {
    let cycle = timetable::cycle(table);
    let choices = &[("quantity", Count::Quantity), ("distinct_persons", Count::DistinctPersons)];
    let count = table.find("count").and_then(|value| value.choice(choices)).unwrap_or(Count::Quantity);
    let minimum = table.find("minimum").and_then(|value| minimum(&value)).unwrap_or_else(PriceList::none);
    let per = table.find("minimum_per").and_then(|value| value.choice(&[("period", MinimumPer::Period), ("year", MinimumPer::Year)]));
    if !table.has("minimum") {
        table.forbid("minimum_per", "says what a minimum is for, and there is none", "nothing here, or minimum = { SEK = \"100.00\" }");
    }
    let prices = price::list(table, PRICE, tariff);
    Some(MeteredPlan { cycle: cycle?, count, prices: prices?, minimum, minimum_per: per.unwrap_or(MinimumPer::Period) })
}

/// One for all time, or a list of them by date.
fn minimum(value: &Value<'_>) -> Option<PriceList<Amounts>> {
    if value.is_list() {
        return price::rows(value, |row| {
            row.only(&["from", "group", "amount"]);
            price::amounts(&row.need("amount", "amount = { SEK = \"100.00\" }")?)
        });
    }
    let always = PriceKey { from: NaiveDate::MIN, group: None };
    PriceList::new(vec![PriceRow { key: always, price: price::amounts(value)? }])
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
