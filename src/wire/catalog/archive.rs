//! Plans of the model `archive`.

use super::brake;
use super::metered::{month_day, period};
use super::price;
use crate::domain::catalog::{Amounts, ArchivePlan};
use crate::domain::duration::CalendarDuration;
use crate::domain::period::PeriodLength;
use crate::wire::document::{Table, Value};

pub const KEYS: &[&str] = &["period", "older_than", "reference", "heading", "charge", "brake", "allowed_lateness", "zero", "due"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", unit = { SEK = \"0.05\" } } ]";

pub fn read(table: &Table<'_>) -> Option<ArchivePlan> {
    let yearly = table.need("period", "period = \"year\"").and_then(|value| yearly(&value));
    let older_than = table.need("older_than", "older_than = \"P2Y\"").and_then(|value| days(&value, "P2Y"));
    let reference = table.need("reference", "reference = \"01-01\"").and_then(|value| month_day(&value));
    let heading = table.need("heading", "heading = \"Arkiv\"").and_then(|value| value.words());
    let advance = table.find("charge").and_then(|value| value.choice(&[("arrears", false), ("advance", true)]));
    let brake = table.find("brake").map_or(Some(None), |value| brake::culls(&value).map(Some));
    let prices = price::list(table, PRICE, unit);
    yearly?;
    Some(ArchivePlan {
        older_than: older_than?,
        reference: reference?,
        heading: heading?.to_owned(),
        advance: advance.unwrap_or(false),
        brake: brake?,
        prices: prices?,
    })
}

fn yearly(value: &Value<'_>) -> Option<()> {
    if period(value)? != PeriodLength::Year {
        value.fault("is not a year, and archives are charged by the year", "period = \"year\"");
    }
    Some(())
}

/// A duration between dates, for which hours have no meaning.
pub fn days(value: &Value<'_>, example: &str) -> Option<CalendarDuration> {
    let in_days = |text: &str| CalendarDuration::parse(text).filter(|duration| duration.seconds == 0);
    value.parse(in_days, "a duration in years, months and days", example)
}

fn unit(row: &Table<'_>) -> Option<Amounts> {
    row.only(&["from", "group", "unit"]);
    price::amounts(&row.need("unit", "unit = { SEK = \"0.05\" }")?)
}
