//! Charged by person: each once per service (or part of it) and period, at the earliest price under
//! which the person used it.

use std::fmt::Write;

use tally::domain::state::StateKey;

use crate::harness::{Schedule, run};
use crate::{given, show};

const PLANS: &str = r#"
[service.eid]
types = ["eid"]
title = "e-ID"
unit = "C62"
retractable = true
negative = true
bill_on = ["completed"]
[plan.eid]
model = "metered"
period = "month"
count = "distinct_persons"
services = ["eid"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.03" } }, { from = "2026-02-15", unit = { SEK = "2.50" } } ]
"#;

const ANNA: &str = "aaaaaaaaaaaaaaaa";
const BO: &str = "bbbbbbbbbbbbbbbb";

/// `day[@recorded] person [members]`; ids count up.
fn lines(uses: &[&str]) -> String {
    let mut lines = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01".to_owned();
    for (place, one) in uses.iter().enumerate() {
        let mut words = one.splitn(3, ' ');
        let (time, person, more) = (words.next().expect("a time"), words.next().expect("a person"), words.next().unwrap_or_default());
        let id = place + 1;
        write!(lines, "\ne{id} eid {time} {{\"outcome\":\"completed\",\"person\":\"{person}\"{more}}}").expect("a string");
    }
    lines
}

fn check(uses: &[&str], expect: &str) {
    show::check(PLANS, &lines(uses), "2026-05-01", expect);
}

#[test]
fn a_person_counts_once_in_a_month() {
    check(
        &[&format!("2026-02-02 {ANNA}"), &format!("2026-02-03 {ANNA}"), &format!("2026-02-04 {BO}"), &format!("2026-03-01 {ANNA}")],
        "counted counted counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: eid 2 x 2.03 [2026-02-01..2026-02-14]
        K-000002 periodic 2026-04-05T22:00 [2026-03-01..2026-03-31]: eid 1 x 2.50",
    );
}

#[test]
fn and_once_in_each_part_of_the_service() {
    check(
        &[
            &format!(r#"2026-02-02 {ANNA} ,"part":"familj""#),
            &format!(r#"2026-02-02 {ANNA} ,"part":"skola""#),
            &format!(r#"2026-02-03 {ANNA} ,"part":"familj""#),
            &format!("2026-02-03 {ANNA}"),
        ],
        "counted counted counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: eid 3 x 2.03 [2026-02-01..2026-02-14]",
    );
}

#[test]
fn the_earliest_price_counts_whatever_came_first() {
    let expect = "counted counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: eid 1 x 2.03 [2026-02-01..2026-02-14], eid 1 x 2.50 [2026-02-15..2026-02-28]";
    let (early, late, bo) =
        (format!("2026-02-02@2026-02-25 {ANNA}"), format!("2026-02-20@2026-02-25 {ANNA}"), format!("2026-02-20@2026-02-25 {BO}"));
    check(&[&early, &late, &bo], expect);
    check(&[&late, &bo, &early], expect);
}

/// What came late moves the person to the earlier price: one less there, one more here.
#[test]
fn late_use_at_an_earlier_price_corrects_the_later_one() {
    check(
        &[&format!("2026-02-20 {ANNA}"), &format!("2026-02-10@2026-03-10 {ANNA}"), &format!("2026-02-11@2026-03-11 {ANNA}")],
        "counted counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: eid 1 x 2.50 [2026-02-15..2026-02-28]
        K-000002 correction 2026-04-05T22:00 corrects 1: eid 1 x 2.03 [2026-02-01..2026-02-14], eid -1 x 2.50 [2026-02-15..2026-02-28]",
    );
}

#[test]
fn a_person_is_gone_when_all_use_was_taken_back() {
    check(
        &[
            &format!("2026-02-02 {ANNA}"),
            &format!("2026-02-20 {ANNA}"),
            &format!("2026-02-20 {BO}"),
            &format!(r#"2026-02-02@2026-02-21 {ANNA} ,"retracts":"e1""#),
            &format!(r#"2026-02-20@2026-03-07 {BO} ,"retracts":"e3""#),
        ],
        "counted counted counted counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: eid 2 x 2.50 [2026-02-15..2026-02-28]
        K-000002 correction 2026-04-05T22:00 corrects 1: eid -1 x 2.50 [2026-02-15..2026-02-28]",
    );
}

#[test]
fn negative_quantities_count_against_the_person() {
    check(
        &[&format!(r#"2026-02-02 {ANNA} ,"quantity":-1"#), &format!("2026-02-03 {ANNA}"), &format!("2026-02-03 {BO}")],
        "counted counted counted
        K-000001 periodic 2026-03-05T23:00 [2026-02-01..2026-02-28]: eid 1 x 2.03 [2026-02-01..2026-02-14]",
    );
}

#[test]
fn without_a_pseudonym_it_is_bad_data_and_a_personal_number_is_found_first() {
    let check = |person: &str, expect: &str| {
        let line = format!("e1 eid 2026-02-02 {{\"outcome\":\"completed\"{person}}}");
        let lines = format!("customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n{line}");
        show::check(PLANS, &lines, "2026-03-01", expect);
    };
    check("", "bad_data");
    check(r#","person":"""#, "bad_data");
    check(r#","person":"0123456789abcde""#, "bad_data");
    check(r#","person":"0123456789 abcdef""#, "bad_data");
    check(r#","person":"åååååååååååååååååååå""#, "bad_data");
    check(&format!(r#","person":"{}""#, "f".repeat(129)), "bad_data");
    check(&format!(r#","person":"{}""#, "f".repeat(128)), "counted");
    check(r#","person":"AZaz09-_AZaz09-_""#, "counted");
    check(r#","person":"191212121212""#, "personal_data");
    check(r#","person":"19121212-1212""#, "personal_data");
    check(r#","person":7"#, "undecodable");
}

/// Calls are all events, the look-ups that are charged only some of them (REQUIREMENTS P19).
#[test]
fn calls_are_told_beside_what_is_charged() {
    let lines = format!(
        r#"customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        e0 eid 2026-02-01 {{"outcome":"failed","person":"{BO}"}}
        e1 eid 2026-02-02 {{"outcome":"completed","person":"{ANNA}"}}
        e2 eid 2026-02-03 {{"outcome":"completed","person":"{ANNA}"}}
        e3 eid 2026-02-03 {{"outcome":"cancelled","person":"{ANNA}"}}
        e4 eid 2026-02-03 {{"outcome":"cancelled","person":"{ANNA}","retracts":"e3"}}
        e5 eid 2026-02-09@2026-03-07 {{"outcome":"failed","person":"{ANNA}"}}
        e6 eid 2026-02-09@2026-03-07 {{"outcome":"completed","person":"{BO}"}}"#
    );
    let run = show::run_alike(&given::catalog(PLANS), &given::journal(&lines, "2026-05-01"));
    let basis: Vec<_> =
        show::records(&run).iter().flat_map(|record| &record.lines).map(|line| (line.quantity.to_string(), line.basis.clone())).collect();
    let calls = |quantity: &str, calls: &str| (quantity.to_owned(), vec![("calls", calls.to_owned())]);
    assert_eq!(basis, [calls("1", "3"), calls("1", "5")]);
}

/// Use that nobody pays makes no record, and no period of its own.
#[test]
fn calls_alone_charge_nothing() {
    let lines = format!(
        r#"customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01
        e1 eid 2026-02-02 {{"outcome":"failed","person":"{ANNA}"}}
        e2 eid 2026-02-09@2026-03-07 {{"outcome":"failed","person":"{ANNA}"}}"#
    );
    show::check(PLANS, &lines, "2026-05-01", "counted counted");
}

/// Persons are kept as long as use of their period may come: the horizon, and while events wait.
#[test]
fn persons_of_old_periods_are_let_go() {
    let check = |more: &str, until: &str, expect: usize| {
        let uses = [format!("2026-02-02 {ANNA}"), format!("2026-02-03 {BO}"), format!("2026-03-03 {BO}")];
        let lines = format!("{}\n{more}", lines(&[&uses[0], &uses[1], &uses[2]]));
        for schedule in [Schedule::calm(), Schedule::cruel(), Schedule { chunk: 1, freeze_every: 1, ..Schedule::calm() }] {
            let run = run(&given::catalog(PLANS), &given::journal(&lines, until), &schedule);
            let kept = run.store.keys().filter(|key| matches!(key, StateKey::Person(..))).count();
            assert_eq!(kept, expect, "until {until}, {schedule:?}");
        }
    };
    // February ends at 23:00 UTC; 35 days later.
    check("", "2026-04-04T22:59:59Z", 3);
    check("", "2026-04-04T23:00:00Z", 1);
    check("", "2026-05-06T00:00:00Z", 0);
    let waits = "e9 unheard 2026-02-20 {}";
    check(waits, "2026-04-30", 3);
}
