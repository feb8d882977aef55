//! From a line to an event. A line that is no event at all is `None`: undecodable.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::agreement::{self, Registration, Trial};
use super::calendar::{self, Instant};
use super::freeze;
use super::json::{self, Json};
use super::number::Dec;
use super::onboarding::{self, Told};
use super::personal;
use super::sequence;

const MAX_LINE: usize = 1 << 20;

pub struct Envelope {
    pub id: String,
    pub source: String,
    pub kind: String,
    /// On whom it counts.
    pub subject: String,
    /// Under whom it was reported.
    pub told: String,
    pub time: Instant,
    pub log_time: Instant,
}

pub struct Usage {
    pub envelope: Envelope,
    /// `None`: absent; `Some(None)`: of the right type, but no number that we accept. May be negative here.
    pub quantity: Option<Option<Dec>>,
    pub characters: Option<Option<u64>>,
    pub encoding: Option<String>,
    pub person: Option<String>,
    pub part: Option<String>,
    pub retracts: Option<String>,
    pub outcome: Option<String>,
    pub environment: Option<String>,
    pub created: Option<String>,
    pub action: Option<String>,
    pub unit: Option<String>,
    pub lifecycle: Option<String>,
    /// Issuer, serial.
    pub certificate: Option<(String, String)>,
    pub sequence: Option<u64>,
    pub holds_personal_number: bool,
    /// Of one that waits: for what, when that was looked at last.
    pub waits_for: &'static str,
}

pub struct Control {
    pub envelope: Envelope,
    /// `None`: the event itself is sound, but what it says is impossible or unknown.
    pub body: Option<Body>,
}

#[derive(Clone)]
pub enum Body {
    Tick,
    Catalog { digest: String },
    HeadCount { kind: String, form: Option<String>, on: NaiveDate, count: u64 },
    Decision { plan: String, from: NaiveDate, waive: bool },
    Customer { from: NaiveDate, facts: Facts },
    Activation { service: String, from: Instant, to: Option<Instant> },
    Merger { into: String, from: Instant },
    Pupils(super::roster::Part),
    Brake { scope: String, service: Option<String>, is_on: bool, by_two: bool },
    Freeze(freeze::Order),
    WriteOff(WriteOff),
    Recycle,
    Party,
    System { from: Instant, registration: Registration },
    Certificate { key: (String, String), from: Instant, to: Instant, system: String },
    Revocation { key: (String, String), at: Instant },
    Trial { from: Instant, trial: Trial },
    Agreement { key: agreement::Key, told: agreement::Told },
    Taken(Told),
}

/// Which waiting events are given up: every condition that is given must hold.
#[derive(Clone)]
pub struct WriteOff {
    pub waits_for: Option<String>,
    pub service: Option<String>,
    pub kind: Option<String>,
    pub source: Option<String>,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub events: Option<Vec<(String, String)>>,
    pub seen_until: Option<Instant>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub zone: Tz,
    pub currency: String,
    pub zero: bool,
    pub inhabitants: Option<u64>,
    pub group: Option<String>,
    pub country: String,
    /// Scheme, id.
    pub endpoint: Option<(String, String)>,
    pub org_number: Option<String>,
    pub buyer_reference: Option<String>,
    pub order_reference: Option<String>,
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
    // Content that we do not read would be charged as one unit.
    let hides_data = !matches!(event.get("data_base64"), None | Some(Json::Null));
    if event.has_repeated_member() || hides_data || text("specversion")? != "1.0" {
        return None;
    }
    optional(event, "sequence", sequence)?;
    let time = instant(event.get("time")?)?;
    let subject = match event.get("subject") {
        None | Some(Json::Null) if !subject_required => String::new(),
        _ => short("subject").filter(|subject| !subject.chars().any(char::is_control))?,
    };
    Some(Envelope {
        id: short("id")?,
        source: short("source")?,
        kind: text("type")?.to_owned(),
        told: subject.clone(),
        subject,
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
        Some(data @ Json::Object(_)) => data,
        _ => return None,
    };
    let word = |name: &str| match data.get(name) {
        None => Some(None),
        Some(value) => value.text().map(|text| Some(text.to_owned())),
    };
    let quantity = match data.get("quantity") {
        None => None,
        Some(Json::Number(text) | Json::Text(text)) => Some(quantity(text)),
        Some(_) => return None,
    };
    let characters = match data.get("characters") {
        None => None,
        Some(Json::Number(text) | Json::Text(text)) => {
            let plain = text.bytes().all(|b| b.is_ascii_digit()) && text.len() <= 18 && (text == "0" || !text.starts_with('0'));
            Some(text.parse().ok().filter(|_| plain))
        }
        Some(_) => return None,
    };
    let certificate = match data.get("certificate") {
        None => None,
        Some(named @ Json::Object(_)) => Some((text(named, "issuer")?.to_owned(), text(named, "serial")?.to_owned())),
        Some(_) => return None,
    };
    let number = match event.get("sequence") {
        Some(Json::Number(text) | Json::Text(text)) => sequence::number(text),
        _ => None,
    };
    Some(Usage {
        certificate,
        sequence: number,
        waits_for: "",
        quantity,
        characters,
        encoding: word("encoding")?,
        person: word("person")?,
        part: word("part")?,
        retracts: word("retracts")?,
        outcome: word("outcome")?,
        environment: word("environment")?,
        created: word("created")?,
        action: word("action")?,
        unit: word("unit")?,
        lifecycle: word("lifecycle")?,
        holds_personal_number: holds_personal_number(&envelope, data)
            || event.get("sequence").and_then(Json::text).is_some_and(personal::in_identifier),
        envelope,
    })
}

/// JSON's number grammar without exponent, no minus before zero, at most 18 integer and 9 fraction digits.
fn quantity(text: &str) -> Option<Dec> {
    let size = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if leading_zero || whole.len() > 18 || fraction.len() > 9 {
        return None;
    }
    Dec::parse(text).filter(|number| size == text || !number.is_zero())
}

fn holds_personal_number(envelope: &Envelope, data: &Json) -> bool {
    personal::in_text(&envelope.subject)
        || personal::in_identifier(&envelope.id)
        || personal::in_identifier(&envelope.source)
        || personal::in_identifier(&envelope.kind)
        || data.members().iter().any(|(name, value)| {
            let holds = if name == "retracts" { personal::in_identifier } else { personal::in_text };
            value.strings().into_iter().any(holds)
        })
}

pub fn control(line: &[u8]) -> Option<Control> {
    let event = json::parse(line).filter(|_| line.len() <= MAX_LINE)?;
    let about_no_one = matches!(event.get("type").and_then(Json::text), Some("tally.tick.v1" | "tally.catalog.v1"));
    // Of parties, only where notices go is used.
    let envelope = envelope(&event, !about_no_one)?;
    let data = match event.get("data") {
        Some(data @ Json::Object(_)) => Some(data),
        None | Some(Json::Null) => None,
        Some(_) => return None,
    };
    let body = match envelope.kind.as_str() {
        "tally.tick.v1" => Some(Body::Tick),
        "tally.catalog.v1" => catalog(data?)?,
        "tally.customer.v1" => customer(data?)?,
        "tally.activation.v1" => activation(data?)?,
        "tally.brake.v1" => brake(data?)?,
        "tally.freeze.v1" => freeze_window(envelope.time, data?)?,
        "tally.merger.v1" => merger(data?)?,
        "tally.party.v1" => Some(Body::Party),
        "tally.it_system.v1" => system(data?),
        "tally.trial.v1" => trial(data?),
        "tally.certificate.v1" | "tally.certificate_revocation.v1" => certificate(data?),
        kind @ ("tally.agreement_request.v1" | "tally.agreement_answer.v1") => {
            agreement::read(kind, envelope.time, data?).map(|(key, told)| Body::Agreement { key, told })
        }
        "tally.head_count.v1" => head_count(data?)?,
        "tally.decision.v1" => decision(data?)?,
        "tally.write_off.v1" => write_off(data?)?,
        "tally.recycle.v1" => signed(data?, &["actor", "reason"])?.then_some(Body::Recycle),
        "tally.pupil.v1" => Some(Body::Pupils(super::roster::pupil(data?, envelope.time)?)),
        "tally.roster.v1" => Some(Body::Pupils(super::roster::load(data?)?)),
        // Of these the histories hold only good ones.
        kind => {
            let kind = kind.strip_prefix("tally.").and_then(|kind| kind.strip_suffix(".v1")).unwrap_or_default().to_owned();
            let told = Told { subject: envelope.subject.clone(), data: data.cloned().unwrap_or(Json::Null), kind };
            onboarding::KINDS.contains(&told.kind.as_str()).then_some(Body::Taken(told))
        }
    };
    Some(Control { envelope, body })
}

// In what follows the outer `None` is a missing member or a wrong type, so no event; the inner one is a value that cannot be.

fn text<'a>(data: &'a Json, name: &str) -> Option<&'a str> {
    data.get(name)?.text()
}

fn customer(data: &Json) -> Option<Option<Body>> {
    let zero = match data.get("zero") {
        None => false,
        Some(Json::Bool(zero)) => *zero,
        Some(_) => return None,
    };
    let optional_texts = ["org_number", "buyer_reference", "group", "order_reference"].map(|name| data.get(name).map(|value| value.text()));
    let endpoint = data.get("endpoint").map(|endpoint| text(endpoint, "scheme").zip(text(endpoint, "id")));
    let inhabitants = data.get("inhabitants").map(count);
    if optional_texts.contains(&Some(None)) || endpoint == Some(None) || inhabitants == Some(None) {
        return None;
    }
    let (from, name, country) = (text(data, "from")?, text(data, "name")?, text(data, "country")?);
    let (zone, currency) = (text(data, "timezone")?.parse(), text(data, "currency")?.to_owned());
    let filled = |text: &str| !text.trim().is_empty();
    let texts = optional_texts.map(Option::flatten);
    let told = [Some(name), texts[0], texts[1], texts[2], texts[3]];
    let is_possible = told.into_iter().flatten().all(filled)
        && endpoint.flatten().is_none_or(|(scheme, id)| filled(scheme) && filled(id))
        && inhabitants.flatten().is_none_or(|count| count.is_some())
        && country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && minor_digits(&currency).is_some();
    let inhabitants = inhabitants.flatten().flatten();
    let [org_number, buyer_reference, group, order_reference] = texts.map(|text| text.map(str::to_owned));
    let endpoint = endpoint.flatten().map(|(scheme, id)| (scheme.to_owned(), id.to_owned()));
    let country = country.to_owned();
    let (Some(from), Ok(zone), true) = (calendar::date(from), zone, is_possible) else { return Some(None) };
    let facts = Facts { zone, currency, zero, inhabitants, group, country, endpoint, org_number, buyer_reference, order_reference };
    Some(Some(Body::Customer { from, facts }))
}

fn activation(data: &Json) -> Option<Option<Body>> {
    let (service, from) = (text(data, "service")?.to_owned(), text(data, "from")?);
    let to = data.get("to").map(Json::text);
    if to == Some(None) {
        return None;
    }
    let (from, until) = (calendar::instant(from), to.flatten().map(calendar::instant));
    let is_possible = !service.trim().is_empty() && until.is_none_or(|to| to.is_some() && from < to);
    Some(from.filter(|_| is_possible).map(|from| Body::Activation { service, from, to: until.flatten() }))
}

fn catalog(data: &Json) -> Option<Option<Body>> {
    let (digest, actor) = (text(data, "digest")?, text(data, "actor")?);
    let others = ["version", "reason"].map(|name| data.get(name).map(|value| value.text()));
    if others.contains(&Some(None)) {
        return None;
    }
    let told = [Some(actor), others[0].flatten(), others[1].flatten()];
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    let is_digest = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_possible = is_digest && told.into_iter().flatten().all(|text| !text.trim().is_empty());
    Some(is_possible.then(|| Body::Catalog { digest: digest.to_owned() }))
}

fn certificate(data: &Json) -> Option<Body> {
    let key = (text(data, "issuer")?.to_owned(), text(data, "serial")?.to_owned());
    let at = |name: &str| calendar::instant(text(data, name)?);
    if let Some(at) = at("at") {
        return Some(Body::Revocation { key, at });
    }
    let (from, to, system) = (at("from")?, at("to")?, text(data, "system")?.to_owned());
    let allowed = matches!(text(data, "kind")?, "FOCES" | "VOCES");
    (from < to && allowed).then_some(Body::Certificate { key, from, to, system })
}

fn trial(data: &Json) -> Option<Body> {
    let from = calendar::instant(text(data, "from")?)?;
    let to = data.get("to").and_then(Json::text).and_then(calendar::instant);
    let sources = data.get("sources").into_iter().flat_map(Json::strings).map(str::to_owned).collect();
    let named = match data.get("certificates") {
        Some(Json::List(list)) => list.as_slice(),
        _ => &[],
    };
    let key = |one: &Json| Some((text(one, "issuer")?.to_owned(), text(one, "serial")?.to_owned()));
    let certificates = named.iter().filter_map(key).collect();
    Some(Body::Trial { from, trial: Trial { to, sources, certificates } })
}

fn system(data: &Json) -> Option<Body> {
    let (from, supplier) = (calendar::instant(text(data, "from")?)?, text(data, "supplier")?.to_owned());
    let to = data.get("to").and_then(Json::text).and_then(calendar::instant);
    let sources = data.get("sources")?.strings().into_iter().map(str::to_owned).collect();
    to.is_none_or(|to| from < to).then_some(Body::System { from, registration: Registration { to, supplier, sources } })
}

fn merger(data: &Json) -> Option<Option<Body>> {
    let (into, from) = (text(data, "into")?.to_owned(), calendar::instant(text(data, "from")?));
    let told = [into.as_str(), text(data, "actor")?, text(data, "reason")?];
    let is_possible = told.into_iter().all(|text| !text.trim().is_empty());
    Some(from.filter(|_| is_possible).map(|from| Body::Merger { into, from }))
}

fn brake(data: &Json) -> Option<Option<Body>> {
    let (state, scope) = (text(data, "state")?, text(data, "scope")?.to_owned());
    let told = [text(data, "actor")?, text(data, "reason")?];
    let service = match data.get("service") {
        None => None,
        Some(value) => Some(value.text()?.to_owned()),
    };
    let approver = match data.get("approver") {
        None => None,
        Some(value) => Some(value.text()?),
    };
    let is_known = matches!(state, "on" | "off") && matches!(scope.as_str(), "customer" | "service" | "source" | "all");
    let is_possible = is_known
        && told.into_iter().chain(approver).all(|text| !text.trim().is_empty())
        && approver != Some(told[0])
        && (service.is_none() || scope == "customer");
    Some(is_possible.then(|| Body::Brake { scope, service, is_on: state == "on", by_two: approver.is_some() }))
}

fn freeze_window(said: Instant, data: &Json) -> Option<Option<Body>> {
    let (from, to) = (text(data, "from")?, text(data, "to")?);
    let is_signed = [text(data, "actor")?, text(data, "reason")?].into_iter().all(|text| !text.trim().is_empty());
    let withdrawn = match data.get("withdrawn") {
        None => false,
        Some(Json::Bool(withdrawn)) => *withdrawn,
        Some(_) => return None,
    };
    let expected = match data.get("expected") {
        None => None,
        Some(value) => Some(quantity(value.text()?)),
    };
    let is_factor = expected.as_ref().is_none_or(|one| one.as_ref().is_some_and(|one| *one >= Dec::int(1) && *one <= Dec::int(1_000_000)));
    let span = calendar::instant(from).zip(calendar::instant(to)).filter(|(from, to)| from < to && is_signed && is_factor);
    Some(span.map(|(from, to)| Body::Freeze(freeze::Order { said, from, to, withdrawn, expected: expected.flatten() })))
}

fn head_count(data: &Json) -> Option<Option<Body>> {
    let (kind, on, count) = (text(data, "kind")?, text(data, "on")?, count(data.get("count")?)?);
    let form = match data.get("school_form") {
        None => None,
        Some(value) => Some(value.text()?.to_owned()),
    };
    let (known, pupils) = (matches!(kind, "inhabitants" | "active_pupils"), kind == "active_pupils");
    let sound = form.as_ref().is_none_or(|form| pupils && !form.trim().is_empty());
    let (Some(on), Some(count), true) = (calendar::date(on), count, known && sound) else { return Some(None) };
    Some(Some(Body::HeadCount { kind: kind.to_owned(), form, on, count }))
}

fn decision(data: &Json) -> Option<Option<Body>> {
    let (plan, from, what) = (text(data, "plan")?, text(data, "period_from")?, text(data, "decision")?);
    let (actor, reason) = (text(data, "actor")?, text(data, "reason")?);
    let sound = [plan, actor, reason].iter().all(|text| !text.trim().is_empty())
        && matches!(what, "waive" | "charge_all")
        && ![actor, reason].into_iter().any(personal::in_text);
    let from = calendar::date(from).filter(|_| sound);
    Some(from.map(|from| Body::Decision { plan: plan.to_owned(), from, waive: what == "waive" }))
}

/// Are all of these said, by nobody's number?
fn signed(data: &Json, names: &[&str]) -> Option<bool> {
    let said: Option<Vec<&str>> = names.iter().map(|name| text(data, name)).collect();
    Some(said?.into_iter().all(|text| !text.trim().is_empty() && !personal::in_text(text)))
}

fn write_off(data: &Json) -> Option<Option<Body>> {
    let is_signed = signed(data, &["actor", "approver", "reason"])? && text(data, "actor")?.trim() != text(data, "approver")?.trim();
    let nothing = Json::Object(Vec::new());
    let select = match data.get("select") {
        None => &nothing,
        Some(select @ Json::Object(_)) => select,
        Some(_) => return None,
    };
    let word = |of: &Json, name: &str| of.get(name).map_or(Some(None), |value| value.text().map(|text| Some(text.to_owned())));
    let words = ["reason", "service", "type", "source"].map(|name| word(select, name));
    let times = [word(select, "from")?, word(select, "to")?, word(data, "seen_until")?];
    let events = match select.get("events") {
        None => None,
        Some(Json::List(list)) => {
            let one = |event: &Json| Some((text(event, "source")?.to_owned(), text(event, "id")?.to_owned()));
            Some(list.iter().map(one).collect::<Option<Vec<_>>>()?)
        }
        Some(_) => return None,
    };
    let [waits_for, service, kind, source] = words;
    let (waits_for, service, kind, source) = (waits_for?, service?, kind?, source?);
    let waiting = ["unknown_service", "unknown_customer", "not_activated", "unknown_system", "no_price", "incomplete_customer"];
    let times_sound = times.iter().flatten().all(|text| calendar::instant(text).is_some());
    let [from, to, seen_until] = times.map(|text| text.as_deref().and_then(calendar::instant));
    let sound = is_signed
        && times_sound
        && from.zip(to).is_none_or(|(from, to)| from < to)
        && waits_for.as_deref().is_none_or(|reason| waiting.contains(&reason))
        && [&service, &kind, &source].into_iter().flatten().all(|text| !text.trim().is_empty());
    let order = WriteOff { waits_for, service, kind, source, from, to, events, seen_until };
    Some(sound.then_some(Body::WriteOff(order)))
}

/// A whole number of 0 or more, written as a number or a string.
fn count(value: &Json) -> Option<Option<u64>> {
    match value {
        Json::Number(text) | Json::Text(text) => {
            let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
            Some(text.parse().ok().filter(|_| plain))
        }
        _ => None,
    }
}

/// Fraction digits of a currency's minor unit.
pub fn minor_digits(currency: &str) -> Option<u32> {
    match currency {
        "SEK" | "DKK" | "EUR" | "NOK" | "USD" | "GBP" | "PLN" | "CHF" | "CZK" | "HUF" | "RON" | "BGN" | "CAD" | "AUD" => Some(2),
        "ISK" | "JPY" => Some(0),
        _ => None,
    }
}
