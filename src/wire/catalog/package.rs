//! Plans of the model `package`.

use super::decimal::{positive_quantity, quantity};
use super::price;
use crate::domain::catalog::{OnReturn, PackagePlan, PackagePrice};
use crate::wire::document::Table;

pub const KEYS: &[&str] = &["low_balance", "on_return"];

const PRICE: &str = "price = [ { from = \"2026-01-01\", size = \"1000\", amount = { SEK = \"350.00\" } } ]";

pub fn read(table: &Table<'_>) -> Option<PackagePlan> {
    let low_balance = table.find("low_balance").and_then(|value| quantity(&value, "100"));
    let choices = &[("restore", OnReturn::Restore), ("credit", OnReturn::Credit)];
    let on_return = table.find("on_return").and_then(|value| value.choice(choices)).unwrap_or(OnReturn::Restore);
    let prices = price::list(table, PRICE, package);
    Some(PackagePlan { low_balance, on_return, prices: prices? })
}

fn package(row: &Table<'_>) -> Option<PackagePrice> {
    row.only(&["from", "group", "size", "amount"]);
    let size = row.need("size", "size = \"1000\"").and_then(|value| positive_quantity(&value, "1000"));
    let amount = row.need("amount", "amount = { SEK = \"350.00\" }").and_then(|value| price::amounts(&value));
    Some(PackagePrice { size: size?, amount: amount? })
}
