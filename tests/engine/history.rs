//! Random small histories: a few customers in three zones, all models, and everything that goes wrong.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;

/// Every model with what makes it hard: price and size changes, tiers, a minimum, shifted starts.
pub const PLANS: &str = r#"
[service.sms]
types = ["sms"]
title = "sms"
unit = "C62"
activation = true
bill_on = ["delivered"]
[service.login]
types = ["login"]
title = "login"
unit = "C62"
[service.look]
types = ["look"]
title = "look"
unit = "C62"
[service.find]
types = ["find"]
title = "find"
unit = "C62"
activation = true
[service.grad]
types = ["grad"]
title = "grad"
unit = "C62"
[service.vol]
types = ["vol"]
title = "vol"
unit = "C62"
[service.arch]
types = ["arch"]
title = "arch"
unit = "C62"
[service.adv]
types = ["adv"]
title = "adv"
unit = "C62"
[plan.sms]
model = "package"
services = ["sms"]
seller = "s"
vat = { category = "S", rate = "25" }
low_balance = "4"
price = [
  { from = "2026-01-01", size = "10", amount = { SEK = "35.00", EUR = "3.30" } },
  { from = "2026-04-01", size = "25", amount = { SEK = "70.00", EUR = "6.60" } },
]
[plan.login]
model = "package"
services = ["login"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-02-01", size = "2.5", amount = { SEK = "9.99" } } ]
[plan.look]
model = "metered"
period = "quarter"
services = ["look", "find"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [
  { from = "2026-01-01", unit = { SEK = "0.345", EUR = "0.035" } },
  { from = "2026-02-15", unit = { SEK = "0.405", EUR = "0.041" } },
]
[plan.grad]
model = "metered"
period = "month"
services = ["grad"]
seller = "s"
vat = { category = "S", rate = "12" }
minimum = { SEK = "20.00" }
price = [ { from = "2026-01-01", mode = "graduated", tiers = [ { up_to = "3", unit = { SEK = "2.00", EUR = "0.20" } }, { unit = { SEK = "1.50", EUR = "0.15" } } ] } ]
[plan.vol]
model = "metered"
period = "quarter"
starts = "02-01"
zero = true
services = ["vol"]
seller = "t"
vat = { category = "S", rate = "25" }
allowed_lateness = "P10D"
price = [ { from = "2026-01-01", mode = "volume", tiers = [ { up_to = "5", unit = { SEK = "3.00", EUR = "0.30" } }, { unit = { SEK = "2.00", EUR = "0.20" } } ] } ]
[plan.arch]
model = "archive"
period = "year"
services = ["arch"]
seller = "s"
vat = { category = "S", rate = "25" }
older_than = "P2Y"
reference = "04-01"
heading = "Arkiv"
price = [ { from = "2026-01-01", unit = { SEK = "0.05", EUR = "0.005" } } ]
[plan.adv]
model = "archive"
period = "year"
charge = "advance"
services = ["adv"]
seller = "s"
vat = { category = "S", rate = "25" }
older_than = "P1Y"
reference = "07-01"
heading = "Arkiv"
price = [ { from = "2026-01-01", unit = { SEK = "0.50", EUR = "0.05" } } ]
[seller.t]
name = "Other AB"
country = "SE"
org_number = "5560000001"
vat_number = "SE556000000101"
endpoint = { scheme = "0007", id = "5560000001" }
"#;

pub const UNTIL: &str = "2026-12-20";

const CUSTOMERS: [(&str, &str, &str); 4] = [
    ("K1", "Europe/Stockholm", "SEK"),
    ("K2", "Europe/Helsinki", "EUR"),
    ("K3", "Europe/Copenhagen", "SEK"),
    ("K4", "Europe/Helsinki", "SEK"),
];
const SERVICES: [&str; 9] = ["sms", "login", "look", "find", "grad", "vol", "arch", "adv", "unheard"];
const QUANTITIES: [&str; 9] = ["1", "2", "3", "0", "0.5", "7", "12", "40", "\"1e2\""];

#[derive(Debug, Clone)]
pub struct Use {
    customer: usize,
    service: usize,
    /// Minutes after the beginning of the year.
    at: u32,
    /// Minutes between use and record.
    delay: u32,
    quantity: usize,
    created_days_before: u32,
    /// 0 to 9: mostly nothing.
    quirk: u32,
    copy_of: usize,
}

#[derive(Debug, Clone)]
pub struct Facts {
    known: [u32; 4],
    active: [u32; 4],
    moves: Option<u32>,
    /// Who is merged into whom, told on which day, from how many days before or after.
    mergers: Vec<(usize, usize, u32, i32)>,
}

#[derive(Clone)]
pub struct History {
    uses: Vec<Use>,
    facts: Facts,
}

/// As it can be run again.
impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines())
    }
}

const DAY: u32 = 24 * 60;

pub fn history() -> impl Strategy<Value = History> {
    (vec(a_use(), 1..40), facts()).prop_map(|(uses, facts)| History { uses, facts })
}

fn a_use() -> impl Strategy<Value = Use> {
    let at = prop_oneof![4 => 0..300 * DAY, 2 => near(90), 1 => near(31), 1 => near(181)];
    let delay = prop_oneof![5 => 0..2_u32, 2 => 0..10 * DAY, 1 => 0..40 * DAY];
    let customer = prop_oneof![3 => Just(0_usize), 1 => 1..4_usize];
    let service = prop_oneof![1 => 0..8_usize, 1 => Just(2_usize), 1 => Just(6_usize), 1 => 0..9_usize];
    (customer, service, at, delay, 0..9_usize, 300..1200_u32, 0..14_u32, 0..40_usize).prop_map(
        |(customer, service, at, delay, quantity, created_days_before, quirk, copy_of)| Use {
            customer,
            service,
            at,
            delay,
            quantity,
            created_days_before,
            quirk,
            copy_of,
        },
    )
}

/// Within hours of midnight after so many days.
fn near(days: u32) -> std::ops::Range<u32> {
    days * DAY - 4 * 60..days * DAY + 4 * 60
}

fn facts() -> impl Strategy<Value = Facts> {
    let day = || prop_oneof![3 => Just(0_u32), 2 => 0..250_u32];
    let merger = (0..4_usize, 0..4_usize, 10..300_u32, -40..40_i32);
    let mergers = prop_oneof![2 => Just(Vec::new()), 1 => vec(merger, 1..4)];
    ([day(), day(), day(), day()], [day(), day(), day(), day()], proptest::option::of(20..200_u32), mergers)
        .prop_map(|(known, active, moves, mergers)| Facts { known, active, moves, mergers })
}

impl History {
    /// As lines of a scenario.
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for (place, (id, zone, currency)) in CUSTOMERS.iter().enumerate() {
            let (known, active) = (self.facts.known[place], self.facts.active[place]);
            writeln!(lines, "customer {} {id} {zone} {currency} 2026-01-01", day(known)).expect("a string");
            writeln!(lines, "active {} {id} sms {} 2026-09-01", day(active), day(active / 2)).expect("a string");
            writeln!(lines, "active {} {id} find 2026-01-01", day(active)).expect("a string");
        }
        if let Some(moves) = self.facts.moves {
            let told = (self.facts.known[2] + moves).min(340);
            writeln!(lines, "customer {} K3 Europe/Helsinki EUR {}", day(told), day(told + 10)).expect("a string");
        }
        for (old, into, told, offset) in &self.facts.mergers {
            let from = told.saturating_add_signed(*offset);
            writeln!(lines, "merge {} {} {} {}", day(*told), CUSTOMERS[*old].0, CUSTOMERS[*into].0, day(from)).expect("a string");
        }
        let mut arrivals: Vec<(u32, String)> =
            self.uses.iter().enumerate().map(|(place, one)| (one.at + one.delay, self.line(place, one))).collect();
        arrivals.sort_by_key(|(at, _)| *at);
        let mut control: Vec<&str> = lines.lines().collect();
        control.sort_by_key(|line| line.split_whitespace().nth(1).map(str::to_owned));
        let usage = arrivals.iter().map(|(_, line)| line.as_str());
        control.into_iter().chain(usage).collect::<Vec<_>>().join("\n")
    }

    fn line(&self, place: usize, one: &Use) -> String {
        let id = if one.quirk == 1 { format!("e{}", one.copy_of % self.uses.len()) } else { format!("e{place}") };
        let skew = if one.quirk == 2 { 70 } else { 0 };
        let (time, recorded) = (minute(one.at + skew), minute(one.at + one.delay));
        let (service, customer) = (SERVICES[one.service], CUSTOMERS[one.customer].0);
        let outcome = if one.quirk == 3 { "failed" } else { "delivered" };
        // Use of nothing in a plan with zero records: whether that is use, CONTRACT does not say.
        let quantity = if service == "vol" && QUANTITIES[one.quantity] == "0" { "1" } else { QUANTITIES[one.quantity] };
        let mut data = format!(r#""quantity":{quantity},"outcome":"{outcome}""#);
        let created = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") - chrono::Days::new(u64::from(one.created_days_before));
        let action = if one.quirk == 4 { "culled" } else { "created" };
        write!(data, r#","created":"{created}","action":"{action}""#).expect("a string");
        match one.quirk {
            5 => data.push_str(r#","environment":"test""#),
            6 => data.push_str(r#","quantity":1"#),
            _ => {}
        }
        format!("{id} {service} {time}@{recorded} {customer} {{{data}}}")
    }
}

fn day(days: u32) -> String {
    minute(days * DAY)[..10].to_owned()
}

fn minute(minutes: u32) -> String {
    let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date").and_time(chrono::NaiveTime::MIN);
    (start + chrono::Duration::minutes(i64::from(minutes))).format("%Y-%m-%dT%H:%M:00Z").to_string()
}
