//! Windows for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Offset as _};
use chrono_tz::Tz;
use miette::{IntoDiagnostic, Result};
use serde::Serialize;

use super::By;
use super::read::Usage;
use super::tried::Tried;
use super::windows::{Window, quarter_name};
use crate::cli::faults::counted;
use crate::cli::table::{Align, Table, grouped};
use crate::domain::instant::Instant;
use crate::domain::zone::Zone;

/// A table per service, one of its tests, and what it is as of.
pub fn table(usage: &Usage, windows: &[Window], tried: &[Tried], by: By) -> String {
    let mut text = heading(usage);
    let mut by_service: BTreeMap<&str, Vec<&Window>> = BTreeMap::new();
    for window in windows {
        by_service.entry(window.service.as_str()).or_default().push(window);
    }
    if by_service.is_empty() {
        text.push_str("\nNothing was used in this span.\n");
    }
    for (service, windows) in by_service {
        let columns = [(by.name(), Align::Left), ("events", Align::Right), ("quantity", Align::Right), ("billed", Align::Right)];
        let mut table = Table::new(&columns);
        for window in windows {
            let numbers = [window.events.to_string(), window.quantity.to_string(), window.billed.to_string()];
            table.row([span(window, by)].into_iter().chain(numbers.iter().map(|number| grouped(number))).collect());
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{service}\n{}", table.render());
    }
    if !tried.is_empty() {
        let _ = write!(text, "\nTests, which cost nothing and are in no other number\n{}", tests(tried, by));
    }
    text
}

fn tests(tried: &[Tried], by: By) -> String {
    let span = if by == By::Quarter { "quarter" } else { "day" };
    let columns =
        [("service", Align::Left), ("system", Align::Left), (span, Align::Left), ("events", Align::Right), ("quantity", Align::Right)];
    let mut table = Table::new(&columns);
    for one in tried {
        table.row(vec![
            one.service.to_string(),
            one.system.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string),
            tried_in(one, by),
            grouped(&one.events.to_string()),
            one.quantity.map_or_else(|| "?".to_owned(), |quantity| grouped(&quantity.to_string())),
        ]);
    }
    table.render()
}

fn tried_in(one: &Tried, by: By) -> String {
    if by == By::Quarter { quarter_name(one.period) } else { one.period.from.to_string() }
}

fn heading(usage: &Usage) -> String {
    let version = usage.account.versions.last();
    let name = version.map_or("not registered", |version| version.name.as_str());
    let zone = version.map_or("UTC", |version| version.zone.name());
    let parked = usize::try_from(usage.account.parked).unwrap_or(usize::MAX);
    let waiting = match parked {
        0 => String::new(),
        count => format!(" Beyond these numbers, {} in suspense.", counted(count, "event")),
    };
    let as_of = Some(usage.watermark).filter(|at| *at > Instant::MIN).map_or_else(|| "nothing".to_owned(), |at| at.to_string());
    format!("{} {name}, local time of {zone}; read up to {as_of}.{waiting}\n", usage.customer)
}

/// The span in local time, as the customer's clocks showed it.
fn span(window: &Window, by: By) -> String {
    match by {
        By::Hour => format!("{} {}", window.period.from, clock(window)),
        By::Day => window.period.from.to_string(),
        By::Quarter => quarter_name(window.period),
    }
}

/// `02:00+02:00`: with the offset, since in autumn an hour comes twice.
fn clock(window: &Window) -> String {
    let start = local(window.start, window.zone);
    let offset = start.offset().fix();
    format!("{}{offset}", start.format("%H:%M"))
}

fn local(instant: Instant, zone: Zone) -> DateTime<Tz> {
    instant.to_utc().with_timezone(&zone.name().parse::<Tz>().unwrap_or(Tz::UTC))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    customer: &'a str,
    name: Option<&'a str>,
    by: &'static str,
    /// Log time up to which was read.
    as_of: Option<String>,
    /// Events in suspense.
    waiting: u64,
    windows: Vec<JsonWindow<'a>>,
    /// Counted apart.
    tests: Vec<JsonTests<'a>>,
}

#[derive(Serialize)]
struct JsonTests<'a> {
    service: &'a str,
    system: Option<&'a str>,
    local: String,
    events: u64,
    quantity: Option<String>,
}

#[derive(Serialize)]
struct JsonWindow<'a> {
    service: &'a str,
    /// The span `[start, end)`.
    start: String,
    end: String,
    local: String,
    zone: &'a str,
    events: u64,
    quantity: String,
    billed: String,
}

/// One JSON document.
///
/// # Errors
/// None that could happen: strings and numbers can be written.
pub fn json(usage: &Usage, windows: &[Window], tried: &[Tried], by: By) -> Result<String> {
    let document = Document {
        schema: "tally/usage/1",
        customer: usage.customer.as_str(),
        name: usage.account.versions.last().map(|version| version.name.as_str()),
        by: by.name(),
        as_of: Some(usage.watermark).filter(|at| *at > Instant::MIN).map(|at| at.to_string()),
        waiting: usage.account.parked,
        windows: windows.iter().map(|window| json_window(window, by)).collect(),
        tests: tried.iter().map(|one| json_tests(one, by)).collect(),
    };
    Ok(serde_json::to_string(&document).into_diagnostic()? + "\n")
}

fn json_tests(one: &Tried, by: By) -> JsonTests<'_> {
    JsonTests {
        service: one.service.as_str(),
        system: one.system.as_ref().map(|system| system.as_str()),
        local: tried_in(one, by),
        events: one.events,
        quantity: one.quantity.map(|quantity| quantity.to_string()),
    }
}

fn json_window(window: &Window, by: By) -> JsonWindow<'_> {
    let at = |instant: Instant| instant.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    JsonWindow {
        service: window.service.as_str(),
        start: at(window.start),
        end: at(window.end),
        local: span(window, by),
        zone: window.zone.name(),
        events: window.events,
        quantity: window.quantity.to_string(),
        billed: window.billed.to_string(),
    }
}
