//! The facts that go before usage: customers and activations. Some come late, as in life.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::municipality::Country;
use super::population::{Customer, Population};
use super::registration::registration;
use super::stamp::Stamp;

const DAY_MS: i64 = 86_400_000;
/// Days after New Year by which a forgetful administrator has registered or activated somebody.
const REGISTERED_LATE: i64 = 20;
const ACTIVATED_LATE: i64 = 45;
const ACTIVATED_FROM: i64 = 30;
/// Days after New Year on which the official count of that day is known, and by which part it is lower.
const COUNTED_LATE: i64 = 200;
const COUNTED_LESS: u32 = 100;
/// Days after New Year on which the pupils of 15 October are told.
const PUPILS_COUNTED: i64 = 300;
/// The rank of a Swedish customer that tells no pupils.
const NEVER_COUNTED: usize = 35;
/// Mid-year, when a customer's facts change.
const CHANGED: i64 = 170;

/// A control event with its log time and customer.
#[derive(Debug)]
pub struct ControlLine {
    pub log_ms: i64,
    pub customer: String,
    pub line: Vec<u8>,
}

/// All control events of a year that starts at `start_ms`, in log-time order.
pub fn control_lines(population: &Population, year: i32, start_ms: i64) -> Vec<ControlLine> {
    let mut lines = Vec::new();
    for (rank, customer) in population.customers.iter().enumerate() {
        let at = start_ms + i64::try_from(rank).unwrap_or(i64::MAX).min(DAY_MS / 1000);
        let registered = if rank % 10 == 7 { at + REGISTERED_LATE * DAY_MS } else { at };
        lines.push(event(registered, customer, "customer", &facts(customer, rank, year, 1, "ekonomi")));
        if rank % 10 == 5 {
            lines.push(event(at + CHANGED * DAY_MS, customer, "customer", &facts(customer, rank, year, 7, "ekonomi-2")));
        }
        let is_slow = rank % 10 == 3;
        let (told, from) =
            if is_slow { (at + ACTIVATED_LATE * DAY_MS, start_ms + ACTIVATED_FROM * DAY_MS) } else { (at, start_ms - DAY_MS) };
        for service in activated(customer.country) {
            lines.push(event(told, customer, &format!("activation-{service}"), &json!({"service": service, "from": instant(from)})));
        }
        if rank % 10 == 1 {
            let counted = customer.inhabitants - customer.inhabitants / COUNTED_LESS;
            let data = json!({"kind": "inhabitants", "count": counted, "on": first_of(year, 1)});
            lines.push(event(at + COUNTED_LATE * DAY_MS, customer, "head_count", &data));
        }
        if customer.country == Country::Sweden {
            lines.extend(pupils(customer, rank, year, at));
        }
    }
    lines.sort_by_key(|line| line.log_ms);
    lines
}

/// Pupils as they are counted each 15 October. Some forget the new count: what they have stored beyond is
/// then reckoned with the one before. One never told any, and its record is held until somebody does.
fn pupils(customer: &Customer, rank: usize, year: i32, at: i64) -> Vec<ControlLine> {
    let count = |year: i32, count: u32| json!({"kind": "active_pupils", "school_form": "grskola", "count": count, "on": census(year)});
    if rank == NEVER_COUNTED {
        return Vec::new();
    }
    let mut lines = vec![event(at, customer, "head_count-pupils", &count(year - 1, customer.pupils()))];
    if !rank.is_multiple_of(4) {
        let fewer = customer.pupils() - customer.pupils() / COUNTED_LESS;
        lines.push(event(at + PUPILS_COUNTED * DAY_MS, customer, "head_count-pupils", &count(year, fewer)));
    }
    lines
}

fn census(year: i32) -> Option<String> {
    NaiveDate::from_ymd_opt(year, 10, 15).map(|date| date.to_string())
}

/// What customers of a country have activated.
fn activated(country: Country) -> &'static [&'static str] {
    match country {
        Country::Sweden => &["sms", "storage", "sparaccess", "membership"],
        Country::Denmark | Country::Finland => &["sms"],
    }
}

/// A tick: moves the clock, nothing else.
pub fn tick(log_ms: i64) -> Vec<u8> {
    let event = json!({"specversion": "1.0", "id": format!("tick-{log_ms}"), "source": "//admin.example",
        "type": "tally.tick.v1", "subject": "clock", "time": instant(log_ms)});
    event.to_string().into_bytes()
}

/// `what` is the event's type, and may say more behind a `-` so that its id is its own.
fn event(log_ms: i64, customer: &Customer, what: &str, data: &Value) -> ControlLine {
    let kind = what.split('-').next().unwrap_or(what);
    let event = json!({"specversion": "1.0", "id": format!("{what}-{}-{log_ms}", customer.id), "source": "//admin.example",
        "type": format!("tally.{kind}.v1"), "subject": customer.id, "time": instant(log_ms), "data": data});
    ControlLine { log_ms, customer: customer.id.clone(), line: event.to_string().into_bytes() }
}

fn facts(customer: &Customer, rank: usize, year: i32, month: u32, reference: &str) -> Value {
    let country: Country = customer.country;
    let from = first_of(year, month);
    let group = match customer.inhabitants {
        0..25_000 => "xs",
        25_000..100_000 => "s",
        100_000..200_000 => "m",
        200_000..500_000 => "l",
        _ => "xl",
    };
    let mut facts = json!({"name": customer.name, "country": country.code(), "timezone": country.zone().name(),
        "currency": country.currency(), "from": from, "buyer_reference": reference, "inhabitants": customer.inhabitants, "group": group});
    if let (Value::Object(facts), Value::Object(registration)) = (&mut facts, registration(country, rank)) {
        facts.extend(registration);
    }
    facts
}

fn first_of(year: i32, month: u32) -> Option<String> {
    NaiveDate::from_ymd_opt(year, month, 1).map(|date| date.to_string())
}

fn instant(ms: i64) -> String {
    let mut out = Vec::new();
    Stamp::new().write(&mut out, ms);
    String::from_utf8_lossy(&out).into_owned()
}
