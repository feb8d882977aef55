//! `brake = { ... }`: when use of a service, or culls of an archive, trip the brake by themselves.

use crate::domain::duration::CalendarDuration;
use crate::domain::gates::rate::{CullsRule, UsageRule};
use crate::domain::quantity::{NANOS_PER_UNIT, Quantity};
use crate::wire::document::{Table, Value};

/// Days that a rule may look back.
const MOST_DAYS: u32 = 366;
const HISTORY: u16 = 28;

/// Of a service.
pub fn usage(value: &Value<'_>) -> Option<UsageRule> {
    let table = value.table()?;
    table.only(&["factor", "at_least", "start", "history"]);
    let factor = need(&table, "factor", "10", factor, "a decimal from 1 to 1000000");
    let at_least = need(&table, "at_least", "5000", positive, "a decimal of more than 0");
    let start = table.find("start").map_or(Some(None), |value| quantity(&value, "50000").map(Some));
    let history = table.find("history").map_or(Some(HISTORY), |value| days(&value, "P28D"));
    let (factor, at_least, start) = (factor?, at_least?, start?);
    let product = at_least.nanos().saturating_mul(factor.nanos()) / NANOS_PER_UNIT;
    Some(UsageRule { factor, at_least, start: start.unwrap_or(Quantity::from_nanos(product)), history: history? })
}

/// Of an archive plan.
pub fn culls(value: &Value<'_>) -> Option<CullsRule> {
    let table = value.table()?;
    table.only(&["culls_share", "culls_at_least", "within"]);
    let share = need(&table, "culls_share", "0.5", share, "a decimal from 0 to 1");
    let at_least = need(&table, "culls_at_least", "100000", positive, "a decimal of more than 0");
    let within = table.find("within").map_or(Some(1), |value| days(&value, "P1D"));
    Some(CullsRule { share: share?, at_least: at_least?, within: within? })
}

fn need(table: &Table<'_>, key: &str, example: &str, read: impl Fn(&str) -> Option<Quantity>, kind: &str) -> Option<Quantity> {
    table.need(key, &format!("{key} = {example:?}"))?.parse(read, kind, example)
}

fn quantity(value: &Value<'_>, example: &str) -> Option<Quantity> {
    value.parse(positive, "a decimal of more than 0", example)
}

fn positive(text: &str) -> Option<Quantity> {
    Quantity::parse(text).filter(|quantity| !quantity.is_zero())
}

fn factor(text: &str) -> Option<Quantity> {
    Quantity::parse(text).filter(|factor| (Quantity::ONE..=Quantity::from_units(1_000_000)).contains(factor))
}

fn share(text: &str) -> Option<Quantity> {
    Quantity::parse(text).filter(|share| *share <= Quantity::ONE)
}

fn days(value: &Value<'_>, example: &str) -> Option<u16> {
    let whole = |text: &str| {
        let duration = CalendarDuration::parse(text).filter(|one| one.months == 0 && one.seconds == 0)?;
        u16::try_from(duration.days).ok().filter(|_| (1..=MOST_DAYS).contains(&duration.days))
    };
    value.parse(whole, "a duration of 1 to 366 days", example)
}
