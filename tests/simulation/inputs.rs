//! Random inputs that visit every verdict: late, twice, too early, unknown, unreadable.

use std::collections::BTreeMap;
use std::sync::Arc;

use tally::domain::catalog::Catalog;
use tally::domain::instant::{Instant, NANOS_PER_DAY, NANOS_PER_SECOND};
use tally::engine::route::partition_of;
use tally::pipeline::ports::Lane;
use tally::wire::catalog::{self, SourceFile};

use super::rng::Rng;
use super::world::Entry;

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600 * NANOS_PER_SECOND;

const CATALOG: &str = r#"
version = "2026.1"
[close]
allowed_lateness = "P5D"
[dedupe]
horizon = "P35D"
[time]
max_future_skew = "PT1H"
[seller.unikum]
name = "Unikum Exempel AB"
country = "SE"
org_number = "5560000000"
[service.sms]
types = ["sms.sent"]
title = "SMS"
unit = "C62"
activation = true
retractable = true
[service.lookup]
types = ["lookup.done"]
title = "Lookups"
unit = "C62"
retractable = true
[service.login]
types = ["login.done"]
title = "Logins"
unit = "C62"
brake = { factor = "2", at_least = "25", history = "P7D" }
retractable = true
negative = true
[plan.login]
model = "metered"
period = "month"
count = "distinct_persons"
services = ["login"]
seller = "unikum"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.03" } }, { from = "2026-02-15", unit = { SEK = "2.50" } } ]
[plan.sms]
model = "package"
services = ["sms"]
seller = "unikum"
vat = { category = "S", rate = "25" }
low_balance = "5"
bundle = "day"
sizing = { target = "4" }
price = [ { from = "2026-01-01", ladder = [ { size = "20", amount = { SEK = "350.00" } }, { size = "50", amount = { SEK = "800.00" } } ] } ]
[plan.lookup]
model = "metered"
period = "month"
services = ["lookup"]
seller = "unikum"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.35" } }, { from = "2026-02-15", unit = { SEK = "0.40" } } ]
minimum = { SEK = "2.00" }
"#;

/// The other catalog: a service that the first one has not heard of.
const FAX: &str = r#"
[service.fax]
types = ["fax.sent"]
title = "Fax"
unit = "C62"
[plan.fax]
model = "package"
services = ["fax"]
seller = "unikum"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "40", amount = { SEK = "10.00" } } ]
"#;

/// The catalog that a run begins with, and the one that the log may put in force.
pub fn catalogs() -> [Arc<Catalog>; 2] {
    [CATALOG.to_owned(), format!("{CATALOG}{FAX}")].map(|text| {
        let file = SourceFile { name: "catalog.toml".into(), text };
        Arc::new(catalog::read(&[file]).expect("a good catalog"))
    })
}

pub type Lanes = BTreeMap<(u32, Lane), Vec<Entry>>;

/// Writes events with rising log times.
struct Writer {
    rng: Rng,
    partitions: u32,
    customers: Vec<String>,
    log_time: i64,
    written: u64,
    lanes: Lanes,
    /// Usage as it was written, by partition, to be sent again.
    sent: Vec<(u32, String)>,
    misroute: bool,
}

/// `events` inputs on `partitions`. With `misroute`, some usage is on the wrong partition.
pub fn inputs(seed: u64, partitions: u32, events: u64, misroute: bool) -> Lanes {
    let customers = (0..7).map(|number| format!("SE-{number:04}")).collect();
    let lanes = (0..partitions).flat_map(|partition| Lane::ALL.map(|lane| ((partition, lane), Vec::new()))).collect();
    let mut writer = Writer { rng: Rng::new(seed), partitions, customers, log_time: START, written: 0, lanes, sent: Vec::new(), misroute };
    for _ in 0..events {
        writer.pass_time();
        match writer.rng.below(100) {
            0..8 => writer.customer(),
            8..16 => writer.activation(),
            16..18 => writer.tick(),
            18 => writer.rubbish(),
            19 => writer.catalog(),
            20..22 => writer.brake(),
            22 => writer.freeze(),
            23..28 => writer.again(),
            28..36 => writer.take_back(),
            _ => writer.usage(),
        }
    }
    writer.lanes
}

/// An instant after all that was written.
pub fn end() -> Instant {
    Instant::from_nanos(START + 400 * NANOS_PER_DAY)
}

impl Writer {
    fn pass_time(&mut self) {
        let most = if self.rng.percent(5) { 4 * NANOS_PER_DAY } else { 12 * 3600 * NANOS_PER_SECOND };
        self.log_time += i64::try_from(self.rng.below(u64::try_from(most).expect("positive"))).expect("fits");
        self.written += 1;
    }

    fn event(&self, kind: &str, subject: &str, time: i64, data: &str) -> String {
        let (id, at, time) = (self.written, Instant::from_nanos(self.log_time), Instant::from_nanos(time));
        format!(
            r#"{{"specversion":"1.0","id":"e{id}","source":"//sim","type":"{kind}","subject":"{subject}","time":"{time}","recordedtime":"{at}","data":{data}}}"#
        )
    }

    fn put(&mut self, partition: u32, lane: Lane, value: &str) {
        // Transactions leave gaps in a log.
        let gap = self.rng.below(3);
        let entries = self.lanes.entry((partition, lane)).or_default();
        let offset = entries.last().map_or(0, |last| last.offset + 1 + gap);
        entries.push(Entry { offset, value: value.as_bytes().into(), headers: Vec::new() });
    }

    fn one(&mut self) -> (String, u32) {
        let customer = self.rng.pick(&self.customers).clone();
        let partition = partition_of(&customer, self.partitions);
        (customer, partition)
    }

    fn customer(&mut self) {
        let (customer, partition) = self.one();
        let from = if self.rng.percent(70) { "2025-12-01" } else { "2026-02-01" };
        let data = format!(r#"{{"name":"{customer}","country":"SE","timezone":"Europe/Stockholm","currency":"SEK","from":"{from}"}}"#);
        let event = self.event("tally.customer.v1", &customer, self.log_time, &data);
        self.put(partition, Lane::Control, &event);
    }

    fn activation(&mut self) {
        let (customer, partition) = self.one();
        let event = self.event("tally.activation.v1", &customer, self.log_time, r#"{"service":"sms","from":"2026-01-01T00:00:00Z"}"#);
        self.put(partition, Lane::Control, &event);
    }

    fn tick(&mut self) {
        let partition = u32::try_from(self.rng.below(self.partitions.into())).expect("small");
        let event = self.event("tally.tick.v1", "all", self.log_time, "{}");
        self.put(partition, Lane::Control, &event);
    }

    /// It must stand on every partition.
    fn catalog(&mut self) {
        let digest = hex::encode(self.rng.pick(&catalogs()).digest);
        let data = format!(r#"{{"digest":"sha256:{digest}","actor":"sim"}}"#);
        let event = self.event("tally.catalog.v1", "all", self.log_time, &data);
        (0..self.partitions).for_each(|partition| self.put(partition, Lane::Control, &event));
    }

    /// On a customer, or on every partition; more often off than on.
    fn brake(&mut self) {
        let state = if self.rng.percent(40) { "on" } else { "off" };
        let data = |scope: &str| format!(r#"{{"state":"{state}","scope":"{scope}","actor":"sim","approver":"other","reason":"mad"}}"#);
        let (customer, partition) = self.one();
        if self.rng.percent(60) {
            let service = if self.rng.percent(50) { r#""scope":"customer","service":"login""# } else { r#""scope":"customer""# };
            let event = self.event("tally.brake.v1", &customer, self.log_time, &data("customer").replace(r#""scope":"customer""#, service));
            return self.put(partition, Lane::Control, &event);
        }
        let (scope, subject) = *self.rng.pick(&[("service", "sms"), ("service", "lookup"), ("source", "//sim"), ("all", "all")]);
        let event = self.event("tally.brake.v1", subject, self.log_time, &data(scope));
        (0..self.partitions).for_each(|partition| self.put(partition, Lane::Control, &event));
    }

    /// Some are told late, some are withdrawn or moved by a later one of the same name.
    fn freeze(&mut self) {
        let day = |rng: &mut Rng, most: u64| i64::try_from(rng.below(most)).expect("small") * NANOS_PER_DAY;
        let from = self.log_time - NANOS_PER_DAY + day(&mut self.rng, 6);
        let to = from + NANOS_PER_DAY + day(&mut self.rng, 8);
        let (from, to) = (Instant::from_nanos(from), Instant::from_nanos(to));
        let withdrawn = self.rng.percent(20);
        let data = format!(r#"{{"from":"{from}","to":"{to}","withdrawn":{withdrawn},"actor":"sim","reason":"exam"}}"#);
        let id = *self.rng.pick(&["f1", "f2", "f3"]);
        let event = self.event("tally.freeze.v1", id, self.log_time, &data);
        (0..self.partitions).for_each(|partition| self.put(partition, Lane::Control, &event));
    }

    fn rubbish(&mut self) {
        let partition = u32::try_from(self.rng.below(self.partitions.into())).expect("small");
        let lane = *self.rng.pick(&Lane::ALL);
        let text = *self.rng.pick(&["{", "", r#"{"specversion":"1.0","id":"x","source":"y"}"#, "\u{fffd}"]);
        self.put(partition, lane, text);
    }

    fn again(&mut self) {
        if !self.sent.is_empty() {
            let (partition, event) = self.rng.pick(&self.sent).clone();
            self.put(partition, Lane::Usage, &event);
        }
    }

    /// What was sent before, said again as a mistake.
    fn take_back(&mut self) {
        let Some((partition, event)) = (!self.sent.is_empty()).then(|| self.rng.pick(&self.sent).clone()) else { return };
        let Ok(mut event) = serde_json::from_str::<serde_json::Value>(&event) else { return };
        event["data"]["retracts"] = event["id"].clone();
        event["id"] = format!("r{}", self.written).into();
        event["recordedtime"] = Instant::from_nanos(self.log_time).to_string().into();
        self.put(partition, Lane::Usage, &event.to_string());
    }

    fn usage(&mut self) {
        let (customer, home) = self.one();
        let days = [0, 0, 0, 1, 10, 40][self.rng.index(6)];
        let time = self.log_time - days * NANOS_PER_DAY + if self.rng.percent(2) { NANOS_PER_DAY } else { 0 };
        let kind = *self.rng.pick(&["sms.sent", "sms.sent", "lookup.done", "lookup.done", "login.done", "login.done", "fax.sent"]);
        let data = match self.rng.below(20) {
            0 => r#"{"quantity":-1}"#.to_owned(),
            1 => r#"{"environment":"test"}"#.to_owned(),
            _ => format!(r#"{{"quantity":{},"person":"0123456789abcde{}"}}"#, self.rng.below(30), self.rng.below(5)),
        };
        let event = self.event(kind, &customer, time, &data);
        let astray = self.misroute && self.rng.percent(20);
        let partition = if astray { (home + 1) % self.partitions } else { home };
        self.put(partition, Lane::Usage, &event);
        self.sent.push((partition, event));
    }
}
