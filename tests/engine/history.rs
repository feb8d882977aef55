//! Random small histories: a few customers in three zones, all models, and everything that goes wrong.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::agreed::{Agreed, agreed};

/// Every model with what makes it hard: price and size changes, tiers, minimums, shifted starts, groups,
/// counts and activations that are told late.
pub const PLANS: &str = r#"
[service.sms]
trial = true
types = ["sms"]
title = "sms"
unit = "C62"
activation = true
bill_on = ["delivered"]
retractable = true
negative = true
[service.login]
types = ["login"]
title = "login"
unit = "C62"
retractable = true
negative = true
[service.mail]
types = ["mail"]
title = "mail"
unit = "C62"
retractable = true
[service.look]
types = ["look"]
title = "look"
unit = "C62"
retractable = true
[service.find]
types = ["find"]
title = "find"
unit = "C62"
activation = true
negative = true
retractable = true
[service.grad]
types = ["grad"]
title = "grad"
unit = "C62"
negative = true
retractable = true
[service.vol]
types = ["vol"]
title = "vol"
unit = "C62"
[service.arch]
types = ["arch"]
title = "arch"
unit = "C62"
retractable = true
[service.adv]
types = ["adv"]
title = "adv"
unit = "C62"
[service.eid]
types = ["eid"]
title = "eid"
unit = "C62"
bill_on = ["delivered"]
retractable = true
negative = true
[service.text]
types = ["text"]
title = "text"
unit = "C62"
quantity = "sms_segments"
retractable = true
[service.agr]
trial = true
types = ["agr"]
title = "agr"
unit = "C62"
agreement = true
bill_on = ["delivered"]
retractable = true
negative = true
[service.agv]
types = ["agv"]
title = "agv"
unit = "C62"
agreement = true
[service.agp]
types = ["agp"]
title = "agp"
unit = "C62"
agreement = true
retractable = true
[service.reg]
types = ["reg"]
title = "reg"
unit = "C62"
registered = true
[plan.agr]
model = "metered"
period = "month"
services = ["agr", "reg"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [
  { from = "2026-01-01", mode = "graduated", tiers = [ { up_to = "5", unit = { SEK = "2.00", EUR = "0.20" } }, { unit = { SEK = "1.50", EUR = "0.15" } } ] },
  { from = "2026-02-20", unit = { SEK = "1.75", EUR = "0.17" } },
]
[plan.agv]
model = "metered"
period = "quarter"
services = ["agv"]
seller = "t"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", mode = "volume", tiers = [ { up_to = "5", unit = { SEK = "3.00", EUR = "0.30" } }, { unit = { SEK = "2.00", EUR = "0.20" } } ] } ]
[plan.agp]
model = "package"
services = ["agp"]
seller = "t"
vat = { category = "S", rate = "25" }
bundle = "day"
price = [ { from = "2026-01-01", size = "5", amount = { SEK = "9.00", EUR = "0.90" } } ]
[plan.eid]
model = "metered"
period = "month"
count = "distinct_persons"
services = ["eid"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [
  { from = "2026-01-01", unit = { SEK = "2.03", EUR = "0.20" } },
  { from = "2026-01-20", unit = { SEK = "2.50", EUR = "0.25" } },
]
[plan.text]
model = "metered"
period = "month"
services = ["text"]
seller = "t"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "0.44", EUR = "0.04" } } ]
[service.cap]
types = ["cap"]
title = "cap"
unit = "4L"
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
on_return = "credit"
services = ["login"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-02-01", size = "2.5", amount = { SEK = "9.99" } } ]
[plan.mail]
model = "package"
services = ["mail"]
seller = "t"
vat = { category = "S", rate = "25" }
low_balance = "1"
bundle = "day"
sizing = { target = "3", start = "5" }
price = [
  { from = "2026-01-01", ladder = [
    { size = "2", amount = { SEK = "4.00", EUR = "0.40" } },
    { size = "5", amount = { SEK = "9.00", EUR = "0.90" } },
    { size = "12.5", amount = { SEK = "20.00", EUR = "2.00" } },
    { size = "40", amount = { SEK = "60.00", EUR = "6.00" } },
  ] },
  { from = "2026-06-01", ladder = [
    { size = "5", amount = { SEK = "8.50", EUR = "0.85" } },
    { size = "20", amount = { SEK = "30.00", EUR = "3.00" } },
    { size = "60", amount = { SEK = "80.00", EUR = "8.00" } },
  ] },
]
[plan.look]
model = "metered"
period = "quarter"
starts = "04-01"
minimum = { SEK = "3.00" }
minimum_per = "year"
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
[plan.cap]
model = "capacity"
period = "year"
starts = "10-01"
measured = "07-01"
measure = "delta"
included = "0.000002"
pupils = { counted = "per_form" }
services = ["cap"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "125000.00", EUR = "12500.00" } } ]
[service.half]
types = ["half"]
title = "half"
unit = "C62"
[service.quart]
types = ["quart"]
title = "quart"
unit = "C62"
activation = true
[service.seat]
types = ["seat"]
title = "seat"
unit = "C62"
activation = true
[service.memb]
types = ["memb"]
title = "memb"
unit = "C62"
[plan.half]
model = "per_head"
head_count = "inhabitants"
counted_on = "03-01"
period = "half-year"
starts = "04-01"
services = ["half"]
seller = "s"
vat = { category = "O", rate = "0" }
due = "P3M"
price = [
  { from = "2025-10-01", bands = [ { up_to = "100", unit = { SEK = "0.333", EUR = "0.033" } }, { unit = { SEK = "0.1", EUR = "0.01" } } ] },
  { from = "2026-04-01", unit = { SEK = "0.35", EUR = "0.035" } },
]
[plan.quart]
model = "per_head"
head_count = "inhabitants"
counted_on = "period"
parts = "measured"
period = "quarter"
services = ["quart"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", unit = { SEK = "1.11", EUR = "0.11" } } ]
[plan.seat]
model = "subscription"
period = "quarter"
services = ["seat", "find2"]
seller = "s"
vat = { category = "S", rate = "25" }
price = [ { from = "2026-01-01", month = { SEK = "39.00", EUR = "3.90" } }, { from = "2026-02-10", month = { SEK = "45.00", EUR = "4.50" } } ]
[service.find2]
types = ["find2"]
title = "find2"
unit = "C62"
[plan.memb]
model = "fixed"
period = "quarter"
starts = "02-01"
charge = "advance"
services = ["memb"]
seller = "t"
vat = { category = "S", rate = "25" }
price = [
  { from = "2025-01-01", amount = { SEK = "100.00", EUR = "10.00" } },
  { from = "2025-01-01", group = "g", amount = { SEK = "500.00", EUR = "50.00" } },
]
[seller.t]
name = "Other AB"
country = "SE"
org_number = "5560000001"
vat_number = "SE556000000101"
endpoint = { scheme = "0007", id = "5560000001" }
"#;

/// What a second catalog says: later prices, and a service that the first one has not heard of.
pub fn raised() -> String {
    let later = PLANS
        .replace(
            r#"unit = { SEK = "0.405", EUR = "0.041" } },"#,
            r#"unit = { SEK = "0.405", EUR = "0.041" } },
  { from = "2026-05-01", unit = { SEK = "0.505", EUR = "0.051" } },"#,
        )
        .replace(
            r#"amount = { SEK = "70.00", EUR = "6.60" } },"#,
            r#"amount = { SEK = "70.00", EUR = "6.60" } },
  { from = "2026-06-01", size = "5", amount = { SEK = "17.00", EUR = "1.60" } },"#,
        );
    format!(
        r#"{later}
[service.unheard]
types = ["unheard"]
title = "unheard"
unit = "C62"
[plan.unheard]
model = "metered"
period = "month"
services = ["unheard"]
seller = "t"
vat = {{ category = "S", rate = "25" }}
price = [ {{ from = "2026-01-01", unit = {{ SEK = "1.00", EUR = "0.10" }} }} ]
"#
    )
}

pub const UNTIL: &str = "2026-12-20";

const CUSTOMERS: [(&str, &str, &str); 4] = [
    ("K1", "Europe/Stockholm", "SEK"),
    ("K2", "Europe/Helsinki", "EUR"),
    ("K3", "Europe/Copenhagen", "SEK"),
    ("K4", "Europe/Helsinki", "SEK"),
];
const BRAKED: [&str; 6] = ["customer K1", "customer K2 service=look", "service mail", "service arch", "source s", "all -"];
const SERVICES: [&str; 19] = [
    "sms", "login", "look", "find", "grad", "vol", "arch", "adv", "mail", "eid", "text", "cap", "unheard", "half", "seat", "agr", "agv",
    "agp", "reg",
];
const WRITTEN_OFF: [&str; 5] = [
    "{}",
    r#"{"reason":"not_activated"}"#,
    r#"{"service":"look"}"#,
    r#"{"type":"unheard","from":"2026-03-01T00:00:00Z"}"#,
    r#"{"reason":"unknown_customer","to":"2026-06-01T00:00:00Z"}"#,
];
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
    /// Mostly nothing.
    quirk: u32,
    copy_of: usize,
}

#[derive(Debug, Clone)]
pub struct Facts {
    known: [u32; 4],
    active: [u32; 4],
    moves: Option<u32>,
    /// When the second catalog takes effect: before its prices do. (Of prices for days that are gone, the contract says nothing.)
    switch: Option<u32>,
    /// Customer, day told, days before it (or after) that it is about, count.
    heads: Vec<(usize, u32, i32, u32)>,
    /// Customer, day told, days before it (or after) from which, and for how many: no end where it is 0.
    seats: Vec<(usize, u32, i32, u32)>,
    /// Of K1: the day told, and whether it is about a later day only.
    group: Option<(u32, bool)>,
    /// The day on which K4's currency turns out to be another one, and since when.
    retold: Option<(u32, u32)>,
    /// Of whom what waits is given up on which day, and what of it.
    write_offs: Vec<(usize, u32, usize)>,
    /// Of rosters: customer, day told, days before it that it was so, which pupil, what, and a day of the year.
    pupils: Vec<(usize, u32, u32, u32, u32, u32)>,
    /// Who is merged into whom, told on which day, from how many days before or after.
    mergers: Vec<(usize, usize, u32, i32)>,
    /// What is braked, from which day on, for how many.
    brakes: Vec<(usize, u32, u32)>,
    agreed: Agreed,
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
    let often = prop_oneof![Just(2_usize), Just(6_usize), Just(8_usize), Just(9_usize), Just(11_usize)];
    let service = prop_oneof![2 => 0..12_usize, 3 => often, 1 => 0..15_usize, 3 => 15..19_usize];
    (customer, service, at, delay, 0..9_usize, 300..1200_u32, 0..20_u32, 0..40_usize).prop_map(
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
    let told = || vec((0..4_usize, 0..330_u32, -200..60_i32, 0..200_u32), 0..4);
    let group = proptest::option::of((0..300_u32, any::<bool>()));
    let retold = proptest::option::weighted(0.3, (0..300_u32, 0..300_u32));
    let merger = (0..4_usize, 0..4_usize, 10..300_u32, -40..40_i32);
    let mergers = prop_oneof![2 => Just(Vec::new()), 1 => vec(merger, 1..4)];
    let brakes = prop_oneof![2 => Just(Vec::new()), 1 => vec((0..6_usize, 0..300_u32, 1..25_u32), 1..4)];
    let days = || [day(), day(), day(), day()];
    let pupils = prop_oneof![2 => Just(Vec::new()), 1 => vec((0..4_usize, 0..330_u32, 0..60_u32, 0..3_u32, 0..8_u32, 0..300_u32), 1..8)];
    let mergers = (mergers, prop_oneof![2 => Just(Vec::new()), 1 => vec((0..4_usize, 1..330_u32, 0..5_usize), 1..3)], brakes);
    let changes = (proptest::option::of(20..200_u32), proptest::option::of(0..118_u32), group, retold, mergers, agreed());
    (days(), days(), told(), told(), changes, pupils).prop_map(|(known, active, heads, seats, changes, pupils)| {
        let (moves, switch, group, retold, (mergers, write_offs, brakes), agreed) = changes;
        Facts { known, active, moves, switch, heads, seats, group, retold, write_offs, pupils, mergers, brakes, agreed }
    })
}

impl History {
    /// As lines of a scenario.
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        for (place, (id, zone, currency)) in CUSTOMERS.iter().enumerate() {
            let (known, active) = (self.facts.known[place], self.facts.active[place]);
            writeln!(lines, "customer {} {id} {zone} {currency} 2026-01-01 inhabitants=101", day(known)).expect("a string");
            writeln!(lines, "active {} {id} sms {} 2026-09-01", day(active), day(active / 2)).expect("a string");
            writeln!(lines, "active {} {id} find 2026-01-01", day(active)).expect("a string");
            writeln!(lines, "pupils {} {id} {} 2026-01-01", day(active), 1 + active % 3).expect("a string");
        }
        if let Some(moves) = self.facts.moves {
            let told = (self.facts.known[2] + moves).min(340);
            writeln!(lines, "customer {} K3 Europe/Helsinki EUR {} inhabitants=90", day(told), day(told + 10)).expect("a string");
        }
        if let Some(switch) = self.facts.switch {
            writeln!(lines, "catalog {} {{raised}}", day(switch)).expect("a string");
        }
        self.write_standing(&mut lines);
        self.facts.agreed.write(&mut lines, &CUSTOMERS.map(|(id, ..)| id));
        self.write_rosters(&mut lines);
        for (old, into, told, offset) in &self.facts.mergers {
            let from = told.saturating_add_signed(*offset);
            writeln!(lines, "merge {} {} {} {}", day(*told), CUSTOMERS[*old].0, CUSTOMERS[*into].0, day(from)).expect("a string");
        }
        for (what, from, length) in &self.facts.brakes {
            let (from, to, what) = (day(*from), day(from + length), BRAKED[*what]);
            writeln!(lines, "brake {from} on {what}\nbrake {to} off {what}").expect("a string");
        }
        for (customer, at, what) in &self.facts.write_offs {
            writeln!(lines, "writeoff {} {} {}", day(*at), CUSTOMERS[*customer].0, WRITTEN_OFF[*what]).expect("a string");
        }
        let mut arrivals: Vec<(u32, String)> = self.uses.iter().enumerate().map(|(place, one)| self.arrival(place, one)).collect();
        arrivals.sort_by_key(|(at, _)| *at);
        let mut control: Vec<&str> = lines.lines().collect();
        let told = |line: &str| line.split_whitespace().nth(1).and_then(|word| word.split('@').next_back()).map(str::to_owned);
        control.sort_by_key(|line| told(line));
        let usage = arrivals.iter().map(|(_, line)| line.as_str());
        control.into_iter().chain(usage).collect::<Vec<_>>().join("\n")
    }

    /// What standing plans depend on.
    fn write_standing(&self, lines: &mut String) {
        let shifted = |told: u32, by: i32| {
            let start = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
            (start + chrono::Duration::days(i64::from(told) + i64::from(by))).to_string()
        };
        for (customer, told, by, count) in &self.facts.heads {
            let id = CUSTOMERS[*customer].0;
            writeln!(lines, "heads {} {id} inhabitants {count} {}", day(*told), shifted(*told, *by)).expect("a string");
        }
        for (customer, told, by, length) in &self.facts.seats {
            let (id, from) = (CUSTOMERS[*customer].0, shifted(*told, *by));
            let to = if *length == 0 { String::new() } else { shifted(*told, *by + i32::try_from(*length).expect("small")) };
            for service in ["seat", "quart"] {
                writeln!(lines, "active {} {id} {service} {from} {to}", day(*told)).expect("a string");
            }
        }
        if let Some((told, since)) = self.facts.retold {
            let told = told.max(self.facts.known[3] + 1);
            writeln!(lines, "customer {} K4 Europe/Helsinki EUR {} inhabitants=55", day(told), day(since.min(told))).expect("a string");
        }
        if let Some((told, later)) = self.facts.group {
            let told = told.max(self.facts.known[0]);
            let from = if later { day(told + 20) } else { "2026-01-01".to_owned() };
            writeln!(lines, "customer {} K1 Europe/Stockholm SEK {from} inhabitants=102 group=g", day(told)).expect("a string");
        }
    }

    /// Each at another minute: of two facts of one instant, which one holds is not for the model to say.
    fn write_rosters(&self, lines: &mut String) {
        for (place, (customer, told, before, pupil, what, from)) in self.facts.pupils.iter().enumerate() {
            let id = CUSTOMERS[*customer].0;
            let at = minute(told.saturating_sub(*before) * DAY + u32::try_from(place).expect("few"));
            let (told, from, to) = (day(*told), day(*from), day(from + 50));
            let line = match what {
                0 => format!("pupil {at}@{told} {id} p{pupil} gone"),
                1 => format!("pupil {at}@{told} {id} p{pupil} =p0 a/FTH/{from}"),
                2 => format!("load {at}@{told} {id} L{place} 1/1 full p{pupil}:a/GR/{from},b/FTH/{from}/{to}"),
                3 => format!("load {at}@{told} {id} L{place} 1/1 delta p{pupil}:gone p9:b/FS/{from}/{to}"),
                _ => format!("pupil {at}@{told} {id} p{pupil} a/GR/{from} b/FTH/{from}/{to}"),
            };
            writeln!(lines, "{line}").expect("a string");
        }
    }

    /// When it is recorded, and its line. Some take another one back, a while after it.
    fn arrival(&self, place: usize, one: &Use) -> (u32, String) {
        let origin = one.copy_of % self.uses.len();
        let original = &self.uses[origin];
        match one.quirk {
            7..=10 if original.quirk < 7 || original.quirk > 10 => {
                let quantity = if one.quirk == 10 { one.quantity } else { original.quantity };
                let back = Use { delay: original.delay + one.delay, quantity, ..original.clone() };
                let line = self.line(place, &back, &format!(r#","retracts":"e{origin}""#));
                (back.at + back.delay, line)
            }
            _ => (one.at + one.delay, self.line(place, one, "")),
        }
    }

    fn line(&self, place: usize, one: &Use, more: &str) -> String {
        let id = if one.quirk == 1 { format!("e{}", one.copy_of % self.uses.len()) } else { format!("e{place}") };
        let skew = if one.quirk == 2 { 70 } else { 0 };
        let (time, recorded) = (minute(one.at + skew), minute(one.at + one.delay));
        let (service, customer) = (SERVICES[one.service], CUSTOMERS[one.customer].0);
        // Whether use in a currency of before leaves a period without use in the one of now, CONTRACT does not say.
        let is_of_k4 = customer == "K4" || !self.facts.mergers.is_empty();
        let retold = is_of_k4 && self.facts.retold.is_some();
        let service = if service == "vol" && retold { "look" } else { service };
        // Use that was counted in the currency of before is sorted anew: the model knows nothing of that, `truth` does.
        let told_later = self.facts.retold.is_some_and(|(told, _)| one.at + one.delay <= told.max(self.facts.known[3] + 1) * DAY);
        let is_sorted = matches!(service, "look" | "find" | "grad" | "vol" | "text" | "arch" | "adv" | "unheard" | "agr" | "agv" | "reg");
        let service = if is_of_k4 && told_later && is_sorted { "half" } else { service };
        // That a year of stored bytes ends with its customer, the model does not know.
        let service = if service == "cap" && !self.facts.mergers.is_empty() { "sms" } else { service };
        let outcome = if one.quirk == 3 { "failed" } else { "delivered" };
        // Use of nothing in a plan with zero records: whether that is use, CONTRACT does not say.
        let quantity = if service == "vol" && QUANTITIES[one.quantity] == "0" { "1" } else { QUANTITIES[one.quantity] };
        let sign = if matches!(one.quirk, 11..=13) && !quantity.starts_with(['"', '0']) { "-" } else { "" };
        let used = match (service, one.quirk) {
            ("text", 14..) => {
                format!(r#""characters":{},"encoding":"{}""#, one.created_days_before % 500, if one.quirk == 14 { "ucs2" } else { "gsm7" })
            }
            _ => format!(r#""quantity":{sign}{quantity}"#),
        };
        let person = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"][one.copy_of % 3];
        let part = ["familj", "skola"][(one.created_days_before % 2) as usize];
        let mut data = format!(r#"{used},"outcome":"{outcome}","person":"{person}","part":"{part}"{more}"#);
        let created = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") - chrono::Days::new(u64::from(one.created_days_before));
        let action = if one.quirk == 4 { "culled" } else { "created" };
        write!(data, r#","created":"{created}","action":"{action}""#).expect("a string");
        match one.quirk {
            5 => data.push_str(r#","environment":"test""#),
            6 => data.push_str(r#","outcome":"delivered""#),
            14..=16 => write!(data, r#","certificate":{{"issuer":"CA","serial":"0{}"}}"#, one.copy_of % 3).expect("a string"),
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
