//! Trial connections and the test environment: counted apart, never billed, and what is in the wrong one is found (REQUIREMENTS
//! P4, P17).

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rust_decimal::Decimal;
use tally::domain::state::{StateKey, StateValue};
use tally::domain::verdict::Verdict;
use tally::engine::Limits;
use tally::engine::input::EngineError;

use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::history::{PLANS as ALL_PLANS, UNTIL, history};
use crate::model::{config, schedule};
use crate::show::{check as check_run, records, run_alike, run_alike_with, shown};

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "Look-ups"
unit = "C62"
registered = true
trial = true
retractable = true
[service.free]
types = ["free"]
title = "Free for all sources"
unit = "C62"
quantity = "sms_segments"
[plan.look]
model = "metered"
period = "month"
services = ["look", "free"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.00" } } ]
[plan.fee]
model = "fixed"
period = "month"
services = ["free"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-03-01", amount = { SEK = "90.00" } } ]
"#;

const K: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n";

fn without_fee() -> String {
    PLANS.split("[plan.fee]").next().expect("a part").to_owned()
}

fn check(lines: &str, expect: &str) {
    check_run(&without_fee(), &format!("{K}{lines}"), "2026-03-01", expect);
}

/// The same catalog, of a log of the test environment.
fn of_tests(plans: &str) -> String {
    format!("environment = \"test\"\n{}{plans}", given::HEAD)
}

fn check_tests(plans: &str, lines: &str, expect: &str) {
    let run = run_alike(&given::parse(&of_tests(plans)), &given::journal(&format!("{K}{lines}"), "2026-06-01"));
    let expect: Vec<&str> = expect.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown(&run), expect, "\n{}", shown(&run).join("\n"));
}

/// `service day: system events quantity, ...`, from the store.
fn tried(run: &Run) -> Vec<String> {
    let days = run.store.iter().filter_map(|(key, value)| match (key, value) {
        (StateKey::Day(_, service, date), StateValue::Day(window)) if !window.tests.is_empty() => Some((service, date, window)),
        _ => None,
    });
    let of_day = days.map(|(service, date, window)| {
        let systems = window.tests.iter().map(|one| {
            let system = one.system.as_ref().map_or("?", |system| system.as_str());
            format!("{system} {} {}", one.events, one.quantity)
        });
        format!("{service} {date}: {}", systems.collect::<Vec<_>>().join(", "))
    });
    of_day.collect()
}

/// Told once a day; released by itself when the system is registered for production, else it waits.
#[test]
fn p17_trial_traffic_on_the_production_topic_waits_and_is_told() {
    check(
        r#"trial 2026-01-01 journal s 2026-01-01 2026-01-20
        1 look 2026-01-10
        2 free 2026-01-10
        3 free 2026-01-10 {"environment":"production"}
        4 free 2026-01-11
        5 look 2026-01-11 {"environment":"test"}
        6 look 2026-01-21
        system 2026-01-25 journal s 2026-01-11"#,
        "wrong_environment wrong_environment wrong_environment wrong_environment test unknown_system
        notice 2026-01-10T12:00 wrong_environment trial_in_production s 2026-01-10
        notice 2026-01-11T12:00 wrong_environment trial_in_production s 2026-01-11
        notice 2026-01-21T12:00 security_alarm unknown_system s 2026-01-21
        released 4
        released 6
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: free 1 x 2.00, look 1 x 2.00",
    );
}

/// Whatever the event lacks besides, and whoever its customer is, it is traffic of the other environment.
#[test]
fn p17_trial_traffic_is_told_as_that_before_all_else() {
    check(
        "trial 2026-01-01 journal s 2026-01-01
        1 unheard 2026-01-10
        2 look 2026-01-11 nobody",
        "wrong_environment wrong_environment
        notice 2026-01-10T12:00 wrong_environment trial_in_production s 2026-01-10",
    );
}

/// Connected to both: what the event says decides, and nothing is wrong.
#[test]
fn p4_a_system_or_certificate_in_both_environments_is_right_in_both() {
    check(
        r#"system 2026-01-01 journal s 2026-01-01
        certificate 2026-01-01 01 journal 2026-01-01 2027-01-01
        trial 2026-01-01 journal s,CA/01 2026-01-01
        1 look 2026-01-10
        2 look 2026-01-10 {"environment":"test"}
        3 look 2026-01-10 {"certificate":{"issuer":"CA","serial":"01"}}
        4 look 2026-01-10 {"environment":"test","certificate":{"issuer":"CA","serial":"01"}}"#,
        "counted test counted test
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 2 x 2.00",
    );
}

/// A certificate says which system it is, whatever the source: one that is only tried is, from a registered source too.
#[test]
fn p7_p17_a_certificate_may_be_connected_by_trial() {
    check(
        r#"system 2026-01-01 journal s 2026-01-01
        trial 2026-01-01 new CA/09 2026-01-01
        1 free 2026-01-10 {"certificate":{"issuer":"CA","serial":"09"}}
        2 free 2026-01-10
        3 look 2026-01-10 {"certificate":{"issuer":"Other CA","serial":"09"}}
        certificate 2026-01-15 09 journal 2026-01-01 2027-01-01"#,
        "wrong_environment counted unknown_certificate
        notice 2026-01-10T12:00 wrong_environment trial_in_production s 2026-01-10
        notice 2026-01-10T12:00 security_alarm unknown_certificate s 2026-01-10
        released 1
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: free 2 x 2.00",
    );
}

/// Told late, a trial is told of as if it had been told before: what waits for the system waits for that now.
#[test]
fn p17_a_trial_that_is_told_late() {
    check(
        r#"1 look 2026-01-10
        2 look 2026-01-11
        trial 2026-01-15 journal s 2026-01-01
        trial 2026-01-16 journal s 2026-01-01
        writeoff 2026-01-17 K {"reason":"wrong_environment"} 2026-02-01
        3 look 2026-01-20
        trial 2026-01-21 journal s 2026-01-01 2026-01-19
        system 2026-01-22 journal s 2026-01-20"#,
        "unknown_system unknown_system wrong_environment
        notice 2026-01-10T12:00 security_alarm unknown_system s 2026-01-10
        notice 2026-01-11T12:00 security_alarm unknown_system s 2026-01-11
        notice 2026-01-15T00:00 wrong_environment trial_in_production s 2026-01-15
        written_off 1 wrong_environment by anna+bo
        written_off 2 wrong_environment by anna+bo
        notice 2026-01-20T12:00 wrong_environment trial_in_production s 2026-01-20
        released 3
        K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: look 1 x 2.00",
    );
}

/// Where the service asks for it: counted apart all the same, and told once a day of each source.
#[test]
fn p4_test_traffic_of_no_trial_connection_on_the_production_topic() {
    check(
        r#"system 2026-01-01 journal s 2026-01-01
        1 look 2026-01-10 {"environment":"test"}
        2 look 2026-01-10 {"environment":"test"}
        3 free 2026-01-10 {"environment":"test"}
        4 look 2026-01-11 {"environment":"test","certificate":{"issuer":"CA","serial":"01"}}
        5 look 2026-01-11 nobody {"environment":"test"}
        trial 2026-01-12 journal s 2026-01-12
        6 look 2026-01-12 {"environment":"test"}"#,
        "test test test test test test
        notice 2026-01-10T12:00 wrong_environment test_without_trial s 2026-01-10
        notice 2026-01-11T12:00 wrong_environment test_without_trial s 2026-01-11",
    );
}

/// A log of tests charges nothing, what stands without use neither; what says that it is production is told.
#[test]
fn p4_a_log_of_the_test_environment_never_issues_a_record() {
    let plans = PLANS.replace(r#"services = ["look", "free"]"#, r#"services = ["look"]"#);
    let on_production = run_alike(&given::catalog(&plans), &given::journal(K, "2026-06-01"));
    assert_eq!(records(&on_production).len(), 2, "the fee is charged without use");
    check_tests(
        &plans,
        r#"system 2026-01-01 journal s 2026-01-01
        1 free 2026-03-10
        2 look 2026-03-10 {"environment":"production"}
        3 free 2026-03-11 {"environment":"test"}
        4 look 2026-03-12
        5 look 2026-03-12 {"environment":"staging"}
        5 look 2026-03-12 {"environment":"production"}
        rerate 2026-05-01 K fee 2026-03-01 2026-05-01
        trial 2026-05-02 journal s 2026-01-01
        6 look 2026-05-03"#,
        "test wrong_environment test test bad_data wrong_environment test
        notice 2026-03-10T12:00 wrong_environment production_in_test s 2026-03-10
        notice 2026-03-12T12:00 wrong_environment test_without_trial s 2026-03-12
        notice 2026-03-12T12:00 wrong_environment production_in_test s 2026-03-12
        notice 2026-05-01T00:00 rerated fee 0",
    );
}

#[test]
fn p17_tests_are_counted_apart_by_day_and_system() {
    let lines = r#"trial 2026-01-01 journal s 2026-01-01
        trial 2026-01-01 new CA/09 2026-01-01
        1 free 2026-01-10 {"environment":"test","characters":200,"encoding":"gsm7"}
        2 free 2026-01-10T23:30:00Z {"environment":"test"}
        3 free 2026-01-11 {"environment":"test","certificate":{"issuer":"CA","serial":"09"}}
        4 look 2026-01-11 {"environment":"test","quantity":3}
        4 look 2026-01-11 {"environment":"test","quantity":3}
        5 look 2026-01-11 {"environment":"test","quantity":2}
        6 look 2026-01-11 {"environment":"test","quantity":2,"retracts":"5"}
        7 unheard 2026-01-11 {"environment":"test"}
        8 look 2026-01-11 nobody {"environment":"test"}"#;
    let run = run_alike(&given::catalog(&without_fee()), &given::journal(&format!("{K}{lines}"), "2026-03-01"));
    assert_eq!(records(&run).len(), 0);
    assert_eq!(run.sums.test, 8);
    let expect = ["free 2026-01-10: journal 1 2", "free 2026-01-11: journal 1 1, new 1 1", "look 2026-01-11: journal 1 3"];
    assert_eq!(tried(&run), expect);
    let untold = lines.lines().skip(2).collect::<Vec<_>>().join("\n");
    let run = run_alike(&given::catalog(&without_fee()), &given::journal(&format!("{K}{untold}"), "2026-03-01"));
    assert_eq!(tried(&run), ["free 2026-01-10: ? 1 2", "free 2026-01-11: ? 2 2", "look 2026-01-11: ? 1 3"]);
}

/// A catalog of the other environment is refused; in a freeze window too.
#[test]
fn p4_a_log_stays_in_its_environment() {
    let catalogs = [given::catalog(&without_fee()), given::parse(&of_tests(&without_fee()))];
    let (own, other) = (given::catalog_line("2026-01-10", &catalogs[1]), given::catalog_line("2026-01-21", &catalogs[1]));
    let lines = format!("{K}{own}\n1 free 2026-01-11\nfreeze 2026-01-12 f 2026-01-20 2026-01-25\n{other}\n2 free 2026-01-26");
    let run = run_alike_with(&catalogs, &given::journal(&lines, "2026-03-01"));
    let expect = [
        "counted counted",
        "notice 2026-01-10T00:00 control_refused bad_data",
        "notice 2026-01-20T00:00 freeze_began f",
        "notice 2026-01-21T00:00 control_refused bad_data",
        "notice 2026-01-25T00:00 freeze_ended f customers 0",
        "K-000001 periodic 2026-02-05T23:00 [2026-01-01..2026-01-31]: free 2 x 2.00",
    ];
    assert_eq!(shown(&run), expect);
}

/// Started again with a catalog of the other environment, it stops before it reads anything.
#[test]
fn p4_a_restart_in_the_other_environment_stops() {
    let run = run(&given::catalog(&without_fee()), &given::journal(&format!("{K}1 free 2026-01-11"), "2026-03-01"), &Schedule::calm());
    let limits = Limits { accounts_in_ram: 9, ids_in_ram: 9 };
    let mut engine = tally::engine::Engine::new(given::parse(&of_tests(&without_fee())), 0, 1, limits);
    let meta = run.store.iter().find(|(key, _)| **key == StateKey::Meta).expect("a commit");
    engine.restore(StateKey::Meta, meta.1.clone()).expect("meta");
    let stopped = engine.settle().expect_err("another environment");
    assert!(matches!(stopped, EngineError::OtherEnvironment { is_test: false, .. }), "{stopped}");
    assert!(stopped.to_string().contains("the log is of the production environment"), "{stopped}");
}

proptest! {
    #![proptest_config(config())]

    /// Any history, on a log of the test environment: nothing is issued, and all that is sound is a test.
    #[test]
    fn nothing_is_ever_billed_from_a_log_of_tests(history in history(), schedule in schedule()) {
        let lines: String = history.lines().lines().filter(|line| !line.contains("{raised}")).map(|line| format!("{line}\n")).collect();
        let journal = given::journal(&lines, UNTIL);
        let catalog = given::parse(&of_tests(ALL_PLANS));
        let calm = run(&catalog, &journal, &Schedule::calm());
        prop_assert!(records(&calm).is_empty(), "{}", lines);
        prop_assert_eq!(calm.sums.counted, 0);
        let waits = calm.verdicts.values().filter(|one| matches!(one, Verdict::Suspended(reason) if reason.waits())).count();
        prop_assert_eq!(waits, 0, "nothing here says that it is production:\n{}", lines);
        let cruel = run(&catalog, &journal, &schedule);
        prop_assert_eq!(calm.effects, cruel.effects, "\n{}", lines);
    }

    /// What opens may be told in any order: in the end the same is billed, and the same waits for the same.
    #[test]
    fn facts_in_any_order_bill_the_same(
        facts in vec((0..4_usize, 0..40_u32, 1..40_u32), 1..7),
        order in vec(any::<Index>(), 7),
        uses in vec((0..40_u32, 0..4_usize, 0..3_usize), 1..12),
    ) {
        let mut told = vec!["customer {} K Europe/Stockholm SEK 2026-01-01".to_owned()];
        for (place, (what, from, length)) in facts.iter().enumerate() {
            let (from, to) = (day(*from), day(from + length));
            let is_named = told.iter().any(|line| line.starts_with("system"));
            told.push(match what {
                // Two systems of one source would be another matter: the second one shuts it.
                0 => format!("system {{}} journal{place} {} {from} {to}", if is_named { "t" } else { "s" }),
                1 => format!("certificate {{}} 0{place} journal{} {from} {to}", place.saturating_sub(1)),
                2 => format!("trial {{}} tried{place} s,CA/01 {from} {to}"),
                _ => format!("trial {{}} tried{place} CA/0{place} {from} {to}"),
            });
        }
        let uses = uses.iter().enumerate().map(|(id, (at, serial, what))| {
            let certificate = if *serial == 0 { String::new() } else { format!(r#","certificate":{{"issuer":"CA","serial":"0{serial}"}}"#) };
            let says = ["", r#","environment":"production""#, r#","environment":"test""#][*what];
            format!("e{id} look {}@2026-02-{:02} {{\"quantity\":1{certificate}{says}}}", day(*at), 10 + id)
        });
        let uses = uses.collect::<Vec<_>>().join("\n");
        let outcome = |told: &[String]| {
            let on = |place: usize| format!("2026-02-{:02}T01:00:00Z", 10 + 2 * place);
            let told: Vec<String> = told.iter().enumerate().map(|(place, line)| line.replacen("{}", &on(place), 1)).collect();
            ended(&run_alike(&given::catalog(&without_fee()), &given::journal(&format!("{}\n{uses}", told.join("\n")), "2026-09-01")))
        };
        let expect = outcome(&told);
        let mut shuffled = told.clone();
        for (place, other) in order.iter().enumerate().take(told.len()) {
            shuffled.swap(place, other.index(told.len()));
        }
        prop_assert_eq!(expect, outcome(&shuffled), "{:?} and {:?}\n{}", told, shuffled, uses);
    }
}

fn day(days: u32) -> String {
    (chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + chrono::Days::new(u64::from(days))).to_string()
}

/// What is billed in all, how many were tests, and what waits for what.
fn ended(run: &Run) -> (Decimal, u64, BTreeMap<String, String>) {
    let billed = records(run).into_iter().flat_map(|record| &record.lines).map(|line| line.quantity.to_string()).collect::<Vec<_>>();
    let billed = billed.iter().map(|one| one.parse::<Decimal>().expect("a quantity")).sum();
    let waits = run.store.iter().filter_map(|(key, value)| match (key, value) {
        (StateKey::Parked(..), StateValue::Parked(parked)) => Some((parked.event.id.to_string(), parked.reason.to_string())),
        _ => None,
    });
    (billed, run.sums.test, waits.collect())
}
