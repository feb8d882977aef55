//! Random histories of customers that take services into use: the engine against the independent model, against itself under
//! restarts, and against itself with the facts told in another order.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use tally::domain::suspense::SuspenseState;
use tally::engine::input::Effect;
use tally::wire::encode;

use crate::examples::parsed;
use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::model::{config, schedule};
use crate::naive;
use crate::naive::compare::differences;
use crate::show;
use crate::taken::hash;

const PLANS: &str = r#"
[service.arc]
types = ["arc"]
title = "arc"
unit = "C62"
onboarding = { archive = "kanta" }
[service.oth]
types = ["oth"]
title = "oth"
unit = "C62"
onboarding = { report_closes = true }
[plan.p]
model = "metered"
period = "month"
services = ["arc", "oth"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { EUR = "2.00" } } ]
"#;

const UNTIL: &str = "2026-06-01";
const CUSTOMERS: [&str; 2] = ["K", "L"];
const SERVICES: [&str; 2] = ["arc", "oth"];
const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

/// A fact without when it is told.
#[derive(Debug, Clone)]
struct Fact {
    word: &'static str,
    rest: String,
}

#[derive(Debug, Clone)]
struct Use {
    customer: usize,
    service: usize,
    at: u32,
    delay: u32,
    /// 0: nobody, 1: somebody real, else a test id.
    person: usize,
    other_system: bool,
}

#[derive(Debug, Clone)]
struct History {
    facts: Vec<Fact>,
    /// When each is told, in minutes.
    told: Vec<u32>,
    uses: Vec<Use>,
    /// Facts that take back what was open, or contradict: their order matters.
    wild: Vec<(Fact, u32)>,
}

fn minute(minutes: u32) -> String {
    let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date").and_time(chrono::NaiveTime::MIN);
    (start + chrono::Duration::minutes(i64::from(minutes))).format("%Y-%m-%dT%H:%M:00Z").to_string()
}

fn fact(word: &'static str, rest: String) -> Fact {
    Fact { word, rest }
}

/// All that a customer tells of a service: each part may be missing or wrong.
fn of_service(customer: usize, service: usize) -> impl Strategy<Value = Vec<Fact>> {
    let times = (2..10 * DAY, 1..3 * DAY, 0..4 * DAY, 0..3 * DAY, 0..5 * DAY);
    let flaws = (0..6_usize, any::<bool>(), any::<bool>(), 0..10_usize);
    (times, flaws).prop_map(move |((from, length, run, verified, reported), (wrong, reports, second, lacks))| {
        let (k, s) = (CUSTOMERS[customer], SERVICES[service]);
        let plan = format!("{k}{s}");
        let (test, system) = (from + run, if wrong == 4 { " system=s2" } else { "" });
        let sums = ["", " d1=a/a d2=b/c", " d1=a/-", " archivist=t", "", " archive=other"][wrong];
        let mut facts = vec![
            fact("approve", format!("{k} {s} 1.0")),
            fact("plan", format!("{k} {plan} {s} {} {}{system}", minute(from), minute(from + length))),
            fact("ran", format!("{k} {plan} {} passed", minute(test))),
            fact("verified", format!("{k} {plan} {}{sums}", minute(test + verified))),
        ];
        if reports {
            facts.push(fact("reported", format!("{k} {plan} {}", minute(test + reported))));
        }
        if second {
            facts.push(fact("plan", format!("{k} {plan}2 {s} {} {}", minute(from + 2 * DAY), minute(from + 6 * DAY))));
            facts.push(fact("ran", format!("{k} {plan}2 {} failed", minute(from + 2 * DAY))));
            facts.push(fact("ran", format!("{k} {plan}2 {} passed", minute(from + 3 * DAY))));
            facts.push(fact("verified", format!("{k} {plan}2 {}", minute(from + 4 * DAY))));
        }
        if lacks < facts.len() {
            facts.remove(lacks);
        }
        facts
    })
}

fn use_of() -> impl Strategy<Value = Use> {
    (0..2_usize, 0..2_usize, 0..24 * DAY, prop_oneof![2 => 0..2_u32, 1 => 0..5 * DAY], 0..5_usize, 0..5_usize)
        .prop_map(|(customer, service, at, delay, person, system)| Use { customer, service, at, delay, person, other_system: system == 0 })
}

fn history() -> impl Strategy<Value = History> {
    let services = (of_service(0, 0), of_service(0, 1), of_service(1, 0));
    let issued = vec((0..2_usize, 0..2_usize, 0..20 * DAY, 0..12 * DAY, any::<bool>()), 0..4);
    let relation = (0..6 * DAY, 15 * DAY..40 * DAY, any::<bool>());
    let told = vec(prop_oneof![1 => Just(0_u32), 2 => 0..40 * DAY], 60);
    let wild = vec((0..5_usize, 0..2_usize, 0..30 * DAY, 0..40 * DAY), 0..3);
    (services, issued, relation, told, vec(use_of(), 1..30), wild).prop_map(|((a, b, c), issued, (from, to, ends), told, uses, wild)| {
        let to = if ends { minute(to) } else { String::new() };
        let mut facts = vec![
            fact("relation", format!("K {} {to}", minute(from))),
            fact("relation", format!("L {}", minute(from / 2))),
            fact("described", format!("arc 1.0 {}", minute(0))),
            fact("described", format!("oth 1.0 {}", minute(2 * DAY))),
        ];
        facts.extend(a.into_iter().chain(b).chain(c));
        for (customer, service, from, length, back) in issued {
            // Each customer has ids of its own, else it matters who is told of first.
            let (id, place) = (["990", "991"][customer], format!("{} {}", CUSTOMERS[customer], SERVICES[service]));
            facts.push(fact("issue", format!("{id} {place} {}", minute(from))));
            if back {
                facts.push(fact("return", format!("{id} {place} {}", minute(from + length))));
            }
        }
        let wild = wild.into_iter().map(|(what, customer, at, told)| (wild_fact(what, customer, at), told)).collect();
        History { facts, told, uses, wild }
    })
}

fn wild_fact(what: usize, customer: usize, at: u32) -> Fact {
    let k = CUSTOMERS[customer];
    match what {
        0 => fact("relation", format!("{k} {} {}", minute(0), minute(at + 1))),
        1 => fact("described", format!("arc 2.0 {}", minute(at))),
        2 => fact("issue", format!("990 L arc {} {}", minute(at), minute(at + 3 * DAY))),
        3 => fact("plan", format!("{k} {k}arc arc {} {} agreed={} archivist=b", minute(at), minute(at + DAY), minute(at))),
        _ => fact("approve", format!("{k} arc 2.0")),
    }
}

impl History {
    /// `told`: when each fact is. Grants come before all use: an id that nobody knows is anybody.
    fn lines(&self, told: impl Fn(usize) -> u32, wild: bool) -> String {
        // An id that is returned late was a test before: neither is charged.
        let facts = self.facts.iter().enumerate().filter(|(_, fact)| wild || fact.word != "return");
        let mut control: Vec<(u32, String)> = facts.map(|(place, fact)| (told(place), line(fact, told(place)))).collect();
        if wild {
            control.extend(self.wild.iter().map(|(fact, told)| (*told, line(fact, *told))));
        }
        control.sort_by_key(|(at, _)| *at);
        let mut uses: Vec<(u32, String)> = self.uses.iter().enumerate().map(|(place, one)| (one.at + one.delay, one.line(place))).collect();
        uses.sort_by_key(|(at, _)| *at);
        let head = CUSTOMERS.iter().map(|id| format!("customer 2026-01-01 {id} Europe/Helsinki EUR 2025-01-01"));
        let grants = ["990", "991"].iter().map(|id| format!("grant 2026-01-01 lev {id} 2025-01-01"));
        let rest = control.into_iter().chain(uses).map(|(_, line)| line);
        head.chain(grants).chain(rest).collect::<Vec<_>>().join("\n")
    }

    fn as_told(&self) -> String {
        self.lines(|place| self.told[place], true)
    }
}

fn line(Fact { word, rest }: &Fact, told: u32) -> String {
    format!("{word} {} {rest}", minute(told))
}

impl Use {
    fn line(&self, place: usize) -> String {
        let data = match self.person {
            0 => String::new(),
            1 => format!(r#""person":"{}""#, hash("1")),
            test => format!(r#""person":"{}""#, hash(["990", "991"][test % 2])),
        };
        let source = if self.other_system { "s2" } else { "s" };
        let (time, recorded) = (minute(self.at), minute(self.at + self.delay));
        let (kind, subject) = (SERVICES[self.service], CUSTOMERS[self.customer]);
        let head = format!(r#""specversion":"1.0","id":"{place}","source":"{source}","type":"{kind}","subject":"{subject}""#);
        format!(r#"raw {{{head},"time":"{time}","recordedtime":"{recorded}","data":{{{data}}}}}"#)
    }
}

fn engine(lines: &str, schedule: &Schedule) -> Run {
    run(&given::catalog(PLANS), &given::journal(lines, UNTIL), schedule)
}

/// Id and what was told, of usage only: the engine names no event where it refuses a control event.
fn suspense(run: &Run) -> Vec<(String, &'static str)> {
    let told = run.effects.iter().filter_map(|effect| match effect {
        Effect::Suspense(it) => it.event_id.as_ref().map(|(_, id)| (id.clone(), it)),
        _ => None,
    });
    told.map(|(id, it)| (id, if it.state == SuspenseState::Released { "released" } else { it.reason.as_str() })).collect()
}

/// What is charged in the end, by customer and service; and how many are tests and wait.
fn outcome(run: &Run) -> (BTreeMap<String, String>, u64, u64, u64) {
    let mut charged: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in show::records(run) {
        for line in &record.lines {
            let service = line.service.as_ref().map(ToString::to_string).unwrap_or_default();
            charged
                .entry(format!("{} {service} {}", record.number.customer, line.period.from))
                .or_default()
                .push(line.quantity.to_string());
        }
    }
    let sum = |list: &Vec<String>| list.iter().map(|one| one.parse::<i64>().expect("whole")).sum::<i64>().to_string();
    let charged = charged.iter().map(|(place, list)| (place.clone(), sum(list))).filter(|(_, sum)| sum != "0").collect();
    (charged, run.sums.counted, run.sums.test, run.sums.suspended)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_does_what_the_model_does(history in history()) {
        let lines = history.as_told();
        let journal = given::journal(&lines, UNTIL);
        let until = journal.until.to_utc();
        let expect = naive::run(&naive::Input {
            usage: journal.usage,
            control: journal.control,
            catalog: naive::catalog::Catalog::parse(&format!("{}{PLANS}", given::HEAD)),
            others: Vec::new(),
            until: Some(until),
            wall: until,
        });
        let found = engine(&lines, &Schedule::calm());
        let of_usage = expect.suspense.iter().filter(|it| !it.id.starts_with('c'));
        let told: Vec<_> = of_usage.map(|it| (it.id.clone(), if it.state == "released" { it.state } else { it.reason })).collect();
        prop_assert_eq!(told, suspense(&found), "\n{}", lines);
        let records: Vec<_> = show::records(&found).into_iter().map(|record| parsed(&encode::record(record).value)).collect();
        let differences = differences(&expect.records, &records);
        prop_assert!(differences.is_empty(), "{:#?}\n{}\n{}", differences, lines, show::shown(&found).join("\n"));
        let (v, sums) = (&expect.verdicts, found.sums);
        prop_assert_eq!((v.counted, v.test, v.suspended), (sums.counted, sums.test, sums.suspended), "\n{}", lines);
    }

    #[test]
    fn commits_memory_and_restarts_change_nothing(history in history(), schedule in schedule()) {
        let lines = history.as_told();
        let (calm, other) = (engine(&lines, &Schedule::calm()), engine(&lines, &schedule));
        prop_assert_eq!((calm.sums, &calm.verdicts), (other.sums, &other.verdicts), "\n{}", lines);
        prop_assert_eq!(&calm.effects, &other.effects, "\n{}", lines);
    }

    /// Told before all use, in any order between it, or long after: the same is charged, tested and waits in the end.
    #[test]
    fn any_interleaving_of_facts_and_use_ends_in_the_same(history in history()) {
        let told = history.lines(|place| history.told[place], false);
        let expect = outcome(&engine(&told, &Schedule::calm()));
        let count = u32::try_from(history.facts.len()).expect("few");
        let orders: [&dyn Fn(usize) -> u32; 4] = [
            &|_| 0,
            &|place| u32::try_from(place).expect("few"),
            &|place| count - u32::try_from(place).expect("few"),
            &|place| 60 * DAY + history.told[place],
        ];
        for order in orders {
            let lines = history.lines(order, false);
            prop_assert_eq!(&outcome(&engine(&lines, &Schedule::calm())), &expect, "\n{}\n\n{}", told, lines);
        }
    }
}
