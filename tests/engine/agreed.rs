//! Random registrations of systems, requests and answers, told in any order.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;

const SERVICES: [&str; 4] = ["agr", "agv,agp", "agr,agv,agp", "agp"];
const SYSTEMS: [&str; 2] = ["journal", "other"];
const TRIED: [&str; 5] = ["s", "CA/00", "CA/01", "CA/02", "t,CA/01"];
const KEYS: [&str; 3] = ["A.1", "A.2", "B.1"];

/// Days are those of the year; spans are days before or after.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// System, told on, from, for so many days (0: no end).
    systems: Vec<(usize, u32, i32, u32)>,
    /// Told on, customer, key, system, services, days ago, expires after (0: never).
    requests: Vec<(u32, usize, usize, usize, usize, u32, u32)>,
    /// Told on, customer, key, what, services (none: all), days ago, from, for.
    answers: Vec<(u32, usize, usize, u32, usize, u32, i32, u32)>,
    /// Serial, told on, system, from, for; and those that are revoked: serial, told on, days ago.
    certificates: Vec<(usize, u32, usize, i32, u32)>,
    revoked: Vec<(usize, u32, u32)>,
    /// What is tried: told on, by what it is known, from, for (over 150: no end).
    trials: Vec<(u32, usize, i32, u32)>,
    /// All that K1 uses is agreed on from the beginning.
    calm: bool,
}

pub fn agreed() -> impl Strategy<Value = Agreed> {
    let day = || prop_oneof![2 => 0..30_u32, 1 => 0..300_u32];
    let length = || prop_oneof![2 => Just(0_u32), 1 => 1..200_u32];
    let customer = || prop_oneof![3 => Just(0_usize), 1 => 0..4_usize];
    let systems = vec((0..2_usize, day(), -200..40_i32, length()), 0..4);
    let ago = || prop_oneof![2 => Just(0_u32), 1 => 0..30_u32];
    let requests = vec((day(), customer(), 0..3_usize, 0..2_usize, 0..4_usize, ago(), length()), 0..5);
    let answers = vec((day(), customer(), 0..3_usize, 0..6_u32, 0..8_usize, ago(), -60..60_i32, length()), 0..8);
    let certificates = vec((0..2_usize, day(), 0..2_usize, -100..40_i32, 1..300_u32), 0..3);
    let known_by = prop_oneof![1 => Just(0_usize), 3 => 1..5_usize];
    let trials = prop_oneof![1 => Just(Vec::new()), 1 => vec((day(), known_by, -100..40_i32, 1..200_u32), 0..3)];
    let revoked = vec((0..2_usize, day(), 0..60_u32), 0..2);
    (systems, requests, answers, (certificates, revoked, trials), any::<bool>()).prop_map(
        |(systems, requests, answers, (certificates, revoked, trials), calm)| Agreed {
            systems,
            requests,
            answers,
            certificates,
            revoked,
            trials,
            calm,
        },
    )
}

fn day(day: i64) -> String {
    (chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + chrono::Duration::days(day)).to_string()
}

impl Agreed {
    pub fn write(&self, lines: &mut String, customers: &[&str]) {
        if self.calm {
            lines.push_str("system 2026-01-01 journal s 2025-01-01\nrequest 2026-01-01 K1 Z.1 journal agr,agp\n");
            lines.push_str("answer 2026-01-01 K1 Z.1 approved\n");
        }
        for (system, told, from, length) in &self.systems {
            let from = i64::from(*told) + i64::from(*from);
            let to = if *length == 0 { String::new() } else { day(from + i64::from(*length)) };
            writeln!(lines, "system {} {} s {} {to}", day(i64::from(*told)), SYSTEMS[*system], day(from)).expect("a string");
        }
        for (serial, told, system, from, length) in &self.certificates {
            let from = i64::from(*told) + i64::from(*from);
            let (told, until) = (day(i64::from(*told)), day(from + i64::from(*length)));
            writeln!(lines, "certificate {told} 0{serial} {} {} {until}", SYSTEMS[*system], day(from)).expect("a string");
        }
        for (told, known_by, from, length) in &self.trials {
            let from = i64::from(*told) + i64::from(*from);
            let to = if *length > 150 { String::new() } else { day(from + i64::from(*length)) };
            let (told, known_by, system) = (day(i64::from(*told)), TRIED[*known_by], SYSTEMS[*known_by % 2]);
            writeln!(lines, "trial {told} {system} {known_by} {} {to}", day(from)).expect("a string");
        }
        for (serial, told, ago) in &self.revoked {
            let at = i64::from(*told) - i64::from(*ago);
            writeln!(lines, "revoke {} 0{serial} {}", day(i64::from(*told)), day(at)).expect("a string");
        }
        for (told, customer, key, system, services, ago, expires) in &self.requests {
            let (told, at) = (i64::from(*told), i64::from(*told) - i64::from(*ago));
            let expires = if *expires == 0 { String::new() } else { format!(" expires={}", day(at + i64::from(*expires))) };
            let (id, key, system, services) = (customers[*customer], KEYS[*key], SYSTEMS[*system], SERVICES[*services]);
            writeln!(lines, "request {} {id} {key} {system} {services} time={}{expires}", day(told), day(at)).expect("a string");
        }
        for (told, customer, key, what, services, ago, from, length) in &self.answers {
            let (told, at) = (i64::from(*told), i64::from(*told) - i64::from(*ago));
            let from = at + i64::from(*from);
            let to = if *length == 0 { String::new() } else { format!(" to={}", day(from.max(at) + i64::from(*length))) };
            let what = match what {
                0 => format!("approved from={}{to}", day(from)),
                1 => format!("approved from={}{to} approver=bo", day(from)),
                2 => format!("approved{to}"),
                3 => "rejected".to_owned(),
                4 => format!("ended{to}"),
                _ => "approved approver=anna".to_owned(),
            };
            let services = SERVICES.get(*services).map_or(String::new(), |services| format!(" services={services}"));
            let (id, key) = (customers[*customer], KEYS[*key]);
            writeln!(lines, "answer {} {id} {key} {what}{services} time={}", day(told), day(at)).expect("a string");
        }
    }
}
