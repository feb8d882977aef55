//! The rules of models that charge without use, as named facts.

use super::facts::{Facts, amounts, words, yes_no};
use super::rules::{Rules, dated, length, month_day, of_tariff};
use crate::domain::control::HeadCountKind;
use crate::domain::models::fixed::FixedPlan;
use crate::domain::models::per_head::{CountedOn, Parts, PerHeadPlan};
use crate::domain::models::subscription::SubscriptionPlan;
use crate::domain::roster::Counted;
use crate::domain::timetable::{Charged, Timetable};

pub fn of_per_head(plan: &PerHeadPlan) -> Rules {
    let PerHeadPlan { timetable, heading, head_count, counted: of_forms, counted_on, parts, prices } = plan;
    let on = match counted_on {
        CountedOn::Day(day) => month_day(*day),
        CountedOn::FirstDay => "the first day of what is charged".to_owned(),
    };
    let heads = match head_count {
        HeadCountKind::Inhabitants => "inhabitants",
        HeadCountKind::ActivePupils => "active pupils",
    };
    let of_forms =
        (*head_count == HeadCountKind::ActivePupils).then(|| words("a pupil in several school forms counts", counted(*of_forms)));
    let parts = match parts {
        Parts::Equal => "equal parts of the year's amount",
        Parts::Measured => "each on its own count",
    };
    let mut settings = of_timetable(timetable);
    settings.extend(heading.iter().map(|heading| words("heading", heading)));
    settings.extend([words("counts", heads), words("counted on", on), words("parts of a year", parts)]);
    settings.extend(of_forms);
    (settings, dated(prices, of_tariff))
}

pub fn counted(counted: Counted) -> &'static str {
    match counted {
        Counted::Once => "once",
        Counted::PerForm => "in each of them",
    }
}

pub fn of_subscription(plan: &SubscriptionPlan) -> Rules {
    let SubscriptionPlan { timetable, prices } = plan;
    (of_timetable(timetable), dated(prices, |month| amounts("price of a started month", month)))
}

pub fn of_fixed(plan: &FixedPlan) -> Rules {
    let FixedPlan { timetable, heading, prices } = plan;
    let mut settings = of_timetable(timetable);
    settings.extend(heading.iter().map(|heading| words("heading", heading)));
    (settings, dated(prices, |amount| amounts("fee of a period", amount)))
}

fn of_timetable(timetable: &Timetable) -> Facts {
    let Timetable { cycle, charged } = timetable;
    let mut facts = vec![words("period", length(cycle.length)), words("periods begin on", month_day(cycle.starts))];
    facts.push(words("charged in advance", yes_no(*charged != Charged::Arrears)));
    if let Charged::Advance { on: Some(day) } = charged {
        facts.push(words("charged on", month_day(*day)));
    }
    facts
}
