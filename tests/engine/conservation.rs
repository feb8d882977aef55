//! Nothing is lost between what was counted and what was billed, whatever is taken back; and what was
//! billed, corrected and taken back is in the end what would have been billed without it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use tally::domain::cell::PeriodCell;
use tally::domain::pool::Pool;
use tally::domain::quantity::Quantity;
use tally::domain::record::Line;
use tally::domain::state::{StateKey, StateValue};
use tally::domain::verdict::Verdict;

use crate::harness::{Run, Schedule, run};
use crate::model::config;
use crate::{given, show};

const PLANS: &str = r#"
[service.look]
types = ["look"]
title = "look"
unit = "C62"
retractable = true
negative = true
[service.eid]
types = ["eid"]
title = "eid"
unit = "C62"
retractable = true
negative = true
[service.sms]
types = ["sms"]
title = "sms"
unit = "C62"
retractable = true
negative = true
[service.back]
types = ["back"]
title = "back"
unit = "C62"
retractable = true
negative = true
[plan.look]
model = "metered"
period = "month"
services = ["look"]
seller = "s"
vat = { category = "S", rate = "25" }
minimum = { SEK = "5.00" }
price = [
  { from = "2026-01-01", unit = { SEK = "0.35" } },
  { from = "2026-02-10", mode = "volume", tiers = [ { up_to = "6", unit = { SEK = "0.50" } }, { unit = { SEK = "0.40" } } ] },
]
[plan.eid]
model = "metered"
period = "month"
count = "distinct_persons"
services = ["eid"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "2.03" } }, { from = "2026-02-10", unit = { SEK = "2.50" } } ]
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "5", amount = { SEK = "35.00" } } ]
[plan.back]
model = "package"
on_return = "credit"
services = ["back"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", size = "5", amount = { SEK = "35.00" } } ]
"#;

const CUSTOMER: &str = "customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01\n";
const SERVICES: [&str; 4] = ["look", "eid", "sms", "back"];

/// A use, and how many days later it is taken back.
#[derive(Debug, Clone)]
struct Use {
    service: usize,
    day: u32,
    delay: u32,
    quantity: i64,
    person: u8,
    taken_back: Option<u32>,
}

/// One input, in order of arrival.
#[derive(Debug, Clone)]
struct Entry {
    recorded: u32,
    /// Its use, and whether it takes that back.
    of: usize,
    is_retraction: bool,
    line: String,
    quantity: Quantity,
}

fn uses() -> impl Strategy<Value = Vec<Use>> {
    let quantity = prop_oneof![4 => 0..7_i64, 1 => -3..0_i64];
    let delay = prop_oneof![3 => Just(0_u32), 1 => 0..30_u32];
    let one = (0..4_usize, 1..80_u32, delay, quantity, 0..4_u8, proptest::option::of(0..30_u32));
    vec(
        one.prop_map(|(service, day, delay, quantity, person, taken_back)| Use { service, day, delay, quantity, person, taken_back }),
        1..25,
    )
}

fn date(days: u32) -> String {
    let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    (start + chrono::Days::new(u64::from(days))).to_string()
}

fn entries(uses: &[Use]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (of, one) in uses.iter().enumerate() {
        let data = format!(r#""quantity":{},"person":"{}""#, one.quantity, format!("p{}", one.person).repeat(8));
        let mut entry = |id: &str, later: u32, more: &str, is_retraction: bool| {
            let recorded = one.day + one.delay + later;
            let line = format!("{id}{of} {} {}@{} {{{data}{more}}}", SERVICES[one.service], date(one.day), date(recorded));
            let quantity = Quantity::from_units(if is_retraction { -one.quantity } else { one.quantity });
            entries.push(Entry { recorded, of, is_retraction, line, quantity });
        };
        entry("e", 0, "", false);
        if let Some(later) = one.taken_back {
            entry("r", later, &format!(r#","retracts":"e{of}""#), true);
        }
    }
    entries.sort_by_key(|entry| entry.recorded);
    entries
}

fn run_until(lines: &str, until: &str, schedule: &Schedule) -> Run {
    run(&given::catalog(PLANS), &given::journal(&format!("{CUSTOMER}{lines}"), until), schedule)
}

fn lines_of(entries: &[Entry]) -> String {
    entries.iter().map(|entry| format!("{}\n", entry.line)).collect()
}

fn lines<'r>(run: &'r Run, plan: &str) -> Vec<&'r Line> {
    show::records(run).into_iter().flat_map(|record| &record.lines).filter(|line| line.plan.as_str() == plan).collect()
}

fn sum(quantities: impl Iterator<Item = Quantity>) -> Quantity {
    quantities.fold(Quantity::ZERO, |sum, one| sum.checked_add(one).expect("small"))
}

fn cells<'r>(run: &'r Run, plan: &str) -> Vec<&'r PeriodCell> {
    run.store
        .iter()
        .filter_map(|(key, value)| match (key, value) {
            (StateKey::Period(_, of, _), StateValue::Period(cell)) if of.as_str() == plan => Some(cell),
            _ => None,
        })
        .collect()
}

fn pool(run: &Run, plan: &str) -> Pool {
    let found = run.store.iter().find_map(|(key, value)| match (key, value) {
        (StateKey::Pool(_, of), StateValue::Pool(pool)) if of.as_str() == plan => Some(pool.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Billed + open = counted: what the records charge, and what no record charges yet.
fn billed_and_open(run: &Run, plan: &str) -> Quantity {
    let billed = sum(lines(run, plan).iter().filter(|line| line.service.is_some()).map(|line| line.quantity));
    let cells = cells(run, plan);
    let used = sum(cells.iter().flat_map(|cell| &cell.segments).map(|segment| segment.quantity));
    let issued = cells.iter().flat_map(|cell| &cell.issued).filter(|one| one.key.service.is_some());
    let issued = sum(issued.map(|one| one.quantity));
    assert_eq!(billed, issued, "{plan}: the periods know what was issued for them");
    let open = used.checked_sub(issued).expect("small");
    billed.checked_add(open).expect("small")
}

/// Month and person of whom more was used than taken back.
fn persons(uses: &[Use], counted: &[&Entry]) -> usize {
    let mut sums: BTreeMap<(bool, bool, u8), i128> = BTreeMap::new();
    for entry in counted.iter().filter(|entry| uses[entry.of].service == 1) {
        let one = &uses[entry.of];
        // Prices begin anew within February; a person counts at the first with use left.
        let february = (31..59).contains(&one.day);
        let month = (february, one.day >= 59, one.person);
        let segment = one.day >= 40;
        *sums.entry((month.0, month.1 || (february && segment), month.2)).or_default() += entry.quantity.nanos();
    }
    let in_use = sums.into_iter().filter(|(_, sum)| *sum > 0);
    in_use.map(|((february, later, person), _)| (february, if february { false } else { later }, person)).collect::<BTreeSet<_>>().len()
}

/// By plan, service, price and period: quantities; without service, amounts.
fn totals(run: &Run) -> BTreeMap<String, Decimal> {
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    for plan in ["look", "eid"] {
        for line in lines(run, plan) {
            let quantity: Decimal = line.quantity.to_string().parse().expect("a decimal");
            let (key, value) = match &line.service {
                Some(service) => (format!("{service} x {} {:?}", line.unit_price, line.period), quantity),
                None => (format!("minimum {:?}", line.period), quantity * line.unit_price),
            };
            *totals.entry(key).or_default() += value;
        }
    }
    totals.retain(|_, total| !total.is_zero());
    totals
}

fn conserves(uses: &[Use], until: u32) -> Result<(), TestCaseError> {
    let entries = entries(uses);
    let run = run_until(&lines_of(&entries), &date(until), &Schedule::calm());
    let verdicts = run.verdicts.values().zip(&entries);
    let counted: Vec<&Entry> = verdicts.filter(|(verdict, _)| **verdict == Verdict::Counted).map(|(_, entry)| entry).collect();
    let of = |service: usize| sum(counted.iter().filter(|entry| uses[entry.of].service == service).map(|entry| entry.quantity));
    prop_assert_eq!(billed_and_open(&run, "look"), of(0), "\n{}", lines_of(&entries));
    let heads = i64::try_from(persons(uses, &counted)).expect("few");
    prop_assert_eq!(billed_and_open(&run, "eid"), Quantity::from_units(heads), "\n{}", lines_of(&entries));
    for (service, plan) in [(2, "sms"), (3, "back")] {
        let pool = pool(&run, plan);
        let net = pool.used.checked_sub(pool.credited).expect("small");
        prop_assert_eq!(net, of(service), "{} counts all\n{}", plan, lines_of(&entries));
        let (bought, credited): (Vec<&Line>, Vec<&Line>) = lines(&run, plan).into_iter().partition(|line| line.package.is_some());
        prop_assert_eq!(sum(bought.iter().map(|line| line.quantity)), pool.covered);
        prop_assert_eq!(sum(credited.iter().map(|line| line.quantity)), pool.credited.negated());
        prop_assert!(pool.used <= pool.covered, "what is used is covered");
        let ordinals: Vec<u64> = bought.iter().filter_map(|line| line.package).map(|package| package.ordinal).collect();
        prop_assert_eq!(ordinals, (1..=pool.bought).collect::<Vec<_>>(), "no package is bought twice or un-bought");
    }
    Ok(())
}

/// The same without what was taken back; a tick in its place keeps the clock.
fn without(run: &Run, entries: &[Entry]) -> String {
    let verdicts: Vec<Verdict> = run.verdicts.values().copied().collect();
    let counted =
        |entry: &Entry| entries.iter().zip(&verdicts).any(|(one, verdict)| one.line == entry.line && *verdict == Verdict::Counted);
    let gone: BTreeSet<usize> = entries.iter().filter(|entry| entry.is_retraction && counted(entry)).map(|entry| entry.of).collect();
    let mut lines = String::new();
    for entry in entries {
        if gone.contains(&entry.of) || entry.is_retraction {
            writeln!(lines, "tick {}T12:00:00Z", date(entry.recorded)).expect("a string");
        } else {
            writeln!(lines, "{}", entry.line).expect("a string");
        }
    }
    lines
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn billed_and_open_is_counted(uses in uses(), until in 30..140_u32) {
        conserves(&uses, until)?;
    }

    #[test]
    fn what_was_taken_back_leaves_no_trace_in_the_sums(uses in uses()) {
        let entries = entries(&uses);
        let with = run_until(&lines_of(&entries), "2026-08-01", &Schedule::calm());
        let never = run_until(&without(&with, &entries), "2026-08-01", &Schedule::cruel());
        prop_assert_eq!(totals(&with), totals(&never), "\n{}", lines_of(&entries));
    }

    /// Any order, any repeats: the number of persons is that of a set.
    #[test]
    fn persons_are_a_set(
        seen in vec((31..59_u32, 0..6_u8), 1..20).prop_shuffle(),
        repeats in vec(0..20_usize, 0..10),
        restarts in vec(1..30_usize, 0..4),
    ) {
        let line = |place: usize| {
            let (day, person) = seen[place];
            format!("e{place} eid {}@{} {{\"person\":\"{}\"}}", date(day), date(60), format!("p{person}").repeat(8))
        };
        let lines: Vec<String> = (0..seen.len()).chain(repeats.iter().map(|repeat| repeat % seen.len())).map(line).collect();
        let schedule = Schedule { restarts, freeze_every: 3, ..Schedule::cruel() };
        let run = run_until(&lines.join("\n"), "2026-05-01", &schedule);
        let first = |person: u8| seen.iter().filter(|(_, one)| *one == person).map(|(day, _)| *day).min();
        let at = |later: bool| (0..6).filter_map(first).filter(|day| (*day >= 40) == later).count();
        let expect = [("2.03", at(false)), ("2.50", at(true))].into_iter().filter(|(_, heads)| *heads > 0);
        let found = crate::conservation::lines(&run, "eid");
        let found: Vec<(String, String)> = found.iter().map(|line| (line.unit_price.to_string(), line.quantity.to_string())).collect();
        prop_assert_eq!(found, expect.map(|(price, heads)| (price.to_owned(), heads.to_string())).collect::<Vec<_>>());
    }
}
