//! Plans of the model `fixed`.

use super::{price, timetable};
use crate::domain::catalog::Amounts;
use crate::domain::models::fixed::FixedPlan;
use crate::wire::document::Table;

pub const KEYS: &[&str] = &["period", "starts", "charge", "heading", "allowed_lateness", "due"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", amount = { SEK = \"5000.00\" } } ]";

pub fn read(table: &Table<'_>) -> Option<FixedPlan> {
    let timetable = timetable::timetable(table);
    let heading = table.find("heading").and_then(|value| value.words()).map(str::to_owned);
    let prices = price::list(table, PRICE, amount);
    Some(FixedPlan { timetable: timetable?, heading, prices: prices? })
}

fn amount(row: &Table<'_>) -> Option<Amounts> {
    row.only(&["from", "group", "amount"]);
    price::amounts(&row.need("amount", "amount = { SEK = \"5000.00\" }")?)
}
