//! Use may come late by weeks, and what allows it may be told later still: the same is charged in the end. What ends
//! (an agreement, an activation, a registration, a certificate) is told before it does, or when it does.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::model::config;
use crate::show;

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
agreement = true
activation = true
[service.find]
types = ["find"]
title = "Searches"
unit = "C62"
agreement = true
[service.reg]
types = ["reg"]
title = "Of registered systems"
unit = "C62"
registered = true
activation = true
[plan.p]
model = "metered"
period = "month"
services = ["look", "find", "reg"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } }, { from = "2026-02-10", unit = { SEK = "3.00" } } ]
"#;

/// Use is of the first so many days of the year; a record is corrected long after.
const DAYS: i64 = 70;
const UNTIL: &str = "2026-07-01";
const SERVICES: [&str; 3] = ["look", "find", "reg"];

/// A fact, on the day on which it is told in time. What only allows use may be told so many days later.
#[derive(Debug, Clone)]
struct Told {
    day: i64,
    late: u32,
    line: String,
}

#[derive(Debug, Clone)]
struct Use {
    service: usize,
    /// By certificate, or else by its source.
    certified: bool,
    minute: i64,
    /// How many minutes after that it comes.
    delay: i64,
}

#[derive(Debug, Clone)]
struct History {
    facts: Vec<Told>,
    uses: Vec<Use>,
}

fn date(day: i64) -> String {
    (chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + chrono::Duration::days(day)).to_string()
}

fn minute(minute: i64) -> String {
    (given::instant("2026-01-01T00:00:00Z").to_utc() + chrono::Duration::minutes(minute)).format("%Y-%m-%dT%H:%M:00Z").to_string()
}

/// One that allows use from a day on, and is told late; `{}` is the day on which it is told.
fn opening(day: i64, late: u32, line: &str) -> Told {
    Told { day, late, line: line.to_owned() }
}

fn closing(day: i64, line: String) -> Told {
    Told { day, late: 0, line }
}

/// An agreement: asked for, approved from a day on, and ended so many days after it is told.
fn agreement(name: &'static str, system: &'static str) -> impl Strategy<Value = Vec<Told>> {
    (0..DAYS, 0..40_u32, 0..40_u32, of((0..DAYS, 0..20_i64))).prop_map(move |(from, asked, answered, end)| {
        let mut told = vec![
            opening(0, asked, &format!("request {{}} K {name} {system} look,find time=2026-01-02")),
            opening(from, answered, &format!("answer {{}} K {name} approved from={} approver=bo time={}", date(from), date(from + 1))),
        ];
        let ended = end.map(|(after, notice)| (from + 1 + after, from + 1 + after + notice));
        told.extend(ended.map(|(day, to)| closing(day, format!("answer {} K {name} ended to={}", date(day), date(to)))));
        told
    })
}

/// An activation, told late; one that is shortened is told in time.
fn activation(service: &'static str) -> impl Strategy<Value = Vec<Told>> {
    (0..DAYS, 0..40_u32, of((0..DAYS, 0..20_i64))).prop_map(move |(from, late, end)| {
        let mut told = vec![opening(from, late, &format!("active {{}} K {service} {}", date(from)))];
        if let Some((after, notice)) = end {
            let day = from + i64::from(late) + 1 + after;
            told.push(closing(day, format!("active {} K {service} {} {}", date(day), date(from), date(day + notice))));
        }
        told
    })
}

fn systems() -> impl Strategy<Value = Vec<Told>> {
    (0..30_i64, 0..40_u32, of(10..DAYS), 0..30_i64, 0..40_u32, of(10..DAYS)).prop_map(|(from, late, to, bound, bound_late, revoked)| {
        let to = to.map_or(String::new(), |to| date(from + to));
        let mut told = vec![
            opening(from, late, &format!("system {{}} journal s {} {to}", date(from))),
            opening(0, late, "system {} other t 2026-01-01"),
            opening(bound, bound_late, &format!("certificate {{}} 01 other {} 2027-01-01", date(bound))),
        ];
        told.extend(revoked.map(|day| closing(day, format!("revoke {} 01 {}", date(day), date(day)))));
        told
    })
}

fn uses() -> impl Strategy<Value = Vec<Use>> {
    let delay = prop_oneof![1 => Just(0_i64), 2 => 0..1440_i64, 2 => 0..30 * 1440_i64];
    let one = (0..SERVICES.len(), any::<bool>(), 0..DAYS * 1440, delay).prop_map(|(service, certified, minute, delay)| Use {
        service,
        certified,
        minute,
        delay,
    });
    vec(one, 1..40)
}

fn history() -> impl Strategy<Value = History> {
    let facts = (agreement("A.1", "journal"), agreement("B.1", "other"), activation("look"), activation("reg"), systems());
    (facts, uses()).prop_map(|((a, b, look, reg, systems), uses)| History { facts: [a, b, look, reg, systems].concat(), uses })
}

impl History {
    /// As it is read if use comes with its delay or at once, and facts that allow it are told late or in time.
    fn lines(&self, is_late: bool, are_facts_late: bool) -> String {
        let mut lines = vec![(0, "customer 2026-01-01 K Europe/Stockholm SEK 2025-01-01".to_owned())];
        for fact in &self.facts {
            let day = fact.day + if are_facts_late { i64::from(fact.late) } else { 0 };
            lines.push((day * 1440, fact.line.replace("{}", &date(day))));
        }
        for (place, one) in self.uses.iter().enumerate() {
            let recorded = one.minute + if is_late { one.delay } else { 0 };
            let certificate = if one.certified { r#","certificate":{"issuer":"CA","serial":"01"}"# } else { "" };
            let (kind, time, at) = (SERVICES[one.service], minute(one.minute), minute(recorded));
            let head = format!(r#""specversion":"1.0","id":"{place}","source":"s","type":"{kind}","subject":"K""#);
            let data = format!(r#"{{"quantity":{}{certificate}}}"#, 1_i64 << (place % 20));
            lines.push((recorded, format!(r#"raw {{{head},"time":"{time}","recordedtime":"{at}","data":{data}}}"#)));
        }
        lines.sort_by_key(|(at, _)| *at);
        lines.into_iter().map(|(_, line)| line + "\n").collect()
    }
}

/// What is charged in the end, by service, agreement, system and days; and how much counts and waits.
fn outcome(lines: &str) -> (BTreeMap<String, i64>, u64, u64) {
    let run: Run = run(&given::catalog(PLANS), &given::journal(lines, UNTIL), &Schedule::calm());
    let mut charged: BTreeMap<String, i64> = BTreeMap::new();
    for line in show::records(&run).iter().flat_map(|record| &record.lines) {
        let place = format!("{:?} {:?} {} {}", line.service, line.consent, line.period.from, line.unit_price);
        *charged.entry(place).or_default() += line.quantity.to_string().parse::<i64>().expect("whole units");
    }
    charged.retain(|_, units| *units != 0);
    (charged, run.sums.counted, run.sums.suspended)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whenever_use_comes_and_what_allows_it_is_told_the_same_is_charged(history in history()) {
        let told = history.lines(false, false);
        let expect = outcome(&told);
        for (is_late, are_facts_late) in [(true, false), (false, true), (true, true)] {
            let lines = history.lines(is_late, are_facts_late);
            prop_assert_eq!(outcome(&lines), expect.clone(), "\n{}\n\n{}", told, lines);
        }
    }
}

/// The property above says nothing unless histories charge, hold back and end: they do.
#[test]
fn histories_charge_and_hold_back() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::new(config());
    let (mut charged, mut waiting, mut both) = (0, 0, 0);
    for _ in 0..40 {
        let history = history().new_tree(&mut runner).expect("a history").current();
        let (_, counted, suspended) = outcome(&history.lines(true, true));
        charged += u32::from(counted > 0);
        waiting += u32::from(suspended > 0);
        both += u32::from(counted > 0 && suspended > 0);
    }
    assert!(charged > 20 && waiting > 20 && both > 15, "{charged} charge, {waiting} hold back, {both} both, of 40");
}
