//! Rosters against brute force: any order of the same facts, with any commits and restarts, ends in the same pupils
//! and the same bills.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use proptest::collection::vec;
use proptest::prelude::*;
use tally::domain::account::Account;
use tally::domain::roster::{Counted, PupilCounts};
use tally::domain::state::{StateKey, StateValue};

use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::model::{config_of, schedule};
use crate::naive::roster::{Enrolment, Fact, Told, pupils};
use crate::rosters::{KNOWN, settled};
use crate::show::records;

const FORMS: [&str; 3] = ["FS", "FTH", "GR"];
const UNITS: [&str; 2] = ["a", "b"];
/// Days after the first of August 2025.
pub const DAYS: u32 = 90;

pub fn date(days: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 8, 1).expect("a date") + Days::new(u64::from(days))
}

fn enrolment() -> impl Strategy<Value = Enrolment> {
    (0..2_usize, 0..3_usize, 0..DAYS, proptest::option::of(0..40_u32)).prop_map(|(unit, form, from, length)| {
        (UNITS[unit].to_owned(), FORMS[form].to_owned(), date(from), length.map(|length| date(from + length)))
    })
}

fn told() -> impl Strategy<Value = Told> {
    let enrolments = prop_oneof![3 => vec(enrolment(), 1..4).prop_map(Some), 1 => Just(None)];
    (0..5_usize, proptest::option::weighted(0.2, 0..5_usize), enrolments).prop_map(|(name, same, enrolments)| Told {
        name: format!("p{name}"),
        same: same.map(|same| format!("p{same}")),
        enrolments,
    })
}

/// Facts in the order of their moments, and the lines that tell them, in another.
pub fn told_facts() -> impl Strategy<Value = (Vec<Fact>, Vec<String>)> {
    let fact = (0..60_u32, 0..3_u32, vec(told(), 1..5));
    vec(fact, 1..9).prop_flat_map(|drafts| {
        let mut drafts = drafts;
        drafts.sort_by_key(|draft| draft.0);
        let facts: Vec<Fact> = drafts.into_iter().enumerate().map(|(moment, (day, kind, told))| fact_of(moment, day, kind, told)).collect();
        let lines: Vec<String> = facts.iter().flat_map(lines_of).collect();
        (Just(facts), Just(lines).prop_shuffle())
    })
}

/// Of kind 0 one pupil, 1 a delta, 2 a full load. In a load, nobody is named twice.
fn fact_of(moment: usize, day: u32, kind: u32, mut told: Vec<Told>) -> Fact {
    if kind == 0 {
        told.truncate(1);
    }
    told.sort_by(|a, b| a.name.cmp(&b.name));
    told.dedup_by(|a, b| a.name == b.name);
    Fact { moment: i64::try_from(moment).expect("few"), day: date(day), is_full: kind == 2, told }
}

/// One line, or the two chunks of a load.
fn lines_of(fact: &Fact) -> Vec<String> {
    let time = format!("{}T{:02}:00:00Z@{{told}}", fact.day, fact.moment);
    let words = |told: &Told| {
        let enrolments = told.enrolments.as_ref().map(|all| {
            let shown = |(unit, form, from, last): &Enrolment| {
                let last = last.map_or(String::new(), |last| format!("/{last}"));
                format!("{unit}/{form}/{from}{last}")
            };
            all.iter().map(shown).collect::<Vec<_>>()
        });
        let mut words = enrolments.unwrap_or_else(|| vec!["gone".to_owned()]);
        words.extend(told.same.as_ref().map(|same| format!("={same}")));
        words
    };
    if !fact.is_full && fact.told.len() == 1 {
        return vec![format!("pupil {time} K {} {}", fact.told[0].name, words(&fact.told[0]).join(" "))];
    }
    let mode = if fact.is_full { "full" } else { "delta" };
    let (first, second) = fact.told.split_at(fact.told.len() / 2);
    let entries = |told: &[Told]| told.iter().map(|one| format!(" {}:{}", one.name, words(one).join(","))).collect::<String>();
    let chunk = |number: u32, told: &[Told]| format!("load {time} K L{} {number}/2 {mode}{}", fact.moment, entries(told));
    vec![chunk(1, first), chunk(2, second)]
}

/// All told on one day, in this order.
fn scenario(lines: &[String], day: &str) -> String {
    let mut scenario = KNOWN.to_owned();
    for line in lines {
        write!(scenario, "\n{}", line.replace("{told}", day)).expect("a string");
    }
    scenario
}

fn engine(lines: &[String], day: &str, schedule: &Schedule) -> Run {
    let plan = settled("pupils = { counted = \"per_form\" }\nschool_forms = [\"FTH\", \"GR\"]", "");
    let tick = "tick 2025-10-25";
    let journal = given::journal(&format!("{}\n{tick}", scenario(lines, day)), "2026-12-01");
    run(&Arc::clone(&given::catalog(&plan)), &journal, schedule)
}

fn account(run: &Run) -> &Account {
    match run.store.get(&StateKey::Account("K".into())) {
        Some(StateValue::Account(account)) => account,
        _ => panic!("K is stored"),
    }
}

fn units(run: &Run) -> Vec<(&str, &PupilCounts)> {
    let mut units = Vec::new();
    for (key, value) in &run.store {
        if let (StateKey::SchoolUnit(_, unit), StateValue::SchoolUnit(counts)) = (key, value) {
            units.push((unit.as_str(), counts));
        }
    }
    units
}

fn charged(run: &Run) -> i128 {
    records(run).iter().map(|record| record.totals.net.minor()).sum()
}

proptest! {
    #![proptest_config(config_of(60))]

    #[test]
    fn any_order_of_the_same_facts_ends_in_the_same_pupils((facts, lines) in told_facts(), schedule in schedule()) {
        let run = engine(&lines, "2025-10-01", &schedule);
        let roster = account(&run).gates.roster.as_ref().expect("a roster");
        let asked: [Option<Vec<String>>; 3] = [None, Some(vec!["GR".to_owned()]), Some(vec!["FS".to_owned(), "FTH".to_owned()])];
        for day in (0..DAYS + 45).step_by(3).map(date) {
            for forms in &asked {
                for (counted, per_form) in [(Counted::Once, false), (Counted::PerForm, true)] {
                    let found = roster.counts.on(day, forms.as_deref(), counted);
                    let expect = pupils(&facts, day, forms.as_deref(), per_form);
                    prop_assert_eq!(found, expect, "{} {:?} {:?}\n{}", day, forms, counted, scenario(&lines, "2025-10-01"));
                }
            }
        }
        // Of each unit alone, by the facts about that unit alone.
        for (unit, counts) in units(&run) {
            let at_unit = |told: &Told| Told {
                enrolments: told.enrolments.as_ref().map(|all| all.iter().filter(|one| one.0 == unit).cloned().collect()),
                ..told.clone()
            };
            let there: Vec<Fact> = facts.iter().map(|fact| Fact { told: fact.told.iter().map(at_unit).collect(), ..fact.clone() }).collect();
            for day in (0..DAYS + 45).step_by(7).map(date) {
                prop_assert_eq!(counts.on(day, None, Counted::PerForm), pupils(&there, day, None, true), "{} at {}", day, unit);
            }
        }
    }

    /// Told in time or after the close, in any order: the same is charged in the end. (Where no pupil is left, what is
    /// issued on the way stands until somebody decides.)
    #[test]
    fn any_order_of_the_same_facts_ends_in_the_same_bills((facts, lines) in told_facts()) {
        let asked = ["FTH", "GR"].map(str::to_owned);
        let measured = ["2025-10-15", "2026-10-15"].map(|day| day.parse::<NaiveDate>().expect("a day"));
        prop_assume!(measured.into_iter().all(|day| pupils(&facts, day, Some(&asked), true) > 0));
        let calm = Schedule::calm();
        let in_order: Vec<String> = facts.iter().flat_map(lines_of).collect();
        let (early, shuffled) = (engine(&in_order, "2025-10-01", &calm), engine(&lines, "2025-10-01", &calm));
        prop_assert_eq!(records(&early), records(&shuffled), "\n{}", scenario(&lines, "2025-10-01"));
        let late = engine(&lines, "2025-10-28", &calm);
        prop_assert_eq!(charged(&early), charged(&late), "\n{}", scenario(&lines, "2025-10-28"));
    }
}
