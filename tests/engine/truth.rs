//! Bill the truth once: whatever is told late, all records together charge what they would have charged
//! had everything been known from the beginning, at the right prices. Only how many records that takes,
//! and of which kind, may differ.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use tally::domain::catalog::{Catalog, Model};
use tally::domain::record::{BillingRecord, Line};

use crate::given;
use crate::harness::{Run, Schedule, run, run_with};
use crate::model::{config_of, schedule};
use crate::show;

const DAY: u32 = 24 * 60;
const UNTIL: &str = "2027-09-01";
/// Everything has been told, and the mended catalog put in force, in so many days.
const MOST_DAYS: u32 = 420;

/// Price lists of the plans, each of which may be the wrong one or the right one.
struct Prices {
    look: &'static str,
    grad: &'static str,
    vol: &'static str,
    arch: &'static str,
}

const LISTS: [Prices; 3] = [
    Prices {
        look: r#"{ from = "2026-01-01", unit = { SEK = "0.345", EUR = "0.035" } }"#,
        grad: r#"{ from = "2026-01-01", mode = "graduated", tiers = [ { up_to = "3", unit = { SEK = "2.00", EUR = "0.20" } }, { unit = { SEK = "1.50", EUR = "0.15" } } ] }"#,
        vol: r#"{ from = "2026-01-01", mode = "volume", tiers = [ { up_to = "5", unit = { SEK = "3.00", EUR = "0.30" } }, { unit = { SEK = "2.00", EUR = "0.20" } } ] }"#,
        arch: r#"{ from = "2026-01-01", unit = { SEK = "0.05", EUR = "0.005" } }"#,
    },
    Prices {
        look: r#"{ from = "2026-01-01", unit = { SEK = "0.345", EUR = "0.035" } },
            { from = "2026-02-15", unit = { SEK = "0.405", EUR = "0.041" } },
            { from = "2026-01-01", group = "small", unit = { SEK = "0.10", EUR = "0.01" } }"#,
        grad: r#"{ from = "2026-01-01", unit = { SEK = "2.00", EUR = "0.20" } },
            { from = "2026-03-10", mode = "graduated", tiers = [ { up_to = "4", unit = { SEK = "2.00", EUR = "0.20" } }, { unit = { SEK = "1.00", EUR = "0.10" } } ] }"#,
        vol: r#"{ from = "2026-01-01", mode = "volume", tiers = [ { up_to = "20", unit = { SEK = "3.00", EUR = "0.30" } }, { unit = { SEK = "2.50", EUR = "0.25" } } ] },
            { from = "2026-05-01", group = "small", unit = { SEK = "1.00", EUR = "0.10" } }"#,
        arch: r#"{ from = "2026-01-01", unit = { SEK = "0.07", EUR = "0.007" } },
            { from = "2026-06-01", group = "small", unit = { SEK = "0.01", EUR = "0.001" } }"#,
    },
    Prices {
        look: r#"{ from = "2026-01-01", unit = { SEK = "0.50", EUR = "0.05" } },
            { from = "2026-04-20", unit = { SEK = "0.405", EUR = "0.041" } },
            { from = "2026-03-01", group = "small", unit = { SEK = "0.20", EUR = "0.02" } }"#,
        grad: r#"{ from = "2026-01-01", mode = "graduated", tiers = [ { up_to = "3", unit = { SEK = "2.50", EUR = "0.20" } }, { unit = { SEK = "1.50", EUR = "0.15" } } ] },
            { from = "2026-02-10", group = "small", unit = { SEK = "1.00", EUR = "0.10" } }"#,
        vol: r#"{ from = "2026-01-01", unit = { SEK = "3.00", EUR = "0.30" } }, { from = "2026-02-20", unit = { SEK = "2.00", EUR = "0.30" } }"#,
        arch: r#"{ from = "2026-01-01", unit = { SEK = "0.05", EUR = "0.005" } }, { from = "2026-08-01", unit = { SEK = "0.06", EUR = "0.006" } }"#,
    },
];

fn plans(list: usize) -> String {
    let Prices { look, grad, vol, arch } = &LISTS[list];
    format!(
        r#"
[service]
look = {{ types = ["look"], title = "look", unit = "C62" }}
find = {{ types = ["find"], title = "find", unit = "C62", activation = true }}
grad = {{ types = ["grad"], title = "grad", unit = "C62", bill_on = ["delivered"] }}
vol = {{ types = ["vol"], title = "vol", unit = "C62" }}
arch = {{ types = ["arch"], title = "arch", unit = "C62" }}
adv = {{ types = ["adv"], title = "adv", unit = "C62" }}
[plan.look]
model = "metered"
period = "quarter"
services = ["look", "find"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
price = [ {look} ]
[plan.grad]
model = "metered"
period = "month"
services = ["grad"]
seller = "s"
vat = {{ category = "S", rate = "12" }}
minimum = {{ SEK = "20.00" }}
price = [ {grad} ]
[plan.vol]
model = "metered"
period = "half-year"
starts = "02-01"
zero = true
services = ["vol"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
allowed_lateness = "P10D"
price = [ {vol} ]
[plan.arch]
model = "archive"
period = "year"
services = ["arch"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
older_than = "P2Y"
reference = "04-01"
heading = "Arkiv"
price = [ {arch} ]
[plan.adv]
model = "archive"
period = "year"
charge = "advance"
services = ["adv"]
seller = "s"
vat = {{ category = "S", rate = "25" }}
older_than = "P1Y"
reference = "07-01"
heading = "Arkiv"
price = [ {arch} ]
"#
    )
}

const CUSTOMERS: [(&str, &str); 2] = [("K1", "Europe/Stockholm"), ("K2", "Europe/Helsinki")];
const SERVICES: [&str; 6] = ["look", "find", "grad", "vol", "arch", "adv"];
const QUANTITIES: [&str; 6] = ["1", "2", "0.5", "7", "12", "0"];

/// A fact of a customer, true from a day on, and how many days later it is told.
#[derive(Debug, Clone)]
struct Told {
    from: u32,
    late: u32,
    currency: &'static str,
    group: &'static str,
}

#[derive(Debug, Clone)]
struct Use {
    customer: usize,
    service: usize,
    /// Minutes after the beginning of the year, and until it is recorded.
    at: u32,
    delay: u32,
    quantity: usize,
    created_days_before: u32,
    /// Days after which half of the parts are culled, and until that is recorded.
    culled: Option<(u32, u32)>,
}

#[derive(Debug, Clone)]
struct Story {
    uses: Vec<Use>,
    known_late: [u32; 2],
    activated_late: [u32; 2],
    versions: Vec<(usize, Told)>,
    lists: (usize, usize),
    mended: u32,
}

fn story() -> impl Strategy<Value = Story> {
    let late = || prop_oneof![2 => Just(0_u32), 3 => 0..200_u32];
    let version = (0..2_usize, told());
    (vec(a_use(), 1..30), [late(), late()], [late(), late()], vec(version, 0..4), (0..3_usize, 0..3_usize), 1..400_u32).prop_map(
        |(uses, known_late, activated_late, versions, lists, mended)| Story { uses, known_late, activated_late, versions, lists, mended },
    )
}

fn told() -> impl Strategy<Value = Told> {
    let currency = prop_oneof![3 => Just("SEK"), 1 => Just("EUR")];
    let group = prop_oneof![1 => Just(""), 2 => Just("small")];
    (1..280_u32, prop_oneof![1 => Just(0_u32), 3 => 0..120_u32], currency, group).prop_map(|(from, late, currency, group)| Told {
        from,
        late,
        currency,
        group,
    })
}

fn a_use() -> impl Strategy<Value = Use> {
    let delay = prop_oneof![3 => 0..2_u32, 2 => 0..10 * DAY, 2 => 0..30 * DAY];
    let culled = prop_oneof![2 => Just(None), 1 => (1..110_u32, 0..30 * DAY).prop_map(Some)];
    (0..2_usize, 0..6_usize, 0..280 * DAY, delay, 0..6_usize, 300..1200_u32, culled).prop_map(
        |(customer, service, at, delay, quantity, created_days_before, culled)| Use {
            customer,
            service,
            at,
            delay,
            quantity,
            created_days_before,
            culled,
        },
    )
}

/// When something is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// All facts on the first day, each use when it happens.
    AtOnce,
    Late,
}

impl Story {
    fn lines(&self, telling: Telling) -> String {
        let late = |days: u32| if telling == Telling::Late { days } else { 0 };
        let told = |from: u32, days: u32| if telling == Telling::Late { from + days } else { 0 };
        let mut control: Vec<(u32, String)> = Vec::new();
        for (place, (id, zone)) in CUSTOMERS.iter().enumerate() {
            let (known, active) = (late(self.known_late[place]), late(self.activated_late[place]));
            control.push((known, format!("customer {} {id} {zone} SEK 2026-01-01", day(known))));
            control.push((active, format!("active {} {id} find 2026-01-01", day(active))));
        }
        for (place, one) in &self.versions {
            let (id, zone) = CUSTOMERS[*place];
            let group = if one.group.is_empty() { String::new() } else { format!(" group={}", one.group) };
            let at = told(one.from, one.late);
            control.push((at, format!("customer {} {id} {zone} {} {}{group}", day(at), one.currency, day(one.from))));
        }
        if telling == Telling::Late {
            control.push((self.mended, given::catalog_line(&day(self.mended), &given::catalog(&plans(self.lists.1)))));
            for (id, plan) in CUSTOMERS.iter().flat_map(|(id, _)| ["look", "grad", "vol", "arch", "adv"].map(|plan| (id, plan))) {
                control.push((MOST_DAYS, format!("rerate {} {id} {plan} 2025-01-01 2028-01-01", day(MOST_DAYS))));
            }
        }
        // Of two versions with one first day, the one that is told last stands: as in the truth.
        control.sort_by_key(|(at, _)| *at);
        let mut usage: Vec<(u32, String)> = self.uses.iter().enumerate().flat_map(|(place, one)| one.lines(place, telling)).collect();
        usage.sort_by_key(|(at, _)| *at);
        control.into_iter().chain(usage).map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    }

    /// One version a day of a customer: which of two stands would depend on which is told last.
    fn is_unambiguous(&self) -> bool {
        let mut days: Vec<(usize, u32)> = self.versions.iter().map(|(customer, told)| (*customer, told.from)).collect();
        days.sort_unstable();
        days.windows(2).all(|pair| pair[0] != pair[1])
    }
}

impl Use {
    fn lines(&self, place: usize, telling: Telling) -> Vec<(u32, String)> {
        let delayed = |at: u32, delay: u32| if telling == Telling::Late { at + delay } else { at };
        let created = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") - chrono::Days::new(u64::from(self.created_days_before));
        let line = |id: String, at: u32, recorded: u32, quantity: &str, action: &str| {
            let data = format!(r#"{{"quantity":{quantity},"outcome":"delivered","created":"{created}","action":"{action}"}}"#);
            let (service, customer) = (SERVICES[self.service], CUSTOMERS[self.customer].0);
            (recorded, format!("{id} {service} {}@{} {customer} {data}", minute(at), minute(recorded)))
        };
        let quantity = QUANTITIES[self.quantity];
        let mut lines = vec![line(format!("e{place}"), self.at, delayed(self.at, self.delay), quantity, "created")];
        if let Some((after, delay)) = self.culled.filter(|_| self.service >= 4) {
            let at = self.at + after * DAY;
            lines.push(line(format!("c{place}"), at, delayed(at, delay), quantity, "culled"));
        }
        lines
    }
}

fn day(days: u32) -> String {
    minute(days * DAY)[..10].to_owned()
}

fn minute(minutes: u32) -> String {
    let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date").and_time(chrono::NaiveTime::MIN);
    (start + chrono::Duration::minutes(i64::from(minutes))).format("%Y-%m-%dT%H:%M:00Z").to_string()
}

/// What was charged, per customer, currency, plan, service (or minimum) and period: exact, before a line is rounded.
type Charged = BTreeMap<[String; 5], Decimal>;

fn charged(run: &Run, catalog: &Catalog) -> Charged {
    let mut sums = Charged::new();
    for record in show::records(run) {
        for line in &record.lines {
            *sums.entry(place(record, line, catalog)).or_default() += amount(line);
        }
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}

fn amount(line: &Line) -> Decimal {
    let quantity: Decimal = line.quantity.to_string().parse().expect("a decimal");
    let base: Decimal = line.base_quantity.to_string().parse().expect("a decimal");
    quantity * line.unit_price / base
}

fn place(record: &BillingRecord, line: &Line, catalog: &Catalog) -> [String; 5] {
    let first = match &catalog.plan(line.plan.as_str()).expect("a plan").model {
        Model::Metered(rules) => rules.cycle.period_of(line.period.from).expect("in range").from,
        _ => line.period.from,
    };
    let service = line.service.as_ref().map_or("minimum", |service| service.as_str());
    [record.number.customer.to_string(), record.currency.to_string(), line.plan.to_string(), service.to_owned(), first.to_string()]
}

/// Every correction names a record of the same customer that was issued before it, if its period has one.
fn names_what_it_corrects(run: &Run) -> Result<(), TestCaseError> {
    let records = show::records(run);
    for record in &records {
        for corrected in &record.preceding {
            let earlier = records.iter().find(|one| one.number.customer == record.number.customer && one.number.number == corrected.number);
            prop_assert!(earlier.is_some_and(|one| one.number.number < record.number.number && one.currency == record.currency));
        }
    }
    Ok(())
}

fn is_billed_once(story: &Story) -> Result<(), TestCaseError> {
    prop_assume!(story.is_unambiguous());
    let (wrong, right) = (given::catalog(&plans(story.lists.0)), given::catalog(&plans(story.lists.1)));
    let lines = story.lines(Telling::Late);
    let truth = run(&right, &given::journal(&story.lines(Telling::AtOnce), UNTIL), &Schedule::calm());
    let late = run_with(&[wrong, right.clone()], &given::journal(&lines, UNTIL), &Schedule::calm());
    prop_assert_eq!(charged(&truth, &right), charged(&late, &right), "\n{}\n{}", lines, show::shown(&late).join("\n"));
    prop_assert_eq!(truth.sums.counted, late.sums.counted);
    names_what_it_corrects(&late)
}

proptest! {
    #![proptest_config(config_of(100))]

    #[test]
    fn commits_memory_and_restarts_do_not_change_what_is_corrected(story in story(), schedule in schedule()) {
        prop_assume!(story.is_unambiguous());
        let lines = given::journal(&story.lines(Telling::Late), UNTIL);
        let catalogs = [story.lists.0, story.lists.1].map(|list| given::catalog(&plans(list)));
        let run = |schedule: &Schedule| run_with(&catalogs, &lines, schedule);
        let (calm, other) = (run(&Schedule::calm()), run(&schedule));
        prop_assert_eq!(calm.effects, other.effects, "\n{}", story.lines(Telling::Late));
    }

    #[test]
    fn what_is_told_late_is_billed_as_if_it_had_been_known(story in story()) {
        is_billed_once(&story)?;
    }
}
