//! From a line to an event. A line that is no event at all is `None`: undecodable.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::calendar::{self, Instant};
use super::json::{self, Json};
use super::number::Dec;
use super::personal;

const MAX_LINE: usize = 1 << 20;

pub struct Envelope {
    pub id: String,
    pub source: String,
    pub kind: String,
    pub subject: String,
    pub time: Instant,
    pub log_time: Instant,
}

pub struct Usage {
    pub envelope: Envelope,
    /// `None`: of the right type, but not a quantity that we accept.
    pub quantity: Option<Dec>,
    pub outcome: Option<String>,
    pub environment: Option<String>,
    pub created: Option<String>,
    pub action: Option<String>,
    pub holds_personal_number: bool,
}

pub struct Control {
    pub envelope: Envelope,
    /// `None`: the event itself is sound, but what it says is impossible or unknown.
    pub body: Option<Body>,
}

#[derive(Clone)]
pub enum Body {
    Tick,
    HeadCount,
    Customer { from: NaiveDate, facts: Facts },
    Activation { service: String, from: Instant, to: Option<Instant> },
}

#[derive(Clone, Debug)]
pub struct Facts {
    pub zone: Tz,
    pub currency: String,
    pub zero: bool,
}

/// An optional member: absent and `null` are the same, a wrong type is an error.
fn optional<T>(event: &Json, name: &str, read: impl Fn(&Json) -> Option<T>) -> Option<Option<T>> {
    match event.get(name) {
        None | Some(Json::Null) => Some(None),
        Some(value) => read(value).map(Some),
    }
}

fn envelope(event: &Json, subject_required: bool) -> Option<Envelope> {
    let text = |name: &str| event.get(name).and_then(Json::text).filter(|text| !text.is_empty());
    let short = |name: &str| text(name).filter(|text| text.len() <= 256).map(str::to_owned);
    let instant = |value: &Json| value.text().and_then(calendar::instant);
    let sequence = |value: &Json| matches!(value, Json::Text(_) | Json::Number(_)).then_some(());
    if event.has_repeated_member() || text("specversion")? != "1.0" {
        return None;
    }
    optional(event, "sequence", sequence)?;
    let time = instant(event.get("time")?)?;
    let subject = if subject_required { text("subject")? } else { text("subject").unwrap_or_default() };
    Some(Envelope {
        id: short("id")?,
        source: short("source")?,
        kind: text("type")?.to_owned(),
        subject: subject.to_owned(),
        time,
        log_time: optional(event, "recordedtime", instant)?.unwrap_or(time),
    })
}

pub fn usage(line: &[u8]) -> Option<Usage> {
    let event = json::parse(line).filter(|_| line.len() <= MAX_LINE)?;
    let envelope = envelope(&event, true)?;
    let no_data = Json::Object(Vec::new());
    let data = match event.get("data") {
        None | Some(Json::Null) => &no_data,
        Some(data @ Json::Object(_)) if !data.has_repeated_member() => data,
        _ => return None,
    };
    let word = |name: &str| match data.get(name) {
        None => Some(None),
        Some(value) => value.text().map(|text| Some(text.to_owned())),
    };
    let quantity = match data.get("quantity") {
        None => Some(Dec::int(1)),
        Some(Json::Number(text) | Json::Text(text)) => quantity(text),
        Some(_) => return None,
    };
    Some(Usage {
        quantity,
        outcome: word("outcome")?,
        environment: word("environment")?,
        created: word("created")?,
        action: word("action")?,
        holds_personal_number: holds_personal_number(&envelope, data),
        envelope,
    })
}

/// JSON's number grammar without sign and exponent, at most 18 integer and 9 fraction digits.
fn quantity(text: &str) -> Option<Dec> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if text.starts_with('-') || leading_zero || whole.len() > 18 || fraction.len() > 9 {
        return None;
    }
    Dec::parse(text)
}

fn holds_personal_number(envelope: &Envelope, data: &Json) -> bool {
    let Json::Object(members) = data else { return false };
    personal::in_text(&envelope.subject)
        || personal::in_identifier(&envelope.id)
        || personal::in_identifier(&envelope.source)
        || members.iter().filter_map(|(_, value)| value.text()).any(personal::in_text)
}

pub fn control(line: &[u8]) -> Option<Control> {
    let event = json::parse(line).filter(|_| line.len() <= MAX_LINE)?;
    let is_tick = event.get("type").and_then(Json::text) == Some("tally.tick.v1");
    let envelope = envelope(&event, !is_tick)?;
    let data = event.get("data").filter(|data| !data.has_repeated_member());
    let body = match (envelope.kind.as_str(), data) {
        ("tally.tick.v1", _) => Some(Body::Tick),
        ("tally.customer.v1", Some(data)) => customer(data),
        ("tally.activation.v1", Some(data)) => activation(data),
        ("tally.head_count.v1", Some(data)) => head_count(data),
        _ => None,
    };
    Some(Control { envelope, body })
}

fn customer(data: &Json) -> Option<Body> {
    let text = |name: &str| data.get(name).and_then(Json::text);
    text("name").filter(|name| !name.is_empty())?;
    text("country").filter(|country| country.len() == 2)?;
    let zero = match data.get("zero") {
        None => false,
        Some(Json::Bool(zero)) => *zero,
        Some(_) => return None,
    };
    let currency = text("currency").filter(|currency| minor_digits(currency).is_some())?.to_owned();
    let facts = Facts { zone: text("timezone")?.parse().ok()?, currency, zero };
    Some(Body::Customer { from: calendar::date(text("from")?)?, facts })
}

fn activation(data: &Json) -> Option<Body> {
    let instant = |value: &Json| value.text().and_then(calendar::instant);
    let (service, from) = (data.get("service")?.text()?.to_owned(), instant(data.get("from")?)?);
    let to = optional(data, "to", instant)?;
    to.is_none_or(|to| from < to).then_some(Body::Activation { service, from, to })
}

fn head_count(data: &Json) -> Option<Body> {
    let kind = data.get("kind")?.text()?;
    calendar::date(data.get("on")?.text()?)?;
    let count = match data.get("count")? {
        Json::Number(text) | Json::Text(text) => quantity(text)?,
        _ => return None,
    };
    let known = matches!(kind, "inhabitants" | "active_pupils") && count == count.rounded(0);
    known.then_some(Body::HeadCount)
}

/// Fraction digits of a currency's minor unit.
pub fn minor_digits(currency: &str) -> Option<u32> {
    match currency {
        "SEK" | "DKK" | "EUR" | "NOK" | "USD" | "GBP" | "PLN" | "CHF" => Some(2),
        "ISK" | "JPY" => Some(0),
        _ => None,
    }
}
