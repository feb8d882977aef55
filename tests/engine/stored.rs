//! Random histories of stored bytes, pupils and decisions over two years, against the independent model.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;
use tally::wire::encode;

use crate::examples::{parsed, sums};
use crate::given;
use crate::harness::{Run, Schedule, run};
use crate::naive;
use crate::naive::compare::differences;
use crate::show;

/// Snapshots and changes, all kinds of years, with and without true-up.
const PLANS: &str = r#"
[service.snap]
types = ["snap"]
title = "snap"
unit = "4L"
[service.more]
types = ["more"]
title = "more"
unit = "4L"
[service.delta]
types = ["delta"]
title = "delta"
unit = "4L"
[service.true]
types = ["true"]
title = "true"
unit = "4L"
[service.look]
types = ["look"]
title = "look"
unit = "C62"
[plan.snap]
model = "capacity"
period = "year"
starts = "07-01"
measured = "04-01"
measure = "snapshot"
included = "0.5"
services = ["snap", "more"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "1.15", EUR = "0.11" } }, { from = "2027-01-01", unit = { SEK = "1.20", EUR = "0.12" } } ]
[plan.delta]
model = "capacity"
period = "year"
starts = "agreement"
measure = "delta"
included = "1"
school_forms = ["a", "b"]
unit = "MiB"
services = ["delta"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "0.55" } } ]
[plan.true]
model = "capacity"
period = "year"
measured = "10-15"
measure = "snapshot"
included = "0.25"
step = "2"
true_up = true
services = ["true"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "2.00", EUR = "0.20" } } ]
[plan.look]
model = "metered"
period = "year"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2025-01-01", unit = { SEK = "1.00", EUR = "0.10" } } ]
"#;

const UNTIL: &str = "2027-11-20";
const DAY: u32 = 24 * 60;
const CUSTOMERS: [(&str, &str, &str); 2] = [("K1", "Europe/Stockholm", "SEK"), ("K2", "Europe/Helsinki", "EUR")];
const SERVICES: [&str; 5] = ["snap", "more", "delta", "true", "look"];
const BYTES: [&str; 8] = ["0", "1", "400000", "1500000", "3000000", "5000001", "12000000", "1.5"];

#[derive(Debug, Clone)]
enum Told {
    Stored { service: usize, bytes: usize, delay: u32, unit: usize, lifecycle: usize, culled: bool },
    Pupils { back: u32, count: u64, form: usize },
    Decision { plan: usize, year: i32, waive: bool },
    Active { service: usize, back: u32 },
}

type One = (usize, u32, Told);

fn told() -> impl Strategy<Value = One> {
    let delay = prop_oneof![5 => 0..2_u32, 2 => 0..12 * DAY, 1 => 0..36 * DAY];
    let stored = (0..5_usize, 0..8_usize, delay, 0..3_usize, 0..3_usize, proptest::bool::weighted(0.3))
        .prop_map(|(service, bytes, delay, unit, lifecycle, culled)| Told::Stored { service, bytes, delay, unit, lifecycle, culled });
    let pupils = (0..200 * DAY, prop_oneof![1 => Just(0_u64), 6 => 1..12_u64], 0..4_usize).prop_map(|(back, count, form)| Told::Pupils {
        back,
        count,
        form,
    });
    let decision = (0..3_usize, 2026..2029_i32, any::<bool>()).prop_map(|(plan, year, waive)| Told::Decision { plan, year, waive });
    let active = (0..4_usize, 0..200 * DAY).prop_map(|(service, back)| Told::Active { service, back });
    let at = prop_oneof![3 => 0..670 * DAY, 1 => near(90), 1 => near(455), 1 => near(287), 1 => near(652), 1 => near(365)];
    (0..2_usize, at, prop_oneof![8 => stored, 4 => pupils, 1 => decision, 1 => active])
}

/// Within days of midnight after so many days.
fn near(days: u32) -> std::ops::Range<u32> {
    (days - 3) * DAY..(days + 12) * DAY
}

fn minute(minutes: u32) -> String {
    let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date").and_time(chrono::NaiveTime::MIN);
    (start + chrono::Duration::minutes(i64::from(minutes))).format("%Y-%m-%dT%H:%M:00Z").to_string()
}

fn day(minutes: u32, back: u32) -> String {
    let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    (start + chrono::Days::new(u64::from(minutes / DAY)) - chrono::Days::new(u64::from(back / DAY))).to_string()
}

/// As lines of a scenario, control in the order of its time, usage in that of its arrival.
fn lines(history: &[One]) -> String {
    let (mut control, mut usage) = (Vec::new(), Vec::new());
    for (id, zone, currency) in CUSTOMERS {
        control.push((0, format!("customer 2026-01-01 {id} {zone} {currency} 2025-06-15")));
    }
    for (place, (customer, at, told)) in history.iter().enumerate() {
        let (id, time) = (CUSTOMERS[*customer].0, minute(*at));
        match told {
            Told::Stored { service, bytes, delay, unit, lifecycle, culled } => {
                let mut data = format!(r#""quantity":{}"#, BYTES[*bytes]);
                let unit = ["", r#","unit":"north""#, r#","unit":"south""#][*unit];
                let lifecycle = ["", r#","lifecycle":"active""#, r#","lifecycle":"archived""#][*lifecycle];
                let action = if *culled && SERVICES[*service] == "delta" { r#","action":"culled""# } else { "" };
                write!(data, "{unit}{lifecycle}{action}").expect("a string");
                usage.push((at + delay, format!("e{place} {} {time}@{} {id} {{{data}}}", SERVICES[*service], minute(at + delay))));
            }
            Told::Pupils { back, count, form } => {
                let form = ["", "a", "b", "c"][*form];
                control.push((*at, format!("pupils {time} {id} {count} {} {form}", day(*at, *back))));
            }
            Told::Decision { plan, year, waive } => {
                let (plan, from) = [("snap", "07-01"), ("delta", "06-15"), ("true", "01-01")][*plan];
                let ruling = if *waive { "waive" } else { "charge_all" };
                control.push((*at, format!("decide {time} {id} {plan} {year}-{from} {ruling}")));
            }
            Told::Active { service, back } => {
                control.push((*at, format!("active {time} {id} {} {}", SERVICES[*service], day(*at, *back))));
            }
        }
    }
    control.sort_by_key(|(at, _)| *at);
    usage.sort_by_key(|(at, _)| *at);
    control.into_iter().chain(usage).map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

fn model(lines: &str) -> naive::Outcome {
    let journal = given::journal(lines, UNTIL);
    let until = journal.until.to_utc();
    naive::run(&naive::Input {
        others: Vec::new(),
        usage: journal.usage,
        control: journal.control,
        catalog: naive::catalog::Catalog::parse(&format!("{}{PLANS}", given::HEAD)),
        until: Some(until),
        wall: until,
    })
}

fn engine(lines: &str, schedule: &Schedule) -> Run {
    run(&given::catalog(PLANS), &given::journal(lines, UNTIL), schedule)
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    // A history of two years takes longer than one of a few months.
    let default = ProptestConfig { failure_persistence: None, cases: default.cases.div_ceil(8), ..default };
    match default.rng_seed {
        RngSeed::Random => ProptestConfig { rng_seed: RngSeed::Fixed(20_261_015), ..default },
        RngSeed::Fixed(_) => default,
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn stored_bytes_are_charged_as_the_model_charges_them(history in vec(told(), 1..40)) {
        let lines = lines(&history);
        let (expect, found) = (model(&lines), engine(&lines, &Schedule::calm()));
        let records: Vec<Value> = show::records(&found).into_iter().map(|record| parsed(&encode::record(record).value)).collect();
        let differences = differences(&expect.records, &records);
        prop_assert!(differences.is_empty(), "{:#?}\n{}\n{}", differences, lines, show::shown(&found).join("\n"));
        prop_assert_eq!(expect.sums(), sums(found.sums), "\n{}\n{}", lines, show::shown(&found).join("\n"));
    }

    #[test]
    fn commits_memory_and_restarts_change_no_ledger(history in vec(told(), 1..25)) {
        let lines = lines(&history);
        let (calm, cruel) = (engine(&lines, &Schedule::calm()), engine(&lines, &Schedule::cruel()));
        prop_assert_eq!((calm.sums, &calm.effects), (cruel.sums, &cruel.effects), "\n{}", lines);
    }
}
