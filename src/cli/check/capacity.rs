//! The rules of capacity plans, as named facts.

use super::facts::{Facts, amounts, words, yes_no};
use super::rules::{Rules, dated, month_day, quantity};
use super::standing;
use crate::domain::models::capacity::{ByteUnit, CapacityPlan, Measure, YearStart};

pub fn of_capacity(plan: &CapacityPlan) -> Rules {
    // Its services say themselves which plan charges them.
    let CapacityPlan { services: _, measure, unit, included, school_forms, counted, starts, measured, true_up, step, heading, prices } =
        plan;
    let unit = match unit {
        ByteUnit::Megabyte => "MB",
        ByteUnit::Mebibyte => "MiB",
    };
    let starts = match starts {
        YearStart::On(day) => month_day(*day),
        YearStart::Agreement => "the day of the agreement".to_owned(),
    };
    let mut settings: Facts = vec![
        words("events tell", if *measure == Measure::Snapshot { "all that is stored" } else { "what was stored or culled" }),
        words("unit", unit),
        (format!("included per active pupil in {unit}"), quantity(*included)),
        words("school forms", school_forms.as_ref().map_or_else(|| "all".to_owned(), |forms| forms.join(", "))),
        words("a pupil in several school forms counts", standing::counted(*counted)),
        words("periods begin on", starts),
        words("counted on", measured.map_or_else(|| "the first day of the year".to_owned(), month_day)),
        words("measured again, and corrected", yes_no(*true_up)),
    ];
    settings.extend(step.iter().map(|step| (format!("charged in steps of {unit}"), quantity(*step))));
    settings.extend(heading.iter().map(|heading| words("heading", heading)));
    (settings, dated(prices, |price| amounts("price of a unit and year", price)))
}
