//! Years of use of a plan that chooses its sizes, steady from the second on: whatever the rates, the delays and the bundling.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use serde_json::Value;
use tally::domain::pool::Pool;
use tally::domain::quantity::Quantity;
use tally::domain::record::Line;
use tally::domain::state::StateValue;
use tally::wire::encode;

use crate::examples::{parsed, sums};
use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::naive;
use crate::naive::compare::differences;
use crate::show::records;

const TARGET: usize = 4;

const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "SMS"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
sizing = { target = "4" }
BUNDLE
price = [ { from = "2024-01-01", ladder = [
  { size = "100", amount = { SEK = "100.00" } },
  { size = "250", amount = { SEK = "225.00" } },
  { size = "500", amount = { SEK = "400.00" } },
  { size = "1000", amount = { SEK = "700.00" } },
  { size = "5000", amount = { SEK = "3000.00" } },
] } ]
"#;

#[derive(Debug, Clone)]
struct Steady {
    /// Days between two uses, and between use and record.
    every: u64,
    delays: Vec<u64>,
    /// Of each use: in the first year, and after it.
    quantities: (u64, u64),
    by_day: bool,
    freeze_every: usize,
}

fn steady() -> impl Strategy<Value = Steady> {
    let delays = proptest::collection::vec(0..4_u64, 1..5);
    (1..6_u64, delays, (1..60_u64, 1..60_u64), any::<bool>(), 1..30_usize)
        .prop_map(|(every, delays, quantities, by_day, freeze_every)| Steady { every, delays, quantities, by_day, freeze_every })
}

const UNTIL: &str = "2027-02-01";

fn lines(steady: &Steady) -> String {
    let start = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
    let mut uses: Vec<(NaiveDate, NaiveDate)> = (0..1096 / steady.every)
        .map(|place| {
            let day = start + Days::new(place * steady.every);
            let delay = steady.delays[usize::try_from(place).expect("small") % steady.delays.len()];
            (day + Days::new(delay), day)
        })
        .collect();
    uses.sort_unstable();
    let line = |(recorded, day): &(NaiveDate, NaiveDate)| {
        let quantity = if day.year() == 2024 { steady.quantities.0 } else { steady.quantities.1 };
        format!(r#"e{day} sms {day}@{recorded} {{"quantity":{quantity}}}"#)
    };
    let uses: Vec<String> = uses.iter().map(line).collect();
    format!("customer 2024-01-01 K Europe/Helsinki SEK 2024-01-01\n{}", uses.join("\n"))
}

fn plans(steady: &Steady) -> String {
    PLANS.replace("BUNDLE", if steady.by_day { "bundle = \"day\"" } else { "" })
}

fn bought(steady: &Steady) -> Run {
    let schedule = Schedule { freeze_every: steady.freeze_every, restarts: vec![3, 50, 51, 200], ..Schedule::cruel() };
    run(&given::catalog(&plans(steady)), &given::journal(&lines(steady), UNTIL), &schedule)
}

/// What the independent model says, and how the records differ from it.
fn differences_from_the_model(steady: &Steady, run: &Run) -> Vec<String> {
    let journal = given::journal(&lines(steady), UNTIL);
    let until = journal.until.to_utc();
    let expect = naive::run(&naive::Input {
        usage: journal.usage,
        control: journal.control,
        others: Vec::new(),
        catalog: naive::catalog::Catalog::parse(&format!("{}{}", given::HEAD, plans(steady))),
        until: Some(until),
        wall: until,
    });
    let found: Vec<Value> = records(run).into_iter().map(|record| parsed(&encode::record(record).value)).collect();
    let mut differences = differences(&expect.records, &found);
    if expect.sums() != sums(run.sums) {
        differences.push(format!("{} is not {}", sums(run.sums), expect.sums()));
    }
    differences
}

fn in_order(run: &Run) -> Vec<&Line> {
    let lines = records(run).into_iter().flat_map(|record| &record.lines);
    let by_ordinal: BTreeMap<u64, &Line> = lines.filter_map(|line| Some((line.package?.ordinal, line))).collect();
    by_ordinal.into_values().collect()
}

fn pool(run: &Run) -> Option<&Pool> {
    run.store.values().find_map(|value| match value {
        StateValue::Pool(pool) => Some(pool),
        _ => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..crate::model::config() })]

    #[test]
    fn packages_follow_one_another_and_are_few(steady in steady()) {
        let run = bought(&steady);
        let differences = differences_from_the_model(&steady, &run);
        prop_assert!(differences.is_empty(), "{:#?}", differences);
        let lines = in_order(&run);
        let mut covered = Quantity::ZERO;
        for (ordinal, line) in (1..).zip(&lines) {
            let package = line.package.expect("a package");
            prop_assert_eq!(package.ordinal, ordinal);
            prop_assert_eq!(Some(package.first_unit), covered.checked_add(Quantity::ONE));
            prop_assert_eq!(Some(package.last_unit), covered.checked_add(package.size));
            covered = package.last_unit;
        }
        let pool = pool(&run).expect("a pool");
        prop_assert!(pool.used <= pool.covered && pool.covered == covered && pool.bundles.is_empty(), "{:?}", pool);
        let settled = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
        let in_third_year = lines.iter().filter(|line| line.period.from >= settled).count();
        prop_assert!(in_third_year <= TARGET + 1, "{} packages in the third year", in_third_year);
        let sizes = lines.iter().filter(|line| line.period.from >= settled).map(|line| line.quantity).collect::<BTreeSet<_>>();
        prop_assert!(sizes.len() <= 2, "the size flaps: {:?}", sizes);
    }
}
