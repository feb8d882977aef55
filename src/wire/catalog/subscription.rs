//! Plans of the model `subscription`.

use super::{price, timetable};
use crate::domain::catalog::Amounts;
use crate::domain::models::subscription::SubscriptionPlan;
use crate::domain::period::MonthDay;
use crate::wire::document::Table;

pub const KEYS: &[&str] = &["period", "starts", "charge", "allowed_lateness", "due"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", month = { SEK = \"39.00\" } } ]";

pub fn read(table: &Table<'_>) -> Option<SubscriptionPlan> {
    let timetable = timetable::timetable(table);
    whole_months(table, timetable.map_or(MonthDay::JANUARY_FIRST, |timetable| timetable.cycle.starts));
    let prices = price::list(table, PRICE, month);
    Some(SubscriptionPlan { timetable: timetable?, prices: prices? })
}

/// What is counted are months of the calendar: a period that cuts one would charge it twice.
fn whole_months(table: &Table<'_>, starts: MonthDay) {
    if !starts.begins_a_month() {
        table.forbid("starts", "is within a month, and started calendar months are charged", "starts = \"07-01\"");
    }
}

fn month(row: &Table<'_>) -> Option<Amounts> {
    row.only(&["from", "group", "month"]);
    price::amounts(&row.need("month", "month = { SEK = \"39.00\" }")?)
}
