//! The rules of each billing model as named facts, field by field: a new field does not compile until it is here.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::facts::{Facts, Figure, amounts, words, yes_no};
use super::{capacity, standing};
use crate::domain::catalog::{
    ArchivePlan, Bundling, Count, MeteredPlan, MinimumPer, Model, OnReturn, PackagePlan, PackagePrice, PriceList, PriceRow, Rung, Tariff,
    TierMode,
};
use crate::domain::duration::CalendarDuration;
use crate::domain::gates::rate::{CullsRule, UsageRule};
use crate::domain::instant::NANOS_PER_SECOND;
use crate::domain::period::{MonthDay, PeriodLength};
use crate::domain::quantity::Quantity;
use crate::domain::sizing::Sizing;

/// Settings by which periods that are open were begun: they mean the same as long as they stand.
pub const RHYTHM: &[&str] = &["model", "period", "periods begin on", "counted on", "counts what is older than", "charged in advance"];

/// Settings, and prices by date.
pub type Rules = (Facts, Vec<(NaiveDate, Facts)>);

/// Everything that a model says.
#[must_use]
pub fn of_model(model: &Model) -> Rules {
    let (name, (mut settings, prices)) = match model {
        Model::Package(plan) => ("package", of_package(plan)),
        Model::Metered(plan) => ("metered", of_metered(plan)),
        Model::Archive(plan) => ("archive", of_archive(plan)),
        Model::Capacity(plan) => ("capacity", capacity::of_capacity(plan)),
        Model::PerHead(plan) => ("per_head", standing::of_per_head(plan)),
        Model::Subscription(plan) => ("subscription", standing::of_subscription(plan)),
        Model::Fixed(plan) => ("fixed", standing::of_fixed(plan)),
    };
    settings.insert(0, words("model", name));
    (settings, prices)
}

fn of_package(plan: &PackagePlan) -> Rules {
    let PackagePlan { low_balance, sizing, bundling, on_return, prices } = plan;
    let mut settings: Facts = low_balance.iter().map(|least| ("notice of a low balance at".to_owned(), quantity(*least))).collect();
    settings.extend(sizing.iter().flat_map(of_sizing));
    let bundle = match bundling {
        Bundling::Event => "each event's",
        Bundling::Day => "a local day's",
    };
    let returned = match on_return {
        OnReturn::Restore => "go back to the pool",
        OnReturn::Credit => "are credited",
    };
    settings.extend([words("purchases in one record", bundle), words("units that are taken back", returned)]);
    (settings, dated(prices, of_package_price))
}

fn of_sizing(sizing: &Sizing) -> Facts {
    let Sizing { target, start, hysteresis } = sizing;
    let mut facts = vec![("most purchases a year".to_owned(), Figure::Number((*target).into()))];
    facts.extend(start.iter().map(|start| ("size of the first package".to_owned(), quantity(*start))));
    facts.push(("hysteresis in percent".to_owned(), Figure::Number(*hysteresis)));
    facts
}

fn of_package_price(price: &PackagePrice) -> Facts {
    let PackagePrice { rungs } = price;
    let of_rung = |Rung { size, amount }: &Rung| {
        let name = if rungs.len() == 1 { "a package".to_owned() } else { format!("a package of {size}") };
        let size = (format!("size of {name}"), quantity(*size));
        std::iter::once(size).chain(amounts(&format!("price of {name}"), amount)).collect::<Facts>()
    };
    rungs.iter().flat_map(of_rung).collect()
}

fn of_metered(plan: &MeteredPlan) -> Rules {
    let MeteredPlan { cycle, count, prices, minimum, minimum_per } = plan;
    let mut settings = vec![words("period", length(cycle.length)), words("periods begin on", month_day(cycle.starts))];
    settings.push(words("counts", if *count == Count::DistinctPersons { "distinct persons" } else { "quantities" }));
    for row in minimum.iter() {
        let since = if row.key.from == NaiveDate::MIN { String::new() } else { format!(" from {}", row.key.from) };
        settings.extend(amounts(&format!("minimum{since}"), &row.price));
    }
    let per = match minimum_per {
        MinimumPer::Period => "period",
        MinimumPer::Year => "year",
    };
    settings.extend(minimum.iter().next().map(|_| words("minimum is for a", per)));
    (settings, dated(prices, of_tariff))
}

pub fn of_tariff(tariff: &Tariff) -> Facts {
    match tariff {
        Tariff::Flat(unit) => amounts("price", unit),
        Tariff::Tiered { mode, tiers } => {
            let mode = match mode {
                TierMode::Graduated => "each unit at the price of its own tier (graduated)",
                TierMode::Volume => "all units at the price of the last tier reached (volume)",
            };
            let mut facts = vec![words("tiers", mode)];
            for (place, tier) in tiers.iter().enumerate() {
                let number = place + 1;
                let end = tier.up_to.map_or_else(|| Figure::Words("without end".to_owned()), quantity);
                facts.push((format!("tier {number} goes up to"), end));
                facts.extend(amounts(&format!("price of tier {number}"), &tier.unit));
            }
            facts
        }
    }
}

fn of_archive(plan: &ArchivePlan) -> Rules {
    let ArchivePlan { older_than, reference, heading, advance, brake, prices } = plan;
    let mut settings = vec![
        words("counts what is older than", iso(*older_than)),
        words("counted on", month_day(*reference)),
        words("heading", heading),
        words("charged in advance", yes_no(*advance)),
    ];
    settings.extend(brake.iter().map(|rule| words("trips the brake at", culls_brake(rule))));
    (settings, dated(prices, |unit| amounts("price", unit)))
}

pub fn dated<P>(prices: &PriceList<P>, facts: impl Fn(&P) -> Facts) -> Vec<(NaiveDate, Facts)> {
    let mut dated: Vec<(NaiveDate, Facts)> = Vec::new();
    for PriceRow { key, price } in prices.iter() {
        let group = key.group.as_ref().map_or_else(String::new, |group| format!(" for the group {group}"));
        let facts = facts(price).into_iter().map(|(name, figure)| (format!("{name}{group}"), figure));
        match dated.last_mut().filter(|(from, _)| *from == key.from) {
            Some((_, known)) => known.extend(facts),
            None => dated.push((key.from, facts.collect())),
        }
    }
    dated
}

pub fn quantity(quantity: Quantity) -> Figure {
    let text = quantity.to_string();
    Decimal::from_str(&text).map_or(Figure::Words(text), Figure::Number)
}

pub fn length(length: PeriodLength) -> &'static str {
    match length {
        PeriodLength::Month => "month",
        PeriodLength::Quarter => "quarter",
        PeriodLength::HalfYear => "half-year",
        PeriodLength::Year => "year",
    }
}

/// As it is written in a catalog: `07-01`.
pub fn month_day(day: MonthDay) -> String {
    // Every year has it, so any will do.
    day.in_year(2001).map_or_else(String::new, |date| date.format("%m-%d").to_string())
}

/// As it is written in a catalog: `P5D`.
pub fn iso(duration: CalendarDuration) -> String {
    let CalendarDuration { months, days, seconds } = duration;
    let part = |number: u32, unit: &str| if number == 0 { String::new() } else { format!("{number}{unit}") };
    let date = [part(months / 12, "Y"), part(months % 12, "M"), part(days, "D")].concat();
    let time = [part(seconds / 3600, "H"), part(seconds / 60 % 60, "M"), part(seconds % 60, "S")].concat();
    match (date.is_empty(), time.is_empty()) {
        (true, true) => "PT0S".to_owned(),
        (_, true) => format!("P{date}"),
        (_, false) => format!("P{date}T{time}"),
    }
}

/// A span that was written in days, hours, minutes and seconds, in nanoseconds.
pub fn span(nanos: i64) -> String {
    let seconds = nanos / NANOS_PER_SECOND;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let small = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    iso(CalendarDuration { months: 0, days: small(days), seconds: small(rest) })
}

/// When use of a service trips the brake.
pub fn usage_brake(rule: &UsageRule) -> String {
    let UsageRule { factor, at_least, start, history } = rule;
    format!("{factor} times the largest of {history} days and more than {at_least} a day; without history {start}")
}

fn culls_brake(rule: &CullsRule) -> String {
    let CullsRule { share, at_least, within } = rule;
    format!("culls of more than {share} of all parts and more than {at_least} within P{within}D")
}
