//! What stands once: the version, the environment, and how time, repeats and personal numbers are treated.

use super::files::Sections;
use super::roster;
use super::watch;
use crate::domain::catalog::CatalogHead;
use crate::domain::duration::CalendarDuration;
use crate::domain::instant::{NANOS_PER_DAY, NANOS_PER_SECOND};
use crate::wire::document::{Table, Value};

const DEFAULT_HORIZON: i64 = 35 * NANOS_PER_DAY;
const DEFAULT_SKEW: i64 = 3600 * NANOS_PER_SECOND;
/// Certificates of functions and companies (REQUIREMENTS P8).
const DEFAULT_KINDS: [&str; 2] = ["FOCES", "VOCES"];
const DEFAULT_LATENESS: CalendarDuration = CalendarDuration { months: 0, days: 5, seconds: 0 };

pub fn read(sections: &Sections<'_>, close: &Close, digest: [u8; 32]) -> Option<CatalogHead> {
    let version = version(sections);
    let horizon = setting(sections, "dedupe", "horizon").and_then(|value| fixed(&value, "P35D"));
    let skew = setting(sections, "time", "max_future_skew").and_then(|value| fixed(&value, "PT1H"));
    let personal = setting(sections, "privacy", "personal_numbers");
    let personal_numbers = personal.and_then(|value| value.choice(&[("on", true), ("off", false)]));
    let roster = roster::read(sections);
    let kinds = setting(sections, "certificates", "kinds").and_then(|value| value.list());
    let kinds = kinds.map(|kinds| kinds.into_iter().map(|(_, kind)| kind.to_owned()).collect());
    let environment = sections.single("environment").and_then(|value| value.choice(&[("production", false), ("test", true)]));
    Some(CatalogHead {
        version: version?,
        digest,
        dedupe_horizon: horizon.unwrap_or(DEFAULT_HORIZON),
        max_future_skew: skew.unwrap_or(DEFAULT_SKEW),
        personal_numbers: personal_numbers.unwrap_or(true),
        moves_at_period_start: close.moves_at_period_start,
        roster,
        watch: watch::read(sections),
        test_environment: environment.unwrap_or(false),
        certificate_kinds: kinds.unwrap_or_else(|| DEFAULT_KINDS.map(str::to_owned).to_vec()),
    })
}

/// `[close]`
pub struct Close {
    /// The default of every plan.
    pub allowed_lateness: CalendarDuration,
    /// A change of zone or currency: anywhere, or only where periods begin?
    pub moves_at_period_start: bool,
}

pub fn close(sections: &Sections<'_>) -> Close {
    let table = sections.single("close").and_then(|value| value.table());
    if let Some(table) = &table {
        table.only(&["allowed_lateness", "change_of_zone"]);
    }
    let find = |key: &str| table.as_ref().and_then(|table| table.find(key));
    let moves = find("change_of_zone").and_then(|value| value.choice(&[("any_day", false), ("at_period_start", true)]));
    Close {
        allowed_lateness: find("allowed_lateness").and_then(|value| lateness(&value)).unwrap_or(DEFAULT_LATENESS),
        moves_at_period_start: moves.unwrap_or(false),
    }
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
    let table = sections.single(table)?.table()?;
    table.only(&[key]);
    table.find(key)
}

/// A duration whose length depends on no calendar: it is measured where no customer's zone is known.
pub(super) fn fixed(value: &Value<'_>, example: &str) -> Option<i64> {
    let duration = value.parse(CalendarDuration::parse, "a duration", example)?;
    let Some(nanos) = duration.fixed_nanos() else {
        value.fault("has months or years, which have no fixed length", format!("it in days, e.g. {}", value.assign(example)));
        return None;
    };
    Some(nanos)
}
