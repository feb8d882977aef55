//! Plans of the model `package`.

use std::cell::RefCell;

use super::decimal::quantity;
use super::{ladder, price};
use crate::domain::catalog::{Bundling, OnReturn, PackagePlan};
use crate::wire::document::Table;

pub const KEYS: &[&str] = &["low_balance", "sizing", "bundle", "on_return"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", size = \"1000\", amount = { SEK = \"350.00\" } } ]";

const BUNDLES: &[(&str, Bundling)] = &[("event", Bundling::Event), ("day", Bundling::Day)];

const ON_RETURN: &[(&str, OnReturn)] = &[("restore", OnReturn::Restore), ("credit", OnReturn::Credit)];

pub fn read(table: &Table<'_>) -> Option<PackagePlan> {
    let low_balance = table.find("low_balance").and_then(|value| quantity(&value, "100"));
    let bundling = table.find("bundle").and_then(|value| value.choice(BUNDLES));
    let on_return = table.find("on_return").and_then(|value| value.choice(ON_RETURN));
    let rule = table.find("sizing");
    let sizing = rule.as_ref().and_then(ladder::sizing);
    let ladders = RefCell::default();
    let prices = price::list(table, PRICE, |row| ladder::read(row, &ladders));
    if prices.is_some() {
        ladder::check(rule.as_ref().map(|value| (value, sizing.as_ref())), &ladders.into_inner(), table.faults());
    }
    Some(PackagePlan {
        low_balance,
        sizing,
        bundling: bundling.unwrap_or_default(),
        on_return: on_return.unwrap_or_default(),
        prices: prices?,
    })
}
