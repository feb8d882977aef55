//! What stands once: the version, and how time, repeats and personal numbers are treated.

use super::files::Sections;
use crate::domain::catalog::CatalogHead;
use crate::domain::duration::CalendarDuration;
use crate::domain::instant::{NANOS_PER_DAY, NANOS_PER_SECOND};
use crate::wire::document::{Table, Value};

const DEFAULT_HORIZON: i64 = 35 * NANOS_PER_DAY;
const DEFAULT_SKEW: i64 = 3600 * NANOS_PER_SECOND;
const DEFAULT_LATENESS: CalendarDuration = CalendarDuration { months: 0, days: 5, seconds: 0 };

pub fn read(sections: &Sections<'_>, digest: [u8; 32]) -> Option<CatalogHead> {
    let version = version(sections);
    let horizon = setting(sections, "dedupe", "horizon").and_then(|value| fixed(&value, "P35D"));
    let skew = setting(sections, "time", "max_future_skew").and_then(|value| fixed(&value, "PT1H"));
    let personal = setting(sections, "privacy", "personal_numbers");
    let personal_numbers = personal.and_then(|value| value.choice(&[("on", true), ("off", false)]));
    Some(CatalogHead {
        version: version?,
        digest,
        dedupe_horizon: horizon.unwrap_or(DEFAULT_HORIZON),
        max_future_skew: skew.unwrap_or(DEFAULT_SKEW),
        personal_numbers: personal_numbers.unwrap_or(true),
        moves_at_period_start: moves_at_period_start(sections),
    })
}

/// The keys of `[close]`.
const CLOSE: [&str; 2] = ["allowed_lateness", "change_of_zone"];

/// The default of every plan.
pub fn allowed_lateness(sections: &Sections<'_>) -> CalendarDuration {
    setting_of(sections, "close", &CLOSE, "allowed_lateness").and_then(|value| lateness(&value)).unwrap_or(DEFAULT_LATENESS)
}

/// A change of zone or currency, anywhere or only where periods begin.
fn moves_at_period_start(sections: &Sections<'_>) -> bool {
    let choices = [("any_day", false), ("at_period_start", true)];
    setting_of(sections, "close", &[], "change_of_zone").and_then(|value| value.choice(&choices)).unwrap_or(false)
}

pub fn lateness(value: &Value<'_>) -> Option<CalendarDuration> {
    value.parse(CalendarDuration::parse, "a duration", "P5D")
}

fn version(sections: &Sections<'_>) -> Option<String> {
    let Some(value) = sections.single("version") else {
        let top: &Table<'_> = sections.first()?;
        top.faults().add_if_parsed(top.place(), "`version` is missing", "e.g. version = \"2026.1\" above all tables");
        return None;
    };
    value.words().map(str::to_owned)
}

/// The value of a table that has this key only.
fn setting<'a>(sections: &Sections<'a>, table: &str, key: &str) -> Option<Value<'a>> {
    setting_of(sections, table, &[key], key)
}

/// The value of a table. `only`: the keys that it may have, if that was not said elsewhere.
fn setting_of<'a>(sections: &Sections<'a>, table: &str, only: &[&str], key: &str) -> Option<Value<'a>> {
    let table = sections.single(table)?.table()?;
    if !only.is_empty() {
        table.only(only);
    }
    table.find(key)
}

/// A duration whose length depends on no calendar: it is measured where no customer's zone is known.
fn fixed(value: &Value<'_>, example: &str) -> Option<i64> {
    let duration = value.parse(CalendarDuration::parse, "a duration", example)?;
    let Some(nanos) = duration.fixed_nanos() else {
        value.fault("has months or years, which have no fixed length", format!("it in days, e.g. {}", value.assign(example)));
        return None;
    };
    Some(nanos)
}
