//! Pupils of a merged customer count on the survivor from the day on, none twice, none lost (REQUIREMENTS E1, vector 13).

use std::sync::Arc;

use chrono::NaiveDate;
use proptest::prelude::*;
use tally::domain::account::Account;
use tally::domain::roster::Counted;
use tally::domain::state::{StateKey, StateValue};

use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::model::{config_of, schedule};
use crate::naive::roster::{Fact, pupils_in};
use crate::roster_orders::{DAYS, date, told_facts};
use crate::rosters::{KNOWN, settled};
use crate::show::{check as check_run, records, run_alike};

const OTHERS: &str = "customer 2025-01-01 A Europe/Stockholm SEK 2025-01-01
customer 2025-01-01 B Europe/Stockholm SEK 2025-01-01";

fn account<'r>(run: &'r Run, customer: &str) -> &'r Account {
    match run.store.get(&StateKey::Account(customer.into())) {
        Some(StateValue::Account(account)) => account,
        _ => panic!("{customer} is stored"),
    }
}

/// Active pupils of customers on days: `K 2025-09-20` and a number, or none.
fn check(facts: &str, expect: &[(&str, Option<u64>)]) {
    let run = run_alike(&given::catalog(&settled("", "")), &given::journal(&format!("{KNOWN}\n{OTHERS}\n{facts}"), "2025-09-30"));
    for (of, pupils) in expect {
        let (customer, day) = of.split_once(' ').expect("customer day");
        let found = account(&run, customer).pupils_on(None, day.parse().expect("a day"), Counted::Once);
        assert_eq!(found, *pupils, "{of}: {facts}");
    }
}

/// p3 has moved from A to K, and A has not noticed.
const ROSTERS: &str = "pupil 2025-09-01 K p1 a/GR/2025-08-18
pupil 2025-09-01 K p3 a/GR/2025-09-01
pupil 2025-08-20 A p2 b/GR/2025-08-18
pupil 2025-08-20 A p3 b/GR/2025-08-18";

#[test]
fn e1_pupils_of_a_merged_customer_count_on_the_survivor_from_the_day_on() {
    let told = format!("{ROSTERS}\nmerge 2025-09-10 A K 2025-09-20");
    let late = format!("{ROSTERS}\nmerge 2025-09-25 A K 2025-09-20");
    let early = format!("merge 2025-08-01 A K 2025-09-20\n{ROSTERS}");
    for facts in [told, late, early] {
        check(&facts, &[("A 2025-09-19", Some(2)), ("K 2025-09-19", Some(2)), ("K 2025-09-20", Some(3))]);
    }
}

/// Each list stays a list of its own: a full load ends those of its own list alone.
#[test]
fn e1_what_is_told_of_a_merged_customer_changes_the_survivor() {
    let merged = format!("{ROSTERS}\nmerge 2025-09-10 A K 2025-09-20");
    let after = |facts: &str, day: &str, pupils: u64| check(&format!("{merged}\n{facts}"), &[(&format!("K {day}"), Some(pupils))]);
    after("pupil 2025-09-25 A p2 gone", "2025-09-25", 2);
    after("pupil 2025-09-25 A p4 b/GR/2025-09-25", "2025-09-25", 4);
    after("pupil 2025-09-25 A p4 =p1 b/GR/2025-09-25", "2025-09-25", 3);
    after("load 2025-09-25 K L1 1/1 full p1:a/GR/2025-08-18", "2025-09-25", 3);
    after("load 2025-09-25 A L1 1/1 full p4:b/GR/2025-09-25", "2025-09-25", 3);
    after("load 2025-09-25 A L1 1/1 full", "2025-09-25", 2);
    after("load 2025-09-25 A L1 1/2 delta p2:gone\nload 2025-09-25@2025-09-26 A L1 2/2 delta p3:gone", "2025-09-25", 2);
}

/// Two become a new one; a chain; what nobody told.
#[test]
fn e1_pupils_of_all_who_were_merged_count() {
    check(
        "pupil 2025-09-01 A p1 a/GR/2025-08-18
        pupil 2025-09-01 B p1 b/GR/2025-08-18
        pupil 2025-09-01 B p2 b/GR/2025-08-18
        merge 2025-09-10 A K 2025-09-20
        merge 2025-09-11 B K 2025-09-22",
        &[("K 2025-09-19", None), ("K 2025-09-20", Some(1)), ("K 2025-09-22", Some(2))],
    );
    check(
        "pupil 2025-09-01 A p1 a/GR/2025-08-18
        pupil 2025-09-01 B p2 b/GR/2025-08-18
        pupil 2025-09-01 K p3 b/GR/2025-08-18
        merge 2025-09-10 B K 2025-09-15
        merge 2025-09-11 A B 2025-09-12",
        &[("B 2025-09-12", Some(2)), ("K 2025-09-14", Some(1)), ("K 2025-09-15", Some(3))],
    );
    check("merge 2025-09-10 A K 2025-09-20", &[("K 2025-09-20", None)]);
}

/// Where pupils are told by numbers, those of a roster are added, until a number of both is told.
#[test]
fn e1_pupils_told_by_numbers_and_a_merger() {
    let told = "pupils 2025-09-01 K 100 2025-09-01
        pupil 2025-09-01 A p1 a/GR/2025-08-18
        merge 2025-09-10 A K 2025-09-20";
    check(told, &[("K 2025-09-19", Some(100)), ("K 2025-09-20", Some(101))]);
    check(&format!("{told}\npupils 2025-09-21 K 77 2025-09-21"), &[("K 2025-09-20", Some(101)), ("K 2025-09-22", Some(77))]);
}

/// The merger is told late, or after it was charged: the year is corrected. The notice says how many, and what is not known.
#[test]
fn e1_a_merger_changes_what_is_charged_by_pupils() {
    let check = |facts: &str, expect: &str| check_run(&settled("", ""), &format!("{KNOWN}\n{OTHERS}\n{facts}"), "2026-12-01", expect);
    let charged = |notice: &str, docs: u32| {
        format!(
            "counted
            {notice}
            K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs {docs} x 1.00
            K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs {docs} x 1.00"
        )
    };
    let merge = "merge 2025-10-01 A K 2025-10-01";
    check(&format!("{ROSTERS}\n{merge}"), &charged("notice 2025-10-01T00:00 customer_merged K 2 pupils roster on 2025-10-01", 700));
    check(
        &format!("pupils 2025-09-01 K 5 2025-09-01\npupil 2025-09-01 A p1 a/GR/2025-08-18\n{merge}"),
        &charged("notice 2025-10-01T00:00 customer_merged K 1 pupils added on 2025-10-01", 400),
    );
    check(
        &format!("pupils 2025-09-01 A 5 2025-09-01\npupil 2025-09-01 K p1 a/GR/2025-08-18\n{merge}"),
        &charged("notice 2025-10-01T00:00 customer_merged K 5 pupils unknown on 2025-10-01", 900),
    );
    check(
        &format!("{ROSTERS}\nmerge 2025-11-01 A K 2025-10-01"),
        "counted
        K-000001 annual 2025-10-19T22:00 [2026-01-01..2026-12-31]: docs 800 x 1.00
        notice 2025-11-01T00:00 customer_merged K 2 pupils roster on 2025-10-01
        K-000002 annual 2026-10-19T22:00 [2027-01-01..2027-12-31]: docs 700 x 1.00
        K-000003 correction 2026-10-19T22:00 corrects 1: docs -100 x 1.00 [2026-01-01..2026-12-31]",
    );
}

/// A load of a merged customer that would change too much brakes who is billed by its pupils.
#[test]
fn e13_a_load_of_a_merged_customer_brakes_the_survivor() {
    let rules = "[roster]\nmost_removed_share = \"0.4\"";
    let check = |facts: &str, expect: &str| check_run(&settled("", rules), &format!("{KNOWN}\n{OTHERS}\n{facts}"), "2025-12-01", expect);
    let load = "load 2025-10-02 A L1 1/1 full p2:b/GR/2025-08-18";
    check(
        &format!("{ROSTERS}\nmerge 2025-10-01 A K 2025-10-01\n{load}\ntick 2025-10-21\nload_decision 2025-10-22 A L1 discard"),
        "counted
        notice 2025-10-01T00:00 customer_merged K 2 pupils roster on 2025-10-01
        notice 2025-10-02T00:00 load_stopped L1 +0 -1 of 2
        notice 2025-10-02T00:00 brake_tripped docs: the roster load `L1` waits: it would remove 1 of 2 active pupils, and at most a share of 0.4 is allowed
        notice 2025-10-02T00:00 brake_tripped docs: the roster load `A/L1` waits: it would remove 1 of 2 active pupils, and at most a share of 0.4 is allowed
        notice 2025-10-19T22:00 record_held docs 2026-01-01
        notice 2025-10-22T00:00 load_decided L1 discard
        notice 2025-10-22T00:00 brake_off docs waiting 0
        notice 2025-10-22T00:00 brake_off docs waiting 0
        K-000001 annual 2025-10-22T00:00 [2026-01-01..2026-12-31]: docs 700 x 1.00",
    );
    check(
        &format!("{ROSTERS}\n{load}\nmerge 2025-10-03 A K 2025-10-05\ntick 2025-10-21\nload_decision 2025-10-22 A L1 release"),
        "counted
        notice 2025-10-02T00:00 load_stopped L1 +0 -1 of 2
        notice 2025-10-02T00:00 brake_tripped docs: the roster load `L1` waits: it would remove 1 of 2 active pupils, and at most a share of 0.4 is allowed
        notice 2025-10-05T00:00 brake_tripped docs: the roster load `A/L1` waits: it would remove 1 of 2 active pupils, and at most a share of 0.4 is allowed
        notice 2025-10-05T00:00 customer_merged K 2 pupils roster on 2025-10-05
        notice 2025-10-19T22:00 record_held docs 2026-01-01
        notice 2025-10-22T00:00 load_decided L1 release
        notice 2025-10-22T00:00 brake_off docs waiting 0
        notice 2025-10-22T00:00 brake_off docs waiting 0
        K-000001 annual 2025-10-22T00:00 [2026-01-01..2026-12-31]: docs 700 x 1.00",
    );
}

/// Lines of facts about K, as of another customer.
fn of(lines: &[String], customer: &str) -> Vec<String> {
    lines.iter().map(|line| line.replacen(" K ", &format!(" {customer} "), 1)).collect()
}

type Drawn = (Vec<Fact>, Vec<String>);

fn told(a: &Drawn, b: &Drawn, k: &Drawn, mergers: (u32, u32)) -> Vec<String> {
    let merge = |old: &str, into: &str, day: u32| format!("merge {{told}} {old} {into} {}", date(day));
    let mergers = vec![merge("A", "B", mergers.0), merge("B", "K", mergers.1)];
    [of(&a.1, "A"), of(&b.1, "B"), k.1.clone(), mergers].concat()
}

fn engine(lines: &[String], schedule: &Schedule) -> Run {
    let told: Vec<String> = lines.iter().map(|line| line.replace("{told}", "2025-10-01")).collect();
    let journal = given::journal(&format!("{KNOWN}\n{OTHERS}\n{}", told.join("\n")), "2025-10-30");
    run(&Arc::clone(&given::catalog(&settled("", ""))), &journal, schedule)
}

proptest! {
    #![proptest_config(config_of(60))]

    /// A is merged into B, and B into K, told at any place among the facts about all three.
    #[test]
    fn e1_mergers_and_facts_in_any_order_end_in_the_same_pupils(
        (lists, lines) in (told_facts(), told_facts(), told_facts(), 0..DAYS, 0..DAYS).prop_flat_map(|(a, b, k, first, second)| {
            let lines = told(&a, &b, &k, (first, second));
            (Just((a.0, b.0, k.0, date(first), date(second))), Just(lines).prop_shuffle())
        }),
        schedule in schedule(),
    ) {
        let run = engine(&lines, &schedule);
        let (a, b, k, first, second) = &lists;
        let of_a: Vec<(&[Fact], Option<NaiveDate>)> = vec![(a, None)];
        let of_b = vec![(b.as_slice(), None), (a.as_slice(), Some(*first))];
        let of_k = vec![(k.as_slice(), None), (b.as_slice(), Some(*second)), (a.as_slice(), Some(*first.max(second)))];
        let asked: [Option<Vec<String>>; 2] = [None, Some(vec!["GR".to_owned()])];
        for (customer, lists) in [("A", of_a), ("B", of_b), ("K", of_k)] {
            let roster = account(&run, customer).gates.roster.as_ref().expect("a roster");
            for day in (0..DAYS + 45).step_by(3).map(date) {
                for forms in &asked {
                    for (counted, per_form) in [(Counted::Once, false), (Counted::PerForm, true)] {
                        let found = roster.counts.on(day, forms.as_deref(), counted);
                        let expect = pupils_in(&lists, day, forms.as_deref(), per_form);
                        prop_assert_eq!(found, expect, "{} {} {:?} {:?}\n{}", customer, day, forms, counted, lines.join("\n"));
                    }
                }
                // Without those taken over that it does not name itself.
                prop_assert_eq!(roster.own_on(day, None, Counted::Once), own(&lists, day), "{} {}\n{}", customer, day, lines.join("\n"));
            }
        }
    }
}

/// What the year of K is charged, and whether anything is still braked or waits.
fn end(run: &Run) -> (Vec<String>, u64, u64) {
    let charged = records(run).into_iter().map(|record| format!("{} {}", record.number, record.totals.net.minor()));
    (charged.collect(), account(run, "K").gates.brakes.count_on(), run.sums.suspended)
}

proptest! {
    #![proptest_config(config_of(60))]

    /// Every load that changes anything waits, and is released by two people, before it comes or after: in the end there
    /// are the same pupils and the same record as without bounds.
    #[test]
    fn e13_loads_that_wait_and_are_released_leave_no_trace(
        (lines, decided) in told_facts().prop_flat_map(|(facts, lines)| {
            let decide = |fact: &Fact| format!("load_decision {{told}} K L{} release", fact.moment);
            let decided: Vec<String> = lines.iter().cloned().chain(facts.iter().map(decide)).collect();
            (Just(lines), Just(decided).prop_shuffle())
        }),
        schedule in schedule(),
    ) {
        let run = |lines: &[String], rules: &str| {
            let told: Vec<String> = lines.iter().map(|line| line.replace("{told}", "2025-10-01")).collect();
            let facts = format!("{KNOWN}\n{}\n2 docs 2025-10-02 {{\"quantity\":1700000000}}", told.join("\n"));
            run(&Arc::clone(&given::catalog(&settled("", rules))), &given::journal(&facts, "2025-12-01"), &schedule)
        };
        let (free, bounded) = (run(&lines, ""), run(&decided, "[roster]\nmost_removed = 0\nmost_added = 0"));
        prop_assert_eq!(end(&free), end(&bounded), "\n{}", decided.join("\n"));
        let counts = |run: &Run| account(run, "K").gates.roster.as_ref().map(|roster| roster.counts.clone());
        prop_assert_eq!(counts(&free), counts(&bounded), "\n{}", decided.join("\n"));
    }
}

/// Children that the first list has active, where those of all lists say which names mean the same child.
fn own(lists: &[(&[Fact], Option<NaiveDate>)], day: NaiveDate) -> u64 {
    let never = NaiveDate::MAX;
    let asked: Vec<(&[Fact], Option<NaiveDate>)> = lists.iter().map(|(facts, from)| (*facts, from.map(|_| never))).collect();
    pupils_in(&asked, day, None, false)
}
