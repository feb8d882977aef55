//! Sizes of packages: one per price, or a ladder of them, and how the next is chosen from it.

use std::cell::RefCell;

use rust_decimal::Decimal;

use super::decimal::{not_negative, positive_quantity};
use super::price;
use crate::domain::catalog::{PackagePrice, Rung};
use crate::domain::quantity::{NANOS_PER_UNIT, Quantity};
use crate::domain::sizing::Sizing;
use crate::wire::document::{Faults, Place, Table, Value, every};

const LADDER: &str = "ladder = [ { size = \"500\", amount = { SEK = \"200.00\" } }, { size = \"1000\", amount = { SEK = \"350.00\" } } ]";
const SIZING: &str = "sizing = { target = \"4\" }";
const DEFAULT_HYSTERESIS: u32 = 20;

/// A ladder as it was met.
pub struct Ladder {
    place: Place,
    /// Empty if it has faults.
    sizes: Vec<Quantity>,
}

/// What stands in a price row besides `from`; a ladder goes into `ladders` too.
pub fn read(row: &Table<'_>, ladders: &RefCell<Vec<Ladder>>) -> Option<PackagePrice> {
    row.only(&["from", "group", "size", "amount", "ladder"]);
    let Some(ladder) = row.find("ladder") else { return rung(row).map(|rung| PackagePrice { rungs: vec![rung] }) };
    for key in ["size", "amount"] {
        row.forbid(key, "stands beside `ladder`", "either `size` and `amount`, or `ladder`");
    }
    let rungs = ladder.items().and_then(|items| rungs(&items));
    let sizes = rungs.iter().flatten().map(|rung| rung.size).collect();
    ladders.borrow_mut().push(Ladder { place: ladder.key_place(), sizes });
    rungs.map(|rungs| PackagePrice { rungs })
}

fn rungs(items: &[Value<'_>]) -> Option<Vec<Rung>> {
    let mut below = Quantity::ZERO;
    let rungs = every(items, |item| {
        let table = item.table()?;
        table.only(&["size", "amount"]);
        let rung = rung(&table)?;
        ascending(&table, rung.size, &mut below);
        Some(rung)
    })?;
    same_currencies(items, &rungs);
    Some(rungs)
}

fn rung(table: &Table<'_>) -> Option<Rung> {
    let size = table.need("size", "size = \"1000\"").and_then(|value| positive_quantity(&value, "1000"));
    let amount = table.need("amount", "amount = { SEK = \"350.00\" }").and_then(|value| price::amounts(&value));
    Some(Rung { size: size?, amount: amount? })
}

fn ascending(rung: &Table<'_>, size: Quantity, below: &mut Quantity) {
    if let Some(value) = rung.find("size").filter(|_| size <= *below) {
        value.fault(&format!("is {size}, and the rung before it has {below}"), "sizes in ascending order, none twice");
    }
    *below = size;
}

/// A customer whose currency one rung lacks could not buy it when it is chosen.
fn same_currencies(items: &[Value<'_>], rungs: &[Rung]) {
    for (item, rung) in items.iter().zip(rungs) {
        let elsewhere = rungs.iter().flat_map(|other| other.amount.keys());
        if let Some(lacking) = elsewhere.copied().find(|currency| !rung.amount.contains_key(currency)) {
            item.fault(&format!("has a rung without a price in {lacking}"), format!("amount = {{ {lacking} = \"350.00\", ... }}"));
        }
    }
}

/// `{ target = "4", start = "1000", hysteresis = "20" }`
pub fn sizing(value: &Value<'_>) -> Option<Sizing> {
    let table = value.table()?;
    table.only(&["target", "start", "hysteresis"]);
    let target = table.need("target", "target = \"4\"").and_then(|value| target(&value));
    let start = table.find("start").map(|value| positive_quantity(&value, "1000"));
    let hysteresis = table.find("hysteresis").map(|value| percentage(&value));
    Some(Sizing {
        target: target?,
        start: start.map_or(Some(None), |start| start.map(Some))?,
        hysteresis: hysteresis.unwrap_or(Some(Decimal::from(DEFAULT_HYSTERESIS)))?,
    })
}

fn target(value: &Value<'_>) -> Option<u32> {
    let quantity = positive_quantity(value, "4")?;
    let whole = (quantity.nanos() % NANOS_PER_UNIT == 0).then(|| u32::try_from(quantity.nanos() / NANOS_PER_UNIT).ok()).flatten();
    if whole.is_none() {
        value.fault(&format!("is {quantity}, and purchases are counted in whole numbers"), value.assign("4"));
    }
    whole
}

fn percentage(value: &Value<'_>) -> Option<Decimal> {
    let percentage = not_negative(value, "20")?;
    if percentage >= Decimal::ONE_HUNDRED {
        value.fault("is 100 percent or more: no size would ever be left for a smaller one", value.assign("20"));
        return None;
    }
    Some(percentage)
}

/// A ladder without a rule, a rule without a ladder, and a start that cannot be bought.
/// `rule`: the value of `sizing`, and what was read from it.
pub fn check(rule: Option<(&Value<'_>, Option<&Sizing>)>, ladders: &[Ladder], faults: &Faults<'_>) {
    let Some((value, sizing)) = rule else {
        for ladder in ladders {
            let what = "a ladder has sizes to choose from, and its plan has no rule that chooses";
            faults.add(ladder.place, what, format!("{SIZING} in the plan, or one `size` here"));
        }
        return;
    };
    if ladders.is_empty() {
        value.fault("chooses sizes, and no price has a ladder of them", format!("e.g. {LADDER} in a price"));
    }
    let Some(start) = sizing.and_then(|sizing| sizing.start) else { return };
    for ladder in ladders.iter().filter(|ladder| !ladder.sizes.is_empty() && !ladder.sizes.contains(&start)) {
        let sizes: Vec<String> = ladder.sizes.iter().map(|size| format!("{:?}", size.to_string())).collect();
        let what = format!("starts with {start}, which is no rung of the ladder in {}", faults.whereabouts(ladder.place));
        value.fault(&what, format!("start = {}", sizes.join(" or ")));
    }
}
