//! Prices by currency, and lists of prices by the date from which each is in force.

use chrono::NaiveDate;

use super::decimal::not_negative;
use crate::domain::catalog::{Amounts, PriceList, PriceRow};
use crate::domain::charge::PriceKey;
use crate::domain::currency::Currency;
use crate::domain::names::GroupId;
use crate::wire::document::{Place, Table, Value, every};

/// `{ SEK = "350.00", DKK = "235.00" }`
pub fn amounts(value: &Value<'_>) -> Option<Amounts> {
    let table = value.table()?;
    if table.is_empty() {
        value.fault("has no price", "a price in each currency, e.g. { SEK = \"1.00\" }");
        return None;
    }
    let read = every(table.values(), |(code, amount)| {
        let currency = currency(&table, code, &amount);
        let amount = not_negative(&amount, "1.00");
        Some((currency?, amount?))
    });
    Some(read?.into_iter().collect())
}

fn currency(table: &Table<'_>, code: &str, amount: &Value<'_>) -> Option<Currency> {
    let currency = Currency::parse(code);
    if currency.is_none() {
        let known: Vec<&str> = Currency::known().collect();
        let write = amount.known_name(code, known.into_iter());
        table.faults().add(amount.key_place(), format!("`{}`: unknown currency {code:?}", table.path()), write);
    }
    currency
}

/// The list under `price`; `read` reads what else stands in a row besides `from`.
pub fn list<P>(plan: &Table<'_>, example: &str, read: impl Fn(&Table<'_>) -> Option<P>) -> Option<PriceList<P>> {
    rows(&plan.need("price", example)?, read)
}

/// A list of what is in force from a date on.
pub fn rows<P>(list: &Value<'_>, read: impl Fn(&Table<'_>) -> Option<P>) -> Option<PriceList<P>> {
    let rows = list.items()?;
    let mut seen: Vec<(PriceKey, Place)> = Vec::new();
    let prices = every(rows, |row| {
        let row = row.table()?;
        let from = from_date(&row);
        let group = row.find("group").and_then(|value| value.words()).map(GroupId::new);
        let key = from.map(|(from, place)| (PriceKey { from, group }, place));
        if let Some((key, place)) = &key {
            note_overlap(&row, key, *place, &mut seen);
        }
        let price = read(&row);
        Some(PriceRow { key: key?.0, price: price? })
    })?;
    PriceList::new(prices)
}

fn from_date(row: &Table<'_>) -> Option<(NaiveDate, Place)> {
    let value = row.need("from", "from = \"2026-01-01\"")?;
    let date = value.parse(date, "a date", "2026-01-01")?;
    Some((date, value.place()))
}

fn note_overlap(row: &Table<'_>, key: &PriceKey, place: Place, seen: &mut Vec<(PriceKey, Place)>) {
    if let Some((_, first)) = seen.iter().find(|(other, _)| other == key) {
        let where_else = row.faults().whereabouts(*first);
        let what = format!("two prices are in force from {}: here and in {where_else}", key.from);
        row.faults().add(place, what, "another date, or remove one of the two");
    }
    seen.push((key.clone(), place));
}

/// `YYYY-MM-DD` and nothing else (chrono alone would take `2026-1-1` and `+2026-01-01`).
pub fn date(text: &str) -> Option<NaiveDate> {
    let shape = text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    (text.len() == 10 && shape).then(|| text.parse().ok())?
}
